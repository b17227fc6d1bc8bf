"""Rows of several tables as one, of which only one is there at a time."""

import numpy as np
import pandas as pd


def gathered(tables, n_rows):
    """One table with the rows of several, in the order of the pairs.

    Parameters
    ----------
    tables : iterable of (callable, rows, places)
        What makes a table, which of its rows are wanted, and where they stand. All have
        the same columns of numbers. It is given `room`, which gives an array of a shape
        (n_columns, n_records) and a type: a table that fills that is not copied.
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
    result = None
    for make, rows, places in tables:
        where, which = _neighbours(places), _neighbours(rows)
        if len(rows) == n_rows and isinstance(where, slice):
            table = make(np.empty)
            return table if _is_all(which, len(table)) else table.iloc[rows]
        result = _Result(n_rows) if result is None else result
        result.take(make, which, where)
    return pd.DataFrame(result.values.T, columns=result.columns, copy=False)


class _Result:
    """Rows of several tables; a row of `values` is a column, as pandas holds it."""

    def __init__(self, n_rows):
        self.n_rows, self.values, self.columns = n_rows, None, None

    def take(self, make, which, where):
        """Make a table, in its place if that may be, and take rows of it."""

        def room(shape, dtype):
            if not (_is_all(which, shape[1]) and isinstance(where, slice)):
                return np.empty(shape, dtype)
            self._begin(shape[0], dtype)
            same = len(self.values) == shape[0]
            return self.values[:, where] if same else np.empty(shape, dtype)

        table = make(room)
        part = table.to_numpy()
        self._begin(part.shape[1], part.dtype)
        if self.columns is None:
            self.columns = table.columns
        if len(table.columns) != len(self.columns):
            raise ValueError(
                f"{list(self.columns)[:3]} is seen of one model and "
                f"{list(table.columns)[:3]} of another: the models are of different "
                "make."
            )
        if not np.may_share_memory(part, self.values):
            for column, seen in zip(self.values, part.T, strict=True):
                column[where] = seen[which]

    def _begin(self, n_columns, dtype):
        if self.values is None:
            dtype = dtype if dtype == np.float32 else np.float64
            self.values = np.empty((n_columns, self.n_rows), dtype)


def _is_all(which, n_records):
    return which == slice(0, n_records) if isinstance(which, slice) else False


def _neighbours(places):
    """The same as a slice where they follow each other."""
    if len(places) and (np.diff(places) == 1).all():
        return slice(int(places[0]), int(places[-1]) + 1)
    return places
