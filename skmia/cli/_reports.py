"""The commands ``skmia report`` and ``skmia diff``: what files of audits say."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table

from skmia.auditing import AuditReport
from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._printing import out

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
        if html is markdown is None:
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


def _read(path):
    """Report of a file that is as it was written."""
    report = AuditReport.from_json(path)
    if report.verify() is False:
        raise ValueError(f"{path} was changed after it was written.")
    return report


def _shown(value):
    return "-" if value != value else f"{value:.4g}"
