"""Posteriors minus a sigmoid of themselves."""

from __future__ import annotations

from skmia.defenses._base import OutputDefense
from skmia.utils._card import DefenseCard
from skmia.utils._posteriors import reverse_sigmoid_posterior
from skmia.utils._sklearn import NOT_NEGATIVE
from skmia.utils._typing import Classifier


class ReverseSigmoidPosterior(OutputDefense):
    """Classifier that pulls the posterior of another one back from its extremes.

    Each entry p is released as ``p - beta * (sigmoid(gamma * logit(p)) - 1 / 2)``,
    clipped to [0, 1] and renormalised. In rows whose predicted class that would
    change, beta is halved until it does not.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    beta : float, default=1.0
        Size of the change; 0 releases the posterior as it is.
    gamma : float, default=0.1
        Steepness of the sigmoid: how far from 1/2 the change begins.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    TemperaturePosterior : Pull all rows towards uniform.
    NoisyPosterior : Add noise that the adversary cannot foretell.

    Notes
    -----
    Threat model: the adversary sees scores and does not know of the defense, which
    was proposed against the stealing of models. It is a fixed function of the
    posterior: shadow models with the same one adapt to it. No formal guarantee.

    References
    ----------
    T. Lee, B. Edwards, I. Molloy, D. Su, "Defending Against Neural Network Model
    Stealing Attacks Using Deceptive Perturbations", IEEE S&P Workshops 2019.
    :arxiv:`1806.00054`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import ReverseSigmoidPosterior
    >>> X, y = load_iris(return_X_y=True)
    >>> model = ReverseSigmoidPosterior(GaussianNB()).fit(X, y)
    >>> model.predict_proba(X[:1]).round(2)
    array([[0.44, 0.28, 0.28]])
    """

    _only_masks = True
    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="shadow models masked alike; the gap attack; label-only attacks",
        paper="Lee et al. 2019",
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "beta": [NOT_NEGATIVE],
        "gamma": [NOT_NEGATIVE],
    }

    def __init__(
        self, estimator: Classifier, *, beta: float = 1.0, gamma: float = 0.1
    ) -> None:
        self.estimator = estimator
        self.beta = beta
        self.gamma = gamma

    def _release(self, P, X):
        return reverse_sigmoid_posterior(P, self.beta, self.gamma)
