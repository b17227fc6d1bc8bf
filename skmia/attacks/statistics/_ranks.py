"""Ranks of scores: among known non-members, and of members among all."""

import math

from scipy.stats import rankdata


def tie_break(values):
    """Strictly between 0 and 1, in the order of the values.

    Added to a rank it orders records of equal rank and moves none to another one.
    """
    return 0.5 + 0.25 * values / (1 + abs(values))


def n_allowed_pvalues(fpr, n_nonmembers):
    """Largest k such that the p-value k / (n_nonmembers + 1) is at most `fpr`."""
    return math.floor(fpr * (n_nonmembers + 1) * (1 + 1e-12))  # 0.07 * 100 allows 7


def conformal_score(n_below, values, n_nonmembers, fpr):
    """Rank of a record among non-members, positive where its p-value is at most `fpr`.

    Parameters
    ----------
    n_below : ndarray of shape (n_records,)
        Non-members with a score strictly lower than the record's. The p-value is
        ``(1 + n_nonmembers - n_below) / (n_nonmembers + 1)``: the others are at least
        as extreme.
    values : ndarray of shape (n_records,)
        Order of records of equal rank.
    n_nonmembers : int
    fpr : float

    Returns
    -------
    score : ndarray of shape (n_records,)
    """
    needed = n_nonmembers + 1 - n_allowed_pvalues(fpr, n_nonmembers)
    return (n_below + tie_break(values) - needed) / (n_nonmembers + 1)


def rank_auc(score, member):
    """Area under the ROC curve; ties count one half."""
    n_members = member.sum()
    ranks = rankdata(score)[member == 1].sum()
    area = ranks - n_members * (n_members + 1) / 2
    return area / (n_members * (len(member) - n_members))


def find_direction(direction, score, member):
    """Where members lie: "higher" or "lower"; for "auto" by the AUC of the scores."""
    if direction != "auto":
        return direction
    return "higher" if rank_auc(score, member) >= 0.5 else "lower"
