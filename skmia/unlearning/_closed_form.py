"""What a model must answer that was trained without the records, where that is known.

Kinds of models whose other side is exact are trained without chance and without a
solver that stops early: trained anew, they say the same, up to rounding.
"""

import numpy as np
from sklearn.base import clone

from skmia.shadow.surgery._other_side import other_side
from skmia.shadow.surgery._registry import last_step
from skmia.unlearning._versions import answers_of
from skmia.utils._posteriors import log_posterior
from skmia.utils._records import concatenate


def distances(before, after, forget, retain):
    """How far the answers about each forgotten record are from those of retraining.

    Parameters
    ----------
    before, after : fitted classifiers
        Of a kind that has a closed form.
    forget, retain : tuple of records and labels

    Returns
    -------
    distance : ndarray of shape (n_forgotten,)
        Largest difference of an answer, after: of logarithms of probabilities, since
        attacks see these, and those of certain answers move, too. The smaller one where
        a tie among neighbours leaves two right answers.
    former : ndarray of shape (n_forgotten,)
        The same, before.
    elsewhere : float
        The largest of the retained records, after.
    """
    classes = before.classes_
    anew = clone(before).fit(*retain)
    expected = [_logs_of(anew, forget[0], classes)]
    answers = _by_surgery(before, forget, retain) if len(forget[1]) == 1 else None
    if answers is not None:
        expected.append(answers)
    after_kept, anew_kept = (
        _logs_of(model, retain[0], classes) for model in (after, anew)
    )
    return (
        _nearest(_logs_of(after, forget[0], classes), expected),
        _nearest(_logs_of(before, forget[0], classes), expected),
        float(_nearest(after_kept, [anew_kept]).max()),
    )


def _logs_of(model, X, classes):
    """Answers as they are compared."""
    return _logs(model, answers_of(model, X, classes))


def _logs(model, answers):
    return log_posterior(answers) if hasattr(model, "predict_proba") else answers


def _by_surgery(before, forget, retain):
    """Answers of the former version about its one record, had it not had this.

    None where that is not known: by steps of a pipeline, which stay as they were, or by
    neighbours that were given in another order.
    """
    if last_step(before) is not before:
        return None
    X, y = (concatenate(parts) for parts in zip(retain, forget, strict=True))
    try:
        answers = other_side(before, X, y, np.ones(len(y), dtype=bool))[-1:]
    except ValueError:
        return None
    return _logs(before, answers) if np.isfinite(answers).all() else None


def _nearest(answers, expected):
    """Largest difference in each row, from the nearest of what may be expected."""
    return np.min([np.abs(answers - one).max(axis=1) for one in expected], axis=0)
