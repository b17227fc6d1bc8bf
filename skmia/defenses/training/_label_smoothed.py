"""Training on smoothed labels."""

from __future__ import annotations

import numpy as np

from skmia.defenses._base import TrainingDefense
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import FRACTION_BELOW_1
from skmia.utils._soft_labels import fit_soft_labels
from skmia.utils._typing import Classifier, RandomStateLike


class LabelSmoothedClassifier(TrainingDefense):
    """Classifier that is trained to be less than sure of every record.

    The target of a record is 1 - `smoothing` for its class, plus an equal share of
    `smoothing` for each of the classes. An inner model that takes ``sample_weight``
    is given every record once per class, weighted with its target: for models that
    minimise the log loss and for trees this is the soft-target cross-entropy exactly.
    Others, forests among them, are given ten copies of every record with labels in
    that proportion.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    smoothing : float in [0, 1), default=0.1
        Share of the target that is spread over all classes; 0 is ordinary training.
    random_state : int, RandomState instance or None, default=None
        Which labels the copies get, for an inner model that takes no weights.

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
    MixupClassifier : Mix records as well as their labels.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee. Losses of members and
    non-members come nearer to each other, so thresholds taken from undefended models
    fail; but members also become *alike*, all near the same target, and an attack that
    learned so from smoothed shadow models finds them better than before. In
    ``benchmarks/bench_label_smoothing.py`` the AUC of LiRA against a network rises by
    0.12, while trees and logistic regression leak as much as without. Measure it.

    Up to ten classes are weighted exactly; of more, the weights of every record are
    drawn in steps of 0.02. Parameters of the inner model that count records
    (``min_samples_leaf``, ``n_neighbors``, the size of a bag) go on counting records;
    ``class_weight="balanced"`` in a tree counts copies.

    References
    ----------
    C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, "Rethinking the Inception
    Architecture for Computer Vision", CVPR 2016. :arxiv:`1512.00567`

    Y. Kaya, T. Dumitraș, "When Does Data Augmentation Help With Membership Inference
    Attacks?", ICML 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import LabelSmoothedClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> model = LabelSmoothedClassifier(tree, smoothing=0.3).fit(X, y)
    >>> model.predict_proba(X[:1]).round(2)
    array([[0.8, 0.1, 0.1]])
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores",),
        broken_by="shadow models smoothed alike; the gap attack; label-only attacks",
        paper="Szegedy et al. 2016; Kaya and Dumitraș 2021",
    )

    _voids_guarantee = "a record counts several times, with different labels"

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "smoothing": [FRACTION_BELOW_1],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        smoothing: float = 0.1,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.smoothing = smoothing
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        classes, codes = np.unique(y, return_inverse=True)
        model = fit_soft_labels(
            self.estimator,
            X,
            smoothed_targets(codes, len(classes), self.smoothing),
            classes,
            random_state=self.random_state,
            sample_weight=sample_weight,
        )
        return {"estimator_": model}


def smoothed_targets(codes, n_classes, smoothing):
    """``(1 - smoothing) * onehot + smoothing / n_classes``, one row per record."""
    return (1 - smoothing) * np.eye(n_classes)[codes] + smoothing / n_classes
