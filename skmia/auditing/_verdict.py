"""The verdict on an audit, and why."""

import math

import numpy as np

from skmia.auditing._epsilon import sentences
from skmia.auditing._plan import POWER, fewest_seen
from skmia.metrics import epsilon_ceiling
from skmia.reporting._words import told_apart
from skmia.utils._units import percent

# What is measurable: a multiplication of the odds by this, from a perfect attack.
ODDS_FACTOR = 5
FEWEST = 10
# For a true positive rate at a false positive rate of 1 %.
_FOR_RATES = 100


def decide(report):
    """Verdict and reasons.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    verdict : {"leak", "none-found", "not-measurable", "invalid"}
    reasons : list of str
        Sentences.
    """
    if amiss := _texts(report, "invalid"):
        return "invalid", amiss
    epsilon = [*sentences(report)]
    if not report.ran:
        return "not-measurable", [report.extent, *epsilon]
    if leaks(report):
        return "leak", [_told_apart(report), *epsilon, *_how_much(report)]
    fewest = _fewest_seen(report)
    if unseen := [*_too_few(report, fewest), *_texts(report, "not-measurable")]:
        return "not-measurable", [*unseen, *epsilon]
    seen = _would_have_seen(report, fewest)
    return "none-found", [_told_apart(report), seen, *epsilon]


def leaks(report):
    """Whether members are told in the mean, or a few records with certainty."""
    refuted = report.epsilon is not None and report.epsilon.epsilon > 0
    return report.headline["auc_low"] > 0.5 or refuted


def _told_apart(report):
    best = report.headline
    return told_apart(best, report.named_before, report.confidence_level)


def _texts(report, outcome):
    return [check.text for check in report.checks if check.outcome == outcome]


def n_units(report):
    """Training and holdout records, or groups, that stand for themselves: how many.

    Of which the model answered to some attack: a budget may be small.
    """
    answered = ~np.all([np.isnan(result.score) for result in report.ran], axis=0)
    sides = [answered & (report.member == side) for side in (1, 0)]
    return [len(np.unique(report.units[side])) for side in sides]


def _named(report):
    """What these are called."""
    return "records" if report.groups is None else "groups"


def _how_much(report):
    n_holdout = n_units(report)[1]
    if n_holdout >= _FOR_RATES:
        return
    yield (
        f"How much could not be measured: with {n_holdout} holdout {_named(report)} "
        "nobody can tell how many people would be falsely accused. For that it takes "
        f"at least {_FOR_RATES}."
    )


def _too_few(report, fewest):
    n_train, n_holdout = n_units(report)
    if min(n_train, n_holdout) < FEWEST or fewest is None:
        yield (
            f"With {n_train} training and {n_holdout} holdout {_named(report)} nothing "
            "can be concluded, in either direction: it takes more of them."
        )
        return
    ceiling = epsilon_ceiling(
        n_train,
        n_holdout,
        alpha=min((1 - report.confidence_level) / 2, 0.5),
        n_attacks=report.n_planned,
    )
    factor = math.exp(ceiling)
    if factor >= ODDS_FACTOR:
        return
    yield (
        f"With {n_train} training and {n_holdout} holdout {_named(report)} even an "
        "attack that is right about everybody proves no more than a factor of "
        f"{factor:.1f} between the odds before and after: {ODDS_FACTOR} is the least "
        "that this audit must be able to see. Nothing can be concluded, in either "
        "direction."
    )


def _fewest_seen(report):
    """Members that are enough, see `fewest_seen`; corrected for the attacks."""
    return fewest_seen(
        *n_units(report),
        alpha=1 - report.headline["confidence_level"],
        bets=report.epsilon is not None,
    )


def _would_have_seen(report, fewest):
    return (
        f"If one of them were sure of {fewest} of the {n_units(report)[0]} training "
        f"{_named(report)}, and knew nothing of all others, this audit would have "
        f"found a leak with a probability of {percent(POWER)} at least."
    )
