"""What attack models that are networks on sequences share."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.neural._perceptron import plain
from skmia.utils._membership import encode_membership
from skmia.utils._random import draw_seeds
from skmia.utils._sign_of_score import SignOfScore
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, POSITIVE, _fit_context

# In standard deviations: no observation is that far out, and float32 holds what a
# network makes of it.
_FARTHEST = 1e6


class SequenceAttack(SignOfScore, BaseEstimator, metaclass=ABCMeta):
    """Binary classifier that trains a network on standardized observations."""

    _parameter_constraints = {
        "max_epochs": [COUNT],
        "batch_size": [COUNT],
        "learning_rate": [POSITIVE],
        "weight_decay": [NOT_NEGATIVE],
        "device": [str],
        "random_state": ["random_state"],
    }

    @abstractmethod
    def _unfitted(self):
        """The classifier of what `_shown` gives, but for its seed."""

    def _shown(self, Z):
        """Observations as the network takes them."""
        return np.clip(self.scaler_.transform(Z), -_FARTHEST, _FARTHEST)

    def _settings(self):
        """What the network has for parameters of the same names."""
        names = SequenceAttack._parameter_constraints.keys() - {"random_state"}
        return {name: getattr(self, name) for name in names}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, Z: ArrayLike, y: ArrayLike) -> Self:
        """Learn from observations of known members and non-members.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.
        y : array-like of shape (n_samples,)
            Membership: 1 = member, 0 = non-member.

        Returns
        -------
        self : object
        """
        Z, y = validate_data(self, Z, y, dtype=np.float64)
        self.classes_, member = encode_membership(self, y)
        self._find_columns()
        self.scaler_ = StandardScaler().fit(Z)
        model = self._unfitted()
        model.set_params(random_state=draw_seeds(check_random_state(self.random_state)))
        network = model.fit(self._shown(Z), member).network_
        # In float64 the score of a record is the same in any company.
        self.network_ = plain(network).cpu().double()
        return self

    def _find_columns(self):
        """Check which columns there are."""

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Log odds of membership: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        Z = validate_data(self, Z, reset=False, dtype=np.float64)
        # What is the same is asked once: matrix products round by the place of a row.
        Z, place = np.unique(Z, axis=0, return_inverse=True)
        with torch.inference_mode():
            logits = self.network_(torch.tensor(self._shown(Z))).numpy()
        return (logits[:, 1] - logits[:, 0])[place.ravel()]

    def predict_proba(self, Z: ArrayLike) -> np.ndarray:
        """Probability of each class.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        P : ndarray of shape (n_samples, 2)
        """
        score = self.decision_function(Z)
        return np.column_stack([expit(-score), expit(score)])
