"""Transformers that recode every record by the cell it falls in."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pandas.api.types import is_bool_dtype, is_float_dtype, is_numeric_dtype
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import assert_all_finite, check_array, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.utils._sklearn import COUNT
from skmia.utils._tables import column_positions, list_values


class CellAnonymizer(
    OneToOneFeatureMixin, TransformerMixin, BaseEstimator, metaclass=ABCMeta
):
    """A transformer that writes the same quasi-identifiers into all rows of a cell.

    Subclasses set in ``fit``, by `_remember`, what is needed to find and write cells,
    and implement ``_cells(V)``.
    """

    _parameter_constraints = {"k": [COUNT], "quasi_identifiers": ["array-like", None]}

    # Whether the numbers written are values of records, not averages of them.
    _writes_actual_values = False

    @abstractmethod
    def _cells(self, V):
        """Cell of each row of the matrix of quasi-identifiers."""

    def transform(self, X: ArrayLike | pd.DataFrame) -> np.ndarray | pd.DataFrame:
        """Replace the quasi-identifiers of each record by those of its cell.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records, those of `fit` or others. A category that `fit` did not see counts
            as smaller than all others.

        Returns
        -------
        recoded : {ndarray, DataFrame} of shape (n_samples, n_features)
            A DataFrame for a DataFrame, else an array. Other columns are as in `X`.
        """
        check_is_fitted(self)
        frame = read_table(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        cells = self._cells(encode(frame, self._codings, self))
        recoded = frame.copy()
        for coding, written in zip(self._codings, self._representatives, strict=True):
            column = written.take(cells).set_axis(frame.index)
            recoded.isetitem(coding.position, column)
        return recoded if hasattr(X, "iloc") else recoded.to_numpy()

    def _encode(self, frame, exclude=None):
        """Codings of the quasi-identifiers, and their matrix."""
        if len(frame) < self.k:
            raise ValueError(
                f"The 'k' parameter of {type(self).__name__} must be at most the "
                f"number of records. Got k={self.k} instead; "
                f"n_samples={len(frame)}."
            )
        chosen = self.quasi_identifiers
        if chosen is None:
            chosen = [i for i in range(frame.shape[1]) if i != exclude]
        positions = column_positions(
            frame.columns, chosen, "quasi_identifiers", type(self).__name__
        )
        if exclude in positions:
            raise ValueError(
                f"The 'quasi_identifiers' parameter of {type(self).__name__} must not "
                f"hold the sensitive column. Got {self.quasi_identifiers!r} instead."
            )
        codings = [Coding.of(frame.iloc[:, i], i) for i in positions]
        return codings, encode(frame, codings, self)

    def _remember(self, X, codings, representatives, **fitted):
        """Set what was fitted, all at once."""
        exact = self._writes_actual_values
        written = [
            coding.restore(numbers, exact)
            for coding, numbers in zip(codings, representatives.T, strict=True)
        ]
        validate_data(self, X, skip_check_array=True)
        self._codings, self._representatives = codings, written
        self.n_cells_ = len(representatives)
        vars(self).update(fitted)
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


@dataclass(frozen=True)
class Coding:
    """How one column is read as numbers, and written back.

    Attributes
    ----------
    position : int
        Place among the columns.
    dtype : dtype
        Of the column in ``fit``.
    values : CategoricalDtype or None
        List of values of a categorical column. Missing is one more, at the end.
    """

    position: int
    dtype: Any
    values: Any = None

    @classmethod
    def of(cls, column, position):
        """Coding of a column; what is not a number (or is true or false) is listed."""
        if is_numeric_dtype(column.dtype) and not is_bool_dtype(column.dtype):
            return cls(position, column.dtype)
        return cls(position, column.dtype, list_values(column))

    def read(self, column):
        """The column as floats; -1 for a category that is not in the list."""
        if self.values is None:
            return column.to_numpy(dtype=np.float64, na_value=np.nan)
        listed = self.values.categories
        codes = listed.get_indexer(column).astype(np.float64)
        codes[column.isna()] = len(listed)
        return codes

    def restore(self, numbers, exact):
        """Numbers as a column of its type; of floats, where they average integers."""
        if self.values is not None:
            missing = numbers == len(self.values.categories)
            codes = np.where(missing, -1, numbers).astype(np.intp)
            listed = pd.Categorical.from_codes(codes, dtype=self.values)
            return pd.Series(listed).astype(self.dtype)
        keeps = exact or is_float_dtype(self.dtype)
        return pd.Series(numbers, dtype=self.dtype if keeps else np.float64)


def read_table(X):
    """Records as a DataFrame; numbers in an array become floats."""
    if hasattr(X, "iloc"):
        return X
    X = check_array(X, dtype=None, ensure_all_finite=False, input_name="X")
    if X.dtype.kind in "iub":
        X = X.astype(np.float64)
    return pd.DataFrame(X).infer_objects()


def encode(frame, codings, estimator):
    """Matrix of the quasi-identifiers as numbers, shape (n_samples, n_codings)."""
    V = np.empty((len(frame), len(codings)))
    for i, coding in enumerate(codings):
        V[:, i] = coding.read(frame.iloc[:, coding.position])
    name = type(estimator).__name__
    allow_nan = get_tags(estimator).input_tags.allow_nan
    assert_all_finite(V, allow_nan=allow_nan, estimator_name=name, input_name="X")
    return V


def cell_modes(codes, cells):
    """Most frequent code of each cell; of equally frequent ones the smallest."""
    pairs, counts = np.unique(
        np.column_stack([cells, codes]), axis=0, return_counts=True
    )
    order = np.lexsort((pairs[:, 1], -counts, pairs[:, 0]))
    return pairs[order, 1][first_of_each(pairs[order, 0])]


def first_of_each(sorted_cells):
    """Where each run of equal numbers begins."""
    return np.unique(sorted_cells, return_index=True)[1]
