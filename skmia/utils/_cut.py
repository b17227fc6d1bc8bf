"""The threshold that serves an objective best."""

import numpy as np


def best_cut(score, member, objective, fpr):
    """Threshold above which a record is called a member.

    Candidates are "nobody" and "at least s" for every observed score s; among equally
    good ones the strictest is taken.

    Parameters
    ----------
    score : ndarray of shape (n_samples,)
        Higher = more likely a member.
    member : ndarray of {0, 1} of shape (n_samples,)
    objective : {"advantage", "accuracy", "tpr_at_fpr"}
        What to maximise: TPR - FPR, right decisions, or TPR where FPR <= `fpr`.
    fpr : float
        Bound for "tpr_at_fpr", a fraction.

    Returns
    -------
    threshold : float
        Members are those with a score strictly greater.
    """
    values, position = np.unique(-score, return_inverse=True)
    n_called = np.cumsum(np.bincount(position, minlength=len(values)))
    tp = np.cumsum(np.bincount(position, weights=member, minlength=len(values)))
    tp = np.concatenate([[0], tp])
    fp = np.concatenate([[0], n_called]) - tp
    n_members = member.sum()
    quality = _QUALITY[objective](tp, fp, n_members, len(member) - n_members, fpr)
    best = int(np.argmax(quality))
    # Greater than the next smaller float is the same as at least the value, and keeps
    # the decision function strictly positive for those called members.
    return float(np.nextafter(-values[best - 1], -np.inf) if best else -values[0])


def _advantage(tp, fp, n_members, n_others, fpr):
    # Over a common denominator in integers: equal advantages compare equal.
    return tp * n_others - fp * n_members


def _accuracy(tp, fp, n_members, n_others, fpr):
    return tp - fp


def _tpr_at_fpr(tp, fp, n_members, n_others, fpr):
    allowed = fp <= fpr * n_others * (1 + 1e-12)  # 0.07 * 100 must allow 7
    return np.where(allowed, tp, -1)


_QUALITY = {
    "advantage": _advantage,
    "accuracy": _accuracy,
    "tpr_at_fpr": _tpr_at_fpr,
}

OBJECTIVES = frozenset(_QUALITY)
