"""Tables of docs/studies.md: means over repeats with their standard errors."""

from documents import markdown


def table_of(found, keys):
    """A row for each value of the keys; a dash where nothing was measured.

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
