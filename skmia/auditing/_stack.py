"""Records of two sets, one after the other, as the model was given the first."""

from collections import Counter
from itertools import zip_longest

import numpy as np
import pandas as pd
from scipy import sparse

from skmia.utils._records import concatenate


def stack_records(first, second):
    """Records of two sets in one, with the columns and dtypes of the first.

    A model may choose columns by their dtype: were that another one, a model trained
    on records of both sets would be of another kind.

    Parameters
    ----------
    first, second : records
        Both DataFrames or series (of pandas or polars), sparse matrices, or arrays and
        lists.

    Returns
    -------
    records : of the kind of `first`

    Raises
    ------
    ValueError
        Records of two kinds, other features, or dtypes that cannot be made those of
        `first` without loss.
    """
    kinds = [_kind(one) for one in (first, second)]
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"X_train is {kinds[0]}, X_holdout is {kinds[1]}: both must be as the "
            "model takes them."
        )
    if hasattr(first, "to_frame"):
        tables = first.to_frame(), second.rename(first.name).to_frame()
        joined = _join(*tables)
        return joined.iloc[:, 0] if hasattr(joined, "iloc") else joined.to_series()
    if hasattr(first, "columns"):
        _check_columns(list(first.columns), list(second.columns))
        return _join(first, second)
    if not hasattr(first, "shape"):
        return [*first, *second]
    second = second if sparse.issparse(second) else np.asarray(second)
    shapes = [getattr(one, "shape", (0,))[1:] for one in (first, second)]
    if shapes[0] != shapes[1]:
        what = "features" if len(shapes[0]) == 1 else "as the shape of a record"
        sizes = [shape[0] if len(shape) == 1 else shape for shape in shapes]
        raise ValueError(
            f"X_train has {sizes[0]} {what}, X_holdout {sizes[1]}: both must be as "
            "the model takes them."
        )
    if sparse.issparse(first):
        return concatenate([first, second])
    first = np.asarray(first)
    cast = _without_loss(second, first.dtype)
    if cast is None and {first.dtype.kind, second.dtype.kind} <= set("biufc"):
        raise ValueError(
            f"X_train is of {first.dtype}, X_holdout of {second.dtype}, whose values "
            "cannot be made that without loss. Give both the dtype that the model was "
            "trained on."
        )
    return np.concatenate([first, second if cast is None else cast])


def _kind(X):
    if sparse.issparse(X):
        return "sparse"
    if hasattr(X, "to_frame") or hasattr(X, "columns"):
        return f"a {type(X).__module__.partition('.')[0]} {type(X).__name__}"
    return "dense"


def _check_columns(own, other):
    pairs = [pair for pair in zip_longest(own, other) if pair[0] != pair[1]]
    if pairs:
        lacking = [name for name in own if name not in other][:5]
        extra = [name for name in other if name not in own][:5]
        if Counter(own) == Counter(other):
            raise ValueError(
                "X_holdout has the columns of X_train in another order. The first that "
                f"differ are {pairs[0][0]!r} and {pairs[0][1]!r}; the order must be as "
                "the model takes them."
            )
        raise ValueError(
            f"X_train has {len(own)} features, X_holdout {len(other)}: it lacks "
            f"{lacking} and has {extra} beside them. The first that differ are "
            f"{pairs[0][0]!r} and {pairs[0][1]!r}; names and order must be as the "
            "model takes them."
        )


def _join(first, second):
    """Two tables in one; the second one's columns in the dtypes of the first."""
    own, other = _columns(first), _columns(second)
    refused = []
    for i, (one, two) in enumerate(zip(own, other, strict=True)):
        if one.dtype == two.dtype:
            continue
        dtype = _dtype_of_both(one, two)
        cast = _without_loss(two, dtype)
        if cast is None:
            refused.append(f"{one.name} ({one.dtype}, {two.dtype})")
        else:
            first = _replace(first, i, _cast(one, dtype))
            second = _replace(second, i, cast)
    if refused:
        raise ValueError(
            "X_train and X_holdout have other dtypes in the columns "
            f"{', '.join(refused[:5])}, which cannot be made those of X_train without "
            "loss. Give both the dtypes that the model was trained on."
        )
    if hasattr(first, "vstack"):  # of polars
        return first.vstack(second)
    return concatenate([first, second])


def _columns(table):
    if hasattr(table, "get_columns"):
        return table.get_columns()
    return [table.iloc[:, i] for i in range(table.shape[1])]


def _replace(table, i, column):
    if hasattr(table, "with_columns"):
        return table.with_columns(column)
    table = table.copy(deep=False)
    table.isetitem(i, column)
    return table


def _dtype_of_both(own, other):
    """Dtype of the first column; of categories those that the second uses, too."""
    if not isinstance(own.dtype, pd.CategoricalDtype):
        return own.dtype
    used = other.astype("category").cat.remove_unused_categories().cat.categories
    known = own.dtype.categories
    more = known.append(used[~used.isin(known)])
    return pd.CategoricalDtype(more, ordered=own.dtype.ordered)


def _cast(column, dtype):
    return column.cast(dtype) if hasattr(column, "cast") else column.astype(dtype)


def _without_loss(column, dtype):
    """Values in another dtype; None where some of them would change."""
    if column.dtype == dtype:
        return column
    with np.errstate(invalid="ignore"):
        try:
            cast = _cast(column, dtype)
            back = _cast(cast, column.dtype)
        except Exception:  # each library has errors of its own
            return None
    if isinstance(column, np.ndarray):
        column, back = pd.Series(column.ravel()), pd.Series(back.ravel())
    return cast if back.equals(column) else None
