"""The Morgan attack: a loss that is small, not tiny, at a minimum of the loss."""

from __future__ import annotations

from numbers import Integral
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.attacks.models._binary import BinaryAttackMixin
from skmia.utils._columns import column_index
from skmia.utils._cut import best_cut
from skmia.utils._membership import encode_membership
from skmia.utils._sklearn import FRACTION, _fit_context


class MorganAttack(BinaryAttackMixin, BaseEstimator):
    """Call a record a member when three thresholds on two signals agree.

    Its loss lies between two thresholds, and its Merlin ratio, the share of noisy
    copies with a larger loss, is high. The lower threshold of the loss leaves out the
    records that the model is surest of, where members and non-members mix. Few are
    called, and those rightly.

    Parameters
    ----------
    loss_column : int or str, default="loss"
        Column with the loss, by index or (for a DataFrame) by name.
    ratio_column : int or str, default="merlin_ratio"
        Column with the Merlin ratio.
    alpha_low : float, default=0.22
        False positive rate, a fraction, of the attack on the loss alone whose members
        are left out. None: nobody is.
    alpha_high : float, default=0.3
        False positive rate of the attack on the loss alone to whose members the attack
        keeps; at least `alpha_low`.
    alpha_merlin : float, default=None
        False positive rate of the attack on the ratio alone whose threshold is used
        here. None: the threshold with the largest advantage.

    Attributes
    ----------
    loss_low_ : float
        Those called members have a larger loss; -inf with ``alpha_low=None``.
    loss_high_ : float
        Largest loss of those called members.
    ratio_threshold_ : float
        Smallest Merlin ratio of those called members.
    columns_ : tuple of int
        Indices of the columns of the loss and of the ratio.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    ThresholdAttack : On "merlin_ratio" the Merlin attack, on "loss" that of Yeom et al.

    Notes
    -----
    Level: observations. Threat model: scores and the true label, one query for the
    loss and ``n_copies + 1`` for the ratio. ``fit`` is given observations of a shadow
    model. There each threshold is the one of :class:`ThresholdAttack` with
    ``objective="tpr_at_fpr"``: on those observations no rate exceeds its bound; on
    those of the target it may. If no threshold keeps a bound, that attack has no
    members. The lower threshold is itself left out, the paper's is not: where many
    losses are 0 they would stay otherwise.

    The attack is a decision, not a ranking, and members that are obvious by a tiny
    loss are none of its. Its score is how far a record is within the three thresholds,
    by the one that it is nearest to or most beyond, in ranges of the signals seen in
    ``fit``; the ROC curve meets the decisions at 0.

    References
    ----------
    B. Jayaraman, L. Wang, K. Knipmeyer, Q. Gu, D. Evans, "Revisiting Membership
    Inference Under Realistic Assumptions", PoPETs 2021, arXiv:2005.10881.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import MorganAttack
    >>> Z = pd.DataFrame(
    ...     {
    ...         "loss": [0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.9],
    ...         "merlin_ratio": [1.0, 1.0, 0.2, 0.9, 0.8, 0.3, 0.9],
    ...     }
    ... )
    >>> attack = MorganAttack(alpha_low=0.25, alpha_high=0.75)
    >>> attack.fit(Z, [1, 0, 0, 1, 1, 0, 0]).predict(Z)
    array([0, 0, 0, 1, 1, 0, 0])
    """

    _parameter_constraints = {
        "loss_column": [Integral, str],
        "ratio_column": [Integral, str],
        "alpha_low": [FRACTION, None],
        "alpha_high": [FRACTION],
        "alpha_merlin": [FRACTION, None],
    }

    def __init__(
        self,
        loss_column: int | str = "loss",
        *,
        ratio_column: int | str = "merlin_ratio",
        alpha_low: float = 0.22,
        alpha_high: float = 0.3,
        alpha_merlin: float | None = None,
    ) -> None:
        self.loss_column = loss_column
        self.ratio_column = ratio_column
        self.alpha_low = alpha_low
        self.alpha_high = alpha_high
        self.alpha_merlin = alpha_merlin

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, Z: ArrayLike, y: ArrayLike) -> Self:
        """Learn the three thresholds.

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
        self._check_bounds()
        self.columns_ = tuple(
            column_index(self, column)
            for column in (self.loss_column, self.ratio_column)
        )
        loss, ratio = Z[:, self.columns_].T
        self.loss_low_ = -np.inf
        if self.alpha_low is not None:
            self.loss_low_ = -_smallest_called(-loss, member, self.alpha_low)
        self.loss_high_ = -_smallest_called(-loss, member, self.alpha_high)
        self.ratio_threshold_ = _smallest_called(ratio, member, self.alpha_merlin)
        self._ranges = [np.ptp(values) or 1.0 for values in (loss, ratio)]
        return self

    def _check_bounds(self):
        if self.alpha_low is not None and self.alpha_low > self.alpha_high:
            raise ValueError(
                "The 'alpha_low' parameter of MorganAttack must be at most "
                f"alpha_high={self.alpha_high}. Got {self.alpha_low} instead; no loss "
                "would be between the thresholds."
            )

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """How far a record is within the thresholds: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In ranges of the signals.
        """
        check_is_fitted(self)
        Z = validate_data(self, Z, reset=False, dtype=np.float64)
        loss, ratio = Z[:, self.columns_].T
        loss_range, ratio_range = self._ranges
        within = np.minimum(loss - self.loss_low_, self.loss_high_ - loss) / loss_range
        within = np.minimum(within, (ratio - self.ratio_threshold_) / ratio_range)
        called = (
            (self.loss_low_ < loss)
            & (loss <= self.loss_high_)
            & (ratio >= self.ratio_threshold_)
        )
        # The upper two thresholds are themselves within.
        return np.where(called, np.maximum(within, np.finfo(float).tiny), within)


def _smallest_called(score, member, fpr):
    """Smallest score that is called a member, at an FPR or at the best advantage."""
    objective = "advantage" if fpr is None else "tpr_at_fpr"
    return float(np.nextafter(best_cut(score, member, objective, fpr), np.inf))
