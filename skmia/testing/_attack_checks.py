"""Checks of attacks: `X` are observations, `y` is membership, 1 = member."""

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.utils import _safe_indexing

from skmia.testing._common_checks import fitted, halves, require, same
from skmia.utils._membership import membership_score

OBVIOUS = 0.95


def check_obvious_members(attack, X, y):
    """Members that any attack should see get higher scores."""
    (X_fit, y_fit), (X_ask, y_ask) = halves(X, y)
    auc = _auc(fitted(attack, X_fit, y_fit), X_ask, y_ask)
    require(
        auc > OBVIOUS,
        attack,
        f"has an AUC of {auc:.3f} where members are obvious. 1 must mean member, and a "
        "higher score more likely a member: a score of the wrong sign reports a leak "
        "as safety.",
    )


def check_swapped_membership(attack, X, y):
    """An attack learns which side members are on, or knows it: it is not half way."""
    (X_fit, y_fit), (X_ask, y_ask) = halves(X, y)
    auc = _auc(fitted(attack, X_fit, 1 - y_fit), X_ask, y_ask)
    require(
        auc > OBVIOUS or auc < 1 - OBVIOUS,
        attack,
        f"has an AUC of {auc:.3f} on obvious members after a fit with members and "
        "non-members swapped. Only an exactly reversed ranking (the side is learned) "
        "or the same one (the side is a parameter) makes sense.",
    )


def check_constant_observations(attack, X, y):
    """Nothing to see gives the same score to everybody."""
    constant = _safe_indexing(X, np.zeros(len(y), dtype=int))
    score = membership_score(fitted(attack, constant, y), constant)
    require(
        np.isfinite(score).all() and np.ptp(score) == 0,
        attack,
        "tells apart records of which it sees the same. Its score must be constant "
        "then (AUC 0.5): anything else is a leak from somewhere else, such as the "
        "order of the rows.",
    )


def check_row_order(attack, X, y):
    """Permuting the rows permutes the scores."""
    model = fitted(attack, X, y)
    order = np.random.RandomState(0).permutation(len(y))
    require(
        same(
            membership_score(model, _safe_indexing(X, order)),
            membership_score(model, X)[order],
        ),
        attack,
        "gives a record another score when the rows are permuted. The number of one "
        "record must not depend on where it stands.",
    )


def check_ties(attack, X, y):
    """Records of which the attack sees the same get the same score."""
    score = membership_score(
        fitted(attack, X, y), _safe_indexing(X, np.repeat(np.arange(len(y)), 2))
    )
    require(
        same(score[::2], score[1::2]),
        attack,
        "gives different scores to equal observations. Broken ties look like a "
        "resolution that the attack does not have.",
    )


def check_extreme_observations(attack, X, y):
    """Finite observations give finite scores, however extreme."""
    extremes = [0.0, 1e-30, -1e-30, 1e30, -1e30]
    rows = _safe_indexing(X, np.arange(len(extremes))).copy()
    rows[:] = np.transpose([extremes] * X.shape[1])
    score = membership_score(fitted(attack, X, y), rows)
    require(
        np.isfinite(score).all(),
        attack,
        f"gives the scores {score.tolist()} to the observations {extremes}. Log "
        "probabilities and likelihood ratios are that extreme; a score that is not "
        "finite cannot be ranked.",
    )


CHECKS = (
    check_obvious_members,
    check_swapped_membership,
    check_constant_observations,
    check_row_order,
    check_ties,
    check_extreme_observations,
)


def _auc(attack, X, y):
    return roc_auc_score(y, membership_score(attack, X))
