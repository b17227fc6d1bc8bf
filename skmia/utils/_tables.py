"""Columns of a table of records: which ones are meant, and which values they hold."""

from numbers import Integral

import pandas as pd


def column_positions(names, columns, parameter, owner):
    """Places of columns that are given by place or by name.

    Parameters
    ----------
    names : Index of shape (n_columns,)
        Names of all columns.
    columns : iterable of int or str
        Places or names.
    parameter, owner : str
        What the columns were given as and to whom, for the error.

    Returns
    -------
    places : list of int
    """
    places = [
        column if isinstance(column, Integral) else names.get_indexer([column])[0]
        for column in columns
    ]
    if len(set(places)) < len(places) or not all(0 <= i < len(names) for i in places):
        raise ValueError(
            f"The '{parameter}' parameter of {owner} must hold different columns of X, "
            f"by name or by place from 0 to {len(names) - 1}. Got {columns!r} instead."
        )
    return places


def list_values(column):
    """Values of a column as a dtype: in the order of its own, else sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.remove_unused_categories().dtype
    try:
        return pd.CategoricalDtype(sorted(column.dropna().unique()))
    except TypeError as error:
        raise TypeError(
            "Each value of the argument must be a string or a number, and all values "
            f"of a column of one kind. Got others in column {column.name!r} instead."
        ) from error
