"""Posteriors cut to their largest entries."""

from __future__ import annotations

from typing import Literal

from skmia.defenses._base import OutputDefense
from skmia.utils._card import DefenseCard
from skmia.utils._posteriors import top_k_posterior
from skmia.utils._sklearn import COUNT, StrOptions
from skmia.utils._typing import Classifier


class TopKPosterior(OutputDefense):
    """Classifier that releases the k largest probabilities of another one only.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    k : int, default=3
        Probabilities released per record; of equal ones those of the first classes.
        With as many classes or fewer nothing is hidden.
    fill : {"spread", "renormalise"}, default="spread"
        What stands in the other places, so that rows sum to 1. "spread": an equal
        share of what the released ones leave, which are exact then. "renormalise": 0,
        and the released ones are divided by their sum.

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
    RoundedPosterior : Release few digits of every entry.
    LabelOnly : Release the class only.

    Notes
    -----
    Threat model: the adversary sees scores, at most k of them per record. Expect
    little protection: the largest entries are the ones that tell members apart. With
    two classes, ``k=1`` and ``fill="spread"`` give the other entry away as the
    complement.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov, "Membership Inference Attacks
    Against Machine Learning Models", IEEE S&P 2017. :arxiv:`1610.05820`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import TopKPosterior
    >>> X, y = load_digits(return_X_y=True)
    >>> model = TopKPosterior(GaussianNB(), k=1).fit(X, y)
    >>> len(set(model.predict_proba(X[:1])[0]))
    2
    """

    _only_masks = True
    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="the largest scores alone; the gap attack; label-only attacks",
        paper="Shokri et al. 2017",
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "k": [COUNT],
        "fill": [StrOptions({"spread", "renormalise"})],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        k: int = 3,
        fill: Literal["spread", "renormalise"] = "spread",
    ) -> None:
        self.estimator = estimator
        self.k = k
        self.fill = fill

    def _release(self, P, X):
        return top_k_posterior(P, self.k, self.fill)
