"""Estimators of records alone that learn what was declared, or pay for the rest."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import validate_data

from skmia.defenses.private._private import SecretNoise
from skmia.utils._fitting import set_fitted
from skmia.utils._sklearn import POSITIVE, _fit_context

if TYPE_CHECKING:
    import pandas as pd


class DeclaredFit(BaseEstimator, metaclass=ABCMeta):
    """An estimator that learns what was declared, and of the records only their width.

    Subclasses implement ``_declare(n_features)``, which checks what was declared, and
    ``_learn(X, declared)``, which returns the fitted attributes. ``_read`` is for those
    that take other records than finite numbers.
    """

    @abstractmethod
    def _declare(self, n_features):
        """What was declared, checked; an error here costs nothing."""

    @abstractmethod
    def _learn(self, X, declared):
        """Fitted attributes by name; nothing is set on the way."""

    def _read(self, validator, X, **params):
        """Validated records; names and number of features are left on the validator."""
        return validate_data(validator, X, dtype=np.float64, **params)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike | pd.DataFrame, y: object = None) -> Self:
        """Set what is released, as declared or with noise that is paid for.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records.
        y : Ignored
            Not used.

        Returns
        -------
        self : object
        """
        checked = clone(self)
        X = self._read(checked, X)
        learned = self._learn(X, self._declare(X.shape[1]))
        set_fitted(self, checked, learned)
        return self


class PrivateFit(SecretNoise, DeclaredFit):
    """An estimator that learns from the records with differential privacy.

    Subclasses implement ``_train(X, declared, key)``, which returns the fitted
    attributes. Neighbours are data sets in which one record was replaced by another:
    the number of records is public.
    """

    _parameter_constraints: dict = {
        **SecretNoise._parameter_constraints,
        "epsilon": [POSITIVE],
    }

    @abstractmethod
    def _train(self, X, declared, key):
        """Fitted attributes by name; nothing is set on the way."""

    def _learn(self, X, declared):
        return self._spend(self._train, X, declared)
