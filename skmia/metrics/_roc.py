"""True positive rate at a fixed false positive rate."""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import UndefinedMetricWarning

from skmia.metrics._validation import check_fraction, check_scores_by_class

# Products like 49 * (1 / 49) fall short of the integer they mean by an ulp or two.
_ROUNDING = 1e-12


def tpr_at_fpr(member: ArrayLike, score: ArrayLike, *, fpr: float = 0.01) -> float:
    """Best true positive rate among the thresholds whose FPR is at most `fpr`.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member.
    fpr : float in (0, 1], default=0.01
        Bound on the false positive rate, a fraction.

    Returns
    -------
    tpr : float
        In [0, 1]. It is nan, with an
        :class:`~sklearn.exceptions.UndefinedMetricWarning` that states the numbers,
        where ``n_nonmembers * fpr < 1``.

    Raises
    ------
    ValueError
        Members or non-members are missing, or the input is not as described.

    See Also
    --------
    tpr_at_fpr_interval : Its confidence interval.

    Notes
    -----
    Level: observations. The value is ``max{TPR(t): FPR(t) <= fpr}`` over thresholds t,
    a record being called a member if ``score >= t``. Equal scores are accepted or
    refused together, and nothing is interpolated between operating points, since no
    single threshold reaches the points in between. With n non-members the rate moves
    in steps of 1 / n: below the first step any number would describe another rate than
    the one asked for, hence nan.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles", IEEE S&P
    2022, arXiv:2112.03570.

    Examples
    --------
    >>> from skmia.metrics import tpr_at_fpr
    >>> member = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> score = [9, 8, 4, 1, 5, 4, 2, 0]
    >>> tpr_at_fpr(member, score, fpr=0.25)
    0.5
    >>> tpr_at_fpr(member, score, fpr=0.5)
    0.75
    """
    fpr = check_fraction("tpr_at_fpr", "fpr", fpr)
    members, nonmembers = check_scores_by_class("tpr_at_fpr", member, score)
    warn_if_unmeasurable(len(nonmembers), fpr)
    return best_tpr(members, nonmembers, fpr)


def best_tpr(members, nonmembers, fpr):
    """`tpr_at_fpr` of two arrays of scores; nan without a warning."""
    n_allowed = n_allowed_false_positives(len(nonmembers), fpr)
    if n_allowed < 1:
        return math.nan
    return n_found(members, nonmembers, n_allowed) / len(members)


def n_found(members, nonmembers, n_false_positives):
    """Most members that a threshold with so many false positives or fewer accepts."""
    if n_false_positives < 0:
        return 0
    if n_false_positives >= len(nonmembers):
        return len(members)
    position = len(nonmembers) - 1 - n_false_positives
    first_refused = np.partition(nonmembers, position)[position]
    return int(np.count_nonzero(members > first_refused))


def n_allowed_false_positives(n_nonmembers, fpr):
    """How many of `n_nonmembers` make up the fraction `fpr` at most."""
    return math.floor(n_nonmembers * fpr * (1 + _ROUNDING))


def unmeasurable_reason(n_nonmembers, fpr):
    """Why so few non-members cannot show `fpr`; None if they can."""
    if n_allowed_false_positives(n_nonmembers, fpr) >= 1:
        return None
    n_needed = math.ceil(1 / fpr * (1 - _ROUNDING))
    return (
        f"tpr_at_fpr is undefined at fpr={fpr:g} with {n_nonmembers} non-members: one "
        f"false positive is already {1 / n_nonmembers:.2g}; at least {n_needed} "
        "non-members are needed"
    )


def warn_if_unmeasurable(n_nonmembers, fpr):
    """Warn the caller of the public function that calls this."""
    reason = unmeasurable_reason(n_nonmembers, fpr)
    if reason is not None:
        warnings.warn(reason, UndefinedMetricWarning, stacklevel=3)
