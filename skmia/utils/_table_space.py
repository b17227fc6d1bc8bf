"""Where rows of a table lie: numbers in their spread, categories apart from each other.

Distances between rows must not depend on units, and columns may be words.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype
from scipy import sparse

# A density is estimated in so many dimensions, at most.
N_DIMENSIONS = 10
# So many categories have an axis each; of more each has a direction of its own.
_N_AXES = 32
# Directions that vary by less than this share of a spread do not vary.
_LEAST = 1e-10


@dataclass(frozen=True, eq=False)
class NumberAxis:
    """A column of numbers, in spreads from the mean, and whether one is missing."""

    name: object
    mean: float
    spread: float
    missing: bool

    @classmethod
    def of(cls, column):
        """As the records have it."""
        values = numbers_of(column)
        known = values[~np.isnan(values)]
        mean = known.mean() if len(known) else 0.0
        # Exactly 0 where all are the same: rounding is no spread.
        spread = known.std() if len(known) and np.ptp(known) > 0 else 1.0
        return cls(column.name, mean, spread, bool(np.isnan(values).any()))

    def encode(self, column):
        """One column, or two where some are missing, which lie in the middle."""
        values = numbers_of(column)
        missing = np.isnan(values)
        place = np.where(missing, 0, (values - self.mean) / self.spread)
        return [place, missing] if self.missing else [place]


@dataclass(frozen=True, eq=False)
class CategoryAxes:
    """A column of categories: two different ones have distance 1, or nearly so."""

    name: object
    values: tuple
    directions: np.ndarray

    @classmethod
    def of(cls, column):
        """As the records have it; that one is missing is a category, too."""
        values = tuple(sorted(words_of(column).unique()))
        if len(values) <= _N_AXES:
            directions = np.eye(len(values))
        else:  # nearly orthogonal, and in few dimensions
            signs = np.random.RandomState(0).choice([-1, 1], (len(values), _N_AXES))
            directions = signs / np.sqrt(_N_AXES)
        return cls(column.name, values, directions / np.sqrt(2))

    def encode(self, column):
        """Directions; a category that is not known has none."""
        codes = pd.Index(self.values).get_indexer(words_of(column))
        known = np.vstack([self.directions, np.zeros(self.directions.shape[1])])
        return list(known[codes].T)  # -1, not known, is the last


class TableSpace:
    """The space that rows lie in, as some records show it.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records that say how far columns spread, and which categories there are.

    Attributes
    ----------
    axes : list of NumberAxis and CategoryAxes
        Of each column.
    """

    def __init__(self, X):
        frame = as_frame(X)
        self._named = hasattr(X, "columns")
        self.axes = [
            (NumberAxis if is_number(column) else CategoryAxes).of(column)
            for column in columns_of(frame)
        ]
        encoded = self.encode(X)
        self._mean = encoded.mean(axis=0)
        centred = encoded - self._mean
        variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
        most = np.argsort(-variances, kind="stable")[:N_DIMENSIONS]
        vary = most[variances[most] > _LEAST]
        self._directions = directions[:, vary] / np.sqrt(variances[vary])

    def __repr__(self):
        # Part of what a signal is called: no address, which is another one in each
        # process.
        return f"TableSpace({len(self.axes)} columns)"

    def encode(self, X):
        """Places of rows, whose Euclidean distances are those of the rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_rows, n_features)
            With the columns of the records.

        Returns
        -------
        Z : ndarray of shape (n_rows, n_columns)

        Raises
        ------
        ValueError
            Other columns, or a column is of numbers here and of words there.
        """
        frame = as_frame(X)
        self._check_columns(frame, self._named and hasattr(X, "columns"))
        parts = []
        for axis, column in zip(self.axes, columns_of(frame), strict=True):
            _check_type(axis, column)
            parts += axis.encode(column)
        return np.column_stack(parts).astype(float)

    def reduce(self, X):
        """The same in the few directions in which the records vary most.

        Parameters
        ----------
        X : as for :meth:`encode`

        Returns
        -------
        W : ndarray of shape (n_rows, n_dimensions)
            In units of the records' spread in each direction.
        """
        return (self.encode(X) - self._mean) @ self._directions

    def _check_columns(self, frame, named):
        known, own = [axis.name for axis in self.axes], list(frame.columns)
        if len(known) != len(own) or (named and known != own):
            lacking = [name for name in known if name not in own][:5]
            extra = [name for name in own if name not in known][:5]
            raise ValueError(
                f"A synthetic table must have the columns of the records, in their "
                f"order: {len(known)} of them. Got {len(own)}; it lacks {lacking} and "
                f"has {extra} beside them."
            )


def as_frame(X):
    """Rows of a table as a DataFrame; columns of objects that are numbers as such.

    Raises
    ------
    ValueError
        The records are no rows of a table.
    """
    if hasattr(X, "get_columns"):  # of polars
        X = pd.DataFrame({name: X[name].to_list() for name in X.columns})
    if isinstance(X, pd.DataFrame):
        return X.infer_objects()
    X = X.toarray() if sparse.issparse(X) else np.asarray(X)
    if X.ndim != 2:
        raise ValueError(
            "Records beside a synthetic table must be rows of a table, with as many "
            f"values each. Got an array of shape {X.shape}."
        )
    return pd.DataFrame(X).infer_objects()


def columns_of(frame):
    """The columns of a DataFrame, whatever their names are."""
    return [frame.iloc[:, i] for i in range(frame.shape[1])]


def is_number(column):
    """Whether a column holds quantities; dates are some, truth values are not."""
    if is_bool_dtype(column.dtype):
        return False
    return is_numeric_dtype(column.dtype) or is_datetime64_any_dtype(column.dtype)


def _check_type(axis, column):
    own, other = isinstance(axis, NumberAxis), is_number(column)
    if own != other and column.notna().any():
        words = {True: "numbers", False: "categories"}
        raise ValueError(
            f"The column {axis.name!r} holds {words[own]} in the records and "
            f"{words[other]} in the synthetic table. Give it one type in both."
        )


def numbers_of(column):
    """Floats; nan where a value is missing."""
    if is_datetime64_any_dtype(column.dtype):
        # In nanoseconds the year 9999, which stands for no end, would be 1816.
        values = column.to_numpy("datetime64[us]")
        seconds = values.astype(np.int64) / 1e6
        return np.where(np.isnat(values), np.nan, seconds)
    values = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
    if np.isinf(values).any():
        raise ValueError(
            f"The column {column.name!r} holds infinite values: a row that has one is "
            "infinitely far from all others. Leave them out, or give them a number."
        )
    return values


def words_of(column):
    """Categories as strings; the empty one stands for a missing value."""
    return column.astype(object).where(column.notna(), "").astype(str)
