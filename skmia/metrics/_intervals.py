"""Confidence intervals that hold for small samples, ties and perfect attacks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainccinv, betaincinv
from scipy.stats import binom

from skmia.metrics._clusters import check_groups, few_groups, n_groups, n_independent
from skmia.metrics._roc import n_allowed_false_positives, n_found, warn_if_unmeasurable
from skmia.metrics._validation import (
    check_fraction,
    check_member,
    check_score,
    check_successes,
)
from skmia.utils._ranks import mid_ranks


def clopper_pearson(
    n_successes: ArrayLike, n_trials: ArrayLike, *, confidence_level: float = 0.95
) -> tuple[float | np.ndarray, float | np.ndarray]:
    """Exact confidence interval for a binomial proportion.

    Parameters
    ----------
    n_successes : int or array-like of int
        Between 0 and `n_trials`.
    n_trials : int or array-like of int
        Broadcast against `n_successes`. No trial gives the interval (0, 1).
    confidence_level : float in (0, 1), default=0.95
        Probability, at least, that the interval covers the true proportion.

    Returns
    -------
    low, high : float or ndarray
        Bounds in [0, 1], of the common shape of the counts.

    Raises
    ------
    ValueError
        The counts are not integers, or not ``0 <= n_successes <= n_trials``.

    Notes
    -----
    The coverage is at least nominal for every proportion and every number of trials.
    For rates of an attack the threshold must have been chosen on other rows.

    References
    ----------
    C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated
    in the case of the binomial", Biometrika 26, 1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> from skmia.metrics import clopper_pearson
    >>> low, high = clopper_pearson(0, 100)
    >>> round(low, 4), round(high, 4)
    (0.0, 0.0362)
    """
    level = check_fraction("clopper_pearson", "confidence_level", confidence_level)
    k, n = check_successes(
        "clopper_pearson", n_successes=n_successes, n_trials=n_trials
    )
    low, high = beta_interval(k, n, level)
    return (low, high) if low.ndim else (low.item(), high.item())


def auc_interval(
    member: ArrayLike,
    score: ArrayLike,
    *,
    confidence_level: float = 0.95,
    groups: ArrayLike | None = None,
) -> tuple[float, float]:
    """Confidence interval for the area under the ROC curve.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member.
    confidence_level : float in (0, 1), default=0.95
        Probability that the interval covers the AUC of the attack.
    groups : array-like of shape (n_samples,), default=None
        Who a record is of: a person, or the row that it copies. None: every record is
        independent of all others.

    Returns
    -------
    low, high : float
        Bounds in [0, 1]. The AUC of the sample lies between them.

    Raises
    ------
    ValueError
        Members or non-members are missing, or the input is not as described.

    See Also
    --------
    sklearn.metrics.roc_auc_score : The estimate that lies inside.

    Notes
    -----
    Level: observations. Records of different `groups` are taken as independent; scores
    of several targets pooled are not.

    The AUC is the mean over all pairs of a member and a non-member. Its variance is
    DeLong's, computed from ranks, after one record above and one below all others has
    been added to either group, which is the rule of Agresti and Caffo carried over from
    two proportions: without it the variance is too small, or 0, when few records
    disagree with the rest. The interval is that of Clopper and Pearson at the number of
    independent pairs that would have this variance, as Korn and Graubard do for survey
    proportions. (DeLong's interval on the logit scale, the usual choice, covers as
    little as 60 % at nominal 95 % for a score that only says whether a good model was
    right.)

    Two samples show no variance at all. If the groups are separated, the
    ``m = min(n_members, n_nonmembers)`` disjoint pairs are m successes of m trials. If
    all scores are equal, m pairs of m are tied, hence a pair is tied with probability
    ``t >= (1 - confidence_level) ** (1 / m)`` and the AUC is within ``(1 - t) / 2``
    of one half.

    Of `groups` the variance is that of Obuchowski: the placements of the records of a
    group, its members' and its non-members', are summed first. It is never taken to be
    smaller than without groups, and the m above counts groups (by Kish's rule where
    they are not of one size). Of ten groups a side of which two hold most records it is
    too narrow.

    References
    ----------
    E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, "Comparing the areas under two
    or more correlated receiver operating characteristic curves", Biometrics 44, 1988,
    doi:10.2307/2531595. A. Agresti, B. Caffo, "Simple and effective confidence
    intervals for proportions and differences of proportions result from adding two
    successes and two failures", The American Statistician 54, 2000,
    doi:10.1080/00031305.2000.10474560. E. L. Korn, B. I. Graubard, "Confidence
    intervals for proportions with small expected number of positive counts estimated
    from survey data", Survey Methodology 24, 1998. N. A. Obuchowski, "Nonparametric
    analysis of clustered ROC curve data", Biometrics 53, 1997, doi:10.2307/2533958.

    Examples
    --------
    >>> from skmia.metrics import auc_interval
    >>> low, high = auc_interval([1] * 20 + [0] * 20, range(40, 0, -1))
    >>> round(low, 3), high
    (0.832, 1.0)
    """
    caller = "auc_interval"
    level = check_fraction(caller, "confidence_level", confidence_level)
    member = check_member(caller, member)
    score = check_score(caller, member, score)
    return clustered_auc_interval(
        member, score, check_groups(caller, member, groups), level
    )


def clustered_auc_interval(member, score, code, level):
    """`auc_interval` of arrays; `code` is the number of each group, or None."""
    # Sorted, so that the sums below do not depend on the order of the rows.
    order = np.argsort(score, kind="stable")
    of = [order[member[order]], order[~member[order]]]
    members, nonmembers = (score[rows] for rows in of)
    codes = [None if code is None else code[rows] for rows in of]
    if code is not None and min(len(np.unique(one)) for one in codes) < 2:
        return 0.0, 1.0  # nothing tells how others of that side would be ranked
    n_disjoint = min(map(n_independent, codes, map(len, of)))
    if min(members[0], nonmembers[0]) == max(members[-1], nonmembers[-1]):
        half_width = (1 - (1 - level) ** (1 / n_disjoint)) / 2
        return 0.5 - half_width, 0.5 + half_width
    placements = _placements(members, nonmembers)
    auc = placements.mean()
    n_pairs = (
        n_disjoint
        if auc in (0, 1)
        else _n_independent_pairs(
            placements, _placements(nonmembers, members), codes, level
        )
    )
    low, high = beta_interval(auc * n_pairs, n_pairs, level)
    return low.item(), high.item()


def tpr_at_fpr_interval(
    member: ArrayLike,
    score: ArrayLike,
    *,
    fpr: float = 0.01,
    confidence_level: float = 0.95,
    groups: ArrayLike | None = None,
) -> tuple[float, float]:
    """Confidence interval for :func:`tpr_at_fpr`, threshold included.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member.
    fpr : float in (0, 1], default=0.01
        Bound on the false positive rate, a fraction.
    confidence_level : float in (0, 1), default=0.95
        Probability, at least, that the interval covers the best true positive rate of
        the attack among all thresholds whose true FPR is at most `fpr`.
    groups : array-like of shape (n_samples,), default=None
        Who a record is of: a person, or the row that it copies. None: every record is
        independent of all others.

    Returns
    -------
    low, high : float
        Bounds in [0, 1], with :func:`tpr_at_fpr` of the sample between them. Both are
        nan, with an :class:`~sklearn.exceptions.UndefinedMetricWarning` that states
        the numbers, where ``n_nonmembers * fpr < 1``.

    Raises
    ------
    ValueError
        Members or non-members are missing, or the input is not as described.

    See Also
    --------
    clopper_pearson : For a threshold that was chosen on other rows.

    Notes
    -----
    Level: observations. Records of different `groups` are taken as independent.

    The threshold is read off the non-members of the same sample, so that its true FPR
    is not `fpr` but scatters around it. Let A be the set of scores that the best true
    threshold accepts, and ``a = 1 - confidence_level``. (1) ``P(A) <= fpr`` for a
    non-member, and more than `fpr` (or exactly `fpr`) once A is closed at its lower
    end; so each of the statements "at most u non-members are in A" and "at least l are
    in A or on its edge" fails with probability a/4 at most, where l and u are
    quantiles of the binomial(n_nonmembers, fpr). (2) Hence the scores strictly above
    that of the l-th highest non-member are a subset of A, and those strictly above
    the (u + 1)-th are a superset. (3) Members are independent of these two cuts, which
    are taken from non-members alone: the lower Clopper-Pearson bound of the rate of
    members in the subset and the upper bound in the superset each fail with
    probability a/4 at most. Ties and atoms change nothing in this.

    The price is width: at 95 % `low` is 0 unless ``n_nonmembers * fpr`` is at least 4.4
    or so. A sample of that size does not exclude that all it found lies beyond `fpr`.

    Of `groups` both numbers of records are those of independent ones that tell as much
    where the records of a group are all alike (Kish's rule): of five copies each, a
    fifth. This is more than is needed where they are not alike.

    Examples
    --------
    >>> from skmia.metrics import tpr_at_fpr_interval
    >>> member = [1] * 100 + [0] * 100
    >>> low, high = tpr_at_fpr_interval(member, range(200, 0, -1), fpr=0.1)
    >>> round(low, 3), high
    (0.957, 1.0)
    """
    caller = "tpr_at_fpr_interval"
    fpr = check_fraction(caller, "fpr", fpr)
    level = check_fraction(caller, "confidence_level", confidence_level)
    member = check_member(caller, member)
    score = check_score(caller, member, score)
    warn_if_unmeasurable(np.count_nonzero(~member), fpr)
    code = check_groups(caller, member, groups)
    return best_tpr_interval(member, score, code, fpr, level)


def best_tpr_interval(member, score, code, fpr, level):
    """`tpr_at_fpr_interval` of arrays; nan without a warning."""
    members, nonmembers = score[member], score[~member]
    n_allowed = n_allowed_false_positives(len(nonmembers), fpr)
    if n_allowed < 1:
        return math.nan, math.nan
    trials, n = (
        n_independent(None if code is None else code[side], np.count_nonzero(side))
        for side in (member, ~member)
    )
    tail = (1 - level) / 4
    cuts = binom.ppf([tail, 1 - tail], math.floor(n), fpr)
    cuts *= len(nonmembers) / math.floor(n)
    # With few groups the estimate itself may be cut off.
    fewest = min(math.floor(cuts[0]), n_allowed)
    most = max(math.ceil(cuts[1]), n_allowed)
    found = np.array(
        [n_found(members, nonmembers, fewest - 1), n_found(members, nonmembers, most)]
    )
    low, high = beta_interval(found * (trials / len(members)), trials, 1 - 2 * tail)
    return low[0].item(), high[1].item()


def beta_interval(k, n, level):
    """Clopper-Pearson bounds, for a real number `k` of successes too."""
    k, n = np.broadcast_arrays(np.asarray(k, dtype=float), n)
    tail = (1 - level) / 2
    low = np.where(k > 0, betaincinv(k, n - k + 1, tail), 0.0)
    high = np.where(k < n, betainccinv(k + 1, n - k, tail), 1.0)
    return low, high


def _placements(scores, reference):
    """Fraction of the sorted `reference` below each score, ties counting half."""
    return mid_ranks(reference, scores) / len(reference)


def _n_independent_pairs(members, nonmembers, codes, level):
    """Number of independent pairs whose mean would vary as much as the AUC does.

    The first two arguments are placements in the other group, `codes` the groups of
    either's records, or None.
    """
    sides = (
        _with_extremes(members, len(nonmembers)),
        _with_extremes(nonmembers, len(members)),
    )
    auc = sides[0].mean()
    variance = sum(side.var(ddof=1) / len(side) for side in sides)
    if codes[0] is not None:
        n = [len(code) for code in codes]
        n_alike = sum(map(n_independent, codes, n))
        # A group on both sides is one, not two.
        n_alike *= n_groups(np.concatenate(codes)) / sum(map(n_groups, codes))
        known = few_groups(sum(n) - 2, max(n_alike - 2, 1), level)
        variance = max(variance, _clustered_variance(sides, codes) / known)
    return auc * (1 - auc) / variance


def _clustered_variance(sides, codes):
    """Obuchowski's: each group moves the AUC by the placements of its records."""
    n_codes = max(code.max() for code in codes) + 1
    moved = np.zeros(n_codes + 4)
    for sign, first, placements, code in zip(
        (1, -1), (0, 2), sides, codes, strict=True
    ):
        # The extremes are groups of their own.
        code = np.append(code, n_codes + first + np.arange(2))
        n = n_groups(code)
        deviation = (placements - placements.mean()) / len(placements)
        part = np.bincount(code, deviation, minlength=len(moved))
        moved += sign * part * math.sqrt(n / (n - 1))
    return (moved**2).sum()


def _with_extremes(placements, n_reference):
    """Placements once either group has one more record above and one below all."""
    counts = np.append(placements * n_reference + 1, [n_reference + 1.5, 0.5])
    return counts / (n_reference + 2)
