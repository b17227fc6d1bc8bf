"""A model behind a prediction interface: what it answers, and how often."""

from __future__ import annotations

import math
from contextlib import contextmanager
from threading import Lock
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import NotFittedError
from sklearn.utils import indexable
from sklearn.utils.validation import check_is_fitted

from skmia.exceptions import QueryBudgetExceeded
from skmia.targets._answers import largest
from skmia.utils._arrays import answer_of
from skmia.utils._outputs import own_classes
from skmia.utils._sklearn import COUNT, COUNT_OR_0, StrOptions, available_if
from skmia.utils._typing import Classifier, MatrixLike
from skmia.utils._wrapper import ClassifierWrapper


class _QueryLedger:
    """Rows answered so far. Safe between threads; copies count on their own."""

    def __init__(self, spent=0):
        self.spent = spent
        self._lock = Lock()

    @contextmanager
    def charge(self, n_rows, budget):
        """Book the rows before the answer is computed; take them back if it fails."""
        with self._lock:
            if budget is not None and self.spent + n_rows > budget:
                raise QueryBudgetExceeded(
                    f"The budget of this black box is {budget} queries (rows): "
                    f"{self.spent} are spent, this call asks {n_rows} more. Nothing "
                    "was answered and nothing was charged."
                )
            self.spent += n_rows
        try:
            yield
        except BaseException:
            with self._lock:
                self.spent -= n_rows
            raise

    def __reduce__(self):
        # The lock can be neither pickled nor copied.
        return _QueryLedger, (self.spent,)


def _n_rows(X):
    (X,) = indexable(X)
    return X.shape[0] if hasattr(X, "shape") else len(X)


def _shows_scores(black_box):
    return black_box.access != "label" and hasattr(black_box._model, "predict_proba")


class BlackBox(ClassifierWrapper):
    """A classifier of which only a prediction interface can be reached.

    What the access does not include does not exist, and every row asked is counted.
    A call that asks more rows than the budget has left is refused as a whole before
    anything is computed. A call that fails (say, for a wrong number of features) is
    not charged.

    There are two ways to put a model inside. Around a fitted model the black box
    answers at once, without `fit`. Around an unfitted one it is a classifier like any
    other: `fit` trains a clone and starts counting from 0.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Fitted model to ask, or the model to clone and fit.
    access : {"scores", "top-k", "label"}, default="scores"
        What is answered. "scores": labels and the posterior. "top-k": labels and the
        `k` largest entries of the posterior. "label": labels; there is no
        ``predict_proba``.
    k : int, default=3
        Entries of the posterior that ``access="top-k"`` shows. What they leave of 1
        is spread evenly over the other classes, so that rows remain posteriors.
    max_queries : int, default=None
        Rows that may be asked, all methods and calls together. None: no limit.

    Attributes
    ----------
    estimator_ : classifier
        The fitted clone, after `fit` only.
    n_queries_ : int
        Rows answered so far.
    queries_left_ : int or float
        Rows that may still be asked; ``inf`` without a limit.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features of a record.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    skmia.defenses.LabelOnly : The owner's decision to release labels only.

    Notes
    -----
    Threat model: this *is* the threat model, stated and enforced for code that keeps
    to the public interface. It is no security boundary: whoever holds the object
    holds the model.

    Threads may share a black box: together they never pass the budget. Pickling and
    `copy.deepcopy` copy the count; from then on each copy counts for itself, in other
    processes too. `sklearn.base.clone` gives an unfitted black box that was never
    asked.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.targets import BlackBox
    >>> X, y = load_iris(return_X_y=True)
    >>> api = BlackBox(GaussianNB().fit(X, y), access="label", max_queries=100)
    >>> api.predict(X[:90]).shape
    (90,)
    >>> api.n_queries_, api.queries_left_
    (90, 10)
    >>> hasattr(api, "predict_proba")
    False
    >>> api.predict(X[:20])
    Traceback (most recent call last):
        ...
    skmia.exceptions.QueryBudgetExceeded: The budget of this black box is 100 queries
    (rows): 90 are spent, this call asks 20 more. Nothing was answered and nothing was
    charged.
    """

    _parameter_constraints: dict = {
        **ClassifierWrapper._parameter_constraints,
        "access": [StrOptions({"scores", "top-k", "label"})],
        "k": [COUNT],
        "max_queries": [COUNT_OR_0, None],
    }

    _takes_outputs = True
    _without_budget = {"max_queries": None}

    def __init__(
        self,
        estimator: Classifier,
        *,
        access: Literal["scores", "top-k", "label"] = "scores",
        k: int = 3,
        max_queries: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.access = access
        self.k = k
        self.max_queries = max_queries

    @property
    def n_queries_(self) -> int:
        """Rows answered so far."""
        return self._ledger.spent

    @property
    def queries_left_(self) -> float:
        """Rows that may still be asked; inf without a limit."""
        if self.max_queries is None:
            return math.inf
        return self.max_queries - self.n_queries_

    def fit(self, X: MatrixLike, y: ArrayLike, **fit_params: Any) -> Self:
        """Fit a clone of the inner classifier and start counting from 0.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the inner classifier takes them.
        y : array-like of shape (n_samples,)
            Class labels of any type.
        **fit_params : dict
            ``sample_weight`` only: array-like of shape (n_samples,), a weight for each
            record. Where the inner classifier takes none, that is a TypeError.

        Returns
        -------
        self : object
        """
        super().fit(X, y, **fit_params)
        self._query_ledger = _QueryLedger()
        return self

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Labels that the model predicts. Every row costs one query.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)

        Raises
        ------
        QueryBudgetExceeded
            More rows than the budget has left.
        """
        check_is_fitted(self)
        return self._ask("predict", X)

    @available_if(_shows_scores)
    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Posterior, as far as the access goes. Every row costs one query.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Rows sum to 1; columns are in the order of `classes_`.

        Raises
        ------
        QueryBudgetExceeded
            More rows than the budget has left.
        """
        check_is_fitted(self)
        posterior = self._ask("predict_proba", X)
        if self.access == "top-k":
            posterior = largest(posterior, self.k, own_classes(self))
        return posterior

    def _ask(self, method, X):
        # A black box around a fitted model has seen no fit that checked them.
        self._validate_params()
        with self._ledger.charge(_n_rows(X), self.max_queries):
            return answer_of(self._model, method, X)

    @property
    def _model(self):
        return getattr(self, "estimator_", self.estimator)

    @property
    def _ledger(self):
        # Around a fitted model it is made by the first one who asks for it;
        # setdefault is atomic, so threads agree on it.
        return vars(self).setdefault("_query_ledger", _QueryLedger())

    def __sklearn_is_fitted__(self):
        try:
            check_is_fitted(self._model)
        except NotFittedError:
            return False
        return True
