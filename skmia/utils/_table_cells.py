"""Cells that the values of a table lie in: quantiles of numbers, categories."""

import numpy as np
import pandas as pd

from skmia.utils._table_space import (
    as_frame,
    columns_of,
    is_number,
    numbers_of,
    words_of,
)


class TableCells:
    """A small integer for each value, by some records.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records whose quantiles and categories these are.
    n_cells : int
        Cells of a column of numbers, with about as many records each.
    """

    def __init__(self, X, n_cells):
        inner = np.linspace(0, 1, n_cells + 1)[1:-1]
        self._columns = [
            _edges(numbers_of(column), inner)
            if is_number(column)
            else pd.Index(sorted(words_of(column).unique()))
            for column in columns_of(as_frame(X))
        ]

    def encode(self, X):
        """Cells of rows with the same columns.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_rows, n_features)
            Their types are checked by who has distances of them, `TableSpace`.

        Returns
        -------
        cells : ndarray of int of shape (n_rows, n_features)
            -1 for a missing number and for a category that no record has.
        """
        columns = columns_of(as_frame(X))
        parts = [
            known.get_indexer(words_of(column))
            if isinstance(known, pd.Index)
            else _cells(numbers_of(column), known)
            for known, column in zip(self._columns, columns, strict=True)
        ]
        return np.column_stack(parts)


def _edges(values, inner):
    known = values[~np.isnan(values)]
    return np.unique(np.quantile(known, inner)) if len(known) else known


def _cells(values, edges):
    return np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))
