"""Dates of tables that were read from text, which has no type for them."""

import pandas as pd

# A day, and perhaps a time of it.
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ].*)?"


def with_dates(tables):
    """Tables in which columns that hold dates in all of them are dates.

    Parameters
    ----------
    tables : list of {DataFrame, ndarray}

    Returns
    -------
    tables : list of {DataFrame, ndarray}
    """
    if not all(isinstance(one, pd.DataFrame) for one in tables):
        return tables
    for name in tables[0].columns:
        if not all(list(one.columns).count(name) == 1 for one in tables):
            continue
        dates = [_dates_of(one[name]) for one in tables]
        if all(one is not None for one in dates):
            pairs = zip(tables, dates, strict=True)
            tables = [one.assign(**{name: column}) for one, column in pairs]
    return tables


def _dates_of(column):
    """The values as dates; None: they are something else."""
    known = column.dropna()
    if known.empty or not known.astype(str).str.fullmatch(_ISO).all():
        return None
    try:
        return pd.to_datetime(column.astype(object), format="ISO8601")
    except ValueError:  # no day of any calendar, or of several time zones
        return None
