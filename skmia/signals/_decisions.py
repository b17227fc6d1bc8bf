"""Signals of scores that are no probabilities: plain functions ``f(y, D)`` on arrays.

`y` holds column positions of the true labels, -1 for a label that the model does not
know. `D` has shape (n_samples, n_classes), of two classes the columns are 0 and what
``decision_function`` says. A class that the model never saw has minus infinity: its
probability is 0, and where a number is needed the smallest of the row stands for it.
"""

import numpy as np
from scipy.special import logsumexp


def decision(y, D):
    """The scores themselves, one column per class."""
    return np.where(np.isneginf(D), _smallest(D), D)


def decision_margin(y, D):
    """Score of the true class less the largest other one."""
    rows = np.arange(len(D))
    own = np.where(y >= 0, decision(y, D)[rows, y], _smallest(D)[:, 0])
    others = np.array(D, dtype=float)
    others[rows[y >= 0], y[y >= 0]] = -np.inf
    return own - others.max(axis=1)


def decision_confidence(y, D):
    """Probability of the true class, if the scores were logarithms of odds."""
    own = np.where(y >= 0, D[np.arange(len(D)), y], -np.inf)
    return np.exp(own - logsumexp(D, axis=1))


def _smallest(D):
    return np.min(D, axis=1, initial=np.inf, where=np.isfinite(D), keepdims=True)
