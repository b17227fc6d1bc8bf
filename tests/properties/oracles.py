"""What the package computes fast, computed slowly and in exact numbers."""

from fractions import Fraction

import numpy as np

OBJECTIVES = ("advantage", "accuracy", "tpr_at_fpr")


def cut_quality(called, member, objective, fpr):
    """Quality of a decision, then its strictness; None if the FPR is too high."""
    tp, fp = (int(called[member == side].sum()) for side in (1, 0))
    n_members = int(member.sum())
    n_others = len(member) - n_members
    if objective == "tpr_at_fpr" and Fraction(fp, n_others) > fpr:
        return None
    quality = {
        "advantage": Fraction(tp, n_members) - Fraction(fp, n_others),
        "accuracy": Fraction(tp + n_others - fp, len(member)),
        "tpr_at_fpr": Fraction(tp, n_members),
    }[objective]
    return quality, -(tp + fp)


def best_cut(score, member, objective, fpr):
    """Best quality among "nobody" and "at least s" for every score s."""
    qualities = [
        cut_quality(score >= threshold, member, objective, fpr)
        for threshold in [*score, np.inf]
    ]
    return max(quality for quality in qualities if quality is not None)


def n_pairs_right(score, member):
    """Pairs with the member in front, minus those with the member behind.

    Positive where the area under the ROC curve is above one half, in exact numbers.
    """
    pairs = score[member == 1][:, None], score[member == 0]
    return int((pairs[0] > pairs[1]).sum()) - int((pairs[0] < pairs[1]).sum())
