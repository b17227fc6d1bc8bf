"""An attack on some records only: those for which it is worth while."""

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
from skmia.utils._membership import encode_membership, membership_score
from skmia.utils._sklearn import HasMethods, _fit_context
from skmia.utils._threads import few_threads
from skmia.utils._typing import Classifier


class SelectiveAttack(MetaEstimatorMixin, BinaryAttackMixin, BaseEstimator):
    """Attack the records that a column selects; nobody else is called a member.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : classifier
        Attack model, fitted on what is seen of selected records, without the column.
    by : int or str, default="vulnerable"
        Column that is greater than one half for selected records, by name or index.

    Attributes
    ----------
    estimator_ : classifier
        Fitted attack model. Where selected members, or non-members, are missing in
        ``fit``, it is fitted on all records.
    lowest_ : float
        Smallest score of a selected record in ``fit``, or 0 if that is less. No
        selected record has a smaller one, and all others have one less.
    by_ : int
        Index of the column.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    skmia.attacks.evidence.WithSelection : Selects records as Long et al. do.

    Notes
    -----
    Level: observations. Threat model: that of the signals; the adversary chooses whom
    to attack. What is gained is precision: few members are found, and those who are
    called are members. Since all records that are not selected tie below the others,
    the area under the ROC curve is near one half, and the true positive rate at a low
    false positive rate is the number to look at.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import SelectiveAttack, ThresholdAttack
    >>> Z = pd.DataFrame({"vulnerable": [1, 1, 0], "loss": [0.1, 0.9, 0.1]})
    >>> attack = SelectiveAttack(ThresholdAttack("loss")).fit(Z, [1, 0, 0])
    >>> attack.predict(Z)
    array([1, 0, 0])
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "by": [Integral, str],
    }

    def __init__(self, estimator: Classifier, *, by: int | str = "vulnerable") -> None:
        self.estimator = estimator
        self.by = by

    @few_threads
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, Z: ArrayLike, y: ArrayLike) -> Self:
        """Fit the attack model on selected records.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations, the selecting column among them.
        y : array-like of shape (n_samples,)
            Membership: 1 = member, 0 = non-member.

        Returns
        -------
        self : object
        """
        Z, y = validate_data(self, Z, y, dtype=np.float64, ensure_min_features=2)
        self.classes_, member = encode_membership(self, y)
        self.by_ = column_index(self, self.by)
        if hasattr(self, "feature_names_in_"):
            Z = pd.DataFrame(Z, columns=self.feature_names_in_)
        selected, rest = self._split(Z)
        if len(np.unique(member[selected])) < 2:
            selected = np.ones(len(Z), dtype=bool)
        self.estimator_ = clone(self.estimator).fit(rest[selected], y[selected])
        score = membership_score(self.estimator_, rest[selected])
        self.lowest_ = min(float(score.min()), 0.0)  # who is below is not called
        return self

    def _split(self, Z):
        """Who is selected, and what is seen of all records beside that."""
        if not hasattr(Z, "columns"):
            return Z[:, self.by_] > 0.5, np.delete(Z, self.by_, axis=1)
        name = self.feature_names_in_[self.by_]
        if name not in Z:
            raise ValueError(
                f"There is no column {name!r}, which selects. The observations have "
                f"{list(Z)[:10]}."
            )
        return Z[name].to_numpy() > 0.5, Z.drop(columns=name)

    def _seen(self, Z):
        """The same of other observations.

        Names of the other columns are for the attack model to check: of a table of
        references there may be more.
        """
        check_is_fitted(self)
        if not (hasattr(self, "feature_names_in_") and hasattr(Z, "columns")):
            Z = validate_data(self, Z, reset=False, dtype=np.float64)
        return self._split(Z)

    @few_threads
    def predict(self, Z: ArrayLike) -> np.ndarray:
        """Membership of each record; who is not selected is called none.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        member : ndarray of shape (n_samples,)
        """
        selected, rest = self._seen(Z)
        called = np.full(len(selected), self.classes_[0])
        if selected.any():
            called[selected] = self.estimator_.predict(rest[selected])
        return called

    @few_threads
    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Member-oriented score; smaller than any other for who is not selected.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
        """
        selected, rest = self._seen(Z)
        score = np.full(len(selected), self.lowest_ - 1)
        if selected.any():
            own = membership_score(self.estimator_, rest[selected])
            score[selected] = np.maximum(own, self.lowest_)
        return score
