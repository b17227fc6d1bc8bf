"""Output masks: pure functions from posteriors to what an interface releases of them.

A posterior `P` has one row per record and one column per class; its rows sum to 1.
Every mask treats each row alone, returns a new float64 array, and keeps the first
largest entry of a row the first largest entry: the predicted class never changes.
"""

from numbers import Integral

import numpy as np
from scipy.special import logit, softmax

from skmia.utils._sklearn import (
    COUNT,
    NOT_NEGATIVE,
    POSITIVE,
    Interval,
    StrOptions,
    validate_params,
)

FILLS = ("spread", "zero", "renormalise")
# Beyond 15 digits a probability in float64 has nothing left to round.
MAX_DECIMALS = 15
# A probability of 0 counts as this where a logarithm is taken.
FLOOR = 1e-30
# The same for the logit of the reverse sigmoid, as published: there 1 is special, too.
_EDGE = 1e-9
# After so many, a step of up to 100 is below the last digit of a probability.
_MAX_HALVINGS = 60


@validate_params(P=["array-like"], k=[COUNT], fill=[StrOptions(set(FILLS))])
def top_k_posterior(P, k, fill="spread"):
    """Posterior of which only the k largest entries of each row are released.

    Parameters
    ----------
    P : array-like of shape (n_samples, n_classes)
        Rows sum to 1.
    k : int
        Entries kept per row; of equal ones those of the first classes. With as many
        classes or fewer nothing is hidden.
    fill : {"spread", "zero", "renormalise"}, default="spread"
        What becomes of the other entries. "spread": they share what the kept ones
        leave of 1. "zero": they are 0, rows sum to less than 1. "renormalise": they
        are 0 and the kept ones are divided by their sum.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
        A function of the kept entries and their places only.
    """
    P = np.asarray(P, dtype=np.float64)
    n_hidden = P.shape[1] - k
    if n_hidden <= 0:
        return P.copy()
    kept = np.argsort(-P, axis=1, kind="stable")[:, :k]
    values = np.take_along_axis(P, kept, axis=1)
    hidden = np.zeros((len(P), 1))
    if fill == "spread":
        left = np.clip(1 - values.sum(axis=1, keepdims=True), 0, None)
        # Below the smallest kept value, or rounding could promote a hidden class.
        below = np.nextafter(values[:, -1:], 0)
        hidden = np.minimum(left / n_hidden, below)
    elif fill == "renormalise":
        values = _divide_by_sum(values)
    released = np.repeat(hidden, P.shape[1], axis=1)
    np.put_along_axis(released, kept, values, axis=1)
    return released


def _divide_by_sum(values):
    """Rows of descending values, divided by their sums; the first stays the largest."""
    shares = values / values.sum(axis=1, keepdims=True)
    # The quotients of two different values may round to the same number.
    below = np.nextafter(shares[:, :1], 0)
    lower = values < values[:, :1]
    return np.where(lower, np.minimum(shares, below), shares)


@validate_params(
    P=["array-like"],
    decimals=[Interval(Integral, 0, MAX_DECIMALS, closed="both")],
    renormalise=["boolean"],
)
def round_posterior(P, decimals, renormalise=True):
    """Posterior on a grid of steps of ``10 ** -decimals``.

    An entry moves by at most half a step, with two exceptions that keep the class:
    a row that would be all 0 becomes 1 at its largest entry, and a largest entry that
    an earlier one would tie gets one step more.

    Parameters
    ----------
    P : array-like of shape (n_samples, n_classes)
        Rows sum to 1.
    decimals : int
        Digits kept, from 0 to 15.
    renormalise : bool, default=True
        Divide each row by its sum. False leaves the entries on the grid; rows need
        not sum to 1 then, and rounding again changes nothing.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
    """
    P = np.asarray(P, dtype=np.float64)
    top = P.argmax(axis=1)
    released = np.round(P, decimals)
    empty = ~released.any(axis=1)
    released[empty] = onehot_posterior(P[empty])
    moved = np.flatnonzero(released.argmax(axis=1) != top)
    raised = released[moved, top[moved]] + 10.0**-decimals
    released[moved, top[moved]] = np.round(raised, decimals)
    if renormalise:
        released /= released.sum(axis=1, keepdims=True)
    return released


def onehot_posterior(P):
    """Posterior with 1 at the first largest entry of each row, 0 elsewhere.

    Parameters
    ----------
    P : array-like of shape (n_samples, n_classes)
        Rows sum to 1.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
    """
    P = np.asarray(P)
    return np.eye(P.shape[1])[P.argmax(axis=1)]


def log_posterior(P):
    """Logarithm of a posterior; 0 counts as 1e-30.

    Parameters
    ----------
    P : array-like of shape (n_samples, n_classes)
        Rows sum to 1.

    Returns
    -------
    logits : ndarray of float64 of shape (n_samples, n_classes)
        Their softmax is the posterior.
    """
    return np.log(np.clip(np.asarray(P, dtype=np.float64), FLOOR, None))


def keep_label(released, top):
    """Released posterior whose first largest entries are where they should be.

    Where the largest entry of a row is another one, the two change places; where the
    two are equal, the one that should be larger is raised to the next float.

    Parameters
    ----------
    released : ndarray of float64 of shape (n_samples, n_classes)
        Left alone.
    top : ndarray of int of shape (n_samples,)
        Place of the first largest entry of each row of the original posterior.

    Returns
    -------
    repaired : ndarray of shape (n_samples, n_classes)
    """
    released = released.copy()
    highest = released.argmax(axis=1)
    rows = np.flatnonzero(highest != top)
    top, highest = top[rows], highest[rows]
    values = released[rows, highest]
    released[rows, highest] = released[rows, top]
    released[rows, top] = values
    tied = released[rows].argmax(axis=1) != top
    released[rows[tied], top[tied]] = np.nextafter(values[tied], 2)
    return released


@validate_params(P=["array-like"], temperature=[POSITIVE])
def soften_posterior(P, temperature):
    """Posterior whose logarithms are divided by a temperature.

    Parameters
    ----------
    P : array-like of shape (n_samples, n_classes)
        Rows sum to 1.
    temperature : float
        Above 1 rows come closer to uniform, below 1 closer to one-hot.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
        Entries keep their order.
    """
    top = np.asarray(P).argmax(axis=1)
    logits = log_posterior(P)
    with np.errstate(over="ignore"):  # one-hot, for temperatures next to 0
        logits = (logits - logits.max(axis=1, keepdims=True)) / temperature
    return keep_label(softmax(logits, axis=1), top)


@validate_params(P=["array-like"], beta=[NOT_NEGATIVE], gamma=[NOT_NEGATIVE])
def reverse_sigmoid_posterior(P, beta, gamma):
    """Posterior minus a sigmoid of its logits, renormalised.

    Each entry p becomes ``p - beta * (sigmoid(gamma * logit(p)) - 1 / 2)``, clipped to
    [0, 1]. In a row whose class that would change, beta is halved until it does not.

    Parameters
    ----------
    P : array-like of shape (n_samples, n_classes)
        Rows sum to 1.
    beta : float
        Size of the change, at least 0.
    gamma : float
        Steepness of the sigmoid, at least 0.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
    """
    P = np.asarray(P, dtype=np.float64)
    top = P.argmax(axis=1)
    # tanh(x / 2) / 2 is the sigmoid minus 1 / 2, to the last digit also near 0.
    shift = np.tanh(gamma * logit(np.clip(P, _EDGE, 1 - _EDGE)) / 2) / 2
    released = P.copy()
    left = np.arange(len(P))
    for halvings in range(_MAX_HALVINGS + 1):
        moved = np.clip(P[left] - beta / 2**halvings * shift[left], 0, 1)
        kept = moved.any(axis=1) & (moved.argmax(axis=1) == top[left])
        released[left[kept]] = moved[kept]
        left = left[~kept]
    released /= released.sum(axis=1, keepdims=True)
    return keep_label(released, top)
