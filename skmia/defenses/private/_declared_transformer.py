"""Preprocessing that a guarantee survives: from declarations, or paid for."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.defenses.private._private import SecretNoise
from skmia.utils._fitting import set_fitted
from skmia.utils._sklearn import POSITIVE, _fit_context

if TYPE_CHECKING:
    import pandas as pd


class DeclaredTransformer(TransformerMixin, BaseEstimator, metaclass=ABCMeta):
    """A transformer that learns what was declared, and of the records only their width.

    Subclasses implement ``_declare(n_features)``, which checks what was declared;
    ``_learn(X, declared)``, which returns the fitted attributes; ``_change(X)``, one
    record at a time; ``_restore(Z)``; and ``_n_features_out``. ``_read`` is for those
    that take other records than finite numbers.
    """

    @abstractmethod
    def _declare(self, n_features):
        """What was declared, checked; an error here costs nothing."""

    @abstractmethod
    def _learn(self, X, declared):
        """Fitted attributes by name; nothing is set on the way."""

    @abstractmethod
    def _change(self, X):
        """Validated records, transformed."""

    @abstractmethod
    def _restore(self, Z):
        """Transformed records, turned back."""

    def _read(self, validator, X, **params):
        """Validated records; names and number of features are left on the validator."""
        return validate_data(validator, X, dtype=np.float64, **params)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike | pd.DataFrame, y: object = None) -> Self:
        """Set what `transform` needs, as declared or with noise that is paid for.

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

    def transform(self, X: ArrayLike | pd.DataFrame) -> np.ndarray | pd.DataFrame:
        """Transform each record on its own.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records, those of `fit` or others.

        Returns
        -------
        Z : {ndarray, DataFrame} of shape (n_samples, n_features_out)
            A DataFrame where `set_output` asks for one.
        """
        check_is_fitted(self)
        return self._change(self._read(self, X, reset=False))

    def inverse_transform(self, Z: ArrayLike) -> np.ndarray:
        """Turn transformed records back, as far as that can be done.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_features_out)
            Transformed records.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        may_miss = get_tags(self).input_tags.allow_nan
        Z = check_array(
            Z,
            dtype=np.float64,
            ensure_all_finite="allow-nan" if may_miss else True,
            input_name="Z",
        )
        if Z.shape[1] != self._n_features_out:
            raise ValueError(
                f"{type(self).__name__}.inverse_transform expects the "
                f"{self._n_features_out} features that transform returns. Got "
                f"{Z.shape[1]} instead."
            )
        return self._restore(Z)


class PrivateTransformer(SecretNoise, DeclaredTransformer):
    """A transformer that learns from the records with differential privacy.

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
