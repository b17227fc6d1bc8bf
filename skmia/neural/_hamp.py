"""HAMP: uncertain networks that release scores of random records."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone

from skmia.defenses import RandomScorePosterior
from skmia.defenses._base import TrainingDefense
from skmia.neural._net_classifier import NetClassifier
from skmia.neural.objectives import HAMPTraining
from skmia.utils._card import DefenseCard
from skmia.utils._inside import last_step
from skmia.utils._typing import Classifier, RandomStateLike


class HAMPClassifier(TrainingDefense):
    """Network that is trained to be uncertain, and releases scores of random records.

    High-accuracy and membership privacy (HAMP) has two parts that belong together:
    targets of high entropy with a reward for uncertain answers
    (:class:`skmia.neural.objectives.HAMPTraining`), and scores that are those of random
    records in the order of the true ones
    (:class:`skmia.defenses.RandomScorePosterior`).

    Works on *records*: `X` holds features, dense and numeric, `y` class labels.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : NetClassifier or Pipeline that ends in one
        Network to train, without an objective of its own. `fit` clones it.
    gamma : float in (0, 1), default=0.5
        Entropy of the targets, as a share of the largest one.
    alpha : float, default=0.01
        Weight of the mean entropy of the answers.
    bounds : tuple (low, high), default=None
        Between what the features of random records are drawn uniformly: numbers, or
        one for each feature. None for the smallest and the largest value of each
        feature in `fit`.
    random_state : int, RandomState instance or None, default=None
        Key of the draws. An int that others may guess is no secret.

    Attributes
    ----------
    estimator_ : RandomScorePosterior
        What is released, with the network inside.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen by the network.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the network was given names.

    See Also
    --------
    skmia.defenses.LabelOnly : Releases less, of any classifier.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee. Labels are those of
    the network, so that attacks on labels find what they find without the second part.
    ``benchmarks/bench_neural.py`` measures the training alone and both parts.

    References
    ----------
    Z. Chen, K. Pattabiraman, "Overconfidence is a Dangerous Thing: Mitigating
    Membership Inference Attacks by Enforcing Less Confident Prediction", NDSS 2024.
    :arxiv:`2307.01610`

    M. Aerni, J. Zhang, F. Tramèr, "Evaluations of Machine Learning Privacy Defenses
    are Misleading", CCS 2024. :arxiv:`2404.17399`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import HAMPClassifier, NetClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = HAMPClassifier(NetClassifier(random_state=0), random_state=0)
    >>> model.fit(X[:900], y[:900]).score(X[900:], y[900:]) > 0.8
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores",),
        broken_by="the gap attack; label-only attacks; canaries (Aerni et al. 2024)",
        paper="Chen and Pattabiraman 2024",
    )

    _parameter_constraints = (
        RandomScorePosterior._parameter_constraints
        | HAMPTraining._parameter_constraints
    )

    def __init__(
        self,
        estimator: Classifier,
        *,
        gamma: float = 0.5,
        alpha: float = 0.01,
        bounds: tuple[Any, Any] | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.gamma = gamma
        self.alpha = alpha
        self.bounds = bounds
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        network, prefix = last_step(self.estimator)
        if not isinstance(network, NetClassifier) or network.objective is not None:
            raise TypeError(
                "The 'estimator' parameter of HAMPClassifier must be a NetClassifier "
                "without an objective, or a pipeline that ends in one. Got "
                f"{self.estimator!r} instead."
            )
        objective = HAMPTraining(self.gamma, alpha=self.alpha)
        model = clone(self.estimator).set_params(**{f"{prefix}objective": objective})
        released = RandomScorePosterior(
            model, bounds=self.bounds, random_state=self.random_state
        )
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        return {"estimator_": released.fit(X, y, **weights)}

    def __sklearn_tags__(self):
        return RandomScorePosterior(self.estimator).__sklearn_tags__()
