"""The shapes of defenses: masks of a posterior, and other ways of training."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted

from skmia.utils._arrays import answer_of
from skmia.utils._labels import aligned_posterior
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import available_if
from skmia.utils._typing import MatrixLike
from skmia.utils._wrapper import ClassifierWrapper


class OutputDefense(ClassifierWrapper, metaclass=ABCMeta):
    """A classifier that releases a masked posterior, and the label of that posterior.

    Subclasses implement ``_release(P, X)``, from the inner posterior to the released
    one. Each row must depend on the same rows of `P` and `X` only: a record gets the
    same answer in every batch and at every repetition, so that nothing is won by asking
    again. Randomness comes from `skmia.utils._record_noise`.
    """

    _asks = "predict_proba"

    # Whether the inner model is trained on all records, and nothing else is. Read of
    # the class itself, never of those it inherits from.
    _only_masks = False

    # Not "_mask": the masked arrays of GridSearchCV's results would take an object
    # with that attribute for a masked value, and lose it.
    @abstractmethod
    def _release(self, P, X):
        """Released posterior of the same shape; rows sum to 1."""

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Released posterior.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Rows sum to 1; columns are in the order of `classes_`.
        """
        check_is_fitted(self)
        return self._release(answer_of(self.estimator_, "predict_proba", X), X)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Label of the largest released entry; of equal ones the first class.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class TrainsAnew(metaclass=ABCMeta):
    """What every defense does that trains a model in another way.

    Subclasses implement ``_train(X, y, sample_weight=None)``: records that can be
    indexed and labels in, a dict of fitted attributes out, the released model under
    ``estimator_``. Those that say in ``_no_weights`` why they take no weights are given
    none.
    """

    @abstractmethod
    def _train(self, X, y, sample_weight=None):
        """Fitted attributes by name; nothing is set on the way."""

    @abstractmethod
    def _check_records(self, X, y):
        """Records and labels that can be indexed."""

    def _known_of(self, y):
        """What is learned of the labels alone, by name."""
        return {}

    def _learn(self, X, y, sample_weight):
        X, y = self._check_records(X, y)
        weights = ()
        if sample_weight is not None:
            # What weighs nothing is not there: in no fold, no mean and no mixture.
            there = np.flatnonzero(sample_weight)
            X, y, weights = _safe_indexing(X, there), y[there], (sample_weight[there],)
        return self._known_of(y) | self._train(X, y, *weights)


class TrainingDefense(TrainsAnew, ClassifierWrapper):
    """A classifier whose model is trained in another way, and answers as it is.

    The released model may have missed classes: its posterior gets a column of 0 for
    each.
    """

    def _check_records(self, X, y):
        return check_labelled(X, y)

    def _known_of(self, y):
        return {"_labels": np.unique(y)}

    @property
    def classes_(self) -> np.ndarray:
        """Class labels, in the order of the columns of a posterior."""
        return self._labels

    @available_if(ClassifierWrapper._has_scores)
    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Released posterior.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Rows sum to 1; columns are in the order of `classes_`.
        """
        check_is_fitted(self)
        return aligned_posterior(self.estimator_, X, self.classes_)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Label of the largest released entry; of equal ones the first class.

        Without scores, the label that the released model predicts.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        if not self._has_scores():
            return self.estimator_.predict(X)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
