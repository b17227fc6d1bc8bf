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


def table_of(found, keys):
    """Means over repeats with their standard errors, a row for each value of the keys.

    A dash stands where nothing was measured.

    Parameters
    ----------
    found : DataFrame
        A row for each repeat.
    keys : list of str
        Columns that say what was measured.
    """
    groups = found.groupby(keys, sort=False, dropna=False)
    mean, error = groups.mean(), groups.sem()
    rows = [
        [
            *(index if isinstance(index, tuple) else (index,)),
            *(_number(mean.loc[index, c], error.loc[index, c]) for c in mean),
        ]
        for index in mean.index
    ]
    return markdown([*keys, *mean.columns], rows)


def _number(mean, error):
    return "-" if mean != mean else f"{mean:.3f} ± {error:.3f}"
