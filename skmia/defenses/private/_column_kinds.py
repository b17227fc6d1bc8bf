"""Dtypes that public records decide, and no private one.

The dtype of a column is a property of all its values: one record can change what all
models of an ensemble are given.
"""

from numbers import Real

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy import sparse

from skmia.defenses.private._declared import listed_codes, plain_values
from skmia.utils._values import check_values, holds_numbers

_NUMBERS, _OBJECTS = np.dtype(np.float64), np.dtype(object)


def column_kinds(public):
    """Dtype of each column; all the same but for a DataFrame.

    Parameters
    ----------
    public : {ndarray, sparse matrix, DataFrame} of shape (n_rows, n_features)

    Returns
    -------
    kinds : list of dtype
        Of numbers (float64), of a list of categories, of text, or else of objects.
    """
    if hasattr(public, "iloc"):
        return [_kind(dtype) for dtype in public.dtypes]
    numbers = sparse.issparse(public) or holds_numbers(
        pd.DataFrame(public).infer_objects()
    )
    return [_NUMBERS if numbers else _OBJECTS] * public.shape[1]


def check_numbers(X, kinds, estimator, owner):
    """Raise what a kind of model would raise about the columns of numbers."""
    numbers = all(kind == _NUMBERS for kind in kinds)
    if hasattr(X, "iloc"):
        X = X.iloc[:, [i for i, kind in enumerate(kinds) if kind == _NUMBERS]]
    elif not numbers:
        return
    check_values(X, estimator, owner, numbers=numbers)


def cast_columns(X, kinds):
    """Records in a container like that of `X`, with columns of these kinds.

    Whatever the values are: those that cannot be cast are missing.
    """
    if sparse.issparse(X):
        return X.astype(np.float64)
    if not hasattr(X, "iloc") and X.dtype.kind in "fiub" and kinds[0] == _NUMBERS:
        return X.astype(np.float64)
    frame = X if hasattr(X, "iloc") else pd.DataFrame(X)
    cast = {i: _cast(frame.iloc[:, i], kind) for i, kind in enumerate(kinds)}
    if not hasattr(X, "iloc"):
        return np.column_stack([*cast.values()])
    return pd.DataFrame(cast, index=frame.index).set_axis(frame.columns, axis=1)


def _kind(dtype):
    if isinstance(dtype, pd.CategoricalDtype | pd.StringDtype):
        return dtype
    return _NUMBERS if is_numeric_dtype(dtype) else _OBJECTS


def _cast(column, kind):
    if isinstance(kind, pd.CategoricalDtype):
        codes = listed_codes(column, kind.categories)
        return pd.Categorical.from_codes(codes, dtype=kind)
    if kind == _NUMBERS:
        if is_numeric_dtype(column.dtype):
            return column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.array([_number(v) for v in plain_values(column)], dtype=np.float64)
    if isinstance(kind, pd.StringDtype):
        texts = [None if v is None else str(_value(v)) for v in plain_values(column)]
        return pd.array(texts, dtype=kind)
    # Numbers among objects are floats, too: an integer and a float have other texts.
    values = np.empty(len(column), dtype=object)
    values[:] = [np.nan if v is None else _value(v) for v in plain_values(column)]
    return values


def _value(value):
    return _number(value) if isinstance(value, Real | np.bool_) else value


def _number(value):
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan
