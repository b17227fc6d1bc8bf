"""Records as users hand them in: arrays, DataFrames, sparse matrices, lists."""

import numpy as np
from scipy import sparse
from sklearn.utils import assert_all_finite, check_array, column_or_1d, indexable
from sklearn.utils.multiclass import type_of_target


def check_records(X, y, *others):
    """Records and labels of equal length that can be indexed, nothing converted.

    What the features may be is the wrapped estimator's business: DataFrames, sparse
    matrices, strings and missing values pass through.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    *others : array-like of shape (n_samples,) or None
        Further per-record arrays.

    Returns
    -------
    X, y, *others
        `y` as a one-dimensional array, the others as arrays or None.
    """
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    if not (hasattr(X, "iloc") or sparse.issparse(X)):
        X = check_array(X, dtype=None, ensure_all_finite=False, ensure_min_samples=2)
    elif sparse.issparse(X):
        X = X.tocsr()
    y = column_or_1d(y, warn=True)
    assert_all_finite(y, input_name="y")
    others = [None if other is None else np.asarray(other) for other in others]
    indexable(X, y, *others)
    kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        raise ValueError(
            f"Unknown label type: {kind}. The labels of the records must be classes."
        )
    return (X, y, *others)


def n_records(X):
    """Number of records, whatever holds them."""
    return X.shape[0] if hasattr(X, "shape") else len(X)


def numbers(X):
    """Features as a matrix of numbers, or None where some are none."""
    if hasattr(X, "dtypes") and hasattr(X.dtypes, "items"):
        numeric = X.select_dtypes("number")
        return numeric.to_numpy(float) if numeric.shape == X.shape else None
    if hasattr(X, "toarray"):
        return X.toarray().astype(float)
    return X.astype(float) if X.dtype.kind in "buif" else None


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
