"""One column of the observations, by name or index."""

from numbers import Integral

import numpy as np


def column_index(estimator, column):
    """Position of a column.

    Parameters
    ----------
    estimator : estimator
        It has seen the observations: their number of columns, and names if they came
        with some.
    column : int or str
        Index (negative counts from the end), or name.

    Returns
    -------
    index : int
        Not negative.
    """
    n_columns = estimator.n_features_in_
    names = getattr(estimator, "feature_names_in_", None)
    if isinstance(column, Integral):
        if not -n_columns <= column < n_columns:
            raise ValueError(
                f"There is no column {column}: the observations have {n_columns} "
                f"column(s), n_features = {n_columns}."
            )
        return int(column) % n_columns
    if names is None:
        raise ValueError(
            f"The column {column!r} is given by name, but the observations have no "
            "column names: pass a DataFrame, or the index of the column."
        )
    found = np.flatnonzero(np.asarray(names) == column)
    if not len(found):
        raise ValueError(
            f"There is no column {column!r}. The observations have {list(names)[:10]}."
        )
    return int(found[0])
