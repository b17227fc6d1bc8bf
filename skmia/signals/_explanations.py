"""Signals of explanations: which features, or training rows, an answer is put down to.

Functions ``f(y, attributions, ...)`` of one attribution to each feature, for the
predicted class (Shokri, Strobel, Zick, AIES 2021). `spread` is what they are multiplied
by: 1 for those in units of the answer, as of occlusion or Shapley values, and the
spread of each feature for gradients, which else would be a matter of units.
"""

import numpy as np

from skmia.signals._neighbours import noise_deviation
from skmia.utils._numbers import numbers


def explanation_variance(y, attributions, spread=1.0):
    """Variance over the features of the attribution: small far from the boundary."""
    return attribution(y, attributions, spread).var(axis=1)


def explanation_norm(y, attributions, spread=1.0):
    """Sum of the absolute attributions."""
    return np.abs(attribution(y, attributions, spread)).sum(axis=1)


def attribution(y, attributions, spread=1.0, n_features=None):
    """The whole attribution, one column for each feature."""
    return attributions * noise_deviation(1.0, spread, attributions.shape[1])


def explanation_records(model, X, y, classes):
    """Whether a record is among the training rows that its answer is put down to.

    Parameters
    ----------
    model : fitted classifier
        It has ``explain_records(X)``, of shape (n_samples, n_rows, n_features).
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records of numbers.
    y, classes : ignored

    Returns
    -------
    among : ndarray of shape (n_samples,)
        1 for records that are equal, in double precision, to one of their rows: they
        were trained on. 0 proves nothing.
    """
    own, rows = numbers(X), model.explain_records(X)
    if own is None or own.shape[1] != rows.shape[2]:
        raise ValueError(
            "The signal 'explanation_records' compares records with rows of as many "
            f"numbers. Got records of shape {np.shape(X)}, and rows of {rows.shape[2]}."
        )
    own = own[:, None]
    same = (rows == own) | (np.isnan(rows) & np.isnan(own))
    return same.all(axis=2).any(axis=1).astype(float)


def columns_of_features(signal):
    """Columns of a signal that has one for each feature."""
    return [f"{signal.name}_{i}" for i in range(signal.params["n_features"])]
