"""Records as users hand them in: arrays, frames, sparse matrices, texts, images."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import assert_all_finite, check_array, column_or_1d
from sklearn.utils.validation import validate_data

from skmia.utils._labels import classes_of, refuse_missing
from skmia.utils._outputs import takes_columns_only
from skmia.utils._quantities import check_quantities


def check_records(X, y, *others, names=("X", "y"), estimators=()):
    """Records and labels of equal length that can be indexed, nothing converted.

    What a record is, is the model's business: DataFrames, sparse matrices, texts,
    images and missing values pass through.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of length n_samples
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), or None
    *others : array-like of shape (n_samples,) or None
        Further per-record arrays.
    names : tuple of str, default=("X", "y")
        What the caller calls the first two.
    estimators : iterable of estimators, default=()
        What learns the labels: of one label per record these stand in a column where an
        estimator takes nothing else.

    Returns
    -------
    X, y, *others
        `X` so that it can be indexed, the others as arrays or None.
    """
    if sparse.issparse(X):
        X = X.tocsr()
    elif (
        isinstance(X, str | Mapping)
        or getattr(X, "shape", None) == ()
        or not (
            hasattr(X, "shape") or (hasattr(X, "__len__") and hasattr(X, "__getitem__"))
        )
    ):
        raise TypeError(
            f"The records {names[0]} must be a sequence, one item or row for each, "
            f"that can be indexed. Got {type(X).__name__}."
        )
    in_columns = any(map(takes_columns_only, estimators))
    y = None if y is None else _labels(y, names[1], in_columns)
    others = [None if other is None else np.asarray(other) for other in others]
    for name, part in ((names[1], y), *(("another array", part) for part in others)):
        if part is not None and len(part) != n_records(X):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: "
                f"{names[0]} has {n_records(X)} records, {name} {len(part)}."
            )
    return (X, y, *others)


def check_labelled(X, y, *others):
    """Records as :func:`check_records` has them, each of a class; tables as arrays."""
    X, y, *others = _with_labels(X, y, *others)
    classes_of(y)
    return (X, y, *others)


def check_unlabelled(X):
    """The same of records that have none: two at least."""
    return check_records(_checked_table(X), None)[0]


def check_measured(X, y):
    """The same, with a quantity for each record, or several."""
    X, y = _with_labels(X, y)
    return X, check_quantities(y, "y")


def _with_labels(X, y, *others):
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    return check_records(_checked_table(X), y, *others)


def _checked_table(X):
    if not _is_table(X):
        return X
    return check_array(
        X, dtype=None, ensure_all_finite=False, ensure_min_samples=2, allow_nd=True
    )


def _is_table(X):
    """Whether these are rows of numbers, and no frame; not texts, or dicts."""
    if sparse.issparse(X) or hasattr(X, "iloc") or hasattr(X, "columns"):
        return False
    if hasattr(X, "dtype"):
        return X.ndim != 1 or X.dtype.kind not in "OUST"
    return not (isinstance(X, list) and X and isinstance(X[0], str | Mapping))


def _labels(y, name, in_columns):
    """Labels as an array, of several outputs with as many columns."""
    values = y.toarray() if sparse.issparse(y) else np.asarray(y)
    refuse_missing(values, f"The labels {name}")
    several = values.ndim == 2 and values.shape[1] > 1
    if in_columns and not several:
        y = np.reshape(values, (len(values), 1))
    else:
        y = values if several else column_or_1d(y, warn=True)
    assert_all_finite(y, input_name=name)
    return y


def know_features(estimator, X, reset=True):
    """Names and number of the features, where records have such, as scikit-learn does.

    Which ones there may be is the business of the models inside.
    """
    names = list(getattr(X, "columns", ()))
    plain = len(set(map(type, names))) < 2 and len(set(names)) == len(names)
    if hasattr(X, "shape") and plain:
        validate_data(estimator, X, reset=reset, skip_check_array=True)


def n_records(X):
    """Number of records, whatever holds them."""
    return X.shape[0] if hasattr(X, "shape") else len(X)


def index_of(X):
    """Index of records in a DataFrame; None of others."""
    return X.index if hasattr(X, "iloc") else None


def are_numbers_of_things(X):
    """Whether records are numbers, of nodes or of graphs, that say nothing of them."""
    return getattr(X, "ndim", None) == 1 and getattr(X.dtype, "kind", "") in "iu"


def copied(X):
    """Records that a model may write into.

    Not read-only, as answers are: there are models that cannot take such records.
    """
    if isinstance(X, np.ndarray):
        return X.copy(order="K")  # sums depend on the layout
    return X.copy() if hasattr(X, "copy") else X


def like(X, numbers):
    """Rows of numbers as a table of the kind and with the columns of `X`, if any."""
    if hasattr(X, "get_columns"):  # of polars
        return type(X)(numbers, schema=list(X.columns), orient="row")
    if hasattr(X, "columns"):
        return pd.DataFrame(numbers, columns=X.columns)
    return numbers


def records_like(X, rows, name, owner):
    """Auxiliary records as the training records are: names of columns, and width.

    Parameters
    ----------
    X : {ndarray, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Training records, from `check_records`.
    rows : {array-like, sparse matrix, DataFrame} of shape (n_rows, n_features)
    name, owner : str
        Parameter that the rows come from and the class it is of, for the error.

    Returns
    -------
    rows : {ndarray, sparse matrix, DataFrame} of shape (n_rows, n_features)
        Can be indexed; a DataFrame with the names of `X` where that is one.
    """
    if sparse.issparse(rows):
        rows = rows.tocsr()
    elif not hasattr(rows, "iloc"):
        rows = check_array(rows, dtype=None, ensure_all_finite=False)
    if rows.shape[1] != X.shape[1]:
        raise ValueError(
            f"The '{name}' parameter of {owner} must have as many features as X: "
            f"{X.shape[1]}. Got {rows.shape[1]} instead."
        )
    if hasattr(X, "iloc") and not (hasattr(rows, "iloc") or sparse.issparse(rows)):
        return pd.DataFrame(rows, columns=X.columns)
    if hasattr(rows, "iloc") and not hasattr(X, "iloc"):
        return rows.to_numpy()
    return rows


def concatenate(parts):
    """Records of the same kind, one below the other, as they are.

    Raises
    ------
    ValueError
        They do not have the same features.
    """
    for part in parts[1:]:
        _refuse_other_features(parts[0], part)
    if sparse.issparse(parts[0]):
        return sparse.vstack(parts, format="csr")
    if hasattr(parts[0], "iloc"):
        return pd.concat(parts, ignore_index=True)
    return np.concatenate(parts)


def _refuse_other_features(one, other):
    shapes = [getattr(part, "shape", None) for part in (one, other)]
    if None in shapes:  # lists say nothing before they are put together
        return
    names = [list(getattr(part, "columns", ())) for part in (one, other)]
    if shapes[0][1:] != shapes[1][1:] or set(names[0]) != set(names[1]):
        told = [str(x) for x in (names if any(names) else shapes)]
        raise ValueError(
            "All sets of records must have the same features. Got some with "
            f"{told[0]} and some with {told[1]}."
        )


def check_membership(member):
    """Membership bits as an integer array: 1 = member, 0 = non-member.

    Raises
    ------
    ValueError
        Other values than 0 and 1 (or booleans), or one of the two is missing.
    """
    member = column_or_1d(member)
    values = np.unique(member)
    if not np.isin(values, [0, 1]).all():
        raise ValueError(
            "Membership must be 0 (non-member) or 1 (member) for every record. Got "
            f"the values {values[:5].tolist()}."
        )
    if len(values) < 2:
        raise ValueError(
            "Membership needs at least one member and one non-member. Got only "
            f"{values.tolist()}."
        )
    return member.astype(int)
