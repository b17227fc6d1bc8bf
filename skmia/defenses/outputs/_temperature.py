"""Softened posteriors."""

from __future__ import annotations

from skmia.defenses._base import OutputDefense
from skmia.utils._card import DefenseCard
from skmia.utils._posteriors import soften_posterior
from skmia.utils._sklearn import POSITIVE
from skmia.utils._typing import Classifier


class TemperaturePosterior(OutputDefense):
    """Classifier that releases the posterior of another one at a higher temperature.

    The logarithms of each row are divided by the temperature, and the row is
    renormalised. Neither the predicted class nor the order of the entries changes. An
    entry of 0 counts as 1e-30.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    temperature : float, default=2.0
        1 releases the posterior as it is, more brings it closer to uniform, less
        closer to the class only.

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
    RoundedPosterior : Release few digits; after a high temperature little is left.

    Notes
    -----
    Threat model: the adversary sees scores and does not know of the defense. The map
    can be undone, so that shadow models with the same temperature lose nothing but
    the last digits: only thresholds from undefended models are misled. Entries that
    are next to 1 even come apart. No formal guarantee.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov, "Membership Inference Attacks
    Against Machine Learning Models", IEEE S&P 2017. :arxiv:`1610.05820`

    G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network",
    2015. :arxiv:`1503.02531`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import TemperaturePosterior
    >>> X, y = load_iris(return_X_y=True)
    >>> model = TemperaturePosterior(GaussianNB(), temperature=20).fit(X, y)
    >>> model.predict_proba(X[:1]).round(2)
    array([[0.85, 0.11, 0.05]])
    """

    _only_masks = True
    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="shadow models at the same temperature; the gap attack; label-only "
        "attacks",
        paper="Shokri et al. 2017",
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "temperature": [POSITIVE]
    }

    def __init__(self, estimator: Classifier, *, temperature: float = 2.0) -> None:
        self.estimator = estimator
        self.temperature = temperature

    def _release(self, P, X):
        return soften_posterior(P, self.temperature)
