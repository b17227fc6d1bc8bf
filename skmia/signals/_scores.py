"""Signals computed from the posterior: plain functions ``f(y, P, ...)`` on arrays.

`y` holds column positions of the true labels, -1 for a label that the model does not
know (its probability is 0). `P` has shape (n_samples, n_classes) and rows that sum to
one. Every logarithm is floored, so that probabilities of exactly 0 and 1 give finite
values: the floor only ties values more extreme than itself, and a larger one tames
the tails for parametric attack models.

What takes copies of the posterior takes them of some rows at a time.
"""

from functools import wraps

import numpy as np
from scipy.special import entr
from sklearn.utils import gen_batches

# Small enough to tie nothing that matters for a ranking, and the clip of the public
# code of Song and Mittal (2021); -log(FLOOR) = 69.
FLOOR = 1e-30
# What is left beside the true class is below this one summed over the other classes.
_NEAR_ONE = 1e-6
# Such a row sums to one but for the rounding of its numbers, of so many epsilons.
_ROUNDING = 8
# Numbers of a posterior that are looked at together: a megabyte.
_BLOCK = 2**17


def _in_blocks(signal):
    """The same signal, of one column, computed from some rows after the others."""

    @wraps(signal)
    def in_blocks(y, P, *args, **params):
        values = np.empty(len(P))
        for rows in gen_batches(len(P), max(1, _BLOCK // max(1, P.shape[1]))):
            # In one layout: sums depend on it.
            block = np.ascontiguousarray(P[rows])
            values[rows] = signal(y[rows], block, *args, **params)
        return values

    return in_blocks


def confidence(y, P):
    """Probability of the true class."""
    return np.where(y >= 0, P[np.arange(len(P)), y], 0.0)


@_in_blocks
def loss(y, P, floor=FLOOR):
    """Cross-entropy of the true class.

    Where its probability rounds to one the other classes tell it, as they do for
    :func:`scaled_logit`; in rows that do not sum to one, such as rounded ones, it does.
    """
    p = confidence(y, P).astype(float)
    values = np.maximum(0.0 - _log(p, floor), 0.0)
    rows = np.flatnonzero(1.0 - p <= _NEAR_ONE)
    rest = _others_mass(y[rows], P[rows])
    rounding = _ROUNDING * np.finfo(np.result_type(P, np.float16)).eps
    sums_to_one = abs(rest - (1.0 - p[rows])) <= rounding
    rest = np.maximum(rest[sums_to_one], 0.0)
    values[rows[sums_to_one]] = 0.0 - np.log1p(-rest)
    return values


@_in_blocks
def scaled_logit(y, P, floor=FLOOR):
    """Log odds of the true class."""
    return _log(confidence(y, P), floor) - _log(_others_mass(y, P), floor)


@_in_blocks
def margin(y, P, floor=FLOOR):
    """Log ratio of the true class to the strongest other class."""
    return _log(confidence(y, P), floor) - _log(_others(y, P).max(axis=1), floor)


def max_confidence(y, P):
    """Largest probability."""
    return P.max(axis=1)


@_in_blocks
def entropy(y, P):
    """Shannon entropy in nats."""
    return entr(P).sum(axis=1)


@_in_blocks
def modified_entropy(y, P, floor=FLOOR):
    """Entropy that counts confidence in a wrong class as surprise.

    -(1 - p_y) log p_y - sum over j != y of p_j log(1 - p_j).
    """
    others = _others(y, P)
    small = np.minimum(others, _NEAR_ONE)  # 1 - p keeps little of them
    logs = np.where(others <= _NEAR_ONE, np.log1p(-small), _log(1.0 - others, floor))
    return _others_mass(y, P) * loss(y, P, floor) - (others * logs).sum(axis=1)


@_in_blocks
def posterior_std(y, P):
    """Population standard deviation of the posterior."""
    return P.std(axis=1, dtype=float)


def posterior(y, P):
    """The posterior itself, one column per class."""
    return P


def class_logits(y, P, floor=FLOOR):
    """Log odds of every class, one column each."""
    every = range(P.shape[1])
    return np.column_stack([scaled_logit(np.full(len(P), c), P, floor) for c in every])


def top_posterior(y, P, n_top=3):
    """The `n_top` largest probabilities, descending; 0 beyond the number of classes."""
    top = -np.sort(-P, axis=1)[:, :n_top]
    return np.pad(top, ((0, 0), (0, n_top - top.shape[1])))


def _log(p, floor):
    return np.log(np.maximum(p, floor))


def _others(y, P):
    """Copy of the posterior with 0 in the column of the true class."""
    others = np.array(P, dtype=float)
    known = np.flatnonzero(y >= 0)
    others[known, y[known]] = 0.0
    return others


def _others_mass(y, P):
    """Probability that is not on the true class.

    A sum over the other classes keeps what ``1 - p`` loses when p rounds to one
    (Carlini et al. 2022). Elsewhere ``1 - p`` is taken, since the rounding of the sum
    would break ties among equal confidences, which forests and neighbours have many
    of, at random.
    """
    mass = (1.0 - confidence(y, P)).astype(float)
    rows = np.flatnonzero(mass <= _NEAR_ONE)
    mass[rows] = _others(y[rows], P[rows]).sum(axis=1)
    return mass
