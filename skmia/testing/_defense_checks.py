"""Checks of defenses: `X` are records, `y` class labels or quantities."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import _safe_indexing

from skmia.testing._common_checks import (
    TOLERANCE,
    fitted,
    halves,
    require,
    same,
    seeded,
)
from skmia.utils._inside import is_frozen
from skmia.utils._kinds import is_regressor

RELEASE = ("predict", "predict_proba")
METHODS = ("fit", "score", *RELEASE)
# It changes the model, and answers nothing.
OF_THE_OWNER = ("forget",)


def check_posterior(defense, X, y):
    """What is released as a posterior is one."""
    model = fitted(defense, X, y)
    if not hasattr(model, "predict_proba"):
        return
    posterior = model.predict_proba(X)
    require(
        posterior.shape == (len(y), len(model.classes_))
        and (posterior >= 0).all()
        and np.allclose(posterior.sum(axis=1), 1, rtol=0, atol=TOLERANCE),
        defense,
        "releases rows that are not probabilities of the classes in classes_: they "
        "must be at least 0 and sum to 1. Losses computed from anything else compare "
        "records that cannot be compared.",
    )


def check_same_record_same_answer(defense, X, y):
    """Asking again, alone, in other company or in another type changes nothing."""
    model = fitted(defense, X, y)
    backwards = np.arange(len(y))[::-1]
    for method in (name for name in RELEASE if hasattr(model, name)):
        ask = getattr(model, method)
        answer = ask(X)
        other = {
            "asked again": (ask(X), answer),
            "in another batch": (ask(_safe_indexing(X, backwards)), answer[backwards]),
            "alone": (ask(_safe_indexing(X, [0])), answer[[0]]),
            "as objects": (_answer_to_objects(ask, X, answer), answer),
        }
        for when, (got, expected) in other.items():
            require(
                same(got, expected),
                defense,
                f"gives another {method} for the same record {when}. Noise that is "
                "drawn anew for each question averages out over many questions.",
            )


def _answer_to_objects(ask, X, instead):
    try:
        return ask(X.astype(object))
    except (TypeError, ValueError):
        return instead  # not every model takes them


def check_nothing_else_released(defense, X, y):
    """Of the model inside, only ``predict`` and ``predict_proba`` are reachable."""
    model = fitted(defense, X, y)
    names = set(dir(model)) | set(dir(getattr(defense, "estimator", None)))
    public = {name for name in names if not name.startswith("_")}
    leaking = sorted(
        name
        for name in public - _ALLOWED
        if callable(getattr(model, name, None))
        if not name.endswith("_")
    )
    require(
        not leaking,
        defense,
        f"has the public methods {leaking}. A defense has fit, predict, predict_proba "
        "and score: any other method of a model gives away what these two hide.",
    )


def check_predict_follows_release(defense, X, y):
    """The label is the largest entry of the released posterior."""
    model = fitted(defense, X, y)
    if not hasattr(model, "predict_proba"):
        return
    posterior = model.predict_proba(X)
    column = np.searchsorted(model.classes_, model.predict(X))
    released = np.take_along_axis(posterior, column[:, None], axis=1)[:, 0]
    require(
        same(released, posterior.max(axis=1)),
        defense,
        "predicts labels that are not the largest entry of the posterior it releases. "
        "The difference between the two answers gives away what the mask hides.",
    )


def check_score_follows_predict(defense, X, y):
    """The score is that of what the defense itself predicts."""
    model = fitted(defense, X, y)
    name, of = "accuracy", accuracy_score
    if is_regressor(model):
        name, of = "R²", r2_score
    score, own = model.score(X, y), of(y, model.predict(X))
    require(
        abs(score - own) <= TOLERANCE,
        defense,
        f"has a score of {score:.3f}, while its predictions have an {name} of "
        f"{own:.3f}. A score of the model inside hides what the defense costs, "
        "and a search would tune on it.",
    )


def check_inner_state_ignored(defense, X, y):
    """Nothing that the wrapped model learned before reaches the answers."""
    inner = getattr(defense, "estimator", None)
    if inner is None or is_frozen(inner):
        return
    used = seeded(defense)
    (X_before, y_before), (X_then, y_then) = halves(X, y)
    # Not through set_params: it is the user's own, fitted object that is handed in.
    used.estimator.fit(X_before, y_before)
    used.fit(X_then, y_then)
    fresh = fitted(defense, X_then, y_then)
    require(
        all(
            same(getattr(used, method)(X), getattr(fresh, method)(X))
            for method in RELEASE
            if hasattr(fresh, method)
        ),
        defense,
        "answers differently when the model it was given had been fitted before. What "
        "that model knew of other records reaches the answers: fit a clone of it.",
    )


CHECKS = (
    check_posterior,
    check_same_record_same_answer,
    check_nothing_else_released,
    check_predict_follows_release,
    check_score_follows_predict,
    check_inner_state_ignored,
)


class _Bare(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """What scikit-learn gives to every classifier."""


_ALLOWED = {
    *METHODS,
    *OF_THE_OWNER,
    *(f"set_{method}_request" for method in METHODS),
    *dir(_Bare),
}
