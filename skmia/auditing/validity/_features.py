"""Records of any kind, and their labels, as a table for a classifier of numbers."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.random_projection import GaussianRandomProjection

from skmia.utils._numbers import numbers

# Of wide records those columns are kept that differ most; the others in sums.
_N_COLUMNS = 64
# More values of a category are no categories to the classifier.
_N_VALUES = 200
_WORDS = HashingVectorizer(
    n_features=2**14, alternate_sign=False, norm=None, ngram_range=(1, 2)
)


def as_table(X, y, learned, member, quantities=False):
    """Columns of numbers, and which of them are categories.

    Parameters
    ----------
    X, y : records and labels, None where they have none
    learned : ndarray of int
        Places of records from which is learned which columns matter.
    member : ndarray of {0, 1} of shape (n_records,)
        Looked at for these records only.
    quantities : bool, default=False
        Whether the labels are no classes.

    Returns
    -------
    values : ndarray of shape (n_records, n_columns)
    categorical : ndarray of bool of shape (n_columns,)
    """
    table = _wide(X)
    if isinstance(table, pd.DataFrame):
        columns = [_column(table.iloc[:, i]) for i in range(table.shape[1])]
    else:
        columns = [(column, False) for column in _narrow(table, learned, member)]
    of_labels = float if quantities else object
    outputs = () if y is None else np.reshape(y, (len(y), -1)).T
    columns += [_column(pd.Series(one, dtype=of_labels)) for one in outputs]
    values, categorical = zip(*columns, strict=True)
    return np.column_stack(values), np.array(categorical)


def as_points(X, rng):
    """Points that are near where records are alike, and the columns of few values.

    Parameters
    ----------
    X : records
    rng : RandomState

    Returns
    -------
    points : ndarray of shape (n_records, n_dimensions)
        Numbers in units of their spread; of categories one column for each; of wide
        records a random projection.
    categories : list of ndarray of shape (n_records,)
        Codes of categories, and numbers that take two values at most; nan for none.
    """
    table = _wide(X)
    if not isinstance(table, pd.DataFrame):
        thin = sparse.issparse(table)
        if table.shape[1] > _N_COLUMNS:
            project = GaussianRandomProjection(_N_COLUMNS, random_state=rng)
            return project.fit_transform(table if thin else np.nan_to_num(table)), []
        table = pd.DataFrame(table.toarray() if thin else table)
    columns = [_column(table.iloc[:, i]) for i in range(table.shape[1])]
    categories = [
        values for values, named in columns if named or pd.Series(values).nunique() <= 2
    ]
    points = [_one_hot(v) if named else _in_spreads(v) for v, named in columns]
    return np.column_stack(points).astype(np.float32), categories


def _one_hot(code):
    """Two records of different categories are 1 apart."""
    return (code[:, None] == np.unique(code[~np.isnan(code)])) * np.sqrt(0.5)


def _in_spreads(column):
    """Missing ones in the middle; of a constant column all."""
    column = np.where(np.isfinite(column), column, np.nan)
    if np.isnan(column).all():
        return np.zeros(len(column))
    column = column - np.nanmedian(column)
    spread = np.nanstd(column)
    return np.nan_to_num(column / spread if spread > 0 else 0 * column)


def _wide(X):
    """Frame, sparse matrix or array of numbers, as many columns as there are."""
    if sparse.issparse(X):
        return X.tocsr()
    if hasattr(X, "get_columns"):  # of polars
        return pd.DataFrame({i: one.to_numpy() for i, one in enumerate(X)})
    if hasattr(X, "columns"):
        return X
    first = X.iloc[0] if hasattr(X, "iloc") else X[0]
    if isinstance(first, dict):
        return DictVectorizer().fit_transform(X)
    if isinstance(first, str):
        return _WORDS.transform(X)
    values = numbers(X)
    if values is not None:
        return values
    array = np.asarray(X, dtype=object) if hasattr(X, "shape") else None
    if array is not None and array.ndim == 2:
        return pd.DataFrame(array).infer_objects()
    # Of several lengths, or whatever else.
    return np.array([[len(x) if hasattr(x, "__len__") else 0] for x in X], dtype=float)


def _column(column):
    """Numbers of a column, and whether they are codes of a category."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan), False
    if column.dtype.kind in "mM":
        return column.to_numpy().astype("int64").astype(float), False
    code, values = pd.factorize(column.astype(str).where(column.notna()))
    code = np.where(code < 0, np.nan, code)
    if len(values) <= _N_VALUES:
        return code, True
    # Names, or free text: how long, and how often there.
    often = column.map(column.value_counts())
    return often.to_numpy(dtype=float, na_value=np.nan), False


def _narrow(values, learned, member):
    """The columns where members and others differ most, and sums of all."""
    thin = sparse.issparse(values)
    if thin or values.shape[1] > _N_COLUMNS:
        yield np.ravel(values.sum(axis=1))
        yield np.ravel((values != 0).sum(axis=1))
        chosen = np.sort(
            np.argsort(-_apart(values[learned], member[learned]))[:_N_COLUMNS]
        )
        values = values[:, chosen]
        values = values.toarray() if thin else values
    yield from values.T


def _apart(values, member):
    """How far the means of two groups are apart, in deviations, column by column."""
    if not sparse.issparse(values):
        values = np.nan_to_num(values)
    means, squares = zip(
        *[
            (_mean(values[member == side]), _mean(_squared(values[member == side])))
            for side in (0, 1)
        ],
        strict=True,
    )
    spread = np.sqrt(np.maximum(sum(squares) - means[0] ** 2 - means[1] ** 2, 0))
    return np.abs(means[1] - means[0]) / np.where(spread > 0, spread, np.inf)


def _mean(values):
    return np.ravel(values.mean(axis=0))


def _squared(values):
    return values.multiply(values) if sparse.issparse(values) else values**2
