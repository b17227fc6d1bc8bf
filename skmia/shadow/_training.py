"""The one step that trains a model, and what it gives away: what caches hold."""

from typing import Any, NamedTuple

from skmia.shadow._members import ensemble_members
from skmia.targets import Session
from skmia.utils._cache import remember
from skmia.utils._fitting import fit_clone


class Task(NamedTuple):
    """A model to be trained: what it is depends on nothing else.

    Signals and attacks are no part of it, so that all of them share one model.
    """

    estimator: Any
    rows: Any
    seed: int
    fingerprint: str
    fit_params: Any = None


def train(memory, task, X, y):
    """Trained model, from the cache if it is there."""
    args = task.estimator, X, y, task.rows, task.seed, None, task.fit_params
    return remember(memory, task, fit_clone, *args)


def train_and_ask(memory, task, X, y, signals, classes, unpack=False):
    """Trained model, or the models inside, or what each of them gives away.

    The models are dropped where signals are named, unless one of these fails: who asks
    for it is told why.
    """
    if signals is None:
        model = train(memory, task, X, y)
        return ensemble_members(model) if unpack else [model]
    key = task, signals, classes, unpack
    return remember(memory, key, _ask, memory, task, X, y, signals, classes, unpack)


def _ask(memory, task, X, y, signals, classes, unpack):
    models = train_and_ask(memory, task, X, y, None, classes, unpack)
    return [_given_away(model, X, y, signals, classes) for model in models]


def _given_away(model, X, y, signals, classes):
    try:
        return Session(model, X, y, classes=classes).observe(signals).to_numpy()
    except Exception:
        return model
