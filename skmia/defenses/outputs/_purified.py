"""Posteriors squeezed through a bottleneck."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.defenses._base import OutputDefense
from skmia.utils._card import DefenseCard
from skmia.utils._hold_out import hold_out, without
from skmia.utils._inside import is_frozen
from skmia.utils._posteriors import keep_label, log_posterior
from skmia.utils._random import set_random_states
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import COUNT_OR_0, INNER_FRACTION, HasMethods
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike, Regressor


class PurifiedPosterior(OutputDefense):
    """Classifier that releases what a bottleneck leaves of another one's posterior.

    A map of posteriors to themselves that cannot hold all of them is learned on
    reference records, which the model was not trained on. Applied to members it
    makes their posteriors look like those of the reference records. By default the
    map is linear on the logarithms: the projection on their first principal
    components.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    n_components : int, default=1
        Width of the linear bottleneck; not used with `purifier`. One less than there
        are classes lets everything through, so that two classes need 0: then all
        records of a predicted class get the same answer.
    purifier : regressor, default=None
        Bottleneck of another kind, for several targets, such as an autoencoder
        ``MLPRegressor((16, 2, 16))``. It is fitted on logarithms of posteriors, the
        mean of each row subtracted, as features and as targets. None: linear.
    reference : {array-like, sparse matrix} of shape (n_reference, n_features), \
default=None
        Records that the model is not trained on, best with some of each class. None:
        a part of the training records, stratified by class, is held out and the model
        is trained on the others; around a frozen model, which `fit` does not train,
        all records that `fit` is given: do not give it those the model knows.
    reference_fraction : float, default=0.2
        Share of each class that is held out where `reference` is None: of its different
        records, equal ones (in single precision) together, whatever they weigh. At
        least one of each class is always left to train on.
    preserve_label : bool, default=True
        Never change the predicted class: where another entry becomes the largest, the
        two change places.
    random_state : int, RandomState instance or None, default=None
        Which records are held out, and the seed of `purifier`.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    purifier_ : regressor
        The fitted bottleneck.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    TopKPosterior : Release the largest entries only.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee: what the bottleneck
    lets through still differs between members and others, and with
    ``preserve_label`` attacks that use labels lose nothing. What was held out shapes
    the bottleneck: in an audit these records count as members.

    The paper trains an autoencoder with a term for the label, and optionally against
    a membership classifier. Here the label is kept by exchange, and there is no such
    classifier. Classes that are missing among the reference records are released
    much like others.

    References
    ----------
    Z. Yang, B. Shao, B. Xuan, E.-C. Chang, F. Zhang, "Defending Model Inversion and
    Membership Inference Attacks via Prediction Purification", 2020.
    :arxiv:`2005.03915`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skmia.defenses import PurifiedPosterior
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = RandomForestClassifier(n_estimators=10, random_state=0)
    >>> model = PurifiedPosterior(forest, random_state=0).fit(X, y)
    >>> bool((model.predict(X) == model.estimator_.predict(X)).all())
    True
    """

    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="shadow models purified alike; the gap attack; label-only attacks",
        paper="Yang et al. 2020",
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "n_components": [COUNT_OR_0],
        "purifier": [HasMethods(["fit", "predict"]), None],
        "reference": ["array-like", "sparse matrix", None],
        "reference_fraction": [INNER_FRACTION],
        "preserve_label": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        n_components: int = 1,
        purifier: Regressor | None = None,
        reference: MatrixLike | None = None,
        reference_fraction: float = 0.2,
        preserve_label: bool = True,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_components = n_components
        self.purifier = purifier
        self.reference = reference
        self.reference_fraction = reference_fraction
        self.preserve_label = preserve_label
        self.random_state = random_state

    @property
    def _voids_guarantee(self):
        if self.reference is not None:
            return None
        return "it learns from training records without noise; pass 'reference'"

    def _learn(self, X, y, sample_weight):
        rng = check_random_state(self.random_state)
        reference = X if self.reference is None else self.reference
        if self.reference is None and not is_frozen(self.estimator):
            X, y = check_labelled(X, y)
            X, y, reference, held_out = hold_out(
                self, X, y, self.reference_fraction, rng, "reference"
            )
            sample_weight = without(sample_weight, held_out)
        fitted = super()._learn(X, y, sample_weight)
        logits = _centred_logits(fitted["estimator_"].predict_proba(reference))
        purifier = _LinearBottleneck(self.n_components)
        if self.purifier is not None:
            purifier = set_random_states(clone(self.purifier), rng)
        return {**fitted, "purifier_": purifier.fit(logits, logits)}

    def _release(self, P, X):
        logits = self.purifier_.predict(_centred_logits(P))
        # With one class some regressors answer without its dimension.
        released = softmax(np.reshape(logits, P.shape), axis=1)
        return (
            keep_label(released, P.argmax(axis=1)) if self.preserve_label else released
        )


class _LinearBottleneck:
    """Projection on the first principal components, by least squares the best."""

    # Not PCA of scikit-learn: that warns where all posteriors are the same.
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, logits, _):
        self.mean_ = logits.mean(axis=0)
        axes = np.linalg.svd(logits - self.mean_, full_matrices=False)[2]
        self.components_ = axes[: self.n_components]
        return self

    def predict(self, logits):
        centred = logits - self.mean_
        return self.mean_ + centred @ self.components_.T @ self.components_


def _centred_logits(P):
    """Logarithms of a posterior in the form that its softmax does not forget."""
    logits = log_posterior(P)
    return logits - logits.mean(axis=1, keepdims=True)
