"""A model of fairlearn as a classifier of records, which have a group among them."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import (
    _safe_indexing,
    assert_all_finite,
    check_consistent_length,
    column_or_1d,
)
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import HasMethods, StrOptions, _fit_context, available_if
from skmia.utils._typing import Estimator, RandomStateLike


def _gives_probabilities(model):
    return model.release == "probabilities"


class FairClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A fairness constraint of fairlearn around a classifier, to be attacked as one.

    fairlearn's models are told the groups of people beside the records, in ``fit`` and
    some in ``predict``. Here the group is read from the records, so that shadow models,
    cross-validation and audits, which hand on records and labels alone, train with the
    constraint, too.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        ``ExponentiatedGradient``, ``GridSearch`` or ``ThresholdOptimizer`` of fairlearn
        (the extra ``fairness``), around a classifier. It is given the records whole.
    sensitive : str, int or callable, default=0
        Column of the records that says whose group they are of; or a function of the
        records that returns one value for each.
    release : {"labels", "probabilities"}, default="labels"
        What is answered. "labels": as fairlearn does, a label drawn at random; here
        always the same for a record. "probabilities": those that labels are drawn
        with, and as the label the likelier one. Who could ask fairlearn's own model
        about a record many times would know them. ``GridSearch`` chooses one model:
        its labels are not drawn, and probabilities are those of the classifier in it.
    random_state : int, RandomState instance or None, default=None
        Key of the draws. An int that others may guess is no secret.

    Attributes
    ----------
    estimator_ : estimator
        The fitted model of fairlearn.
    classes_ : ndarray of shape (2,)
        The two labels; the second is fairlearn's 1.
    groups_ : ndarray of shape (n_groups,)
        Groups in the training records, sorted. Records of others are refused.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where X has names that are all strings.

    See Also
    --------
    skmia.attacks.evidence.Counterpart : The gap to a model without the constraint.
    skmia.auditing.AuditReport.by_group : What is found of each group.

    Notes
    -----
    Level: records. Threat model: the attacker knows the constraint and trains models
    with it; each record that he asks about has its group in it.

    Models under equalized odds err alike in all groups, and have to fit small groups
    closer for that: their members are found more often (Chang and Shokri). Audit with
    ``release="probabilities"``, then look at ``report.by_group``.

    References
    ----------
    H. Chang, R. Shokri, "On the Privacy Risks of Algorithmic Fairness", IEEE EuroS&P
    2021, :arxiv:`2011.03731`. A. Agarwal et al., "A Reductions Approach to Fair
    Classification", ICML 2018, :arxiv:`1803.02453`. M. Hardt, E. Price, N. Srebro,
    "Equality of Opportunity in Supervised Learning", NeurIPS 2016,
    :arxiv:`1610.02413`.

    Examples
    --------
    >>> from fairlearn.postprocessing import ThresholdOptimizer
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.tasks import FairClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X[:, 0] = X[:, 0] > 14  # a group
    >>> tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    >>> fair = ThresholdOptimizer(estimator=tree, constraints="equalized_odds")
    >>> model = FairClassifier(fair, sensitive=0, release="probabilities")
    >>> model.fit(X, y).predict_proba(X[:5]).shape
    (5, 2)
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict"])],
        "sensitive": [str, Integral, callable],
        "release": [StrOptions({"labels", "probabilities"})],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        sensitive: str | int | Callable[..., Any] = 0,
        release: Literal["labels", "probabilities"] = "labels",
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.sensitive = sensitive
        self.release = release
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike | pd.DataFrame, y: ArrayLike) -> Self:
        """Fit the model of fairlearn.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records, the groups among their columns.
        y : array-like of shape (n_samples,)
            Labels of two classes.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            There are not two classes.
        """
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        X = self._checked(X)
        check_consistent_length(X, y)
        encoder = LabelEncoder().fit(y)
        if len(encoder.classes_) != 2:
            raise ValueError(
                "Only binary classification is supported: fairlearn's constraints are "
                f"on two classes. Got {len(encoder.classes_)} class(es)."
            )
        secret = secret_key(self.random_state)
        model, groups = clone(self.estimator), self._groups(X)
        model.fit(X, encoder.transform(y), sensitive_features=groups)
        self.estimator_, self._secret = model, secret
        self.groups_ = pd.factorize(groups, sort=True, use_na_sentinel=False)[1]
        self.classes_ = encoder.classes_
        return self

    def predict(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        """Label of each record, see `release`.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records, the groups among their columns.

        Returns
        -------
        y : ndarray of shape (n_samples,)

        Raises
        ------
        ValueError
            A record is of a group that was not trained on.
        """
        check_is_fitted(self)
        X = self._checked(X, reset=False)
        positive = self._positive(X)
        limit = 0.5
        if self.release == "labels":
            limit = record_uniforms(coarse_keys(X, self), 1, self._secret)[:, 0]
        return self.classes_[(positive > limit).astype(int)]

    @available_if(_gives_probabilities)
    def predict_proba(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        """Probabilities that labels are drawn with.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records, the groups among their columns.

        Returns
        -------
        P : ndarray of shape (n_samples, 2)

        Raises
        ------
        ValueError
            A record is of a group that was not trained on.
        """
        check_is_fitted(self)
        positive = self._positive(self._checked(X, reset=False))
        return np.column_stack([1 - positive, positive])

    def _checked(self, X, **how):
        """Records; of a frame the columns are as they are, for the model to judge."""
        frame = hasattr(X, "iloc")
        how |= {"skip_check_array": True} if frame else {"dtype": None}
        return validate_data(self, X, **how)

    def _positive(self, X):
        """Probability of the second class."""
        model, groups = self.estimator_, self._known_groups(X)
        # fairlearn has no public name for the probabilities that it draws from.
        ask, given = getattr(model, "_pmf_predict", None), {}
        if ask is None:
            return self._of_one_model(X)
        if "sensitive_features" in signature(ask).parameters:
            given["sensitive_features"] = groups
        return np.clip(np.asarray(ask(X, **given), dtype=float)[:, 1], 0, 1)

    def _of_one_model(self, X):
        """The same where fairlearn has chosen a model and draws nothing."""
        if self.release == "probabilities":
            P = np.asarray(self.estimator_.predict_proba(X), dtype=float)
            if P.shape[1] == 2:  # else all are of one class, which it does not name
                return P[:, 1]
        return np.asarray(self.estimator_.predict(X), dtype=float)

    def _known_groups(self, X):
        groups = self._groups(X)
        known = pd.Index(self.groups_)
        strange = ~pd.Index(groups).isin(known)
        if strange.any():
            raise ValueError(
                f"The records hold groups that {type(self).__name__} was not trained "
                f"on: {pd.unique(groups[strange])[:5].tolist()}. It knows "
                f"{self.groups_.tolist()}. Train with records of all groups."
            )
        return groups

    def _groups(self, X):
        if callable(self.sensitive):
            return column_or_1d(self.sensitive(X))
        return np.asarray(_safe_indexing(X, self.sensitive, axis=1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
