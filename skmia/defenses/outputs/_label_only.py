"""No posterior at all."""

from __future__ import annotations

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skmia.utils._card import DefenseCard
from skmia.utils._typing import Classifier, MatrixLike
from skmia.utils._wrapper import ClassifierWrapper


class LabelOnly(ClassifierWrapper):
    """Classifier that releases the predicted labels of another one and no scores.

    There is no ``predict_proba``, fitted or not. Works on *records*: `X` holds
    features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend. `fit` clones it.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    RoundedPosterior : Release few digits of every entry.
    TopKPosterior : Release the largest entries only.

    Notes
    -----
    Threat model: the adversary sees labels. One label per record still tells whether
    the model is right, and members are right more often; labels of many perturbed
    copies of a record tell how far it lies from the decision boundary.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov, "Membership Inference Attacks
    Against Machine Learning Models", IEEE S&P 2017. :arxiv:`1610.05820`

    C. A. Choquette-Choo, F. Tramèr, N. Carlini, N. Papernot, "Label-Only Membership
    Inference Attacks", ICML 2021. :arxiv:`2007.14321`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import LabelOnly
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LabelOnly(GaussianNB()).fit(X, y)
    >>> model.predict(X[:3])
    array([0, 0, 0])
    >>> hasattr(model, "predict_proba")
    False
    """

    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="the gap attack; labels of many perturbed copies of a record",
        paper="Shokri et al. 2017",
    )

    def __init__(self, estimator: Classifier) -> None:
        self.estimator = estimator

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Labels that the inner classifier predicts.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)
