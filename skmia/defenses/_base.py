"""The shape of every defense that masks a posterior."""

from abc import ABCMeta, abstractmethod

from sklearn.utils.validation import check_is_fitted

from skmia.utils._wrapper import ClassifierWrapper


class OutputDefense(ClassifierWrapper, metaclass=ABCMeta):
    """A classifier that releases a masked posterior, and the label of that posterior.

    Subclasses implement ``_release(P)``, from the inner posterior to the released one.
    Each row must depend on the same row of `P` only: a record gets the same answer in
    every batch and at every repetition, so that nothing is won by asking again.
    """

    _asks = "predict_proba"

    # Not "_mask": the masked arrays of GridSearchCV's results would take an object
    # with that attribute for a masked value, and lose it.
    @abstractmethod
    def _release(self, P):
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
        return self._release(self.estimator_.predict_proba(X))

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
