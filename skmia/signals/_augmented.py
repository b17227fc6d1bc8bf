"""Signals of several queries about one record: noisy copies, or a moved image.

Functions ``f(estimator, X, y, classes, ...)`` that ask the model themselves. Every
record gets the same noise, drawn from a seed: what a record yields does not depend on
those it is asked with.
"""

from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import prod
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from skmia.signals._moves import moved, nearest_moves
from skmia.signals._neighbours import (
    as_numbers,
    ask_copies,
    batches,
    noise_deviation,
)
from skmia.signals._scores import FLOOR, scaled_logit
from skmia.utils._labels import encode_labels
from skmia.utils._records import like
from skmia.utils._sklearn import (
    COUNT,
    INNER_FRACTION,
    NOT_NEGATIVE,
    Interval,
    validate_params,
)

_CONSTRAINTS = {
    "n_queries": [COUNT],
    "scale": [NOT_NEGATIVE, "array-like"],
    "spread": [NOT_NEGATIVE, "array-like", None],
    "floor": [INNER_FRACTION],
    "seed": [Interval(Integral, 0, 2**32 - 1, closed="both")],
}


@validate_params(**_CONSTRAINTS)
def augmented_logit(
    estimator, X, y, classes, n_queries=6, scale=3.0, spread=None, floor=FLOOR, seed=0
):
    """Scaled logit of a record and of its augmentations (Carlini et al., S&P 2022).

    Records with more than one dimension are images: they are mirrored, and shifted by
    one pixel in every direction, mirrored or not, then by two. All others get Gaussian
    noise.

    Parameters
    ----------
    estimator : fitted classifier
        Asked `n_queries` rows per record, many records at once.
    X : array-like of shape (n_samples, ...)
        Records, dense and numeric; the last dimension of images, or the first, may be
        that of colours.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that the columns of a posterior stand for.
    n_queries : int, default=6
        The record itself and its augmentations. The paper's images have 18: mirrored
        or not, 9 places.
    scale : float or array-like of shape (n_features,), default=3.0
        Standard deviation of the noise, in multiples of `spread`. Far from all records
        neighbours still know the one that a copy was made of, and little else.
    spread : float or array-like of shape (n_features,), default=None
        What is small or large for each feature. None: the standard deviation among the
        records that an attack is fitted on, or those of the session; 1 where the
        signal is asked for alone.
    floor : float, default=1e-30
        Of the logarithms.
    seed : int, default=0
        Seed of the noise.

    Returns
    -------
    logits : ndarray of shape (n_samples, n_queries)
        The first column is that of the record itself.
    """
    records = as_numbers(X, moved=True)
    if records.ndim > 2:
        moves = list(islice(nearest_moves(), n_queries))
        queries = partial(moved, moves=moves)
    else:
        steps = noise_steps(records, n_queries - 1, scale, spread, seed)
        own = np.zeros((1, records.shape[1]), dtype=records.dtype)
        queries = partial(noisy, steps=np.vstack([own, steps]))
    ask = _Asking(estimator, classes, X, floor)
    return ask(records, y, queries, n_queries)


@validate_params(**_CONSTRAINTS)
def nearby_logit(
    estimator, X, y, classes, n_queries=10, scale=1.0, spread=None, floor=FLOOR, seed=0
):
    """Scaled logit of noisy copies of a record, which is not asked about itself.

    Parameters
    ----------
    estimator, X, y, classes, scale, spread, floor, seed : as in `augmented_logit`
    n_queries : int, default=10
        Copies of each record.

    Returns
    -------
    logits : ndarray of shape (n_samples, n_queries)
    """
    records = as_numbers(X)
    steps = noise_steps(records, n_queries, scale, spread, seed)
    ask = _Asking(estimator, classes, X, floor)
    return ask(records, y, partial(noisy, steps=steps), n_queries)


def queried_logit(estimator, X, y, classes, n_queries, given=None, floor=FLOOR):
    """Scaled logit of queries that were chosen for each record.

    Parameters
    ----------
    estimator, y, classes, floor : as in `augmented_logit`
    X : ndarray of shape (n_samples, n_queries, ...)
        What is asked about each record.
    n_queries : int
        Its second dimension.
    given : table, default=None
        Of the kind and with the columns that the model takes; None for an array.

    Returns
    -------
    logits : ndarray of shape (n_samples, n_queries)
    """
    ask = _Asking(estimator, classes, given, floor)
    return ask(X, y, lambda queries: queries, n_queries)


def query_columns(signal):
    """Names of one column per query."""
    return [f"{signal.name}_{i}" for i in range(signal.params["n_queries"])]


def noise_steps(X, n_copies, scale, spread, seed):
    """What each noisy copy adds to a record, (n_copies, ...) as records are."""
    n_features = prod(X.shape[1:])
    draws = check_random_state(seed).normal(size=(n_copies, n_features))
    steps = draws * noise_deviation(scale, spread, n_features)
    return steps.reshape(n_copies, *X.shape[1:]).astype(X.dtype)


def noisy(X, steps):
    """Copies of every record, (n_records, n_copies, ...).

    All records get the same `steps` of noise, or each its own.
    """
    return X[:, None] + steps


@dataclass(frozen=True)
class _Asking:
    """Scaled logits of what a model answers to queries about records."""

    model: Any
    classes: Any
    given: Any
    floor: float

    def __call__(self, X, y, queries, n_queries):
        """Logits (n_records, n_queries); ``queries(X)`` are made batch by batch."""
        codes = encode_labels(y, self.classes)
        parts = [
            self._batch(queries(X[rows]), codes[rows])
            for rows in batches(len(X), n_queries, prod(X.shape[1:]), len(self.classes))
        ]
        return np.concatenate(parts)

    def _batch(self, queries, codes):
        n_records, n_queries, *shape = queries.shape
        rows = like(self.given, queries.reshape(-1, *shape))
        answer = ask_copies(self.model, rows, self.classes)
        logits = scaled_logit(np.repeat(codes, n_queries), answer, self.floor)
        return logits.reshape(n_records, n_queries)
