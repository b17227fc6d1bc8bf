"""Records as numbers: dense, some of them missing."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import check_array


def numeric_records(X, need):
    """Records as a floating point array.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
    need : str
        Who needs numbers, and for what: the beginning of the error.

    Returns
    -------
    numbers : ndarray of shape (n_samples, n_features)
        float32 if `X` is, else float64. Missing values are nan: whether a model can
        do with them is for the inner one to say.

    Raises
    ------
    ValueError
        Strings or infinite values.
    TypeError
        A sparse matrix.
    """
    try:
        return check_array(
            X,
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan",
            input_name="X",
        )
    except ValueError as error:
        raise ValueError(f"{need} {error}") from error


def numbers(X):
    """Features as a matrix of numbers, or None where some are none.

    In one layout, on which sums depend in the last digit.
    """
    if hasattr(X, "dtypes") and hasattr(X.dtypes, "items"):
        # Objects may be numbers, too; what is true or false is one.
        numeric = X.infer_objects().select_dtypes(["number", "bool", "boolean"])
        if numeric.shape != X.shape:
            return None
        return np.ascontiguousarray(numeric.to_numpy(float))
    try:
        X = X.toarray() if sparse.issparse(X) else np.asarray(X)
    except ValueError:  # records of different length
        return None
    if X.dtype.kind == "O":
        return numbers(pd.DataFrame(X.reshape(len(X), -1)))
    if X.dtype.kind not in "buif":
        return None
    return X.reshape(len(X), -1).astype(float, order="C")


def feature_spread(X):
    """Standard deviation of each feature, or None where they are no dense numbers.

    Exactly 0 for a feature that is the same for all.
    """
    X = None if sparse.issparse(X) else numbers(X)
    if X is None:
        return None
    if len(X) < 2:
        raise ValueError(
            "How far the features spread is seen from two records on. Got one: give "
            "the signal the 'spread' of each feature, or 1 for noise in its units."
        )
    return np.where(np.ptp(X, axis=0) > 0, X.std(axis=0), 0.0)


def computable(X, images=False):
    """Whether records are dense, finite numbers in two dimensions (images: more)."""
    try:
        check_array(X, dtype=np.float64, allow_nd=images)
    except (TypeError, ValueError):
        return False
    return numbers(X) is not None  # words may be digits


def uniform_between(low, high, whole, U):
    """Numbers between bounds, of shares in [0, 1); whole ones where that is said."""
    steps = (np.where(whole, high, low) - low + 1) * U
    # A weighted mean: the width of the widest range there is overflows.
    drawn = np.where(whole, low + np.floor(steps), low * (1 - U) + high * U)
    return np.clip(drawn, low, high)  # rounding may lead one step beyond
