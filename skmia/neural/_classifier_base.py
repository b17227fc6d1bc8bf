"""What all classifiers here share: labels in, a posterior out."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skmia.neural._base import Net
from skmia.neural._modules import check_module, is_net
from skmia.neural.objectives._cross_entropy import CrossEntropy
from skmia.utils._global_generator import untouched
from skmia.utils._records import check_records
from skmia.utils._sklearn import _fit_context
from skmia.utils._weights import refuse_fit_params


class ClassifierNet(ClassifierMixin, Net):
    """A classifier whose posterior is the softmax of the outputs of a network."""

    _default = CrossEntropy()

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, **fit_params: Any) -> Self:
        """Train the network from new initial weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records; used in float32.
        y : array-like of shape (n_samples,)
            Class labels of any type, two classes or more.
        **fit_params : dict
            Nothing: ``sample_weight`` is refused by a TypeError that says why.

        Returns
        -------
        self : object
        """
        refuse_fit_params(self, fit_params, self._no_weights)
        X, y = self._validated(X, y)
        check_classification_targets(y)
        classes, codes = np.unique(y, return_inverse=True)
        return self._fit(X, codes, classes, {})

    def _fit(self, X, codes, classes, extras):
        """Train on positions of labels in `classes`; all is set at once, and last."""
        self._check(classes)
        run = self._run(self._checked_objective(), len(classes), classes)
        fitted = self._train(run, X, codes, extras)
        self._set(classes_=classes, **fitted)
        return self

    def _validated(self, X, y, reset=True):
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        X, y = self._checked_records(X, y, reset=reset)
        X, y = check_records(X, column_or_1d(y, warn=True))
        return X, y

    def _check(self, classes):
        check_module(self)
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least two classes in y. Got one class "
                f"only: {classes.tolist()}."
            )

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            float64; rows sum to 1; columns are in the order of `classes_`.
        """
        check_is_fitted(self, "network_")
        if is_net(self.module) and not self._answers_logits():
            with untouched():
                P = self.net_.predict_proba(self._records(X)).astype(np.float64)
            posterior = P / P.sum(axis=1, keepdims=True)
        else:
            posterior = softmax(self._outputs(X), axis=1)
        if posterior.shape[1] != len(self.classes_):
            raise ValueError(
                f"The module of {type(self).__name__} must have one logit per class, "
                f"{len(self.classes_)} here. Got {posterior.shape[1]}."
            )
        return posterior

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Most probable class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "network_")
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _answers_logits(self):
        """Whether the module of the user's net answers logits, not probabilities."""
        criterion = self.net_.criterion_
        if self.objective is None:
            return isinstance(criterion, torch.nn.CrossEntropyLoss)
        return not isinstance(criterion, torch.nn.NLLLoss)
