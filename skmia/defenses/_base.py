"""The shapes of defenses: masks of a posterior, and other ways of training."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skmia.utils._arrays import answer_of
from skmia.utils._labels import aligned_posterior
from skmia.utils._records import check_labelled
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

    def predict_proba(self, X):
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

    def predict(self, X):
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


class TrainingDefense(ClassifierWrapper, metaclass=ABCMeta):
    """A classifier whose model is trained in another way, and answers as it is.

    Subclasses implement ``_train(X, y, sample_weight=None)``: records that can be
    indexed and labels in, a dict of fitted attributes out, the released model under
    ``estimator_``. That model may have missed classes: its posterior gets a column of 0
    for each. Those that say in ``_no_weights`` why they take none are given none.
    """

    @abstractmethod
    def _train(self, X, y, sample_weight=None):
        """Fitted attributes by name; nothing is set on the way."""

    def _learn(self, X, y, sample_weight):
        X, y = check_labelled(X, y)
        if sample_weight is None:
            return {"_labels": np.unique(y), **self._train(X, y)}
        # What weighs nothing is not there: in no fold, no mean and no mixture either.
        there = np.flatnonzero(sample_weight)
        X, y = _safe_indexing(X, there), y[there]
        return {"_labels": np.unique(y), **self._train(X, y, sample_weight[there])}

    @property
    def classes_(self):
        """Class labels, in the order of the columns of a posterior."""
        return self._labels

    @available_if(ClassifierWrapper._has_scores)
    def predict_proba(self, X):
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

    def predict(self, X):
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
