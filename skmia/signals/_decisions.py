"""Signals of scores that are no probabilities: plain functions ``f(y, D)`` on arrays.

`y` holds column positions of the true labels, -1 for a label that the model does not
know. `D` has shape (n_samples, n_classes), of two classes the columns are 0 and what
``decision_function`` says. A class that the model never saw has the smallest value of
the row.
"""

import numpy as np
from scipy.special import logsumexp


def decision(y, D):
    """The scores themselves, one column per class."""
    return D


def decision_margin(y, D):
    """Score of the true class less the largest other one."""
    others = np.array(D, dtype=float)
    known = np.flatnonzero(y >= 0)
    others[known, y[known]] = -np.inf
    return _own(y, D) - others.max(axis=1)


def decision_confidence(y, D):
    """Probability of the true class, if the scores were logarithms of odds."""
    return np.exp(_own(y, D) - logsumexp(D, axis=1))


def _own(y, D):
    return np.where(y >= 0, D[np.arange(len(D)), y], D.min(axis=1))
