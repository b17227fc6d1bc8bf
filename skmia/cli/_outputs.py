"""Where an audit is written to, and who hears of it."""

import sys
import tempfile
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import typer

from skmia.cli._printing import out
from skmia.reporting._files import write_text
from skmia.reporting._junit import render_junit
from skmia.reporting._sarif import render_sarif

STDOUT = Path("-")


@dataclass(frozen=True)
class Outputs:
    """Files that are wanted, checked before the work; None: not wanted.

    Parameters
    ----------
    html, json, junit, sarif : Path or None
        Numbers as JSON may be wanted of ``-``, standard output: then there is nothing
        else on it.
    quiet : bool, default=False
        Whether only the last paragraph is printed.
    read : tuple of Path
        Files that the audit reads.
    stdout : TextIO
        Where numbers go that are wanted of standard output.

    Raises
    ------
    ValueError
        As of :func:`check_files`.
    """

    html: Path | None = None
    json: Path | None = None
    junit: Path | None = None
    sarif: Path | None = None
    quiet: bool = False
    read: tuple[Path, ...] = ()
    stdout: TextIO = field(default_factory=lambda: sys.stdout)

    def __post_init__(self):
        check_files(self._files(), self.read)

    def _files(self):
        return {
            "--html": self.html,
            "--json": None if self.json == STDOUT else self.json,
            "--junit": self.junit,
            "--sarif": self.sarif,
        }

    def write(self, report, facts, decision):
        """Write all files.

        Parameters
        ----------
        report : AuditReport
        facts : dict
            Of the report.
        decision : Decision
        """
        if self.json == STDOUT:
            typer.echo(report.to_json(), file=self.stdout)
        elif self.json is not None:
            report.to_json(self.json)
            _say("Numbers", self.json)
        if self.html is not None:
            report.to_html(self.html)
            _say("Report", self.html)
        if self.junit is not None:
            write_text(self.junit, render_junit(facts, decision))
            _say("JUnit", self.junit)
        if self.sarif is not None:
            write_text(self.sarif, render_sarif(facts, decision))
            _say("SARIF", self.sarif)

    def conclude(self, decision):
        """Print the paragraph of a decision, however quiet it is.

        Parameters
        ----------
        decision : Decision
        """
        report = "" if self.html is None else f" Report: {self.html}"
        typer.echo(f"{decision.paragraph}{report}")


@contextmanager
def outputs_of(*wanted, read=()):
    """Outputs, and while they are open, what anybody prints goes where it may.

    Parameters
    ----------
    *wanted
        Parameters of :class:`Outputs`.
    read : iterable of Path or None
        Files that the audit reads.
    """
    outputs = Outputs(*wanted, read=tuple(path for path in read if path is not None))
    aside = redirect_stdout(sys.stderr) if outputs.json == STDOUT else nullcontext()
    out.quiet = outputs.quiet
    try:
        with aside:
            yield outputs
    finally:
        out.quiet = False


def check_files(wanted, read):
    """Raise where files cannot all be written; what is there is not touched.

    Parameters
    ----------
    wanted : dict of str to Path or None
        Files by their options; None: not wanted.
    read : iterable of Path
        Files that are read.

    Raises
    ------
    ValueError
        A file cannot be written there, is read, or would be two.
    """
    seen = dict.fromkeys((path.resolve() for path in read), "what is read")
    for option, path in wanted.items():
        if path is None:
            continue
        _check(option, path)
        if other := seen.get(path.resolve()):
            raise ValueError(f"{other} and {option} cannot be one file. Got {path}.")
        seen[path.resolve()] = option


def _say(what, path):
    out.print(f"{what}: {path}", soft_wrap=True, markup=False)


def _check(option, path):
    """Raise where no file can be written."""
    if path == STDOUT:
        raise ValueError(f"{option} must be a file, and not standard output. Got -.")
    if path.is_dir():
        raise ValueError(f"{option} must be a file. {path} is a folder.")
    if path.exists() and not path.is_file():  # a pipe, or a device
        return
    folder = path.resolve().parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ValueError(
            f"{option} cannot be written: {folder}: {error.strerror}."
        ) from error
