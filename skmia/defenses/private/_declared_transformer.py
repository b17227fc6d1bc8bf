"""Preprocessing that a guarantee survives: from declarations, or paid for."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_is_fitted

from skmia.defenses.private._declared_fit import DeclaredFit, PrivateFit

if TYPE_CHECKING:
    import pandas as pd


class DeclaredTransformer(TransformerMixin, DeclaredFit):
    """A transformer that learns what was declared, and of the records only their width.

    Subclasses also implement ``_change(X)``, one record at a time; ``_restore(Z)``; and
    ``_n_features_out``.
    """

    @abstractmethod
    def _change(self, X):
        """Validated records, transformed."""

    @abstractmethod
    def _restore(self, Z):
        """Transformed records, turned back."""

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


class PrivateTransformer(PrivateFit, DeclaredTransformer):
    """A transformer that learns from the records with differential privacy."""
