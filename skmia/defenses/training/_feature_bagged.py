"""Dropout for any model: an ensemble in which each member sees some features only."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier
from sklearn.utils import check_array, check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.utils._card import DefenseCard
from skmia.utils._parallel import in_parallel
from skmia.utils._random import draw_seeds
from skmia.utils._sklearn import COUNT, FRACTION_BELOW_1, JOBS
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._weights import fit_weights


class FeatureBaggedClassifier(TrainingDefense):
    """Mean of several models, each trained without a random part of the features.

    Dropout on the inputs, for models that are not trained by gradient steps: each
    clone drops other features for good, and the mean of all is released.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    drop : float, default=0.5
        Part of the features that each model does not see, below 1. At least one
        feature is left. 0 is the mean of models that see everything.
    n_estimators : int, default=10
        Number of models.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the dropped features and of every model. It replaces the
        ``random_state`` of `estimator`.

    Attributes
    ----------
    estimator_ : BaggingClassifier
        The released ensemble.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    DisjointStackingClassifier : Each model sees other records, not other features.

    Notes
    -----
    Nothing is random once fitted: dropout that goes on in predictions would average
    out over repeated questions. Every model is trained on all records, and is given
    columns of an array: one that picks DataFrame columns by name cannot be inside.

    With ``sample_weight`` every model is fitted twice: scikit-learn's bag would draw
    records by their weights.

    Threat model: the adversary sees scores or labels. No formal guarantee: each record
    has been learned by every model of the mean. Reported effects of dropout are
    moderate, and it is counted among the weak defenses.

    References
    ----------
    A. Salem et al., "ML-Leaks: Model and Data Independent Membership Inference Attacks
    and Defenses on Machine Learning Models", NDSS 2019. :arxiv:`1806.01246`

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import FeatureBaggedClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = FeatureBaggedClassifier(DecisionTreeClassifier(), random_state=0)
    >>> model.fit(X, y).predict_proba(X[:2]).shape
    (2, 2)
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label"),
        broken_by="attacks trained on shadow models of the same kind; LiRA",
        paper="Salem et al. 2019",
    )

    _voids_guarantee = "each of its models is trained on all records"

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "drop": [FRACTION_BELOW_1],
        "n_estimators": [COUNT],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        drop: float = 0.5,
        n_estimators: int = 10,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.drop = drop
        self.n_estimators = n_estimators
        self.n_jobs = n_jobs
        self.random_state = random_state

    @property
    def _template(self):
        # Votes are scores: the ensemble has some where the model has none.
        return BaggingClassifier(self.estimator)

    def _train(self, X, y, sample_weight=None):
        seed = draw_seeds(check_random_state(self.random_state))
        bag = BaggingClassifier(
            clone(self.estimator),
            n_estimators=self.n_estimators,
            # Counted here: BaggingClassifier truncates, and 10 * (1 - 0.8) < 2.
            max_features=max(1, round((1 - self.drop) * X.shape[1])),
            bootstrap=False,
            n_jobs=self.n_jobs,
            random_state=seed,
        ).fit(X, y)
        if sample_weight is not None:
            self._fit_again(bag, X, y, sample_weight)
        # Parallel predictions add up in another order, which shows in the last digit.
        return {"estimator_": bag.set_params(n_jobs=None)}

    def _fit_again(self, bag, X, y, sample_weight):
        """Fit the models with weights: same features, same seeds.

        A bag draws records by their weights. Here every model is given all records.
        """
        X = check_array(
            X, accept_sparse=["csr", "csc"], dtype=None, ensure_all_finite=False
        )
        codes = np.searchsorted(bag.classes_, y)
        calls = [
            {"model": model, "columns": columns}
            for model, columns in zip(
                bag.estimators_, bag.estimators_features_, strict=True
            )
        ]
        shared = {"X": X, "y": codes, "sample_weight": sample_weight}
        fitted = in_parallel(_fit_columns, calls, shared=shared, n_jobs=self.n_jobs)
        bag.estimators_ = list(fitted)


def _fit_columns(model, columns, X, y, sample_weight):
    weights = fit_weights(model, sample_weight)
    return clone(model).fit(X[:, columns], y, **weights)
