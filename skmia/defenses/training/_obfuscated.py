"""Training on records that were made noisy."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.defenses._numbers import column_moments, features_of, takes_numbers
from skmia.defenses.private._declared import check_bounds
from skmia.defenses.training._augmenters import add_noise
from skmia.utils._card import DefenseCard
from skmia.utils._records import like
from skmia.utils._sklearn import FRACTION, NOT_NEGATIVE, StrOptions
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._weights import fit_weights


class ObfuscatedClassifier(TrainingDefense):
    """Classifier that is trained on noisy records, and on added ones.

    Noise on the records hides what each of them is; added noisy records hide the
    statistics of a group of them. Labels stay as they are.

    Works on *records*: `X` holds features, dense and numeric, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    noise : {"gaussian", "uniform"}, default="gaussian"
        Law of the noise.
    scale : float, default=0.1
        Standard deviation of the noise on a feature, in standard deviations of its
        column.
    fraction : float in [0, 1], default=1.0
        Part of the records that gets noise; the others are trained on as they are.
    extra : float, default=0.0
        Records to add, as a share of the training records: noisy copies of records
        drawn at random, with their labels.
    bounds : tuple (low, high), default=None
        Ends of the range of the features, numbers or arrays of shape (n_features,):
        what the model is trained on is clipped to them.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise and of the choice of records.

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
    AugmentedClassifier : Train on several altered copies of every record.
    SurrogateDataClassifier : Train on synthetic records only.

    Notes
    -----
    Threat model: the adversary sees scores, labels or parameters. No formal guarantee:
    the noise is not calibrated to bounds of the features, and its scale is read from
    the records. A model that memorises noisy records still tells members apart as far
    as a record is nearer to its own noisy copy than to others: small noise in many
    features hides little. The paper gives no law and no magnitude of the noise; those
    here are ours.

    References
    ----------
    T. Zhang, Z. He, R. B. Lee, "Privacy-preserving Machine Learning through Data
    Obfuscation", 2018. :arxiv:`1807.01860`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import ObfuscatedClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = ObfuscatedClassifier(GaussianNB(), scale=0.5, random_state=0)
    >>> model.fit(X, y).score(X, y) > 0.9
    True
    """

    _card = DefenseCard(
        family="training data",
        addresses=("scores", "label", "white-box"),
        broken_by="shadow models trained alike; records near to their own noisy copy",
        paper="Zhang, He and Lee 2018",
    )

    _voids_guarantee = (
        "the noise on a record is as large as the spread of all, which is read "
        "without noise"
    )

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "noise": [StrOptions({"gaussian", "uniform"})],
        "scale": [NOT_NEGATIVE],
        "fraction": [FRACTION],
        "extra": [NOT_NEGATIVE],
        "bounds": [tuple, list, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        noise: Literal["gaussian", "uniform"] = "gaussian",
        scale: float = 0.1,
        fraction: float = 1.0,
        extra: float = 0.0,
        bounds: tuple[Any, Any] | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.noise = noise
        self.scale = scale
        self.fraction = fraction
        self.extra = extra
        self.bounds = bounds
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        rng = check_random_state(self.random_state)
        numbers = features_of(X, type(self).__name__)
        records, source = self._obfuscate(numbers, rng)
        own = None if sample_weight is None else sample_weight[source]
        model = clone(self.estimator)
        model.fit(like(X, records), y[source], **fit_weights(model, own))
        return {"estimator_": model}

    def _obfuscate(self, X, rng):
        """Records to train on, and which record each of them was made from."""
        n_samples, n_features = X.shape
        deviation = self.scale * column_moments(X)[1]
        hidden = rng.permutation(n_samples)[: round(self.fraction * n_samples)]
        added = rng.randint(n_samples, size=round(self.extra * n_samples))
        records = np.vstack([X, X[added]])
        noisy = np.append(hidden, np.arange(n_samples, len(records)))
        records[noisy] = add_noise(records[noisy], deviation, self.noise, rng)
        if self.bounds is not None:
            bounds = check_bounds(self.bounds, n_features, type(self).__name__)
            records = np.clip(records, *bounds).astype(X.dtype, copy=False)
        return records, np.append(np.arange(n_samples), added)

    def __sklearn_tags__(self):
        return takes_numbers(super().__sklearn_tags__())
