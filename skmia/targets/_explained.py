"""A model that is released with explanations of its answers."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any, Literal

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from skmia.targets._explainers import as_points, explainer_of
from skmia.targets._influences import influence_of
from skmia.utils._records import check_labelled, n_records
from skmia.utils._sklearn import POSITIVE, Interval, StrOptions, available_if
from skmia.utils._typing import Classifier, MatrixLike
from skmia.utils._wrapper import ClassifierWrapper


def _inner_has(method):
    def has(explained):
        return hasattr(getattr(explained, "estimator_", explained.estimator), method)

    return has


def _attributes(explained):
    return explained.explainer is not None


def _names_records(explained):
    return explained.records is not None


class Explained(ClassifierWrapper):
    """A classifier whose owner also says why it answers as it does.

    It answers as the classifier that it wraps, and explains the label that it predicts:
    by how much each feature has to do with it (`explain`), by the training rows that it
    is put down to (`explain_records`), or both. Shadow models are clones of it, with
    explanations of their own, so an audit with ``access="explanations"`` tells what
    these give away.

    Works on *records*: `X` holds features, `y` class labels.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : classifier
        A clone of it is fitted.
    explainer : {"gradient", "finite-differences", "occlusion"}, callable or None, \
default="gradient"
        What `explain` answers, for the probability of the predicted class:

        - "gradient": its gradient by the record, of linear models, ``MLPClassifier``,
          networks of torch, and pipelines of scalers and one of these.
        - "finite-differences": the same of any model, by ``n_features + 1`` questions.
          Of trees and neighbours it is 0 almost everywhere, unless `step` is large.
        - "occlusion": what is lost where a feature has the mean of the training
          records, by as many questions.
        - a callable ``make(model, X)``, of the fitted model and its training records,
          that returns an explainer: ``explainer(X)`` is an array of shape (n_samples,
          n_features) or, of all classes, (n_samples, n_features, n_classes), or an
          object with such ``values``, as the explainers of shap give.

        None: there are no attributions.
    records : int, default=None
        How many training rows `explain_records` names; they are kept for it. None:
        none.
    influence : callable, default=None
        What ranks them: ``make(model, X, y)``, of the fitted model and its training
        records, returns ``influence(X)``, of shape (n_samples, n_training_records); the
        largest sizes are named. None: of ``KNeighborsClassifier`` the nearest; of
        ``LogisticRegression`` influence functions on the loss of the predicted label;
        of trees and forests the rows of its leaves, by their part in the probability.
    step : float, default=1e-4
        Of "finite-differences", in standard deviations of a feature.

    Attributes
    ----------
    estimator_ : classifier
        The fitted clone.
    explainer_ : callable or None
        ``explainer_(X)`` gives the attributions.
    influence_ : callable or None
        ``influence_(X, k)`` gives the places of k training records for each record.
    rows_ : ndarray of shape (n_training_records, n_features) or None
        Training records, where some are named.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features of a record.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    skmia.targets.BlackBox : A model that says less, and not as often as one likes.

    Notes
    -----
    Threat model: the adversary is given labels, scores and explanations, by question;
    an explanation of one record is one query, whatever it costs the owner. Attributions
    of the built-in explainers are in units of probability: a gradient is multiplied by
    the standard deviation of each feature among the training records, so that units of
    the features do not matter, and a feature that all records share has none.

    It goes around a pipeline or a search, which show nothing of an `explain` inside.

    Images are explained pixel by pixel, as one row of numbers.

    References
    ----------
    R. Shokri, M. Strobel, Y. Zick, "On the Privacy Risks of Model Explanations", AIES
    2021. P. W. Koh, P. Liang, "Understanding Black-box Predictions via Influence
    Functions", ICML 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skmia import audit
    >>> from skmia.targets import Explained
    >>> X, y = load_iris(return_X_y=True)
    >>> model = Explained(KNeighborsClassifier(), explainer="occlusion", records=3)
    >>> model.fit(X[::2], y[::2]).explain(X).shape
    (150, 4)
    >>> model.explain_records(X).shape
    (150, 3, 4)

    Each training row is its own nearest one:

    >>> report = audit(
    ...     model, X[::2], y[::2], X[1::2], y[1::2], attacks="explanation-records",
    ...     access="explanations", random_state=0,
    ... )
    >>> called = report.results[0].predicted
    >>> bool(called[:75].all())
    True

    With shap, ``explainer=lambda model, X: shap.Explainer(model.predict_proba, X)``.
    """

    _parameter_constraints: dict = {
        **ClassifierWrapper._parameter_constraints,
        "explainer": [
            StrOptions({"gradient", "finite-differences", "occlusion"}),
            callable,
            None,
        ],
        "records": [Interval(Integral, 1, None, closed="left"), None],
        "influence": [callable, None],
        "step": [POSITIVE],
    }

    _voids_guarantee = "explanations tell of the training records without noise"

    def __init__(
        self,
        estimator: Classifier,
        *,
        explainer: Literal["gradient", "finite-differences", "occlusion"]
        | Callable[..., Any]
        | None = "gradient",
        records: int | None = None,
        influence: Callable[..., Any] | None = None,
        step: float = 1e-4,
    ) -> None:
        self.estimator = estimator
        self.explainer = explainer
        self.records = records
        self.influence = influence
        self.step = step

    def _learn(self, X, y, sample_weight):
        X, y = check_labelled(X, y)
        learned = super()._learn(X, y, sample_weight)
        model = learned["estimator_"]
        learned |= dict.fromkeys(("explainer_", "influence_", "rows_"))
        if self.explainer is not None:
            learned["explainer_"] = explainer_of(model, X, self.explainer, self.step)
        if self.records is not None:
            if self.records > n_records(X):
                raise ValueError(
                    "The 'records' parameter of Explained must not be more than there "
                    f"are training records, {n_records(X)}. Got {self.records}."
                )
            learned["rows_"] = as_points(X)
            learned["influence_"] = influence_of(
                model, X, y, sample_weight, self.influence
            )
        return learned

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Labels that the inner model predicts.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    @available_if(_inner_has("predict_proba"))
    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Posterior of the inner model.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @available_if(_inner_has("decision_function"))
    def decision_function(self, X: MatrixLike) -> np.ndarray:
        """Decision values of the inner model.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    @available_if(_attributes)
    def explain(self, X: MatrixLike) -> np.ndarray:
        """How much each feature has to do with the predicted label.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        attributions : ndarray of shape (n_samples, n_features)
            Of the built-in explainers in units of probability.
        """
        check_is_fitted(self)
        return self.explainer_(_by_rows(X))

    @available_if(_names_records)
    def explain_records(self, X: MatrixLike) -> np.ndarray:
        """Training rows that the predicted label is put down to, the first ones first.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_rows, n_features)
            In double precision.
        """
        check_is_fitted(self)
        return self.rows_[self.influence_(_by_rows(X), self.records)]


def _by_rows(X):
    return X.tocsr() if sparse.issparse(X) else X
