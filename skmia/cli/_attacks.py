"""The command ``skmia attacks``."""

import json as json_format
from enum import StrEnum
from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table

from skmia.cli._app import app
from skmia.cli._options import Access
from skmia.cli._printing import out

# With fewer columns the names and needs alone can be read.
_WIDE = 110
_UNLABELLED = ["clusterer", "outlier_detector", "density_estimator"]
_UNLABELLED += ["user_model", "text_model", "segmenter", "recommender"]
_UNLABELLED += ["synthesizer", "autoencoder", "encoder"]
Kind = StrEnum("Kind", ["classifier", "regressor", *_UNLABELLED])


@app.command("attacks")
def attacks_command(
    access: Annotated[
        list[Access] | None,
        typer.Option(help="Only those that need no more access; may be repeated."),
    ] = None,
    of: Annotated[
        Kind, typer.Option(help="Kind of model that they attack.")
    ] = Kind.classifier,
    untrained: Annotated[
        bool, typer.Option("--untrained", help="Only those that train no models.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
):
    """List the attacks by name, with what they need."""
    from skmia.attacks import get_attack, get_attack_names

    granted = [one.value for one in access] if access else None
    names = get_attack_names(access=granted, of=of.value)
    rows = [_row(get_attack(name, of=of.value)) for name in names]
    rows = [row for row in rows if not (untrained and row["fits"] != "0")]
    if json:
        typer.echo(json_format.dumps(rows, indent=2))
        return
    more = ["knowledge", "queries", "source"] if out.width >= _WIDE else []
    table = Table(
        Column("attack", no_wrap=True), "access", "needs", *more, box=box.SIMPLE_HEAD
    )
    for row in rows:
        cells = (row[name] for name in ("access", "needs", *more))
        table.add_row(row["attack"], *cells)
    out.print(table)


def _row(recipe):
    return {
        "attack": recipe.name,
        "access": recipe.access,
        "needs": ", ".join(recipe.needs),
        "knowledge": " ".join(recipe.knowledge),
        "queries": recipe.queries,
        "fits": recipe.fits,
        "source": recipe.paper,
    }
