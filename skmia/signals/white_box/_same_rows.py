"""Whether records are among rows: to the last bit, or as near as rounding allows."""

import numpy as np
from scipy import sparse

from skmia.utils._record_keys import exact_keys

# What rounding makes of a number, at most: as a part of the largest of its feature and,
# since sums over features are rounded too, of the largest of all.
_ROUNDING = {"single": 1e-6, "double": 1e-9}
_OF_ALL = 1e-4


def among(X, rows, exact):
    """Which records are among some rows.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    rows : {ndarray, sparse matrix} of shape (n_rows, n_features)
    exact : bool
        Whether a record that was among the rows is equal to one of them to the last
        bit, if its precision is the same.

    Returns
    -------
    found : ndarray of bool of shape (n_samples,)
        Equal, or equal up to rounding where it may not be exact.
    sure : ndarray of bool of shape (n_samples,)
        Whether a record that was not found certainly is none of the rows.
    """
    dense = not (sparse.issparse(X) and sparse.issparse(rows))
    single = getattr(X, "dtype", None) == np.float32
    X, rows = _plain(X, dense), _plain(rows, dense)
    held = set(exact_keys(rows))
    found = np.array([key in held for key in exact_keys(X)], dtype=bool)
    sure = exact & _same_precision(X, rows, single)
    asked = np.flatnonzero(~sure & ~found)
    if len(asked):
        precision = "single" if single or _is_single(rows).all() else "double"
        found[asked] = _near(X[asked], rows, _ROUNDING[precision])
    return found, sure


def _plain(X, dense):
    """In double precision, in which there is one zero only."""
    if sparse.issparse(X) and not dense:
        X = sparse.csr_array(X, dtype=float, copy=True)
        X.eliminate_zeros()
        return X
    X = X.toarray() if sparse.issparse(X) else X
    return np.asarray(X, dtype=float) + 0.0


def _same_precision(X, rows, single):
    """Whether rounding to single precision does to records what it did to the rows."""
    held = _is_single(rows).all()
    if single or not held:
        return np.full(X.shape[0], held == single or not single)
    return _is_single(X)


def _is_single(X):
    """Which rows hold numbers of single precision alone."""
    if sparse.issparse(X):
        rounded = X.astype(np.float32).astype(float)
        return np.asarray(abs(X - rounded).max(axis=1).toarray()).ravel() == 0
    with np.errstate(over="ignore"):
        rounded = X.astype(np.float32)
    return ((rounded == X) | np.isnan(X)).all(axis=1)


def _near(X, rows, part):
    """Which records are near one of the rows, feature by feature."""
    most = _largest(rows)
    if not sparse.issparse(X):  # where nothing is, all records are at one place
        X, rows = (np.where(np.isnan(one), -1 - 3 * most, one) for one in (X, rows))
    rounding = part * np.maximum(most, _OF_ALL * most.max())
    rounding[rounding == 0] = part
    # Who is near has nearly the same place on any line.
    way = np.random.RandomState(0).uniform(1, 2, len(rounding)) / rounding
    places = rows @ way
    order = np.argsort(places)
    here = X @ way
    # On that line, a unit of each feature is its rounding.
    width = 2 * len(rounding) + 1e-12 * np.abs(here)
    first = np.searchsorted(places[order], here - width)
    last = np.searchsorted(places[order], here + width, side="right")
    found = np.zeros(X.shape[0], dtype=bool)
    for beyond in range((last - first).max(initial=0)):
        asked = np.flatnonzero(~found & (first + beyond < last))
        apart = abs(X[asked] - rows[order[first[asked] + beyond]])
        if sparse.issparse(apart):
            far = (apart.multiply(1 / rounding)).max(axis=1).toarray().ravel()
        else:
            far = (apart / rounding).max(axis=1)
        found[asked] = far <= 1
    return found


def _largest(rows):
    """Absolute value of each feature, of all rows."""
    if sparse.issparse(rows):
        return abs(rows).max(axis=0).toarray().ravel()
    return np.abs(np.nan_to_num(rows)).max(axis=0)
