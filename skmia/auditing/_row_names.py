"""Values of single records, put in the order of the audited ones by their names."""

import warnings
from collections import Counter

import pandas as pd


def in_row_order(caller, name, values, index):
    """The values in the order of the audited records.

    Names count where both have some: records those of a DataFrame, values those of a
    Series or DataFrame. A default index, 0 to n - 1, is no names but places.

    Parameters
    ----------
    caller : str
        Whose parameter it is.
    name : str
        Its name.
    values : object
        Values of each record.
    index : MultiIndex
        Set and row of every audited record, and perhaps the model.

    Returns
    -------
    values : object
        As they are, or in another order.
    """
    if not isinstance(values, pd.Series | pd.DataFrame) or not _has_names(index):
        return values
    given, rows = list(values.index), list(index.get_level_values("row"))
    if given == rows or values.index.equals(index):
        return values
    if given == list(range(len(given))):
        if set(given) == set(rows):
            warnings.warn(
                f"The '{name}' parameter of {caller} has a default index, and is taken "
                "by position. The names of the audited records are the same, in "
                "another order: if the values are in the order of these names, take "
                f"those of X_train and then of X_holdout, {name}.loc[...]; else give "
                "an array.",
                stacklevel=2,
            )
        return values
    _check_names(caller, name, given, rows)
    return values.loc[rows]


def by_place(index):
    """The same records, each named by its place in its set: the first is 0.

    Parameters
    ----------
    index : MultiIndex
        Set and row of every audited record, and perhaps the model.

    Returns
    -------
    index : MultiIndex
    """
    frame = index.to_frame(index=False)
    part = "model" if "model" in index.names else "set"
    return pd.MultiIndex.from_frame(frame.assign(row=frame.groupby(part).cumcount()))


def _has_names(index):
    """Whether the records are named otherwise than by their place in their set."""
    places = by_place(index).get_level_values("row")
    return list(places) != list(index.get_level_values("row"))


def _check_names(caller, name, given, rows):
    """Refuse names that do not tell which value is whose."""
    known, own = set(given), set(rows)
    lacking = [f"It lacks {row!r}." for row in rows if row not in known]
    extra = [f"It has {row!r} beside them." for row in given if row not in own]
    twice = [
        f"{row!r} is there {n} times, and the order is another."
        for names in (given, rows)
        for row, n in Counter(names).items()
        if n > 1
    ]
    wrong = lacking[:1] + extra[:1] or twice[:1]
    if wrong:
        raise ValueError(
            f"The '{name}' parameter of {caller} must have the row names of the "
            f"audited records as its index, or be an array. {' '.join(wrong)}"
        )
