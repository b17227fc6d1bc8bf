"""A model that encodes records and decodes them again."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.utils._random import set_random_states
from skmia.utils._sklearn import HasMethods, _fit_context
from skmia.utils._typing import Estimator, RandomStateLike


class Autoencoder(MetaEstimatorMixin, BaseEstimator):
    """A model, and what is left of a record that it encodes and decodes.

    A target for audits and games, which learns from records alone. What it was trained
    on it decodes better.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        With ``fit(X)``, ``transform`` and ``inverse_transform``, as ``PCA`` and ``NMF``
        have them; or a regressor, which is fitted to predict its own records, as
        ``MLPRegressor`` with a narrow layer.
    random_state : int, RandomState instance or None, default=None
        Seed of the estimator, where it takes one.

    Attributes
    ----------
    estimator_ : estimator
        Fitted.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where there are any.

    See Also
    --------
    Synthesizer : What draws rows.

    Notes
    -----
    Threat model: the attacker encodes and decodes records of their own. The attack
    "reconstruction" is that of the paper on a deterministic encoder.

    References
    ----------
    B. Hilprecht, M. Härterich, D. Bernau, "Monte Carlo and Reconstruction Membership
    Inference Attacks against Generative Models", PoPETs 2019,
    doi:10.2478/popets-2019-0067.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skmia.targets import Autoencoder
    >>> X = load_iris().data
    >>> model = Autoencoder(PCA(1)).fit(X)
    >>> model.reconstruct(X[:1]).round(1)
    array([[4.9, 3.3, 1.5, 0.2]])
    """

    _parameter_constraints: dict = {
        "estimator": [
            HasMethods(["fit", "transform", "inverse_transform"]),
            HasMethods(["fit", "predict"]),
        ],
        "random_state": ["random_state"],
    }

    def __init__(
        self, estimator: Estimator, *, random_state: RandomStateLike = None
    ) -> None:
        self.estimator = estimator
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: None = None) -> Self:
        """Fit the estimator.

        Parameters
        ----------
        X : array-like of shape (n_records, n_features)
            Records, numbers.
        y : None
            Ignored.

        Returns
        -------
        self : object
        """
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        rng = check_random_state(self.random_state)
        estimator = set_random_states(clone(self.estimator), rng)
        own = {} if hasattr(estimator, "inverse_transform") else {"y": X}
        self.estimator_ = estimator.fit(X, **own)
        return self

    def reconstruct(self, X: ArrayLike) -> np.ndarray:
        """Encode and decode records.

        Parameters
        ----------
        X : array-like of shape (n_records, n_features)
            Records.

        Returns
        -------
        X_reconstructed : ndarray of shape (n_records, n_features)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        model = self.estimator_
        if hasattr(model, "inverse_transform"):
            return model.inverse_transform(model.transform(X))
        return np.reshape(model.predict(X), X.shape)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "autoencoder"
        return tags
