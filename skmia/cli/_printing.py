"""What commands print of a report."""

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from skmia.reporting._performance import in_short
from skmia.reporting._structure import in_one_line, structure_of
from skmia.reporting._words import counted_as, short

out = Console(highlight=False)


def print_report(report):
    """Print a report."""
    n_members, what = int(report.member.sum()), counted_as(report._head)
    train, holdout = (in_short(report._head, side) for side in ("train", "holdout"))
    out.print(
        f"{report.model}: {n_members} training {what} ({train}), "
        f"{len(report.member) - n_members} holdout {what} ({holdout})\n"
    )
    out.print(f"[bold]{escape(short({'finding': report.finding}))}[/bold]")
    for sentence in report.finding["sentences"]:
        out.print(sentence, markup=False)
    if report.ran and report.verdict != "invalid":
        out.print(_attack_table(report))
    if structure := structure_of(report._head):
        out.print(in_one_line(structure), markup=False)
    for note in report.notes:
        out.print(f"• {note}", markup=False)
    out.print()


def _attack_table(report):
    """Value and interval of every attack; columns nobody could measure are left out."""
    cells = report.compact()
    cells = cells.loc[:, ~cells.isin(["not measurable", "not run"]).all()]
    table = Table(
        Column("attack", no_wrap=True),
        *cells.columns,
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for name, row in cells.iterrows():
        strongest = name == cells.attrs["strongest"]
        if out.width < 100 and len(name) > 17:
            name = name.replace(" (", "\n(")
            name = "-\n".join(name.rsplit("-", 1))
        # Lines break at blanks: between a number and its interval, and inside it only
        # where the terminal is too narrow for "[0.627,0.650]".
        comma = "," if (out.width - 20) // len(row) >= 15 else ", "
        row = [escape(cell.replace(", ", comma)) for cell in row]
        table.add_row(name, *row, style="bold" if strongest else None)
    return table
