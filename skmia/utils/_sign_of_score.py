"""Binary classifiers whose decision is the sign of their score."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin


class SignOfScore(ClassifierMixin):
    """Binary classifier on observations that decides by the sign of its score."""

    def predict(self, Z: ArrayLike) -> np.ndarray:
        """Membership of each record.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        member : ndarray of shape (n_samples,)
        """
        called = self.decision_function(Z) > 0
        return self.classes_[called.astype(int)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
