"""Attack-P: a threshold that people who are no members set."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.models._column_attack import ColumnAttack
from skmia.attacks.statistics._ranks import conformal_score, find_direction
from skmia.utils._sklearn import FRACTION, StrOptions


class PopulationAttack(ColumnAttack):
    """Attack-P: call members those whom few non-members surpass.

    The p-value of a record is ``(1 + k) / (M + 1)`` if k of M known non-members have
    a signal at least as member-like. Members are those with a p-value of at most
    `fpr`.

    Parameters
    ----------
    column : int or str, default=0
        Column of the observations, by index or (for a DataFrame) by name.
    direction : {"auto", "higher", "lower"}, default="auto"
        Side on which members lie. "auto" learns it: the side on which the area under
        the ROC curve is at least one half.
    fpr : float, default=0.01
        False positive rate that is accepted, a fraction.

    Attributes
    ----------
    population_ : ndarray of shape (n_nonmembers,)
        Oriented signals of the non-members, sorted.
    direction_ : {"higher", "lower"}
        Side on which members lie.
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
    ThresholdAttack : A threshold that members and non-members set.
    QuantileRegressionAttack : A threshold that depends on the record.

    Notes
    -----
    Level: observations. Threat model: that of the signal, and records that are known
    not to be members, of which the target is asked. Members are needed by
    ``direction="auto"`` only; with a given direction they may be any, as long as
    there are two classes.

    For a given direction and non-members exchangeable with those seen in ``fit``, the
    FPR is at most `fpr` for every M; with ``fpr < 1 / (M + 1)`` nobody is called a
    member. The scores rank as the signal does.

    With random records as the non-members, and the `direction` given, since they say
    nothing of it, this is adversary 3 of Salem et al., and `fpr` their percentile;
    random records are not exchangeable with real ones, and the bound does not hold.

    References
    ----------
    J. Ye et al., "Enhanced Membership Inference Attacks against Machine Learning
    Models", ACM CCS 2022, arXiv:2111.09679. A. Salem et al., "ML-Leaks: Model and
    Data Independent Membership Inference Attacks and Defenses on Machine Learning
    Models", NDSS 2019, arXiv:1806.01246.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import PopulationAttack
    >>> loss = np.array([[0.1], [1.0], [2.0], [3.0], [4.0]])
    >>> attack = PopulationAttack(direction="lower", fpr=0.2)
    >>> attack.fit(loss, [1, 0, 0, 0, 0]).predict([[0.9], [1.0]])
    array([1, 0])
    >>> attack.pvalues([[0.9], [1.0], [5.0]])
    array([0.2, 0.4, 1. ])
    """

    _parameter_constraints = ColumnAttack._parameter_constraints | {
        "direction": [StrOptions({"auto", "higher", "lower"})],
        "fpr": [FRACTION],
    }

    def __init__(
        self,
        column: int | str = 0,
        *,
        direction: Literal["auto", "higher", "lower"] = "auto",
        fpr: float = 0.01,
    ) -> None:
        self.column = column
        self.direction = direction
        self.fpr = fpr

    def _learn(self, values, member):
        self.direction_ = find_direction(self.direction, values, member)
        self.population_ = np.sort(self._orient(values[member == 0]))

    def _rank(self, Z):
        """Non-members below each record, and its oriented signal."""
        values = self._orient(self._values(Z))
        return np.searchsorted(self.population_, values, side="left"), values

    def pvalues(self, Z: ArrayLike) -> np.ndarray:
        """P-values of "not a member".

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        p : ndarray of shape (n_samples,)
            Multiples of ``1 / (M + 1)``, from the first.
        """
        n_below, _ = self._rank(Z)
        n_population = len(self.population_)
        return (1 + n_population - n_below) / (n_population + 1)

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Rank of each record among the non-members: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In units of the FPR; records of equal rank are in the order of the signal.
        """
        n_below, values = self._rank(Z)
        return conformal_score(n_below, values, len(self.population_), self.fpr)
