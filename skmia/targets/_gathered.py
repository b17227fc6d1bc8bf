"""Rows of several tables as one, of which only one is there at a time."""

import numpy as np
import pandas as pd


def gathered(tables, n_rows):
    """One table with the rows of several, in the order of the pairs.

    Parameters
    ----------
    tables : iterable of (DataFrame, rows, places)
        Which rows of a table are wanted, and where they stand. All have the same
        columns of numbers.
    n_rows : int
        Rows of all of them.

    Returns
    -------
    Z : DataFrame of shape (n_rows, n_columns)
        float32 where the first table is, else float64. Its index is that of the table
        if there is one alone.

    Raises
    ------
    ValueError
        Tables have different columns.
    """
    values = None
    for table, rows, places in tables:
        if len(rows) == n_rows and (np.diff(places) == 1).all():
            return table if _all_of(table, rows) else table.iloc[rows]
        part = table.to_numpy()
        if values is None:
            columns = table.columns
            # As pandas holds a table: nothing is copied.
            values = np.empty((len(columns), n_rows), dtype=_floats(part.dtype))
        if len(table.columns) != len(columns):
            raise ValueError(
                f"{list(columns)[:3]} is seen of one model and "
                f"{list(table.columns)[:3]} of another: the models are of different "
                "make."
            )
        where = _neighbours(places)
        which = slice(None) if _all_of(table, rows) else rows
        for column, seen in zip(values, part.T, strict=True):
            column[where] = seen[which]
        del table, part, seen  # before the next one is made
    return pd.DataFrame(values.T, columns=columns, copy=False)


def _floats(dtype):
    return dtype if dtype == np.float32 else np.float64


def _all_of(table, rows):
    return len(rows) == len(table) and isinstance(_neighbours(rows), slice)


def _neighbours(places):
    """The same as a slice where they follow each other."""
    if len(places) and (np.diff(places) == 1).all():
        return slice(places[0], places[-1] + 1)
    return places
