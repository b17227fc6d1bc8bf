"""Training on altered copies of the records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.defenses._numbers import features_of, takes_numbers
from skmia.defenses.training._augmenters import AUGMENTERS, NUMERIC
from skmia.utils._card import DefenseCard
from skmia.utils._records import concatenate, like
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, StrOptions
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._weights import fit_weights, weight_parameter


class AugmentedClassifier(TrainingDefense):
    """Classifier that is trained on altered copies of the records.

    Copies keep the label of their record. Where the inner model takes
    ``sample_weight``, the rows of one record weigh as much together as the record did
    alone.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    augmenter : str or callable, default="jitter"
        How a copy differs from its record. "jitter": Gaussian noise on every feature,
        its standard deviation `strength` times that of the column. "drop": a feature
        becomes the mean of its column, with probability `strength`. "interpolate": the
        record moves towards a random other record of its class, at most `strength` of
        the way. "resample": a feature takes the value of a random record, with
        probability `strength`; for categories and missing values too. The others need
        numbers. A callable ``f(X, y, rng) -> X`` makes one copy of all records, of
        whatever kind they are.
    strength : float, default=0.1
        How far copies are from their records, 0 to 1 except for "jitter". 0 copies
        them as they are. A callable does not use it.
    n_copies : int, default=1
        Copies of each record.
    keep_original : bool, default=True
        Whether the records themselves are trained on too.
    random_state : int, RandomState instance or None, default=None
        Seed of the copies.

    Attributes
    ----------
    estimator_ : classifier
        The fitted clone, which is what is released.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    MixupClassifier : Mix records of different classes, and their labels.
    ObfuscatedClassifier : Add noise to a part of the records, once.

    Notes
    -----
    Threat model: the adversary sees scores or labels. No formal guarantee. Copies are
    made once, before training, not anew in every epoch. Whether augmentation helps
    depends on its kind and strength; an adversary who knows it asks about altered
    copies of a candidate too and averages the losses, which can leak more than the
    record alone: audit with such an attack. A model that memorises (1-NN, a full
    tree) goes on memorising with `keep_original`.

    References
    ----------
    Y. Kaya, T. Dumitraș, "When Does Data Augmentation Help With Membership Inference
    Attacks?", ICML 2021.

    D. Yu, H. Zhang, W. Chen, J. Yin, T.-Y. Liu, "How Does Data Augmentation Affect
    Privacy in Machine Learning?", AAAI 2021. :arxiv:`2007.10567`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import AugmentedClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = AugmentedClassifier(GaussianNB(), n_copies=3, random_state=0)
    >>> model.fit(X, y).score(X, y) > 0.9
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label"),
        broken_by="attacks that ask about altered copies of a record; shadow models",
        paper="Kaya and Dumitraș 2021",
    )

    _voids_guarantee = "a record counts several times, with its copies"

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "augmenter": [StrOptions(set(AUGMENTERS)), callable],
        "strength": [NOT_NEGATIVE],
        "n_copies": [COUNT],
        "keep_original": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        augmenter: str | Callable[..., Any] = "jitter",
        strength: float = 0.1,
        n_copies: int = 1,
        keep_original: bool = True,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.augmenter = augmenter
        self.strength = strength
        self.n_copies = n_copies
        self.keep_original = keep_original
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        self._check_strength()
        rng = check_random_state(self.random_state)
        if self._computes():
            X = like(X, features_of(X, type(self).__name__))
        parts = [X] if self.keep_original else []
        parts += [self._copy(X, y, rng) for _ in range(self.n_copies)]
        by_weight = len(parts) > 1 and weight_parameter(self.estimator) is not None
        if sample_weight is None and by_weight:
            sample_weight = np.ones(len(y))
        if sample_weight is not None:
            sample_weight = np.tile(sample_weight / len(parts), len(parts))
        model = clone(self.estimator)
        weights = fit_weights(model, sample_weight)
        model.fit(concatenate(parts), np.tile(y, len(parts)), **weights)
        return {"estimator_": model}

    def _computes(self):
        return isinstance(self.augmenter, str) and self.augmenter in NUMERIC

    def _check_strength(self):
        bounded = isinstance(self.augmenter, str) and self.augmenter != "jitter"
        if bounded and self.strength > 1:
            raise ValueError(
                "The 'strength' parameter of AugmentedClassifier must be in [0, 1] "
                f"for the augmenter {self.augmenter!r}. Got {self.strength!r} instead."
            )

    def _copy(self, X, y, rng):
        if not callable(self.augmenter):
            altered = AUGMENTERS[self.augmenter]
            if not self._computes():
                return altered(X, y, self.strength, rng)
            return like(X, altered(np.asarray(X), y, self.strength, rng))
        # A copy of the records: they may be the user's own, and altered in place.
        copy = self.augmenter(X.copy(), y, rng)
        if np.shape(copy) != X.shape:
            raise ValueError(
                "The 'augmenter' parameter of AugmentedClassifier must return records "
                f"of the shape it was given, {X.shape}. Got {np.shape(copy)} instead."
            )
        return copy if sparse.issparse(X) or hasattr(copy, "iloc") else like(X, copy)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if self._computes():
            return takes_numbers(tags)
        tags.input_tags.sparse &= callable(self.augmenter)
        return tags
