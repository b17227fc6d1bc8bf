"""What was measured of an unlearning, as rows of numbers."""

import numpy as np
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from skmia.metrics import auc_interval, clopper_pearson
from skmia.metrics._intervals import best_tpr_interval
from skmia.metrics._roc import best_tpr
from skmia.unlearning._change_features import FORMS, change_features
from skmia.utils._membership import membership_score
from skmia.utils._random import set_random_states

# The tests that the verdict stands on; its level is divided among them.
TESTS = ("excess", "lira", "lira-exposed")
_FPRS = (0.01, 0.1)
_N_RESAMPLES = 999


def told_apart(score, member, level):
    """How well records of one set are told from those of another, by a score."""
    if member.all() or not member.any():
        names = ("auc", "auc_low", "auc_high")
        return dict.fromkeys(names, np.nan) | {"n": int(member.sum())}
    low, high = auc_interval(member, score, confidence_level=level)
    row = {"auc": roc_auc_score(member, score), "auc_low": low, "auc_high": high}
    for fpr in _FPRS:
        name = f"tpr_at_fpr_{fpr}"
        row[name] = best_tpr(score[member], score[~member], fpr)
        ends = best_tpr_interval(member, score, None, fpr, level)
        row[f"{name}_low"], row[f"{name}_high"] = ends
    return row | {"n": int(member.sum())}


def tests_of(beside, gone, level):
    """Rows of the later version: how forgotten records stand out among unseen ones.

    Parameters
    ----------
    beside : Beside
    gone : ndarray of bool of shape (n_candidates,)
        The forgotten ones.
    level : float
        Of all intervals together.
    """
    level = 1 - (1 - level) / len(TESTS)
    exposed = beside.exposure >= np.quantile(beside.exposure, 0.75)
    return {
        "excess": told_apart(beside.excess, gone, level),
        "lira": told_apart(beside.lira, gone, level),
        "lira-exposed": told_apart(beside.lira[exposed], gone[exposed], level),
    }


def changes(references, before, after, gone, attack, level, rng):
    """Rows of who has both versions, an attack learned on those of the references."""
    labels = references.inside.T.ravel()
    rows = {}
    for form in FORMS:
        learned = set_random_states(clone(attack), rng)
        pairs = zip(references.before, references.after, strict=True)
        Z = np.concatenate([change_features(*pair, form) for pair in pairs])
        learned.fit(Z, labels.astype(int))
        score = membership_score(learned, change_features(before, after, form))
        rows[form] = told_apart(score, gone, level)
    return rows


def remaining_share(beside, gone, level, rng):
    """Share of what training had changed that is there still, with an interval.

    Means over forgotten records, less those over unseen ones; the interval is a
    bootstrap of both sets.
    """
    sets = [np.flatnonzero(gone), np.flatnonzero(~gone)]

    def share(rows):
        now, then = (
            np.mean(value[rows[0]]) - np.mean(value[rows[1]])
            for value in (beside.excess, beside.former_excess)
        )
        return now / then

    draws = [
        share([rng.choice(rows, len(rows)) for rows in sets])
        for _ in range(_N_RESAMPLES)
    ]
    return share(sets), *np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])


def retained(before, after, X, y, *, level):
    """What became of the answers about retained records."""
    right, right_now = (model.predict(X) == y for model in (before, after))
    n_worse, n_better = (right & ~right_now).sum(), (right_now & ~right).sum()
    low, high = clopper_pearson(int(n_worse), len(y), confidence_level=level)
    return {
        "n": len(y),
        "accuracy_before": float(right.mean()),
        "accuracy_after": float(right_now.mean()),
        "n_worse": int(n_worse),
        "n_better": int(n_better),
        "worse_low": low,
        "worse_high": high,
    }
