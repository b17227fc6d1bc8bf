"""Rounded posteriors."""

from __future__ import annotations

from numbers import Integral

from skmia.defenses._base import OutputDefense
from skmia.utils._card import DefenseCard
from skmia.utils._posteriors import MAX_DECIMALS, round_posterior
from skmia.utils._sklearn import Interval
from skmia.utils._typing import Classifier


class RoundedPosterior(OutputDefense):
    """Classifier that releases the posterior of another one rounded to few digits.

    Each entry is rounded, then the row is divided by its sum. Rounding never changes
    the predicted class: a row that would be all 0 becomes 1 at its largest entry, and
    a largest entry that an earlier one would tie gets one step more.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    decimals : int, default=2
        Digits of each probability that are released, from 0 (the class only) to 15.

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
    TopKPosterior : Release the largest entries only.
    LabelOnly : Release the class only.

    Notes
    -----
    Threat model: the adversary sees scores, a finite number of different ones. The
    parameters of the model are not protected. No formal guarantee: attacks that use
    labels alone lose nothing, and an adversary who rounds the outputs of its shadow
    models as well adapts to the rest.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov, "Membership Inference Attacks
    Against Machine Learning Models", IEEE S&P 2017. :arxiv:`1610.05820`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skmia.defenses import RoundedPosterior
    >>> X, y = load_iris(return_X_y=True)
    >>> model = RoundedPosterior(LogisticRegression(max_iter=500), decimals=1)
    >>> model.fit(X, y).predict_proba(X[:2])
    array([[1., 0., 0.],
           [1., 0., 0.]])
    """

    _only_masks = True
    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="shadow models rounded alike; the gap attack; label-only attacks",
        paper="Shokri et al. 2017",
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "decimals": [Interval(Integral, 0, MAX_DECIMALS, closed="both")]
    }

    def __init__(self, estimator: Classifier, *, decimals: int = 2) -> None:
        self.estimator = estimator
        self.decimals = decimals

    def _release(self, P, X):
        return round_posterior(P, self.decimals)
