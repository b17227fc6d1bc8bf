"""Whether a synthetic table has the columns of the records, of like types and units."""

import numpy as np
import pandas as pd

from skmia.utils._records import check_records
from skmia.utils._table_space import as_frame, columns_of, is_number

# Values that spread so many times more or less than the true ones have another unit.
_FACTOR = 20
# If they also lie that much nearer to zero: a generator may have lost the spread.
_NEARER = 4


def check_synthetic(S, X_train, X_holdout):
    """The table with its columns in the order of the records.

    Parameters
    ----------
    S, X_train, X_holdout : {array-like, DataFrame} of shape (n_rows, n_features)

    Returns
    -------
    S : {array-like, DataFrame} of shape (n_rows, n_features)

    Raises
    ------
    ValueError
        It has no rows, or other columns, or some in another type or unit, which are
        named.
    """
    S, _ = check_records(S, None, names=("S", "y"))
    X_train, _ = check_records(X_train, None, names=("X_train", "y"))
    X_holdout, _ = check_records(X_holdout, None, names=("X_holdout", "y"))
    S = _in_order(S, X_train)
    made, train, holdout = map(as_frame, (S, X_train, X_holdout))
    if not len(made):
        raise ValueError("S must hold synthetic rows. Got none.")
    named = hasattr(X_train, "columns") and hasattr(X_holdout, "columns")
    if holdout.shape[1] != train.shape[1] or (
        named and list(holdout.columns) != list(train.columns)
    ):
        return S  # the audit says what differs between the sets of records
    wrong = []
    for one, *sets in zip(*map(columns_of, (made, train, holdout)), strict=True):
        true = pd.concat(sets, ignore_index=True)
        if reason := _differs(one, true):
            wrong.append(f"{one.name!r} {reason}")
    if wrong:
        raise ValueError(
            "S must be a table like X_train, each column of one type and in one unit. "
            f"Not so: {'; '.join(wrong)}. Names of rows and free text are no "
            "categories: leave such columns out of all three."
        )
    return S


def _in_order(S, X):
    """The columns as the records have them, where both have names."""
    if not (hasattr(S, "columns") and hasattr(X, "columns")):
        sizes = [as_frame(one).shape[1] for one in (S, X)]
        if sizes[0] != sizes[1]:
            raise ValueError(
                f"S must have the columns of X_train. Got {sizes[0]}, and X_train has "
                f"{sizes[1]}."
            )
        return S
    own, known = list(S.columns), list(X.columns)
    if len(set(known)) < len(known):
        twice = sorted({str(name) for name in known if known.count(name) > 1})
        raise ValueError(
            "X_train must have columns with names of their own, or those of S cannot "
            f"be told apart. Got more than one called {twice[:10]}."
        )
    lacking = [name for name in known if name not in own]
    extra = [name for name in own if name not in known]
    if lacking or extra or len(own) != len(known):
        raise ValueError(
            f"S must have the columns of X_train. It lacks {lacking[:10]} and has "
            f"{extra[:10]} beside them."
        )
    return S[known]


def _differs(made, true):
    """How made values are no such as the true ones, in words; None if they may be."""
    made, true = made.dropna(), true.dropna()
    if made.empty or true.empty:
        return None
    numbers = is_number(made), is_number(true)
    if numbers[0] != numbers[1]:
        what = ["numbers" if one else "categories" for one in numbers]
        return f"holds {what[0]} in S and {what[1]} in the records"
    if not numbers[0]:
        if set(made.astype(str)) & set(true.astype(str)):
            return None
        # Of the table, which is public; values of records are not for messages.
        return f"shares no category with the records, has {made.iloc[0]!r} for one"
    if made.dtype.kind == "M" or true.dtype.kind == "M":
        same = made.dtype.kind == true.dtype.kind
        return None if same else "holds dates in one of the two"
    if _in_another_unit(made.to_numpy(float), true.to_numpy(float)):
        return (
            f"seems to be in another unit: median {np.median(made):.4g} in S, "
            f"{np.median(true):.4g} in the records"
        )
    return None


def _in_another_unit(made, true):
    """Whether numbers lie apart from the true ones, or spread on another scale."""
    width = np.ptp(true)
    low, high = np.quantile(made, [0.05, 0.95])
    if width and (low > true.max() + width or high < true.min() - width):
        return True
    spreads = [_spread(made), _spread(true)]
    if 0 in spreads:
        spreads = [np.abs(one - np.median(one)).max() for one in (made, true)]
    if spreads[1] == 0:
        return False
    ratio = spreads[0] / spreads[1]
    nearer = abs(np.median(true)) > _NEARER * abs(np.median(made))
    return ratio > _FACTOR or (0 < ratio < 1 / _FACTOR and nearer)


def _spread(values):
    """How far 95 of 100 values lie from the median, at most."""
    return np.quantile(np.abs(values - np.median(values)), 0.95)
