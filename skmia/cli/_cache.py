"""The commands ``skmia cache ls``, ``info`` and ``clear``."""

import json as json_format
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._printing import out

_UNITS = {"d": 86400, "h": 3600, "min": 60, "s": 1}

cache = typer.Typer(
    help="What audits and games keep in the folder of --memory or --cache.",
    no_args_is_help=True,
)
app.add_typer(cache, name="cache")

StorePath = Annotated[Path, typer.Argument(help="Folder of the store.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@cache.command("ls")
def ls_command(path: StorePath, json: Json = False):
    """List what is kept, the least recently used first; nothing is loaded."""
    with exit_codes():
        entries = _store(path).entries()
        if json:
            typer.echo(entries.to_json(orient="records", indent=2))
            return
        right = [Column(name, justify="right") for name in ("size", "age")]
        table = Table("kind", "estimator", *right, "versions", box=box.SIMPLE_HEAD)
        for row in entries.fillna({"estimator": ""}).itertuples():
            made = row.estimator, _size(row.bytes), _age(row.age), row.versions
            table.add_row(*map(escape, (row.kind, *made)))
        out.print(table)


@cache.command("info")
def info_command(path: StorePath, json: Json = False):
    """Say how much is kept."""
    with exit_codes():
        store = _store(path)
        info = store.info()
        if json:
            typer.echo(json_format.dumps(info, indent=2))
            return
        text = f"{info['path']}: {info['entries']} entries, {_size(info['bytes'])}"
        out.print(text, soft_wrap=True, markup=False)
        for kind, sizes in store.entries().groupby("kind")["bytes"]:
            text = f"  {kind}: {len(sizes)} entries, {_size(sizes.sum())}"
            out.print(text, markup=False)


@cache.command("clear")
def clear_command(path: StorePath):
    """Remove what is kept, and nothing else of the folder."""
    with exit_codes():
        n_removed = _store(path).clear()
        text = f"{n_removed} entries removed from {path}"
        out.print(text, soft_wrap=True, markup=False)


def _store(path):
    from skmia import Store

    return Store(path)


def _size(n_bytes):
    """Bytes in the largest unit of which there is at least one."""
    size, units = float(n_bytes), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.3g} {units[0]}"


def _age(seconds):
    """Seconds in the largest unit of which there is at least one."""
    for unit, length in _UNITS.items():
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return "0 s" if seconds == seconds else ""
