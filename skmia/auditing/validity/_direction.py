"""Whether the two sets may be swapped."""

import numpy as np
from scipy.stats import rankdata

from skmia.attacks.statistics._ranks import rank_auc
from skmia.auditing.validity._check import LEVEL
from skmia.auditing.validity._split import chance, unit_means
from skmia.metrics import auc_interval
from skmia.utils._quantities import spread_of_labels
from skmia.utils._units import percent

_SWAPPED = "Are the two sets swapped?"


def check_accuracy(split, correct, what="holdout"):
    """Whether the model is better on holdout records than chance allows.

    Parameters
    ----------
    split : Split
    correct : ndarray of shape (n_records,)
        Whether the model is right about each record, or the share of the labels that it
        is right about; nan where that is not known.
    what : str, default="holdout"
        What is counted of the holdout records, in words.
    """
    known = np.flatnonzero(~np.isnan(correct))
    units = split.units(known)
    if not units.are_comparable:
        return "not run", "The accuracy of the model on the two sets is not known."
    right = unit_means(units.of_row, correct[known].astype(float))
    p_value = chance(
        lambda member: right @ (1 - member), units.member, split.rng(3), units.size
    )
    holdout, train = (
        percent(round(correct[known][split.member[known] == side].mean(), 3))
        for side in (0, 1)
    )
    text = (
        f"The model is right on {holdout} of the {what} and on {train} of the "
        "training records"
    )
    if p_value > LEVEL:
        return "passed", f"{text}.", p_value
    return "invalid", f"{text}. {_SWAPPED}", p_value


def check_errors(split, error):
    """Whether a regressor errs less on holdout records than chance allows.

    Parameters
    ----------
    split : Split
    error : ndarray of shape (n_records, n_outputs)
        nan where it is not known.
    """
    known = np.flatnonzero(~np.isnan(error).any(axis=1))
    units = split.units(known)
    if not units.are_comparable:
        return "not run", "The errors of the model on the two sets are not known."
    size = np.abs(error[known] / spread_of_labels(split.y)).mean(axis=1)
    errs = unit_means(units.of_row, size)
    p_value = chance(
        lambda member: errs @ member, units.member, split.rng(3), units.size
    )
    holdout, train = (
        f"{np.median(size[split.member[known] == side]):.3g}" for side in (0, 1)
    )
    text = (
        f"Half of the errors of the model are below {holdout} on holdout and {train} "
        "on training records, in standard deviations of the labels"
    )
    if p_value > LEVEL:
        return "passed", f"{text}.", p_value
    return "invalid", f"{text}. {_SWAPPED}", p_value


def check_scores(split, score, far_from):
    """Whether a model without labels suits holdout records better than chance allows.

    Parameters
    ----------
    split : Split
    score : ndarray of shape (n_records,)
        nan where it is not known.
    far_from : str or None
        What the score is a distance to, in words: a smaller one is that of a record
        that suits the model. None: it is no distance, and a larger one is.
    """
    known = np.flatnonzero(~np.isnan(score))
    units = split.units(known)
    if not units.are_comparable:
        return "not run", "The scores of the model on the two sets are not known."
    # By rank: log densities have no end.
    suits = unit_means(
        units.of_row, rankdata(-score[known] if far_from else score[known])
    )
    p_value = chance(
        lambda member: suits @ (1 - member), units.member, split.rng(3), units.size
    )
    holdout, train = (
        f"{np.median(score[known][split.member[known] == side]):.3g}" for side in (0, 1)
    )
    what = f"distance to {far_from}" if far_from else "score of the model"
    text = f"Median {what}: {holdout} on holdout and {train} on training"
    if p_value > LEVEL:
        return "passed", f"{text} records.", p_value
    return "invalid", f"{text} records. {_SWAPPED}", p_value


def check_direction(split, results, confidence_level):
    """Whether attacks that find something find members, and not the others.

    Attacks that learn from known members of the model point anywhere by chance.

    Parameters
    ----------
    split : Split
    results : list of AttackResult
        In the order of the split.
    confidence_level : float
        At which a leak is found. That attacks point the other way is said at a level
        of its own; both are corrected for the number of attacks.
    """
    ran = [result for result in results if result.score is not None]
    declared = [result for result in ran if not result.uses_membership]
    if not declared:
        return "not run", "No attack was run whose side of members is declared."
    # At this level one of them is wholly below one half as often as LEVEL says.
    level = 1 - 2 * LEVEL / len(declared)
    below = [_bounds(split, one.score, level)[1] for one in declared]
    worst = declared[int(np.argmin(below))]
    level = 1 - (1 - confidence_level) / len(ran)
    if min(below) >= 0.5 or any(
        _bounds(split, one.score, level)[0] > 0.5 for one in ran
    ):
        return "passed", "No attack points to holdout records instead of members."
    there = ~np.isnan(worst.score)
    auc = rank_auc(worst.score[there], split.member[there])
    return "invalid", (
        f"{worst.name} points to holdout records instead of members, AUC "
        f"{auc:.3f}, and no attack to members. {_SWAPPED}"
    )


def _bounds(split, score, level):
    there = ~np.isnan(score)
    return auc_interval(
        split.member[there],
        score[there],
        groups=split.groups[there],
        confidence_level=level,
    )
