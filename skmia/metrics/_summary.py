"""All metrics of an attack on one target at once."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import f1_score, roc_auc_score

from skmia.metrics._clusters import check_groups, effective_counts
from skmia.metrics._intervals import (
    best_tpr_interval,
    beta_interval,
    clustered_auc_interval,
)
from skmia.metrics._roc import best_tpr
from skmia.metrics._validation import (
    check_fprs,
    check_fraction,
    check_member,
    check_predicted,
    check_score,
)

METRIC_NAMES = (
    "accuracy",
    "precision",
    "recall",
    "fpr",
    "advantage",
    "balanced_accuracy",
    "f1",
    "auc",
    "tpr_at_fpr",
)
"""What can be asked of an attack; "tpr_at_fpr" also as "tpr_at_fpr_<fpr>"."""


def membership_metrics(
    member: ArrayLike,
    score: ArrayLike,
    *,
    predicted: ArrayLike,
    fprs: ArrayLike = (0.001, 0.01, 0.1),
    confidence_level: float = 0.95,
    groups: ArrayLike | None = None,
) -> dict[str, float]:
    """Metrics of an attack on one target, with their confidence intervals.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member.
    predicted : array-like of shape (n_samples,)
        Decisions of the attack, boolean or 0/1, at a threshold chosen on other rows.
        No threshold is ever chosen here.
    fprs : array-like of float in (0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which to report the true positive rate.
    confidence_level : float in (0, 1), default=0.95
        Probability that one interval covers its true value; not all at once.
    groups : array-like of shape (n_samples,), default=None
        Who a record is of: a person, or the row that it copies. None: every record is
        independent of all others.

    Returns
    -------
    metrics : dict of str to float
        In this order "accuracy", "precision", "recall", "fpr", "advantage",
        "balanced_accuracy", "f1", "auc", and one "tpr_at_fpr_<fpr>" for each of `fprs`.
        Except for "f1", every name is followed by "<name>_low" and "<name>_high". What
        the data cannot show is nan, bounds included: the precision if nobody is called
        a member, and the true positive rates at which ``n_nonmembers * fpr < 1``.

    Raises
    ------
    ValueError
        Members or non-members are missing, or the input is not as described.

    See Also
    --------
    auc_interval : Interval of the AUC.
    tpr_at_fpr_interval : Interval of the true positive rate at a false positive rate.

    Notes
    -----
    Level: observations. Accuracy, precision and F1 depend on the share of members among
    the rows; the others do not. One answer for all has the accuracy of the larger
    share, and a balanced accuracy of one half: the mean of the shares of members and of
    non-members that are told, one half more than half the advantage.

    Rates at the given decisions have Clopper-Pearson intervals. They hold for accuracy
    and precision too although the numbers of members and non-members are fixed: a
    sum of trials with different probabilities varies less than a binomial with their
    mean (Hoeffding). The interval of the advantage joins those of the recall and of the
    false positive rate, each at half the error, and is conservative.

    Of `groups` the rates have the interval of Korn and Graubard: that of Clopper and
    Pearson for as many independent records as have the variance that is found between
    groups, between the number of records and that of groups (Kish's).

    References
    ----------
    W. Hoeffding, "On the distribution of the number of successes in independent
    trials", Annals of Mathematical Statistics 27, 1956, doi:10.1214/aoms/1177728178.
    E. L. Korn, B. I. Graubard, "Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data", Survey Methodology
    24, 1998.

    Examples
    --------
    >>> from skmia.metrics import membership_metrics
    >>> member = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> score = [9, 8, 4, 1, 5, 4, 2, 0]
    >>> predicted = [1, 1, 1, 0, 1, 1, 0, 0]
    >>> metrics = membership_metrics(member, score, predicted=predicted, fprs=[0.25])
    >>> metrics["advantage"], metrics["auc"], metrics["tpr_at_fpr_0.25"]
    (0.25, 0.71875, 0.5)
    >>> round(metrics["recall_low"], 3), round(metrics["recall_high"], 3)
    (0.194, 0.994)
    """
    caller = "membership_metrics"
    level = check_fraction(caller, "confidence_level", confidence_level)
    fprs = check_fprs(caller, fprs)
    member = check_member(caller, member)
    score = check_score(caller, member, score)
    predicted = check_predicted(caller, member, predicted)
    code = check_groups(caller, member, groups)
    return (
        _at_decisions(member, predicted, code, level)
        | {"f1": float(f1_score(member, predicted))}
        | _with_bounds(
            "auc",
            float(roc_auc_score(member, score)),
            clustered_auc_interval(member, score, code, level),
        )
        | _at_fprs(member, score, code, fprs, level)
    )


def parse_metric(name):
    """Base name of a metric and its FPR.

    "tpr_at_fpr_0.001" is ("tpr_at_fpr", 0.001), "tpr_at_fpr" alone means an FPR of
    0.01, and the FPR of all other metrics is None.
    """
    if name == "tpr_at_fpr":
        return name, 0.01
    if name in METRIC_NAMES:
        return name, None
    number = re.fullmatch(r"tpr_at_fpr_(\d+\.?\d*(?:e-?\d+)?)", name)
    if number is None:
        raise ValueError(
            f"A metric must be one of {', '.join(METRIC_NAMES)}, the last also as "
            f"tpr_at_fpr_<fpr>. Got {name!r} instead."
        )
    return "tpr_at_fpr", check_fraction("tpr_at_fpr", "fpr", float(number[1]))


def _at_decisions(member, predicted, code, level):
    hits = {
        "accuracy": (predicted == member, np.ones_like(member)),
        "precision": (member, predicted),
        "recall": (predicted, member),
        "fpr": (predicted, ~member),
    }
    metrics = {}
    for name, (hit, among) in hits.items():
        value = hit[among].mean().item() if among.any() else math.nan
        bounds = _rate_interval(hit, among, code, level)
        metrics |= _with_bounds(name, value, bounds)
    # Both at half the error.
    tpr, fpr = (
        _rate_interval(predicted, among, code, (1 + level) / 2)
        for among in (member, ~member)
    )
    advantage = metrics["recall"] - metrics["fpr"]
    ends = tpr[0] - fpr[1], tpr[1] - fpr[0]
    return (
        metrics
        | _with_bounds("advantage", advantage, ends)
        | _with_bounds(
            "balanced_accuracy",
            (1 + advantage) / 2,
            tuple((1 + end) / 2 for end in ends),
        )
    )


def _rate_interval(hit, among, code, level):
    """Bounds of the share of hits among some of the records; nan if there are none."""
    if not among.any():
        return math.nan, math.nan
    groups = None if code is None else code[among]
    low, high = beta_interval(*effective_counts(hit[among], groups, level), level)
    return low.item(), high.item()


def _at_fprs(member, score, code, fprs, level):
    metrics = {}
    for fpr in fprs:
        metrics |= _with_bounds(
            f"tpr_at_fpr_{fpr}",
            best_tpr(score[member], score[~member], fpr),
            best_tpr_interval(member, score, code, fpr, level),
        )
    return metrics


def _with_bounds(name, value, bounds):
    low, high = bounds
    return {name: value, f"{name}_low": low, f"{name}_high": high}
