"""DOMIAS: a density that is high where there are few people."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.attacks.models._binary import BinaryAttackMixin
from skmia.attacks.statistics._ranks import conformal_score
from skmia.utils._columns import column_index
from skmia.utils._kernel_density import KernelDensityLog
from skmia.utils._membership import encode_membership
from skmia.utils._sklearn import FRACTION, _fit_context


class DensityRatioAttack(BinaryAttackMixin, BaseEstimator):
    """DOMIAS: call members those around whom the model is denser than the population.

    A synthetic table is dense where people are, and denser still around those that it
    was made from. The score is the logarithm of what the model says of the record, less
    that of the density of known non-members, by Gaussian kernels.

    .. versionadded:: 0.2

    Parameters
    ----------
    column : int or str, default=0
        Column with the logarithm of a density, by index or (for a DataFrame) by name.
        The other columns are where the record lies.
    fpr : float, default=0.01
        False positive rate that is accepted, a fraction.

    Attributes
    ----------
    population_ : ndarray of shape (n_nonmembers,)
        Scores of the non-members, each without its own kernel, sorted.
    column_ : int
        Index of the column.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    PopulationAttack : Without regard to where people are.
    skmia.attacks.evidence.WithCoordinates : Observations that it takes.

    Notes
    -----
    Level: observations. Threat model: that of the signal, and reference records, people
    who are known not to be members, of whom the model is not asked. The densities are
    compared as logarithms, in which nothing underflows, and a unit cancels.

    The p-value of a record is ``(1 + k) / (M + 1)``, for the k of M reference records
    with at least its score. That of a reference record leaves its own kernel out.

    References
    ----------
    B. van Breugel, H. Sun, Z. Qian, M. van der Schaar, "Membership Inference Attacks
    against Synthetic Data through Overfitting Detection", AISTATS 2023,
    arXiv:2302.12580.

    Examples
    --------
    Where there are few people, a density of their size says more:

    >>> import numpy as np
    >>> from skmia.attacks import DensityRatioAttack
    >>> place = np.random.RandomState(0).normal(size=200)
    >>> known = np.column_stack([-place**2 / 2, place])
    >>> attack = DensityRatioAttack(fpr=0.1).fit(known, [0] * 199 + [1])
    >>> attack.predict([[-0.5, 0.0], [-0.5, 3.0]])
    array([0, 1])
    """

    _parameter_constraints: dict = {"column": [Integral, str], "fpr": [FRACTION]}

    def __init__(self, column: int | str = 0, *, fpr: float = 0.01) -> None:
        self.column = column
        self.fpr = fpr

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, Z: ArrayLike, y: ArrayLike) -> Self:
        """Learn where known non-members are.

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
        Z, y = validate_data(self, Z, y, dtype=np.float64, ensure_min_features=2)
        self.classes_, member = encode_membership(self, y)
        self.column_ = column_index(self, self.column)
        others = Z[member == 0]
        if len(others) < 2:
            raise ValueError(
                "DensityRatioAttack needs at least 2 non-members, whose density it "
                f"compares with. Got {len(others)}."
            )
        said, places = self._split(others)
        self._people = KernelDensityLog(places)
        self.population_ = np.sort(said - self._people.without_own())
        return self

    def _split(self, Z):
        """The logarithm of the density, and where records lie."""
        return Z[:, self.column_], np.delete(Z, self.column_, axis=1)

    def _ratio(self, Z):
        check_is_fitted(self)
        Z = validate_data(self, Z, reset=False, dtype=np.float64)
        said, places = self._split(Z)
        return said - self._people.at(places)

    def _rank(self, ratio):
        """Positive where the p-value of a record is at most `fpr`."""
        n_below = np.searchsorted(self.population_, ratio, side="left")
        return conformal_score(n_below, ratio, len(self.population_), self.fpr)

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Rank of each record among the non-members: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In units of the FPR; records of equal rank are in the order of the ratio.
        """
        return self._rank(self._ratio(Z))

    def cross_judge(
        self, Z: ArrayLike, y: ArrayLike, folds: Iterable[tuple[np.ndarray, np.ndarray]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judge each record by non-members of other folds.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.
        y : array-like of shape (n_samples,)
            Membership: 1 = member, 0 = non-member.
        folds : iterable of pairs of ndarray of int
            Train and test rows, as a splitter gives them; each row is tested once.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            Logarithm of the ratio of densities: higher = more likely a member.
        called : ndarray of shape (n_samples,)
            Membership.
        """
        y = np.asarray(y)
        score, called = np.empty(len(y)), np.empty(len(y), dtype=y.dtype)
        for train, test in folds:
            model = clone(self).fit(_safe_indexing(Z, train), y[train])
            score[test] = model._ratio(_safe_indexing(Z, test))
            called[test] = model.classes_[(model._rank(score[test]) > 0).astype(int)]
        return score, called
