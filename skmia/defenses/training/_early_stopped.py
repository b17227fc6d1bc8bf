"""Models that are trained no longer than their validation loss improves."""

from __future__ import annotations

import warnings
from copy import deepcopy
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing, check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records, rarest_classes
from skmia.utils._inside import last_step
from skmia.utils._labels import aligned_posterior
from skmia.utils._passes import passes
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, Interval
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._weights import fit_weights


class EarlyStoppedClassifier(TrainingDefense):
    """Classifier whose training ends where it begins to learn its records by heart.

    A part of the records is held out. Training goes on until their loss has not
    improved for a while, or until it exceeds the loss of the training records by more
    than a limit; the model with the smallest held-out loss is released.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. It needs ``partial_fit`` or a parameter that says how long it
        is trained, see the notes.
    max_epochs : int, default=100
        Longest training.
    patience : int, default=5
        Stages without a better validation loss before training stops.
    max_gap : float, default=None
        Largest difference allowed between validation and training loss. Training
        stops at the first stage beyond it. None: no limit.
    validation_fraction : float, default=0.1
        Part of the different records that is held out, up to one half, by class; at
        least one per class, equal ones (in single precision) together. They choose the
        stage and are not trained on.
    random_state : int, RandomState instance or None, default=None
        Seed of the split, of the order of the records and of the model. An int
        replaces every ``random_state`` of `estimator`; None keeps them.

    Attributes
    ----------
    estimator_ : classifier
        The released model.
    n_epochs_ : int
        How long the released model was trained.
    history_ : DataFrame of shape (n_stages, 3)
        ``n_epochs``, ``training_loss`` and ``validation_loss`` of every stage.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    FitControlledClassifier : Limits the complexity of a model by cross-validation.

    Notes
    -----
    How a model is trained in stages, whichever comes first:

    ===================================== ========================================
    it has                                a stage is
    ===================================== ========================================
    ``partial_fit``                       one more pass over the training records
    ``max_epochs`` or ``max_iter``        a new fit of 1, 2, 4, 8, ... `max_epochs`
    ``n_estimators``, ``learning_rate``   the same (boosting)
    ``max_depth``                         the same (trees, forests)
    ===================================== ========================================

    In a pipeline that is a parameter of the last step, never its ``partial_fit``. A
    new fit with the same seed goes the same way and further, so that the doubling
    stages are those of one training, at twice its cost. Models with none of these
    (k nearest neighbors) are not trained at all, and refused. The loss is the log loss,
    without ``predict_proba`` the error rate. ``sample_weight`` weighs records in the
    training and in both losses.

    Threat model: the adversary sees scores or labels; the parameters of the model
    change as well. No formal guarantee: the average gap is limited, the influence of
    a single record is not. Held-out records leave a trace as well, since they choose
    the stage: an audit counts them among the members.

    References
    ----------
    S. Yeom, I. Giacomelli, M. Fredrikson, S. Jha, "Privacy Risk in Machine Learning:
    Analyzing the Connection to Overfitting", IEEE CSF 2018. :arxiv:`1709.01604`

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import GradientBoostingClassifier
    >>> from skmia.defenses import EarlyStoppedClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> boosting = GradientBoostingClassifier(learning_rate=0.5)
    >>> model = EarlyStoppedClassifier(boosting, random_state=0).fit(X, y)
    >>> model.n_epochs_, model.history_["n_epochs"].tolist()
    (8, [1, 2, 4, 8, 16, 32, 64, 100])
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label", "white-box"),
        broken_by="records of outsized influence (LiRA, canaries), whatever the gap",
        paper="Yeom et al. 2018",
    )

    _voids_guarantee = (
        "it trains on the same records for each length, and stops by losses "
        "without noise"
    )

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "max_epochs": [COUNT],
        "patience": [COUNT],
        "max_gap": [NOT_NEGATIVE, None],
        "validation_fraction": [Interval(Real, 0, 0.5, closed="right")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        max_epochs: int = 100,
        patience: int = 5,
        max_gap: float | None = None,
        validation_fraction: float = 0.1,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.max_epochs = max_epochs
        self.patience = patience
        self.max_gap = max_gap
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        rng = check_random_state(self.random_state)
        model = clone(self.estimator)
        if self.random_state is not None:
            set_random_states(model, rng)
        train, validation = self._split(X, y, draw_seeds(rng))
        X_train, y_train = _safe_indexing(X, train), y[train]
        X_validation, y_validation = _safe_indexing(X, validation), y[validation]
        w_train, w_validation = None, None
        if sample_weight is not None:
            w_train, w_validation = sample_weight[train], sample_weight[validation]
        classes = np.unique(y)

        history, best, waited = [], None, 0
        stages = _stages(model, X_train, y_train, w_train, self.max_epochs, rng)
        for length, stage in stages:
            loss = _loss(stage, X_validation, y_validation, w_validation, classes)
            training_loss = _loss(stage, X_train, y_train, w_train, classes)
            history.append((length, training_loss, loss))
            if self.max_gap is not None and loss - training_loss > self.max_gap:
                break
            if best is None or loss < best[0]:
                # The next pass would go on with the same object.
                best, waited = (loss, length, deepcopy(stage)), 0
            else:
                waited += 1
            if waited == self.patience:
                break
        if best is None:
            raise ValueError(
                "The 'max_gap' parameter of EarlyStoppedClassifier must be at least "
                "the gap between validation and training loss after the first stage, "
                f"{loss - training_loss:.3f}. Got {self.max_gap} instead."
            )
        columns = ["n_epochs", "training_loss", "validation_loss"]
        return {
            "estimator_": best[2],
            "n_epochs_": best[1],
            "history_": pd.DataFrame(history, columns=columns),
        }

    def _split(self, X, y, seed):
        """Rows that are trained on, and rows held out: both have every class."""
        number = number_records(X)
        labels = rarest_classes(number, y)
        classes, counts = np.unique(labels, return_counts=True)
        if counts.min() < 2:
            raise ValueError(
                "EarlyStoppedClassifier needs at least 2 different records of every "
                "class, one of them to be held out. Got 1 of class "
                f"{classes.tolist()[counts.argmin()]!r}."
            )
        n_validation = max(int(self.validation_fraction * len(labels)), len(classes))
        train, validation = train_test_split(
            np.arange(len(labels)),
            test_size=n_validation,
            stratify=labels,
            random_state=seed,
        )
        return _rows(number, train), _rows(number, validation)


def _rows(number, records):
    """All rows of some different records, in the order of these."""
    place = np.full(number.max() + 1, -1)
    place[records] = np.arange(len(records))
    rows = np.flatnonzero(place[number] >= 0)
    return rows[np.argsort(place[number[rows]], kind="stable")]


def _stages(model, X, y, sample_weight, max_epochs, rng):
    """Lengths of training, and the model after each."""
    if hasattr(model, "partial_fit"):
        return enumerate(
            passes(model, X, y, max_epochs, sample_weight=sample_weight, rng=rng), 1
        )
    length = _length_parameter(model)
    return _refits(model, length, X, y, sample_weight, max_epochs)


def _refits(model, name, X, y, sample_weight, max_epochs):
    """A new model for every length of training."""
    for power in range((max_epochs - 1).bit_length() + 1):
        length = min(2**power, max_epochs)
        stage = clone(model).set_params(**{name: length})
        with warnings.catch_warnings():
            # To stop before convergence is the point.
            warnings.simplefilter("ignore", ConvergenceWarning)
            stage.fit(X, y, **fit_weights(stage, sample_weight))
        yield length, stage


def _length_parameter(model):
    """Name of the parameter that says how long the model is trained."""
    last, prefix = last_step(model)
    names = last.get_params(deep=False)
    # More trees make a forest smoother: only in boosting they come one after another.
    boosting = ["n_estimators"] if "learning_rate" in names else []
    for name in ["max_epochs", "max_iter", *boosting, "max_depth"]:
        if name in names:
            return prefix + name
    raise TypeError(
        "The 'estimator' parameter of EarlyStoppedClassifier must be a classifier "
        "with partial_fit, or with one of the parameters max_epochs, max_iter, "
        f"n_estimators (boosting) and max_depth. Got {model!r} instead."
    )


def _loss(model, X, y, sample_weight, classes):
    """Mean log loss; without scores the error rate."""
    if not hasattr(model, "predict_proba"):
        return float(np.average(model.predict(X) != y, weights=sample_weight))
    P = aligned_posterior(model, X, classes)
    own = P[np.arange(len(y)), np.searchsorted(classes, y)]
    losses = -np.log(np.clip(own, 1e-12, 1))
    return float(np.average(losses, weights=sample_weight))
