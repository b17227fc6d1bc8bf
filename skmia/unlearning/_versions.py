"""Models before and after some of their records were forgotten."""

from copy import deepcopy

import numpy as np
from sklearn.base import is_classifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import _safe_indexing

from skmia.utils._fitting import fit_clone
from skmia.utils._labels import align_columns
from skmia.utils._random import draw_seeds


def attack_of(attack):
    """What tells deleted records from others, by features of their answers."""
    if attack is None:
        return RandomForestClassifier(100)
    if not is_classifier(attack):
        raise TypeError(
            "The 'attack' parameter must be a classifier, which learns who was "
            f"deleted. Got {attack!r} instead."
        )
    return attack


def answers_of(model, X, classes):
    """Probabilities, else decision values, with one column for each of `classes`."""
    if hasattr(model, "predict_proba"):
        return align_columns(model.predict_proba(X), model.classes_, classes)
    answer = model.decision_function(X)
    answer = np.c_[-answer, answer] if answer.ndim == 1 else answer
    # A class that a model never saw is as unlikely as its least likely one.
    fill = answer.min(axis=1, keepdims=True)
    return align_columns(answer, model.classes_, classes, fill)


def has_scores(model):
    """Whether a model answers with more than labels."""
    return hasattr(model, "predict_proba") or hasattr(model, "decision_function")


def check_answers(name, model):
    """Raise a TypeError unless a classifier answers with scores."""
    if not has_scores(model):
        raise TypeError(
            f"The '{name}' parameter must be a classifier with predict_proba or "
            f"decision_function. Got {model!r} instead."
        )


def forgotten(model, estimator, X, y, rows, forget, unlearn, rng):
    """The next version of a model, without some of its records.

    Parameters
    ----------
    model : fitted classifier
        Left alone.
    estimator : classifier
        What is trained anew, with another seed, where nothing else unlearns.
    X, y : records and labels
    rows : ndarray of int
        Those that the model was trained on.
    forget : ndarray of int
        Some of them.
    unlearn : callable or None
    rng : RandomState
    """
    seed = draw_seeds(rng)
    gone = np.isin(rows, forget)
    if unlearn is None:
        return fit_clone(estimator, X, y, rows[~gone], seed)
    after = unlearn(deepcopy(model), _safe_indexing(X, rows), y[rows], gone)
    if not hasattr(after, "predict") or not has_scores(after):
        raise TypeError(
            "The 'unlearn' parameter must return the model without the records, with "
            f"predict_proba or decision_function. Got {after!r} instead."
        )
    return after
