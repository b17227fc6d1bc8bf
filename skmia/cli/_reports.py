"""The commands ``skmia report`` and ``skmia diff``: what files of audits say."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table

from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._outputs import check_files
from skmia.cli._printing import out
from skmia.reporting.annex._annex import STANDARDS
from skmia.reporting.annex._release import RELEASES

Standard = StrEnum("Standard", {name: name for name in STANDARDS})
EDPB = Standard("edpb-28-2024")
Release = StrEnum("Release", {name: name for name in RELEASES})
ReportFile = Annotated[Path, typer.Argument(help="JSON of an audit, from --json.")]


@app.command("report")
def report_command(
    file: ReportFile,
    html: Annotated[
        Path | None, typer.Option(help="Where to write it as HTML.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Where to write it as Markdown.")
    ] = None,
    annex: Annotated[
        Path | None,
        typer.Option(help="Where to write an evidence annex; with --release."),
    ] = None,
    standard: Annotated[
        Standard | None,
        typer.Option(help=f"What the annex answers to; {EDPB.value} by default."),
    ] = None,
    release: Annotated[
        Release | None, typer.Option(help="Who can reach the model, for the annex.")
    ] = None,
):
    """Show the report of an audit from its JSON, or write it in another form.

    The exit code is 2 where the file was changed after it was written.
    """
    with exit_codes():
        check_files({"--html": html, "--markdown": markdown, "--annex": annex}, [file])
        _check_annex(annex, standard, release)
        report = _read(file)
        if html is not None:
            report.to_html(html, safe=report.is_safe)
            out.print(f"Report: {html}", soft_wrap=True, markup=False)
        if markdown is not None:
            report.to_markdown(markdown, safe=report.is_safe)
            out.print(f"Markdown: {markdown}", soft_wrap=True, markup=False)
        if annex is not None:
            about = {"standard": (standard or EDPB).value, "release": release.value}
            report.annex(path=annex, safe=report.is_safe, **about)
            out.print(f"Annex: {annex}", soft_wrap=True, markup=False)
        if html is markdown is annex is None:
            typer.echo(report.to_text(safe=report.is_safe))


@app.command("diff")
def diff_command(
    before: ReportFile,
    after: Annotated[Path, typer.Argument(help="That of the audit since.")],
):
    """Show what has changed between two audits."""
    with exit_codes():
        changes = _read(after).diff(_read(before))
    names = (Column(name, justify="right") for name in changes.columns)
    table = Table(Column("metric", no_wrap=True), *names, box=box.SIMPLE_HEAD)
    for metric, row in changes.iterrows():
        table.add_row(metric, *map(_shown, row))
    out.print(table)
    for note in changes.attrs["notes"]:
        out.print(f"• {note}", markup=False)


def _check_annex(annex, standard, release):
    """Refuse an annex without its release, and what is of an annex without one."""
    given = {"--standard": standard, "--release": release}
    if annex is None:
        for option, value in given.items():
            if value is not None:
                raise ValueError(f"{option} is of an annex: give --annex, too.")
    elif release is None:
        raise ValueError(
            "An annex depends on who can reach the model: give --release, one of "
            f"{', '.join(RELEASES)}."
        )


def _read(path):
    """Report of a file that is as it was written."""
    from skmia.auditing import AuditReport

    report = AuditReport.from_json(path)
    if report.verify() is False:
        raise ValueError(f"{path} was changed after it was written.")
    return report


def _shown(value):
    return "-" if value != value else f"{value:.4g}"
