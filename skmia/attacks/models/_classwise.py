"""One attack model per true class."""

from __future__ import annotations

from numbers import Integral
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.attacks.models._binary import BinaryAttackMixin
from skmia.utils._columns import column_index
from skmia.utils._membership import encode_membership
from skmia.utils._sklearn import COUNT, HasMethods, _fit_context, available_if
from skmia.utils._threads import few_threads
from skmia.utils._typing import Classifier

_ROUNDING = np.finfo(np.float64).eps


def _model_has(method):
    def check(self):
        return hasattr(getattr(self, "pooled_", self.estimator), method)

    return check


class ClasswiseAttack(MetaEstimatorMixin, BinaryAttackMixin, BaseEstimator):
    """One attack model (or threshold) per true class, with a pooled fallback.

    How members look differs from class to class: a rare class is memorised more
    visibly than a frequent one. The column `by` says which model a record goes to;
    the models see the other columns.

    Parameters
    ----------
    estimator : classifier
        Attack model, cloned for every class and once for all of them together.
    by : int or str, default="true_label"
        Column with the group of each record, by name or index. A label is a grouping
        key, never a quantity.
    min_samples : int, default=5
        Members, and non-members, that a class must have for a model of its own.
        Classes with fewer, those of which all observations are equal up to rounding,
        and those never seen use the pooled model.

    Attributes
    ----------
    estimators_ : dict
        Fitted attack model of each group.
    pooled_ : classifier
        Attack model fitted on all observations.
    fallback_groups_ : ndarray
        Groups seen in ``fit`` that use the pooled model.
    by_ : int
        Index of the grouping column.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    Notes
    -----
    Level: observations. Threat model: the adversary knows the true label of the
    candidate; else that of the signals.

    References
    ----------
    R. Shokri et al., "Membership Inference Attacks Against Machine Learning Models",
    IEEE S&P 2017 (one attack model per class). L. Song, P. Mittal, "Systematic
    Evaluation of Privacy Risks of Machine Learning Models", USENIX Security 2021
    (one threshold per class).

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import ClasswiseAttack, ThresholdAttack
    >>> Z = pd.DataFrame({"true_label": [0, 0, 1, 1], "loss": [0.1, 0.2, 0.8, 0.9]})
    >>> attack = ClasswiseAttack(ThresholdAttack("loss"), min_samples=1)
    >>> attack.fit(Z, [1, 0, 1, 0]).predict(Z)
    array([1, 0, 1, 0])
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "by": [Integral, str],
        "min_samples": [COUNT],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        by: int | str = "true_label",
        min_samples: int = 5,
    ) -> None:
        self.estimator = estimator
        self.by = by
        self.min_samples = min_samples

    @few_threads
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, Z: ArrayLike, y: ArrayLike) -> Self:
        """Fit the pooled attack model and one for each class.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations, the grouping column among them.
        y : array-like of shape (n_samples,)
            Membership: 1 = member, 0 = non-member.

        Returns
        -------
        self : object
        """
        Z, y = validate_data(self, Z, y, dtype=np.float64, ensure_min_features=2)
        self.classes_, member = encode_membership(self, y)
        self.by_ = column_index(self, self.by)
        group, rest = self._split(Z)
        self.pooled_ = clone(self.estimator).fit(rest, y)
        self.estimators_, fallback = {}, []
        for value in np.unique(group):
            rows = np.flatnonzero(group == value)
            own = _take(rest, rows)
            too_few = np.bincount(member[rows], minlength=2).min() < self.min_samples
            # Equal observations teach nothing, and GaussianNB answers nan.
            if too_few or np.ptp(own, axis=0).max() <= _ROUNDING:
                fallback.append(value)
            else:
                model = clone(self.estimator)
                self.estimators_[float(value)] = model.fit(own, y[rows])
        self.fallback_groups_ = np.array(fallback)
        return self

    def _split(self, Z):
        """Group of each record, and the observations without the grouping column."""
        rest = np.delete(Z, self.by_, axis=1)
        if hasattr(self, "feature_names_in_"):
            names = np.delete(self.feature_names_in_, self.by_)
            rest = pd.DataFrame(rest, columns=names)
        return Z[:, self.by_], rest

    @few_threads
    def _answer(self, Z, method):
        """Answers of the model of each record's class, in the order of the records."""
        check_is_fitted(self)
        Z = validate_data(self, Z, reset=False, dtype=np.float64)
        group, rest = self._split(Z)
        own = [(np.flatnonzero(group == g), m) for g, m in self.estimators_.items()]
        others = np.flatnonzero(~np.isin(group, [*self.estimators_]))
        parts = [(rows, m) for rows, m in [*own, (others, self.pooled_)] if len(rows)]
        answers = [getattr(model, method)(_take(rest, rows)) for rows, model in parts]
        order = np.concatenate([rows for rows, _ in parts])
        return np.concatenate(answers)[np.argsort(order)]

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
        return self._answer(Z, "predict")

    @available_if(_model_has("predict_proba"))
    def predict_proba(self, Z: ArrayLike) -> np.ndarray:
        """Probability of non-membership and membership, if the models give it.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        proba : ndarray of shape (n_samples, 2)
        """
        return self._answer(Z, "predict_proba")

    @available_if(_model_has("decision_function"))
    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Member-oriented score relative to the cut of the record's class.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
        """
        return self._answer(Z, "decision_function")


def _take(rest, rows):
    return rest.iloc[rows] if hasattr(rest, "iloc") else rest[rows]
