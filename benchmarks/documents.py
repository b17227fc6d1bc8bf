"""Tables in the documents: each stands between a mark with its name and an end mark."""

from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def write_section(document, name, body):
    """Put text between ``<!-- name -->`` and the next ``<!-- end -->``."""
    path = DOCS / document
    begin, end = f"<!-- {name} -->", "<!-- end -->"
    before, mark, rest = path.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (mark and closed):
        raise ValueError(f"{path} has no section {begin} ... {end}.")
    text = f"{before}{begin}\n\n{body}\n\n{end}{after}"
    path.write_text(text, encoding="utf-8")


def markdown(header, rows):
    """A table; cells that are no strings are written by ``str``."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
