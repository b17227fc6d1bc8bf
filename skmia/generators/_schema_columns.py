"""How one feature of a record is read as a number, and written back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_numeric_dtype
from sklearn.utils import check_array

from skmia.utils._tables import list_values

# Up to here every whole number is a float of its own.
LAST_EXACT = 2**53


@dataclass(frozen=True)
class Number:
    """A column of numbers, from `low` to `high`."""

    position: int
    kind: str
    low: float
    high: float
    dtype: Any

    @classmethod
    def of(cls, column, position):
        """As observed: whole numbers are integers, the range is that of the column."""
        V = _to_floats(column)
        if not np.isfinite(V).all():
            raise ValueError(
                f"The records must hold finite numbers, no NaN and no infinity. Column "
                f"{column.name!r} holds others: impute it, or name it in 'categorical'."
            )
        exact = np.abs(V).max() <= LAST_EXACT
        if not exact and not is_float_dtype(column.dtype):
            raise ValueError(
                f"Integers must be at most 2**53 in size. Column {column.name!r} "
                "holds larger ones: name it in 'categorical', or leave it out."
            )
        kind = "integer" if exact and (np.rint(V) == V).all() else "continuous"
        return cls(position, kind, V.min(), V.max(), column.dtype)

    def read(self, frame):
        """The column as floats; NaN for what is no number."""
        return _to_floats(frame.iloc[:, self.position])

    def write(self, values):
        """Position and content of the one column."""
        yield self.position, _typed(values, self.dtype)


@dataclass(frozen=True)
class Category:
    """A column of categories, as codes; that it is missing is the last of them."""

    position: int
    values: Any
    missing: bool
    dtype: Any
    kind = "categorical"
    low = 0.0

    @classmethod
    def of(cls, column, position):
        """Categories that were observed, in the order of their type, else sorted."""
        missing = bool(column.isna().any())
        return cls(position, list_values(column), missing, column.dtype)

    @property
    def high(self):
        """Last code."""
        return float(len(self.values.categories) - 1 + self.missing)

    def read(self, frame):
        """The column as codes; NaN for a category that is not listed."""
        column = frame.iloc[:, self.position]
        listed = self.values.categories
        codes = listed.get_indexer(column).astype(np.float64)
        codes[codes < 0] = np.nan
        if self.missing:
            codes[column.isna()] = len(listed)
        return codes

    def write(self, values):
        """Position and content of the one column."""
        codes = values.astype(np.intp)
        codes[codes == len(self.values.categories)] = -1
        listed = pd.Categorical.from_codes(codes, dtype=self.values)
        yield self.position, pd.Series(listed).astype(self.dtype)


@dataclass(frozen=True)
class OneHot:
    """Columns of zeros and a single one: together they are one category."""

    positions: tuple
    dtypes: tuple
    kind = "categorical"
    low = 0.0

    @classmethod
    def of(cls, frame, positions):
        """Group of columns; every record has exactly one 1 in it."""
        group = cls(tuple(positions), tuple(frame.dtypes.iloc[i] for i in positions))
        if not np.isfinite(group.read(frame)).all():
            raise ValueError(
                "Every record must have exactly one 1, and 0 elsewhere, in the columns "
                f"of a group in 'onehot'. Not so in the group {list(positions)}."
            )
        return group

    @property
    def high(self):
        """Last code."""
        return len(self.positions) - 1.0

    def read(self, frame):
        """Which column has the 1; NaN where not exactly one has."""
        group = [_to_floats(frame.iloc[:, i]) for i in self.positions]
        group = np.column_stack(group)
        bits = np.isin(group, [0, 1]).all(axis=1) & (group.sum(axis=1) == 1)
        return np.where(bits, group.argmax(axis=1), np.nan)

    def write(self, values):
        """Position and content of every column of the group."""
        for code, (position, dtype) in enumerate(
            zip(self.positions, self.dtypes, strict=True)
        ):
            yield position, _typed(values == code, dtype)


def _typed(values, dtype):
    # Only where numpy has no such type: a Series costs a hundred times as much, and
    # a search decodes at every step.
    return (values if isinstance(dtype, np.dtype) else pd.Series(values)).astype(dtype)


def declared_numbers(low, high, whole, types):
    """Numbers within declared bounds, integers where `whole`."""
    low, high = low.astype(np.float64), high.astype(np.float64)
    low, high = (
        np.where(whole, np.ceil(low), low),
        np.where(whole, np.floor(high), high),
    )
    if not (np.isfinite(low) & np.isfinite(high) & (low <= high)).all():
        raise ValueError(
            "'low' must be at most 'high', both finite, with an integer between "
            "the two for each feature in 'integer'. Got "
            f"low={low.tolist()}, high={high.tolist()}."
        )
    if np.abs(np.where(whole, [low, high], 0)).max() > LAST_EXACT:
        raise ValueError("The bounds of integers must be at most 2**53 in size.")
    kinds = np.where(whole, "integer", "continuous").tolist()
    columns = zip(range(len(low)), kinds, low, high, types, strict=True)
    return tuple(Number(*column) for column in columns)


def is_category(column):
    """Whether a column has categories on its own account."""
    return is_bool_dtype(column.dtype) or not is_numeric_dtype(column.dtype)


def read_table(X):
    """Records as a DataFrame, and the dtype of the array that they were."""
    if hasattr(X, "iloc"):
        return X, None
    X = check_array(
        X,
        dtype=None,
        ensure_all_finite=False,
        ensure_min_samples=0,
        input_name="X",
    )
    return pd.DataFrame(X).infer_objects(), X.dtype


def _to_floats(column):
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if not is_numeric_dtype(column.dtype):
        column = pd.to_numeric(column, errors="coerce")
    return column.to_numpy(dtype=np.float64, na_value=np.nan)
