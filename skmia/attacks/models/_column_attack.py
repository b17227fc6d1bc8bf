"""What the attacks that look at one column of the observations share."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from numbers import Integral
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.attacks.models._binary import BinaryAttackMixin
from skmia.utils._columns import column_index
from skmia.utils._membership import encode_membership
from skmia.utils._sklearn import _fit_context


class ColumnAttack(BinaryAttackMixin, BaseEstimator, metaclass=ABCMeta):
    """Attack on one column of the observations, the parameter `column`.

    Level: observations. Subclasses implement ``_learn`` and answer from ``_values``.
    """

    _parameter_constraints = {"column": [Integral, str]}

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
        self.column_ = column_index(self, self.column)
        self._learn(Z[:, self.column_], member)
        return self

    @abstractmethod
    def _learn(self, values, member):
        """Set the fitted attributes from the column and 0/1 membership."""

    def _orient(self, values):
        return values if self.direction_ == "higher" else -values

    def _values(self, Z):
        check_is_fitted(self)
        Z = validate_data(self, Z, reset=False, dtype=np.float64)
        return Z[:, self.column_]
