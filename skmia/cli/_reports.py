"""The commands ``skmia report`` and ``skmia diff``: what files of audits say."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table

from skmia.auditing import AuditReport
from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
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
        Standard, typer.Option(help="What the annex answers to.")
    ] = EDPB,
    release: Annotated[
        Release | None, typer.Option(help="Who can reach the model, for the annex.")
    ] = None,
):
    """Show the report of an audit from its JSON, or write it in another form.

    The exit code is 2 where the file was changed after it was written.
    """
    with exit_codes():
        report = _read(file)
        if html is not None:
            report.to_html(html, safe=report.is_safe)
            out.print(f"Report: {html}", soft_wrap=True, markup=False)
        if markdown is not None:
            report.to_markdown(markdown, safe=report.is_safe)
            out.print(f"Markdown: {markdown}", soft_wrap=True, markup=False)
        if annex is not None:
            _write_annex(report, annex, standard, release)
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


def _write_annex(report, path, standard, release):
    if release is None:
        raise ValueError(
            "An annex depends on who can reach the model: give --release, one of "
            f"{', '.join(RELEASES)}."
        )
    report.annex(standard.value, release=release.value, path=path, safe=report.is_safe)
    out.print(f"Annex: {path}", soft_wrap=True, markup=False)


def _read(path):
    """Report of a file that is as it was written."""
    report = AuditReport.from_json(path)
    if report.verify() is False:
        raise ValueError(f"{path} was changed after it was written.")
    return report


def _shown(value):
    return "-" if value != value else f"{value:.4g}"
