"""Trajectories of an observer of the training: the model after each step."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.shadow._distillation import observe_snapshots
from skmia.signals import Signal
from skmia.utils._deprecation import renamed_parameters
from skmia.utils._passes import passes
from skmia.utils._random import set_random_states
from skmia.utils._sklearn import COUNT, HasMethods, validate_params
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike


@renamed_parameters(metrics="signals", since="0.2", until="0.4")
@validate_params(
    estimator=[HasMethods(["fit", "get_params"])],
    n_snapshots=[COUNT],
    signals=[str, Signal, list, tuple],
    random_state=["random_state"],
)
def training_observations(
    estimator: Classifier,
    X_train: MatrixLike,
    y_train: ArrayLike,
    X: MatrixLike,
    y: ArrayLike | None = None,
    *,
    n_snapshots: int = 20,
    signals: SignalsLike = ("loss",),
    classes: ArrayLike | None = None,
    random_state: RandomStateLike = None,
) -> pd.DataFrame:
    """Trajectories of records in a model that is watched while it is trained.

    A clone of the estimator is trained: a network of :mod:`skmia.neural` in its own
    fit, with its own epochs and looks at equal distances; others in `n_snapshots`
    epochs if they have a ``partial_fit``, else up to their ``n_estimators`` in as many
    steps by ``warm_start``.

    Parameters
    ----------
    estimator : classifier
        The model; not changed.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        The members.
    y_train : array-like of shape (n_records,)
        Their labels.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records in question.
    y : array-like of shape (n_samples,), default=None
        Their labels. Needed by signals such as "loss".
    n_snapshots : int, default=20
        Looks at the model. The last one is at the trained model, and so are those that
        were due after a network's early end.
    signals : str, Signal or list of them, default=("loss",)
        What is seen of each snapshot.

        .. versionchanged:: 0.2
           It was called `metrics`.
    classes : array-like of shape (n_classes,), default=None
        Labels that the columns and label codes stand for.
    random_state : int, RandomState instance or None, default=None
        Seed of the model.

    Returns
    -------
    Z : DataFrame of shape (n_samples, n_signals * n_snapshots)
        Observations, ``<signal>_<i>`` for snapshot i.

    See Also
    --------
    DistilledTrajectory : For an adversary who sees the scores of the trained model.

    Notes
    -----
    Level: records in, observations out. Threat model: whoever watches the training,
    such as a party of a federation. The trees of a forest are exchangeable: its
    trajectory says little more than its last vote.

    A network is copied at each look, by a callback that takes no part in the training:
    all callbacks, schedules and objectives of a ``NetClassifier`` have the effect that
    they always have. A net of skorch is watched as its module, ``NetClassifier(net)``.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import ExtraTreesClassifier
    >>> from skmia.shadow import training_observations
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = ExtraTreesClassifier(n_estimators=9)
    >>> Z = training_observations(
    ...     forest, X[:500], y[:500], X, y, n_snapshots=3, random_state=0
    ... )
    >>> list(Z)
    ['loss_0', 'loss_1', 'loss_2']
    """
    model = set_random_states(clone(estimator), check_random_state(random_state))
    if hasattr(model, "_watched_fit"):
        models = model._watched_fit(X_train, y_train, n_snapshots)
    else:
        steps = _train_in_steps(model, X_train, y_train, n_snapshots)
        models = [deepcopy(step) for step in steps]
    return observe_snapshots(models, X, y, signals, classes)


def _train_in_steps(model, X, y, n_steps):
    """Train a model, and yield after each step."""
    if hasattr(model, "partial_fit"):
        yield from passes(model, X, y, n_steps)
        return
    params = model.get_params()
    if not {"warm_start", "n_estimators"} <= params.keys():
        raise TypeError(
            "The 'estimator' parameter of training_observations must be a classifier "
            "with partial_fit, or with warm_start and n_estimators, or a network of "
            f"skmia.neural. Got {model!r} instead."
        )
    model.set_params(warm_start=True)
    grown = 0
    for size in np.ceil(np.linspace(0, params["n_estimators"], n_steps + 1)[1:]):
        if size > grown:
            model.set_params(n_estimators=int(size)).fit(X, y)
            grown = size
        yield model
