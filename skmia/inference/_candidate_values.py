"""Candidate values of one attribute, and how well each fits what a model answers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from skmia.signals import observe
from skmia.utils._kinds import is_regressor
from skmia.utils._quantities import quantile_codes
from skmia.utils._tables import column_positions


@dataclass(frozen=True, eq=False)
class CandidateValues:
    """What one feature of the records may be, the commonest value first.

    Attributes
    ----------
    place : int
        Which feature it is.
    values : ndarray of shape (n_values,)
        Candidates; of bins the middle record's value.
    codes : ndarray of int of shape (n_samples,)
        Which of them each record has.
    """

    place: int
    values: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, X, attribute, n_bins):
        """Those of all records: categories, few numbers, or bins of equally many."""
        if not isinstance(X, np.ndarray | pd.DataFrame) or X.ndim != 2:
            raise TypeError(
                "attribute_inference writes into one feature: the records must be a "
                f"dense array or a DataFrame of pandas. Got {type(X).__name__}."
            )
        frame = pd.DataFrame(X)
        place = column_positions(
            frame.columns, [attribute], "attribute", "attribute_inference"
        )[0]
        column = frame.iloc[:, place].infer_objects()
        quantities = is_numeric_dtype(column) and not is_bool_dtype(column)
        if quantities and column.nunique() > n_bins:
            codes, values = _bins(column, n_bins)
        else:
            # Sorted: the order of the records, members first, must not decide ties.
            codes, values = pd.factorize(column, sort=True, use_na_sentinel=False)
        if len(values) < 2:
            raise ValueError(
                f"The attribute {attribute!r} has one value, {values[0]}, in all "
                "records: there is nothing to infer."
            )
        order = np.argsort(-np.bincount(codes), kind="stable")
        return cls(place, np.asarray(values)[order], np.argsort(order)[codes])

    @property
    def marginal(self):
        """Share of the records that have each value."""
        return np.bincount(self.codes) / len(self.codes)

    def others(self, X):
        """All other features as numbers, a column for each category."""
        frame = pd.DataFrame(X).infer_objects()
        others = np.delete(np.arange(frame.shape[1]), self.place)
        frame = frame.iloc[:, others].set_axis(list(map(str, others)), axis=1)
        told = pd.get_dummies(frame, dtype=float)
        return told.to_numpy(dtype=float, na_value=np.nan)

    def written(self, X, code):
        """The records, each with this value instead of its own."""
        X = X.copy()
        if not hasattr(X, "iloc"):
            X[:, self.place] = self.values[code]
            return X
        column = X.iloc[:, self.place]
        same = pd.Series([self.values[code]] * len(X), X.index, dtype=object)
        X.isetitem(self.place, same.astype(column.dtype))
        return X


def _bins(column, n_bins):
    """Bin of each record, and a value from the middle of each, which a record has."""
    numbers = column.to_numpy()
    if pd.isna(numbers).any():
        raise ValueError(
            f"{pd.isna(numbers).sum()} values of the attribute {column.name!r} are "
            "missing. Leave these records out: nobody can say whether a guess is right."
        )
    codes = np.unique(quantile_codes(numbers, n_bins), return_inverse=True)[1]
    bins = [np.sort(numbers[codes == code]) for code in range(codes.max() + 1)]
    return codes, np.array([values[(len(values) - 1) // 2] for values in bins])


def log_fits(model, X, y, member, candidates):
    """How well each candidate fits the label of each record.

    Returns
    -------
    fit : ndarray of shape (n_samples, n_values)
        Log-likelihood of the label: by the probabilities of a classifier, by a normal
        error of a regressor as large as that of the training records.
    """
    signal = "squared_error" if is_regressor(model) else "loss"
    errors = [
        observe(model, candidates.written(X, code), y, signal).to_numpy()[:, 0]
        for code in range(len(candidates.values))
    ]
    errors = np.column_stack(errors)
    if not is_regressor(model):
        return -errors
    own = observe(model, X, y, signal).to_numpy()[member, 0]
    # A model that errs in no training record is as sure as numbers can be.
    variance = max(own.mean(), np.finfo(float).eps * y.var())
    return -errors / (2 * variance)
