"""Trajectories by distillation: an imitation of a model, seen while it learns."""

from __future__ import annotations

from copy import deepcopy
from inspect import signature
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import _safe_indexing, check_random_state

from skmia.signals import Signal, observe
from skmia.utils._deprecation import renamed_parameters
from skmia.utils._passes import passes
from skmia.utils._random import set_random_states
from skmia.utils._sklearn import COUNT_OR_0, HasMethods, validate_params
from skmia.utils._typing import (
    Classifier,
    MatrixLike,
    ProbabilisticClassifier,
    RandomStateLike,
)

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike

# Entries of a posterior that the student is not shown: with many classes most of the
# rows it would be trained on, and together next to nothing of the weight.
NEGLIGIBLE = 1e-4


@renamed_parameters(metrics="signals", since="0.2", until="0.4")
class DistilledTrajectory:
    """Imitate a fitted model, and keep the imitation as it was after each epoch.

    A student is trained on the posteriors that the model gives to unlabelled records.
    What its snapshots say about a record stands in for what the model said while it
    was trained: the trajectory of the record. Distil the target and a shadow model on
    the same records and the same seed, and any binary classifier on trajectories is
    the attack.

    Parameters
    ----------
    student : classifier or Pipeline, default=None
        Imitates the model. It, or the last step of the pipeline, needs
        ``predict_proba`` and a ``partial_fit`` with sample weights (`MLPClassifier`,
        ``SGDClassifier(loss="log_loss")``). The steps before it are
        fitted once, on the unlabelled records. None: a standardised network with 100
        hidden units.
    n_snapshots : int, default=20
        Epochs of the student. 0 leaves the model itself.
    signals : str, Signal or list of them, default=("loss",)
        What is seen of each snapshot, by name: "loss" for TrajectoryMIA; "loss",
        "max_confidence", "posterior_std", "entropy" and "modified_entropy" for SeqMIA.

        .. versionchanged:: 0.2
           It was called `metrics`.
    random_state : int, RandomState instance or None, default=None
        Seed of the student.

    Attributes
    ----------
    model_ : fitted classifier
        The model that was imitated.
    snapshots_ : list of fitted classifiers
        The student after each epoch; `n_snapshots` of them.
    classes_ : ndarray of shape (n_classes,)
        Class labels of the model, and of every snapshot.

    See Also
    --------
    distilled_observations : In one call, and as a signal.
    training_observations : The true trajectory, of an observer of the training.

    Notes
    -----
    Level: records in, observations out. Threat model: scores of the model for the
    unlabelled records (one query each, of the same population) and for the candidates.

    Soft labels are given as weights: every record once for each class, weighted with
    the posterior; entries below 1e-4 are left out. The student knows all classes of the
    model, those too that no posterior mentions.

    References
    ----------
    Y. Liu et al., "Membership Inference Attacks by Exploiting Loss Trajectory", ACM CCS
    2022. arXiv:2208.14933. H. Li et al., "SeqMIA: Sequential-Metric Based Membership
    Inference Attack", ACM CCS 2024. arXiv:2407.15098.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.shadow import DistilledTrajectory
    >>> X, y = load_digits(return_X_y=True)
    >>> target = DecisionTreeClassifier(random_state=0).fit(X[:500], y[:500])
    >>> trajectory = DistilledTrajectory(n_snapshots=3, random_state=0)
    >>> Z = trajectory.fit(target, X[1000:]).observe(X[:900], y[:900])
    >>> list(Z)
    ['loss_0', 'loss_1', 'loss_2', 'loss_3']
    >>> bool(Z["loss_3"][:500].mean() < Z["loss_3"][500:].mean())
    True
    """

    @validate_params(
        student=[HasMethods(["fit", "get_params"]), None],
        n_snapshots=[COUNT_OR_0],
        signals=[str, Signal, list, tuple],
        random_state=["random_state"],
    )
    def __init__(
        self,
        student: Classifier | None = None,
        *,
        n_snapshots: int = 20,
        signals: SignalsLike = ("loss",),
        random_state: RandomStateLike = None,
    ) -> None:
        self.student = student
        self.n_snapshots = n_snapshots
        self.signals = signals
        self.random_state = random_state

    def fit(self, model: ProbabilisticClassifier, X: MatrixLike) -> Self:
        """Imitate a model.

        Parameters
        ----------
        model : fitted classifier
            Target or shadow model; asked once for its posteriors.
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            Records without labels, not those whose membership is in question.

        Returns
        -------
        self : object
        """
        self.model_ = model
        self.classes_ = np.asarray(model.classes_)
        rng = check_random_state(self.random_state)
        prepare, learner = _parts(self.student)
        set_random_states(learner, rng)
        posterior = model.predict_proba(X)
        rows, labels = np.nonzero(posterior >= NEGLIGIBLE)
        shown = _safe_indexing(prepare.fit_transform(X), rows)
        self.snapshots_ = []
        for stage in passes(
            *(learner, shown, self.classes_[labels], self.n_snapshots),
            classes=self.classes_,
            sample_weight=posterior[rows, labels],
        ):
            steps = [("prepare", prepare), ("learner", deepcopy(stage))]
            self.snapshots_.append(Pipeline(steps))
        return self

    def observe(
        self,
        X: MatrixLike,
        y: ArrayLike | None = None,
        *,
        classes: ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Trajectories of records: what the snapshots say, then the model itself.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.
        y : array-like of shape (n_samples,), default=None
            True labels. Needed by signals such as "loss".
        classes : array-like of shape (n_classes,), default=None
            Labels that the columns and label codes stand for, see
            :func:`skmia.observe`.

        Returns
        -------
        Z : DataFrame of shape (n_samples, n_signals * (n_snapshots + 1))
            Observations. ``<signal>_<i>`` is what snapshot i says, the last one of each
            signal what the model says.
        """
        if not hasattr(self, "model_"):
            raise NotFittedError(
                "This DistilledTrajectory has imitated no model yet. Call 'fit' first."
            )
        models = [*self.snapshots_, self.model_]
        return observe_snapshots(models, X, y, self.signals, classes)


@renamed_parameters(metrics="signals", since="0.2", until="0.4")
def distilled_observations(
    model: ProbabilisticClassifier,
    X: MatrixLike,
    y: ArrayLike | None = None,
    classes: ArrayLike | None = None,
    *,
    X_distil: MatrixLike,
    student: Classifier | None = None,
    n_snapshots: int = 20,
    signals: SignalsLike = ("loss",),
    random_state: RandomStateLike = None,
) -> pd.DataFrame:
    """Trajectories of records in the snapshots of an imitation of a model.

    :class:`DistilledTrajectory` in one call. Its first arguments are those of a signal
    that asks the model itself: the example makes it one, so that shadow models and
    targets are distilled alike.

    Parameters
    ----------
    model : fitted classifier
        Target or shadow model.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records in question.
    y : array-like of shape (n_samples,), default=None
        Their labels. Needed by signals such as "loss".
    classes : array-like of shape (n_classes,), default=None
        Labels that the columns and label codes stand for.
    X_distil : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records without labels that the imitation is trained on.
    student : classifier or Pipeline, default=None
        See :class:`DistilledTrajectory`.
    n_snapshots : int, default=20
        Epochs of the student.
    signals : str, Signal or list of them, default=("loss",)
        What is seen of each snapshot.

        .. versionchanged:: 0.2
           It was called `metrics`.
    random_state : int, RandomState instance or None, default=None
        Seed of the student.

    Returns
    -------
    Z : DataFrame of shape (n_samples, n_signals * (n_snapshots + 1))
        Observations, see :meth:`DistilledTrajectory.observe`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.shadow import distilled_observations
    >>> from skmia.signals import signal
    >>> X, y = load_digits(return_X_y=True)
    >>> trajectory = signal(
    ...     "predict_proba",
    ...     probing=True,
    ...     name="loss",
    ...     columns=range(3),
    ...     X_distil=X[1200:],
    ...     n_snapshots=2,
    ...     random_state=0,
    ... )(distilled_observations)
    >>> tree = DecisionTreeClassifier()
    >>> shadows = ShadowModels(tree, n_shadows=2, signals=trajectory, random_state=0)
    >>> Z, member, _ = shadows.fit(X[:800], y[:800]).observations()
    >>> list(Z), len(Z)
    (['loss_0', 'loss_1', 'loss_2'], 1600)
    """
    trajectory = DistilledTrajectory(
        student, n_snapshots=n_snapshots, signals=signals, random_state=random_state
    )
    return trajectory.fit(model, X_distil).observe(X, y, classes=classes)


def _parts(student):
    """Unfitted preprocessing and learner of a student."""
    if student is None:
        student = make_pipeline(StandardScaler(), MLPClassifier())
    student = clone(student)
    steps = student.steps if isinstance(student, Pipeline) else [("learner", student)]
    learner = steps[-1][1]
    if not (
        hasattr(learner, "predict_proba")
        and hasattr(learner, "partial_fit")
        and "sample_weight" in signature(learner.partial_fit).parameters
    ):
        raise TypeError(
            "The 'student' parameter of DistilledTrajectory must end in a classifier "
            "with predict_proba, and partial_fit with sample_weight. Got "
            f"{learner!r} instead."
        )
    return Pipeline([("records", "passthrough"), *steps[:-1]]), learner


def observe_snapshots(models, X, y, signals, classes):
    """Observations of all models, grouped by signal and in the order of the models."""
    answers = [observe(model, X, y, signals, classes=classes) for model in models]
    values = np.stack([Z.to_numpy() for Z in answers], axis=2)
    names = [f"{name}_{i}" for name in answers[0] for i in range(len(models))]
    return pd.DataFrame(
        values.reshape(len(values), -1), columns=names, index=answers[0].index
    )
