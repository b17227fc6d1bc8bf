"""What records look like, as far as an adversary knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array

from skmia.generators._schema_columns import (
    Category,
    Number,
    OneHot,
    declared_numbers,
    is_category,
    read_table,
)
from skmia.generators._schema_noise import noisy_copies
from skmia.utils._numbers import uniform_between
from skmia.utils._tables import column_positions


@dataclass(frozen=True, repr=False, eq=False)
class FeatureSchema:
    """Kinds and ranges of features, and the bridge from records to plain numbers.

    Records come as an array or a DataFrame, with categories and one-hot columns.
    Methods that make records work on a matrix `Z` of floats instead, with one column
    per *feature*: a number, or a category as its code 0, 1, ... A group of one-hot
    columns is one category, hence one column of `Z`.

    Made by `from_records` or by `from_bounds`.

    Attributes
    ----------
    features : tuple
        How each feature is read and written.
    names : Index or None
        Names of the columns of DataFrames; None for arrays.
    dtype : dtype or None
        Of arrays; None for DataFrames.
    n_features : int
        Number of columns of the records.
    n_columns : int
        Number of columns of `Z`.
    kinds : tuple of {"continuous", "integer", "categorical"}
        Of each column of `Z`.
    low, high : ndarray of shape (n_columns,)
        Smallest and largest value; of a category the first and the last code.

    Notes
    -----
    Threat model: a schema is what anyone learns from the documentation of a prediction
    interface (`from_bounds`), or from a few records (`from_records`). Bounds and
    categories observed in records give away extreme values of these records.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skmia.generators import FeatureSchema
    >>> X = pd.DataFrame({"age": [31, 58, 40], "town": ["B", "A", "B"]})
    >>> schema = FeatureSchema.from_records(X)
    >>> schema
    FeatureSchema(1 integer, 1 categorical; DataFrame of 2 columns)
    >>> schema.encode(X)
    array([[31.,  1.],
           [58.,  0.],
           [40.,  1.]])
    >>> schema.decode(schema.uniform(2, np.random.RandomState(0)))
       age town
    0   46    B
    1   47    B
    """

    features: tuple
    names: Any
    dtype: Any

    @classmethod
    def from_records(
        cls,
        X: ArrayLike | pd.DataFrame,
        *,
        categorical: Sequence[str | int] | None = None,
        onehot: Sequence[Sequence[str | int]] | None = None,
    ) -> FeatureSchema:
        """Schema that an adversary reads from records it has.

        Numbers range from the smallest to the largest in `X`, and are integers if all
        are whole. What is no number, or is true or false, is a category.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records. Numbers must be finite; a missing category is one category more.
        categorical : list of str or int, default=None
            Further categories, by name or place of their columns: numbers that only
            stand for something.
        onehot : list of lists of str or int, default=None
            Groups of columns of which exactly one is 1, the others 0.

        Returns
        -------
        schema : FeatureSchema
        """
        frame, dtype = read_table(X)
        if not frame.size:
            raise ValueError(f"X must hold records. Got an X of shape {frame.shape}.")
        names = frame.columns
        groups = [
            column_positions(names, group, "onehot", "FeatureSchema")
            for group in onehot or ()
        ]
        grouped = {i: group for group in groups for i in group}
        if len(grouped) < sum(map(len, groups)):
            raise ValueError("A column must be in one group of 'onehot' only.")
        named = set(
            column_positions(names, categorical or (), "categorical", "FeatureSchema")
        )
        features = []
        for i in range(len(names)):
            column, group = frame.iloc[:, i], grouped.get(i)
            if group is None:
                category = i in named or is_category(column)
                features.append((Category if category else Number).of(column, i))
            elif i == min(group):
                features.append(OneHot.of(frame, group))
        return cls(tuple(features), names if dtype is None else None, dtype)

    @classmethod
    def from_bounds(
        cls,
        low: float | ArrayLike,
        high: float | ArrayLike,
        *,
        integer: Sequence[str | int] = (),
        names: Sequence[str] | None = None,
    ) -> FeatureSchema:
        """Declared schema of numbers; no record is needed.

        Parameters
        ----------
        low, high : float or array-like of shape (n_features,)
            Smallest and largest value of each feature. A single number stands for all
            features; at least one of the two is an array, unless there is one feature.
        integer : list of str or int, default=()
            Features that are whole numbers, by name or place.
        names : list of str, default=None
            Names of the features: records are DataFrames. None: they are arrays.

        Returns
        -------
        schema : FeatureSchema
        """
        low, high = np.atleast_1d(*np.broadcast_arrays(low, high))
        places = pd.RangeIndex(len(low)) if names is None else pd.Index(names)
        if low.ndim != 1 or len(places) != len(low):
            raise ValueError(
                "'low', 'high' and 'names' must have one value per feature. Got "
                f"{low.shape} bounds and {len(places)} names."
            )
        whole = np.zeros(len(low), dtype=bool)
        whole[column_positions(places, integer, "integer", "FeatureSchema")] = True
        # Whole numbers of a DataFrame are ints; an array has one type for all.
        types = [np.dtype(int if one and names is not None else float) for one in whole]
        features = declared_numbers(low, high, whole, types)
        if names is None:
            return cls(features, None, np.dtype(float))
        return cls(features, places, None)

    def __getstate__(self):
        # Without what was derived: a schema that was used is the same as before.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def encode(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        """Records as a matrix of floats.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records. Numbers may lie outside the bounds.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_columns)
        """
        Z = self._read(X)
        unknown = np.isnan(Z).any(axis=0)
        if unknown.any():
            raise ValueError(
                "The records hold missing numbers, or categories that the schema does "
                f"not have, in the feature(s) {np.flatnonzero(unknown)[:10].tolist()}."
            )
        return Z

    def decode(self, Z: ArrayLike) -> np.ndarray | pd.DataFrame:
        """Records that a matrix of floats stands for.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Encoded records. What is outside the schema is moved into it, by `snap`.

        Returns
        -------
        X : {ndarray, DataFrame} of shape (n_samples, n_features)
            With the names and types of the records that the schema was made from.
        """
        Z = self.snap(Z)
        columns = {}
        for i in np.flatnonzero(~self._is_plain):
            columns.update(self.features[i].write(Z[:, i]))
        if self.dtype is None:
            frame = pd.DataFrame({i: columns[i] for i in range(self.n_features)})
            return frame.set_axis(self.names, axis=1)
        X = np.empty((len(Z), self.n_features), dtype=self.dtype)
        plain = np.flatnonzero(self._is_plain)
        X[:, [self.features[i].position for i in plain]] = Z[:, plain]
        for i, column in columns.items():
            X[:, i] = column
        return X

    def uniform(self, n_samples: int, rng: np.random.RandomState) -> np.ndarray:
        """Random records, uniform within the bounds.

        Parameters
        ----------
        n_samples : int
            How many.
        rng : RandomState
            Where the randomness comes from.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_columns)
        """
        U = rng.random_sample((n_samples, self.n_columns))
        return self.snap(uniform_between(self.low, self.high, self._discrete, U))

    def snap(self, Z: ArrayLike) -> np.ndarray:
        """Move numbers into the schema: to the bounds, and to whole numbers.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Numbers.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_columns)
            A copy.
        """
        Z = check_array(Z, dtype=np.float64, ensure_min_samples=0)
        if Z.shape[1] != self.n_columns:
            raise ValueError(
                f"Z must have {self.n_columns} columns, one per feature of the schema. "
                f"Got {Z.shape[1]}."
            )
        Z = np.clip(Z, self.low, self.high)
        return np.where(self._discrete, np.rint(Z), Z)

    def resample(
        self,
        Z: np.ndarray,
        mask: NDArray[np.bool_],
        rng: np.random.RandomState,
        pool: np.ndarray | None = None,
    ) -> np.ndarray:
        """Draw entries of encoded records anew.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, n_columns)
            Encoded records.
        mask : ndarray of bool of shape (n_samples, n_columns)
            Entries to draw.
        rng : RandomState
            Where the randomness comes from.
        pool : ndarray of shape (n_pool, n_columns), default=None
            Encoded records whose values, column by column, are drawn. None: values are
            drawn uniformly within the bounds.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_columns)
            A copy.
        """
        if pool is None:
            fresh = self.uniform(len(Z), rng)
        else:
            rows = rng.randint(len(pool), size=np.shape(Z))
            fresh = np.take_along_axis(pool, rows, axis=0)
        return np.where(mask, fresh, Z)

    def noisy(
        self,
        X: ArrayLike | pd.DataFrame,
        n_copies: int,
        deviation: float | ArrayLike,
        change: float,
        seed: int,
    ) -> np.ndarray | pd.DataFrame:
        """Records and noisy copies of them, all with the same noise.

        Numbers get Gaussian noise; integers are rounded, and stay between the bounds or
        the record's own value. A feature of two values changes to the other one, and a
        category to any of its values, with probability `change`.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records. Numbers that are missing, and unknown categories, stay.
        n_copies : int
            Noisy copies of each record.
        deviation : float or array-like of shape (n_columns,)
            Standard deviation of the noise of each column of `Z`; that of categories is
            not used.
        change : float
            Probability, from 0 to 1.
        seed : int
            Seed of the noise.

        Returns
        -------
        X : {ndarray, DataFrame} of shape (n_samples * (1 + n_copies), n_features)
            Each record, then its copies.
        """
        return noisy_copies(self, X, n_copies, deviation, change, seed)

    def contains(self, X: ArrayLike | pd.DataFrame) -> NDArray[np.bool_]:
        """Which records fit the schema.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        contained : ndarray of bool of shape (n_samples,)
        """
        Z = self._read(X)
        fits = (self.low <= Z) & (self.high >= Z)
        return (fits & (~self._discrete | (np.rint(Z) == Z))).all(axis=1)

    @property
    def n_columns(self) -> int:
        """Number of columns of `Z`."""
        return len(self.features)

    @cached_property
    def n_features(self) -> int:
        """Number of columns of the records."""
        return sum(len(getattr(f, "positions", [f])) for f in self.features)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kind of each column of `Z`."""
        return tuple(feature.kind for feature in self.features)

    @cached_property
    def low(self) -> np.ndarray:
        """Smallest value of each column of `Z`."""
        return _frozen([feature.low for feature in self.features])

    @cached_property
    def high(self) -> np.ndarray:
        """Largest value of each column of `Z`."""
        return _frozen([feature.high for feature in self.features])

    @cached_property
    def _discrete(self):
        return _frozen([kind != "continuous" for kind in self.kinds])

    @cached_property
    def _is_plain(self):
        """Which features of an array are its numbers themselves: copied all at once."""
        return _frozen(
            [
                self.dtype is not None
                and isinstance(feature, Number)
                and feature.dtype == self.dtype
                for feature in self.features
            ]
        )

    def _read(self, X):
        frame, _ = read_table(X)
        if frame.shape[1] != self.n_features:
            raise ValueError(
                f"X has {frame.shape[1]} features, but the schema has "
                f"{self.n_features} features."
            )
        named = self.names is not None and hasattr(X, "iloc")
        if named and not frame.columns.equals(self.names):
            raise ValueError(
                "The columns of X must be named and ordered as in the schema: "
                f"{self.names.tolist()[:10]}. Got {frame.columns.tolist()[:10]}."
            )
        return np.column_stack([feature.read(frame) for feature in self.features])

    def __repr__(self):
        kinds = {kind: self.kinds.count(kind) for kind in self.kinds}
        counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        container = "DataFrame" if self.dtype is None else f"{self.dtype} array"
        return f"FeatureSchema({counts}; {container} of {self.n_features} columns)"


def _frozen(values):
    array = np.asarray(values)
    array.flags.writeable = False
    return array
