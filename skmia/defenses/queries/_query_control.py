"""What defenses share that watch who asks what."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skmia.utils._record_keys import exact_keys
from skmia.utils._sklearn import available_if
from skmia.utils._typing import MatrixLike
from skmia.utils._wrapper import ClassifierWrapper


class QueryControl(ClassifierWrapper, metaclass=ABCMeta):
    """A classifier whose answer depends on what the client has asked before.

    Subclasses implement ``_answer(X, ask, client_id)``, where `ask` is the method of
    the fitted model that the answer is made from. What changes with the queries lives
    in objects that are made in ``_learn`` and never rebound: asking sets no attribute.
    """

    _minds_queries = True

    @abstractmethod
    def _answer(self, X, ask, client_id):
        """What the client is told about the records."""

    @available_if(ClassifierWrapper._has_scores)
    def predict_proba(
        self, X: MatrixLike, *, client_id: str | None = None
    ) -> np.ndarray:
        """Released posterior.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.
        client_id : str, default=None
            Who asks. None is a client as well.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Rows sum to 1; columns are in the order of `classes_`.

        Raises
        ------
        QueryBudgetExceeded
            This client has asked enough.
        """
        check_is_fitted(self)
        return self._answer(X, self.estimator_.predict_proba, client_id)

    def predict(self, X: MatrixLike, *, client_id: str | None = None) -> np.ndarray:
        """Label of the largest released entry; of equal ones the first class.

        Without scores, the label that the inner model predicts.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.
        client_id : str, default=None
            Who asks. None is a client as well.

        Returns
        -------
        labels : ndarray of shape (n_samples,)

        Raises
        ------
        QueryBudgetExceeded
            This client has asked enough.
        """
        check_is_fitted(self)
        if not self._has_scores():
            return self._answer(X, self.estimator_.predict, client_id)
        posterior = self.predict_proba(X, client_id=client_id)
        return self.classes_[posterior.argmax(axis=1)]


class QueryLedger(QueryControl):
    """A classifier that answers while an account of its ledger, ``budget_``, lasts."""

    # What the answer to one record costs besides a query.
    _price: dict = {}

    @property
    def queries_left_(self) -> float:
        """New records that the client None may still ask; inf without a limit."""
        return self.budget_.affords(**self._price)

    def _is_new(self, X):
        """Which records that client would have to pay for."""
        return self.budget_.is_new(self._records(X))

    def _records(self, X):
        """What tells records apart for the ledger."""
        # What another fit answered about a record is not what this one would.
        return [self._fit_id + key for key in exact_keys(X, self)]
