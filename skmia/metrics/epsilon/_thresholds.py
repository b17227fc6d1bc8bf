"""Epsilon from the two error rates of an attack: the classical bound."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skmia.metrics._intervals import beta_interval
from skmia.metrics._validation import (
    check_broadcast,
    check_fraction,
    check_scores_by_class,
    check_successes,
)
from skmia.metrics.bounds._bounds import as_result, check_probability
from skmia.utils._typing import RandomStateLike


def clopper_pearson_epsilon(
    n_true_positives: ArrayLike,
    n_members: ArrayLike,
    n_false_positives: ArrayLike,
    n_nonmembers: ArrayLike,
    *,
    alpha: float = 0.05,
    delta: float = 0.0,
) -> float | np.ndarray:
    """Lower bound of epsilon from the decisions of an attack in independent trials.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_true_positives : int or array-like of int
        Members that are called members.
    n_members : int or array-like of int
        Trials with the record in the training set.
    n_false_positives : int or array-like of int
        Non-members that are called members.
    n_nonmembers : int or array-like of int
        Trials without it. All counts are broadcast against each other.
    alpha : float in (0, 0.5], default=0.05
        Probability, at most, that the bound is above the true epsilon.
    delta : float, default=0.0
        The delta of the guarantee that is put to the test.

    Returns
    -------
    epsilon : float or ndarray
        At least 0.

    Raises
    ------
    ValueError
        The input is not as described.

    See Also
    --------
    threshold_epsilon : With a threshold that is chosen on the same scores.
    epsilon_lower_bound : For records of one model, over all thresholds.

    Notes
    -----
    Level: observations. **Valid** for independent trials, each with a model of its own
    trained on one of two neighbouring sets, at a threshold that was fixed before.
    **Estimate** for many records of one model: nothing proves its level there.

    Privacy demands ``tpr <= exp(epsilon) * fpr + delta``, and the same of the two rates
    of records that are called non-members. The lower Clopper-Pearson bound of the one
    rate and the upper bound of the other serve both.

    References
    ----------
    M. Jagielski, J. Ullman, A. Oprea, "Auditing Differentially Private Machine
    Learning", NeurIPS 2020, :arxiv:`2006.07709`.

    Examples
    --------
    >>> from skmia.metrics import clopper_pearson_epsilon
    >>> round(clopper_pearson_epsilon(84, 1000, 1, 1000), 4)
    2.4975
    """
    caller = "clopper_pearson_epsilon"
    alpha = check_fraction(caller, "alpha", alpha)
    delta = check_probability(caller, "delta", delta)
    found = check_successes(
        caller, n_true_positives=n_true_positives, n_members=n_members
    )
    false = check_successes(
        caller, n_false_positives=n_false_positives, n_nonmembers=n_nonmembers
    )
    check_broadcast(caller, n_true_positives=found[0], n_false_positives=false[0])
    return as_result(_bound(*found, *false, alpha=alpha, delta=delta))


def threshold_epsilon(
    member: ArrayLike,
    score: ArrayLike,
    *,
    choice: Literal["split", "bonferroni"] = "split",
    alpha: float = 0.05,
    delta: float = 0.0,
    random_state: RandomStateLike = None,
) -> float:
    """Estimate of epsilon by Clopper-Pearson bounds at the best threshold.

    .. versionadded:: 0.2

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member.
    choice : {"split", "bonferroni"}, default="split"
        How the choice of the threshold is paid for: it is made on a random half of
        either side and the bound comes from the other, or all thresholds are tried at
        an equal part of `alpha`.
    alpha : float in (0, 0.5], default=0.05
        Nominal level.
    delta : float, default=0.0
        The delta of the guarantee that is put to the test.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves.

    Returns
    -------
    epsilon : float
        At least 0.

    Raises
    ------
    ValueError
        Members or non-members are missing, or the input is not as described.

    See Also
    --------
    clopper_pearson_epsilon : At a threshold that was fixed before.
    epsilon_lower_bound : A bound that is valid for one model, and mostly larger.

    Notes
    -----
    Level: observations. **Estimate**: the records of one model are no independent
    trials. Where the model leaks nothing, a random division makes them behave as if
    they were.

    Examples
    --------
    >>> from skmia.metrics import threshold_epsilon
    >>> member = [1] * 100 + [0] * 100
    >>> round(threshold_epsilon(member, range(200, 0, -1), random_state=0), 2)
    2.57
    """
    caller = "threshold_epsilon"
    alpha = check_fraction(caller, "alpha", alpha)
    delta = check_probability(caller, "delta", delta)
    sides = check_scores_by_class(caller, member, score)
    if choice == "split":
        rng = check_random_state(random_state)
        halves = [np.array_split(rng.permutation(side), 2) for side in sides]
        first, second = zip(*halves, strict=True)
        thresholds = np.unique(np.concatenate(first))
        bounds = _bound(*_counts(thresholds, *first), alpha=alpha, delta=delta)
        best = thresholds[[bounds.argmax()]]
        return _bound(*_counts(best, *second), alpha=alpha, delta=delta).item()
    if choice == "bonferroni":
        thresholds = np.unique(np.concatenate(sides))
        counts = _counts(thresholds, *sides)
        return _bound(*counts, alpha=alpha / len(thresholds), delta=delta).max().item()
    raise ValueError(
        f"The 'choice' parameter of {caller} must be 'split' or 'bonferroni'. Got "
        f"{choice!r} instead."
    )


def _counts(thresholds, members, nonmembers):
    """Records at each threshold or above it, and all, of either side."""
    for side in (members, nonmembers):
        yield len(side) - np.searchsorted(np.sort(side), thresholds)
        yield len(side)


def _bound(n_found, n_members, n_false, n_nonmembers, *, alpha, delta):
    tpr = beta_interval(n_found, n_members, 1 - alpha)[0]
    fpr = beta_interval(n_false, n_nonmembers, 1 - alpha)[1]
    with np.errstate(divide="ignore"):
        called_in = np.log(np.maximum(tpr - delta, 0)) - np.log(fpr)
        called_out = np.log(np.maximum(1 - fpr - delta, 0)) - np.log1p(-tpr)
    return np.maximum(np.maximum(called_in, called_out), 0)
