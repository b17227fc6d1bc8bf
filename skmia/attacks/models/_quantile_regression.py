"""QMIA: a threshold for each record, learned from people who are no members."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.attacks.models._binary import BinaryAttackMixin
from skmia.attacks.statistics._ranks import (
    conformal_score,
    find_direction,
    n_allowed_pvalues,
)
from skmia.utils._columns import column_index
from skmia.utils._membership import encode_membership
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sklearn import (
    INNER_FRACTION,
    HasMethods,
    Interval,
    StrOptions,
    _fit_context,
)
from skmia.utils._threads import few_threads
from skmia.utils._typing import RandomStateLike, Regressor

_MOST_CATEGORIES = 255  # that a boosting takes


class QuantileRegressionAttack(BinaryAttackMixin, BaseEstimator):
    """QMIA: call members those whose signal is high for records like theirs.

    A regressor learns, from non-members, the median of the signal given the record.
    What exceeds it by more than the excess of all but a share `fpr` of non-members is a
    member.

    Parameters
    ----------
    column : int or str, default=0
        Column with the signal, by index or (for a DataFrame) by name. The other
        columns are what the regressor sees.
    label : int, str or None, default="true_label"
        Column with the true class, by index or name: a category to the default
        regressor, one-hot to any other. None when there is no such column.
    direction : {"auto", "higher", "lower"}, default="auto"
        Side on which members lie. "auto" learns it: the side on which the area under
        the ROC curve is at least one half.
    regressor : regressor, default=None
        Model of the signal. None for a ``HistGradientBoostingRegressor`` of the
        median, of 50 trees with 8 leaves. Any regressor gives a valid attack, a better
        one a stronger one.
    cv : int, default=5
        Parts of the non-members: each in turn is kept from a regressor, to see how
        far it is exceeded. Of `fit` only: ``cross_judge`` is given its folds.
    fpr : float, default=0.01
        False positive rate that is accepted, a fraction.
    random_state : int, RandomState instance or None, default=None
        Seed of the parts and of the regressors.

    Attributes
    ----------
    estimators_ : list of regressors
        One for each part that it has not seen.
    excesses_ : list of ndarray
        Sorted excesses of each part over its regressor.
    direction_ : {"higher", "lower"}
        Side on which members lie.
    column_ : int
        Index of the column with the signal.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    PopulationAttack : One threshold for all records.

    Notes
    -----
    Level: observations, here a signal beside the record itself: ``observe(target, X,
    y, ["scaled_logit", "true_label"])`` joined to `X`. Threat model: that of the
    signal, and records that are known not to be members, of which the target is
    asked; nothing is known of the target's kind. Members are needed by
    ``direction="auto"`` only.

    Non-members are exceeded less by a regressor that was trained on them, and an
    attack that is calibrated and judged in-sample finds an advantage in noise. Here
    the p-value of a record is ``(1 + k) / (M + 1)``, for the k of M non-members whose
    excess over the regressor that has not seen them is at least that of the record
    over the same regressor (cross-conformal). It is at most `fpr` for about that
    share of fresh non-members; the proven bound is twice that. Judge the attack on
    other records than those of ``fit``, or by ``cross_judge``, as the attack by the
    name "qmia" does.

    The paper regresses the quantile ``1 - fpr`` itself, with hundreds of thousands of
    records; of a thousand, ten say where it is. The median is learned better, and finds
    more: ``regressor=HistGradientBoostingRegressor(loss="quantile", quantile=0.99)`` is
    the paper's. Decisions are nested in `fpr`.

    References
    ----------
    M. Bertran et al., "Scalable Membership Inference Attacks via Quantile
    Regression", NeurIPS 2023, arXiv:2307.03694. V. Vovk, "Cross-conformal
    predictors", Annals of Mathematics and Artificial Intelligence 74, 2015,
    doi:10.1007/s10472-013-9368-4.

    Examples
    --------
    The young are predicted better: no single threshold tells old members from young
    non-members.

    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> from skmia.attacks import QuantileRegressionAttack
    >>> rng = np.random.RandomState(0)
    >>> age = rng.uniform(20, 80, size=1000)
    >>> member = rng.randint(2, size=1000)
    >>> confidence = 1 - age / 100 + 0.1 * member + 0.02 * rng.normal(size=1000)
    >>> Z = pd.DataFrame({"confidence": confidence, "age": age})
    >>> attack = QuantileRegressionAttack(
    ...     "confidence", label=None, regressor=LinearRegression(), random_state=0
    ... )
    >>> attack.fit(Z[:500], member[:500]).score(Z[500:], member[500:]) > 0.9
    True
    """

    _parameter_constraints = {
        "column": [Integral, str],
        "label": [Integral, str, None],
        "direction": [StrOptions({"auto", "higher", "lower"})],
        "regressor": [HasMethods(["fit", "predict"]), None],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "fpr": [INNER_FRACTION],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        column: int | str = 0,
        *,
        label: int | str | None = "true_label",
        direction: Literal["auto", "higher", "lower"] = "auto",
        regressor: Regressor | None = None,
        cv: int = 5,
        fpr: float = 0.01,
        random_state: RandomStateLike = None,
    ) -> None:
        self.column = column
        self.label = label
        self.direction = direction
        self.regressor = regressor
        self.cv = cv
        self.fpr = fpr
        self.random_state = random_state

    @few_threads
    @_fit_context(prefer_skip_nested_validation=False)
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
        Z, member = self._start(Z, y)
        self.direction_ = self._direction(Z, member)
        Z = Z[member == 0]
        if len(Z) < 2:
            raise ValueError(
                "QuantileRegressionAttack needs at least 2 non-members, to learn from "
                f"one and calibrate on the other. Got {len(Z)}."
            )
        rng = check_random_state(self.random_state)
        folds = KFold(min(self.cv, len(Z)), shuffle=True, random_state=draw_seeds(rng))
        X, signal = self._split(Z, self.direction_)
        regressor = self._make_regressor()
        self.estimators_, self.excesses_ = [], []
        for train, held_out in folds.split(X):
            model = set_random_states(clone(regressor), rng)
            model.fit(X[train], signal[train])
            excess = signal[held_out] - model.predict(X[held_out])
            self.estimators_.append(model)
            self.excesses_.append(np.sort(excess))
        return self

    @few_threads
    @_fit_context(prefer_skip_nested_validation=False)
    def cross_judge(
        self, Z: ArrayLike, y: ArrayLike, folds: Iterable[tuple[np.ndarray, np.ndarray]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judge each record by a regressor that has not seen its fold.

        One fit for each fold, whose excesses are both what is judged and what it is
        compared with; to fit and judge fold by fold takes `cv` times as many. Nothing
        is fitted for other records.

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
            Excess of each record over what is said of it, in units of the signal:
            higher = more likely a member.
        called : ndarray of shape (n_samples,)
            Membership: members are those whose excess is among the share `fpr` of
            the largest, compared with that of all other non-members.
        """
        Z, member = self._start(Z, y)
        rng = check_random_state(self.random_state)
        regressor, excess = self._make_regressor(), np.empty(len(Z))
        for train, test in folds:
            X, signal = self._split(Z, self._direction(Z[train], member[train]))
            known = train[member[train] == 0]
            model = set_random_states(clone(regressor), rng)
            model.fit(X[known], signal[known])
            excess[test] = signal[test] - model.predict(X[test])
        calibration = np.sort(excess[member == 0])
        n_below = np.searchsorted(calibration, excess, side="left")
        # Of a non-member there is one other less.
        needed = [
            n + 1 - n_allowed_pvalues(self.fpr, n)
            for n in (len(calibration) - 1, len(calibration))
        ]
        called = n_below >= np.take(needed, member)
        return excess, self.classes_[called.astype(int)]

    def _start(self, Z, y):
        """Checked observations, and membership as 0 and 1."""
        Z, y = validate_data(self, Z, y, dtype=np.float64, ensure_min_features=2)
        self.classes_, member = encode_membership(self, y)
        self.column_ = column_index(self, self.column)
        return Z, member

    def _direction(self, Z, member):
        return find_direction(self.direction, Z[:, self.column_], member)

    def _split(self, Z, direction):
        """What the regressor sees, and the oriented signal."""
        signal = Z[:, self.column_]
        signal = signal if direction == "higher" else -signal
        return np.delete(Z, self.column_, axis=1), signal

    def _make_regressor(self):
        """The regressor, behind an encoding of the label, which comes first."""
        own = self.regressor is None
        if self.label is None:
            return _boosting() if own else self.regressor
        label = column_index(self, self.label)
        if label == self.column_:
            raise ValueError(
                "The 'label' parameter of QuantileRegressionAttack must be another "
                f"column than the signal. Got {self.label!r} for both."
            )
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        if own:
            encoder = OrdinalEncoder(
                max_categories=_MOST_CATEGORIES,
                handle_unknown="use_encoded_value",
                unknown_value=np.nan,
            )
        columns = make_column_transformer(
            (encoder, [label - (label > self.column_)]), remainder="passthrough"
        )
        return make_pipeline(
            columns, _boosting(categorical_features=[0]) if own else self.regressor
        )

    @few_threads
    def _rank(self, Z):
        """Non-members below each record, and its mean excess over the regressors."""
        Z = validate_data(self, Z, reset=False, dtype=np.float64)
        X, signal = self._split(Z, self.direction_)
        n_below, total = np.zeros(len(Z), dtype=int), np.zeros(len(Z))
        for model, held_out in zip(self.estimators_, self.excesses_, strict=True):
            excess = signal - model.predict(X)
            n_below += np.searchsorted(held_out, excess, side="left")
            total += excess
        return n_below, total / len(self.estimators_)

    def _n_nonmembers(self):
        return sum(map(len, self.excesses_))

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
        check_is_fitted(self)
        n_below, _ = self._rank(Z)
        n_nonmembers = self._n_nonmembers()
        return (1 + n_nonmembers - n_below) / (n_nonmembers + 1)

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Rank of the excess of each record among non-members': positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In units of the FPR; records of equal rank are in the order of the excess.
        """
        check_is_fitted(self)
        n_below, excess = self._rank(Z)
        return conformal_score(n_below, excess, self._n_nonmembers(), self.fpr)


def _boosting(**params):
    """What the signal of a non-member is by half of such records."""
    return HistGradientBoostingRegressor(
        loss="quantile", quantile=0.5, max_leaf_nodes=8, max_iter=50, **params
    )
