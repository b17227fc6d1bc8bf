"""What every model around a model shares, whatever it lets through."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    RegressorMixin,
    clone,
)
from sklearn.utils import column_or_1d, get_tags

from skmia.utils._kinds import a_kind, kind_of
from skmia.utils._outputs import takes_several
from skmia.utils._random import refuse_private
from skmia.utils._sklearn import HasMethods, _fit_context
from skmia.utils._typing import MatrixLike
from skmia.utils._weights import fit_weights, read_weights


class ModelWrapper(MetaEstimatorMixin):
    """A model that fits a clone of another one and answers in its place.

    Subclasses decide what to answer, and with ``_learn`` how to fit. Nothing else of
    the inner model gets out: methods are never delegated, `score` is that of the
    wrapper's own `predict`, and the inner model alone validates the records, so that
    whatever it takes (DataFrames, sparse matrices, strings, missing values) passes
    through.
    """

    _parameter_constraints = {"estimator": [HasMethods(["fit"])]}

    # What the inner model is, for the errors.
    _inner_kind = "model"

    # Method of the inner model that the answers are made from.
    _asks = "predict"

    # Why the guarantee of a private model inside would not be one of what is released.
    # None where it is: each record is one row of one fit, and only answers are masked.
    _voids_guarantee: str | None = None

    # Why `fit` has no place for weights of the records, as a clause. None where it has.
    _no_weights: str | None = None

    # The signature does not tell scikit-learn's routing, where that is switched on.
    __metadata_request__fit = {"sample_weight": None}

    @property
    def _model(self):
        """The fitted model that knows the answers."""
        return self.estimator_

    @property
    def n_features_in_(self) -> int:
        """Number of features seen by the inner model."""
        return self._model.n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the features, where the inner model was given names."""
        return self._model.feature_names_in_

    def _fit(self, X, y, fit_params):
        """Set everything that is learned, once the parameters are validated."""
        self._check_kind()
        self._check_guarantee()
        sample_weight = read_weights(self, fit_params, X, y)
        # All at once and last: a fit that fails leaves nothing half-fitted behind.
        vars(self).update(self._learn(X, y, sample_weight))
        return self

    @property
    def _weighted(self):
        """The unfitted models that weights of the records are handed on to."""
        return [self.estimator]

    @property
    def _template(self):
        """The unfitted model that says which methods the released one will have."""
        return self.estimator

    def _check_kind(self):
        """Refuse inner models that are known to be of another kind."""
        for inner in self._weighted:
            kind = kind_of(inner)
            if kind not in (self._inner_kind, None):
                raise TypeError(
                    f"The model inside {type(self).__name__} must be a "
                    f"{self._inner_kind}. Got {inner!r}, {a_kind(kind)}."
                )

    def _check_guarantee(self):
        """Refuse a private model inside whose guarantee would be none."""
        if self._voids_guarantee is not None:
            refuse_private(self, self._voids_guarantee)

    def _learn(self, X, y, sample_weight):
        """Every fitted attribute by name, ``estimator_`` among them."""
        weights = fit_weights(self.estimator, sample_weight)
        model = clone(self.estimator).fit(X, self._labels_for(y), **weights)
        return {"estimator_": self._check_answers(model)}

    def _labels_for(self, y):
        """Labels as the inner model is given them."""
        return y

    def _check_answers(self, model):
        """A fitted model, if it has the method that the answers are made from."""
        # Not before: some estimators know only once fitted which methods they have.
        if not hasattr(model, self._asks):
            raise TypeError(
                f"The 'estimator' parameter of {type(self).__name__} must be a "
                f"{self._inner_kind} with {self._asks}. Got {self.estimator!r} instead."
            )
        return model

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.non_deterministic = inner.non_deterministic
        return tags


class ClassifierWrapper(ModelWrapper, ClassifierMixin, BaseEstimator):
    """A classifier that fits a clone of another one and answers in its place."""

    _inner_kind = "classifier"

    # Whether labels of several outputs are handed on to a model that learns them.
    _takes_outputs = False

    @property
    def classes_(self) -> np.ndarray:
        """Class labels, in the order of the columns of a posterior."""
        return self._model.classes_

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike, **fit_params: Any) -> Self:
        """Fit a clone of the inner classifier.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the inner classifier takes them.
        y : array-like of shape (n_samples,)
            Class labels of any type.
        **fit_params : dict
            ``sample_weight`` only: array-like of shape (n_samples,), a weight for each
            record, handed on to all that is fitted to the records. Where a model takes
            none, or the defense has no place for weights, that is a TypeError.

        Returns
        -------
        self : object
        """
        return self._fit(X, y, fit_params)

    def _has_scores(self):
        model = getattr(self, "estimator_", self._template)
        return hasattr(model, "predict_proba")

    def _labels_for(self, y):
        outputs = self._takes_outputs and takes_several(self.estimator)
        return y if outputs and np.asarray(y).ndim > 1 else column_or_1d(y, warn=True)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        if inner.classifier_tags is None:  # an inner model of no kind, or of another
            self._check_kind()
            return tags
        tags.classifier_tags.multi_class = inner.classifier_tags.multi_class
        tags.classifier_tags.poor_score = inner.classifier_tags.poor_score
        if self._takes_outputs:
            tags.target_tags = inner.target_tags
            tags.classifier_tags.multi_label = inner.classifier_tags.multi_label
        return tags


class RegressorWrapper(ModelWrapper, RegressorMixin, BaseEstimator):
    """A regressor that fits a clone of another one and answers in its place."""

    _inner_kind = "regressor"

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike, **fit_params: Any) -> Self:
        """Fit a clone of the inner regressor.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the inner regressor takes them.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Quantities, as the inner regressor takes them.
        **fit_params : dict
            ``sample_weight`` only: array-like of shape (n_samples,), a weight for each
            record, handed on to all that is fitted to the records. Where a model takes
            none, or the defense has no place for weights, that is a TypeError.

        Returns
        -------
        self : object
        """
        return self._fit(X, y, fit_params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.target_tags.multi_output = inner.target_tags.multi_output
        tags.target_tags.single_output = inner.target_tags.single_output
        if inner.regressor_tags is not None:
            tags.regressor_tags.poor_score = inner.regressor_tags.poor_score
        return tags
