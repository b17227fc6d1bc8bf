"""Training on mixed pairs of records."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.defenses._numbers import features_of, takes_numbers
from skmia.defenses.training._augmenters import between, partners
from skmia.utils._card import DefenseCard
from skmia.utils._records import like
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE
from skmia.utils._soft_labels import fit_soft_labels
from skmia.utils._typing import Classifier, RandomStateLike


class MixupClassifier(TrainingDefense):
    """Classifier that is trained on mixtures of two records and of their labels.

    Every record is mixed with another one, ``lam * x + (1 - lam) * x'``, and so are
    their one-hot labels; the model sees the mixtures only. The share is drawn from
    Beta(`alpha`, `alpha`), and the larger part of it goes to the record itself. An
    inner model that takes ``sample_weight`` is given each mixture once per label,
    weighted; others are given ten copies with labels in proportion.

    Works on *records*: `X` holds features, dense and numeric, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    alpha : float, default=0.4
        How evenly records are mixed. 0 is ordinary training; 1 draws shares uniformly.
    n_pairs : int, default=1
        Mixtures of each record, each with another partner.
    random_state : int, RandomState instance or None, default=None
        Partners and shares, and labels for an inner model that takes no weights.

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
    LabelSmoothedClassifier : Soften the labels, leave the records alone.
    AugmentedClassifier : Train on altered records with their own labels.

    Notes
    -----
    Threat model: the adversary sees scores or labels. No formal guarantee: an adversary
    who trains shadow models in the same way adapts, and with a small `alpha` most
    mixtures are nearly the record itself. Pairs are mixed once, before training, not
    anew in every epoch. One-hot columns become fractional.

    That the record itself gets the larger share (as in MixMatch) changes no more than
    the order within a pair, but leaves every class a share and makes ``alpha -> 0``
    ordinary training, each record once.

    With ``sample_weight`` each of the two labels weighs its share times the weight of
    its record, so that all mixtures that a record is in give it that weight on average.

    References
    ----------
    H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz, "mixup: Beyond Empirical Risk
    Minimization", ICLR 2018. :arxiv:`1710.09412`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import MixupClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MixupClassifier(GaussianNB(), alpha=1.0, random_state=0).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label"),
        broken_by="shadow models trained alike; likelihood-ratio attacks",
        paper="Zhang et al. 2018",
    )

    _voids_guarantee = "a record is part of several rows"

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "alpha": [NOT_NEGATIVE],
        "n_pairs": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        alpha: float = 0.4,
        n_pairs: int = 1,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.alpha = alpha
        self.n_pairs = n_pairs
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        rng = check_random_state(self.random_state)
        numbers = features_of(X, type(self).__name__)
        classes, codes = np.unique(y, return_inverse=True)
        targets = np.eye(len(classes))[codes]
        if sample_weight is not None:
            targets *= sample_weight[:, np.newaxis]
        mixtures = [
            mixed_pairs(numbers, targets, self.alpha, rng) for _ in range(self.n_pairs)
        ]
        records, targets = (np.vstack(parts) for parts in zip(*mixtures, strict=True))
        if sample_weight is not None:
            sample_weight = targets.sum(axis=1)
            targets /= sample_weight[:, np.newaxis]
        model = fit_soft_labels(
            self.estimator,
            like(X, records),
            targets,
            classes,
            random_state=rng,
            sample_weight=sample_weight,
        )
        return {"estimator_": model}

    def __sklearn_tags__(self):
        return takes_numbers(super().__sklearn_tags__())


def mixed_pairs(X, targets, alpha, rng):
    """Each record and its target mixed with those of another record.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    targets : ndarray of shape (n_samples, n_classes)
        Rows sum to the weights of the records.
    alpha : float
        0: nothing is mixed.
    rng : RandomState

    Returns
    -------
    records : ndarray of shape (n_samples, n_features)
    targets : ndarray of shape (n_samples, n_classes)
        Rows sum to the weights of the mixtures.
    """
    if alpha == 0:
        return X, targets
    share = rng.beta(alpha, alpha, size=(len(X), 1))
    share = np.minimum(share, 1 - share)  # of the partner
    partner = partners(np.zeros(len(X)), rng)
    return between(X, X[partner], share), between(targets, targets[partner], share)
