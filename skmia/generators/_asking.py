"""What generators of shadow data share: what they know, and how they ask a target."""

from __future__ import annotations

import math
import warnings
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import (
    _safe_indexing,
    check_consistent_length,
    check_random_state,
    check_scalar,
)
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from skmia.exceptions import QueryBudgetExceeded
from skmia.generators._schema import FeatureSchema
from skmia.utils._arrays import answer_of
from skmia.utils._budget import n_affordable, queries_left
from skmia.utils._random import draw_seeds
from skmia.utils._records import n_records
from skmia.utils._sklearn import _fit_context
from skmia.utils._typing import FittedClassifier

if TYPE_CHECKING:
    import pandas as pd


class Questions:
    """Questions to a target about encoded rows: in batches, counted, within budgets.

    Parameters
    ----------
    target : fitted classifier
        May know how many rows it still answers (``queries_left_``).
    schema : FeatureSchema, default=None
        What encoded rows stand for; None for rows that are records.
    max_queries : int or None
        Rows that may be asked here.
    """

    def __init__(self, target, schema=None, max_queries=None):
        self.target = target
        self.schema = schema
        self.max_queries = math.inf if max_queries is None else max_queries
        self.n_queries = 0
        self.n_calls = 0

    @property
    def left(self):
        """Rows that may still be asked; inf without a limit."""
        return min(self.max_queries - self.n_queries, queries_left(self.target))

    def posterior(self, Z):
        """Posterior of the first rows of `Z`, as many as there is a budget for."""
        answer = self._ask("predict_proba", Z)
        return np.empty((0, len(self.target.classes_))) if answer is None else answer

    def labels(self, Z):
        """Labels of the first rows of `Z`, as many as there is a budget for."""
        answer = self._ask("predict", Z)
        return np.empty(0) if answer is None else answer

    def _ask(self, method, Z):
        X = Z if self.schema is None else self.schema.decode(Z)
        allowed = self.max_queries - self.n_queries
        n = n_affordable(self.target, X, limit=allowed)
        if n == 0:
            return None
        X = X if n == n_records(X) else _safe_indexing(X, np.arange(n))
        try:
            answer = answer_of(self.target, method, X)
        except QueryBudgetExceeded:
            # A refusal that the target did not announce: it costs nothing and ends all.
            self.max_queries = self.n_queries
            return None
        self.n_queries += n
        self.n_calls += 1
        return np.asarray(answer)


class ShadowDataGenerator(BaseEstimator):
    """Base of the generators that ask a target, or look around known records.

    `fit` keeps the schema, the known records as encoded rows, their labels and a
    seed. A subclass implements ``_sample(n_samples, questions, rng)``, which returns
    encoded rows, their labels, and why there are fewer rows than asked for if there
    are; `questions` is None without a target.
    """

    _parameter_constraints = {
        "schema": [FeatureSchema, None],
        "random_state": ["random_state"],
    }
    # Subclasses that search take it as a parameter.
    max_queries: int | None = None

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: ArrayLike | pd.DataFrame | None = None, y: ArrayLike | None = None
    ) -> Self:
        """Learn what the adversary knows.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_records, n_features), default=None
            Records that the adversary knows. None if it only knows the `schema`.
        y : array-like of shape (n_records,), default=None
            Their labels, if known.

        Returns
        -------
        self : object
        """
        schema, known = self.schema, None
        if X is not None:
            validate_data(self, X, skip_check_array=True)
            schema = schema or FeatureSchema.from_records(X)
            known = schema.snap(schema.encode(X))
        if schema is None:
            raise ValueError(
                f"{type(self).__name__} must know what records look like: pass the "
                "'schema' parameter, or some records to fit."
            )
        labels = None if y is None else column_or_1d(y, warn=True)
        check_consistent_length(known, labels)
        self._know(schema, known, labels)
        self._seed = draw_seeds(check_random_state(self.random_state))
        return self

    def sample(
        self, n_samples: int, target: FittedClassifier | None = None
    ) -> tuple[np.ndarray | pd.DataFrame, np.ndarray]:
        """Generate labelled records.

        Parameters
        ----------
        n_samples : int
            Records wanted.
        target : fitted classifier or BlackBox, default=None
            Whom to ask. Never beyond its budget: where that ends, the sample does.

        Returns
        -------
        X : {ndarray, DataFrame} of shape (n_found, n_features)
            Records like those of the schema. The same call gives the same ones, as
            long as the target gives the same answers and has the budget.
        y : ndarray of shape (n_found,)
            Their labels.
        """
        check_is_fitted(self)
        check_scalar(n_samples, "n_samples", Integral, min_val=1)
        questions: Any = None
        if target is not None:
            questions = Questions(target, self.schema_, self.max_queries)
        Z, y, why = self._sample(n_samples, questions, check_random_state(self._seed))
        if questions is not None:
            self.n_queries_, self.n_calls_ = questions.n_queries, questions.n_calls
        if len(Z) < n_samples:
            message = (
                f"{type(self).__name__} found {len(Z)} of {n_samples} rows: {why}. "
                f"{self.n_queries_} questions were asked, {questions.left} are left."
            )
            if not len(Z):
                raise ValueError(message)
            warnings.warn(message, UserWarning, stacklevel=2)
        return self.schema_.decode(Z), y

    def _know(self, schema, known, labels):
        """Set the schema, and the encoded records with their labels, or None."""
        self.schema_, self._known, self._labels = schema, known, labels

    def _check_labels(self, questions):
        if questions is None and self._labels is None:
            raise ValueError(
                "There are no labels: pass those of the known records to fit, or "
                "'target' to sample."
            )

    def _draw(self, n, rng):
        """Random rows: from the known marginals, else uniform over the schema."""
        if n == 0:
            return np.empty((0, self.schema_.n_columns))
        rows = self.schema_.uniform(n, rng)
        if self._known is None:
            return rows
        everything = np.ones(rows.shape, dtype=bool)
        return self.schema_.resample(rows, everything, rng, pool=self._known)
