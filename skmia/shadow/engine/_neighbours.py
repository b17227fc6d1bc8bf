"""The trainer of nearest neighbours: one search for the answers of all models."""

from functools import cached_property
from math import ceil, sqrt

import numpy as np
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors

from skmia.shadow.engine._answers import PoolAnswers
from skmia.shadow.engine._generic import Generic
from skmia.shadow.engine._given import validated
from skmia.shadow.surgery._neighbours import (
    METRICS,
    TIE,
    equal_records,
    shares,
    votes,
    votes_on_other_side,
)
from skmia.shadow.surgery._other_side import without_names
from skmia.utils._labels import encode_labels

# Of the table that all models share: a distance and a position each.
_MOST_CELLS = 2**25  # of 12 bytes


class Neighbours(Generic):
    """Fits models as they are, which is to keep records; answers are shared."""

    def at_once(self, estimator):
        """Every lot makes a table of its own."""
        return 64

    def refuses(self, estimator, X, y):
        """Why these are for ``fit_clone`` alone, in words, or None."""
        if callable(estimator.metric) or estimator.metric not in METRICS:
            return f"'metric' must be one of {', '.join(sorted(METRICS))}"
        if callable(estimator.weights):
            return "'weights' is a function"
        try:
            checked = _validated(estimator, X, y)
            # Refuses what is wrong with other parameters.
            one = np.zeros(estimator.n_neighbors, dtype=int)
            clone(estimator).fit(checked[one], np.asarray(y)[one])
        except (TypeError, ValueError) as error:
            return str(error)
        if _n_candidates(estimator.n_neighbors, 1) * checked.shape[0] > _MOST_CELLS:
            return "the neighbours of so many records take too much memory"
        return None

    def answers(self, tasks, X, y):
        """What models of tasks of one estimator say about the pool."""
        return NeighbourTable(tasks, X, y)


class NeighbourTable(PoolAnswers):
    """The nearest of each record of the pool, of whom every model has some.

    Who is among k where several are at the same distance is chance in scikit-learn;
    here it is the one that comes first in the pool. On the other side they share the
    seats, as in :func:`skmia.shadow.other_side`. Of a record whose neighbours the
    table does not hold the model is asked.

    Parameters
    ----------
    tasks : list of Task
        Of one estimator.
    X, y : records and labels of the pool
    """

    def __init__(self, tasks, X, y):
        self._tasks, self._pool, self._y = tasks, X, y

    @cached_property
    def _X(self):
        return _validated(self._tasks[0].estimator, self._pool, self._y)

    @cached_property
    def _table(self):
        """Distances and positions, nearest first and ties in the order of the pool."""
        estimator, n_records = self._tasks[0].estimator, self._X.shape[0]
        share = min(len(np.arange(n_records)[one.rows]) for one in self._tasks)
        wanted = _n_candidates(estimator.n_neighbors, share / n_records)
        wanted = min(wanted, _MOST_CELLS // n_records, n_records)
        params = estimator.get_params()
        del params["weights"]
        # algorithm="auto" looks at n_neighbors: trees tell what products round away.
        search = NearestNeighbors(**params).fit(self._X)
        distances, found = search.kneighbors(self._X, n_neighbors=wanted)
        distances = distances.astype(float)
        distances[equal_records(self._X, self._X, found)] = 0
        order = np.argsort(distances, axis=1, kind="stable")
        distances = np.take_along_axis(distances, order, axis=1)
        apart = np.diff(distances, axis=1, prepend=0) > TIE * distances
        found = np.take_along_axis(found, order, axis=1)
        order = np.lexsort((found, apart.cumsum(axis=1)), axis=1)
        found = np.take_along_axis(found, order, axis=1).astype(np.int32)
        return np.take_along_axis(distances, order, axis=1), found

    def posterior(self, model, inside):
        """Posterior of a model, of shape (n_records, n_classes)."""
        distances, found = self._table
        candidate = inside[found]
        rank = candidate.cumsum(axis=1)
        seats = (candidate & (rank <= model.n_neighbors)).astype(float)
        codes = encode_labels(self._y, model.classes_)
        with np.errstate(invalid="ignore"):
            told = shares(model, seats, distances, codes[found])
        last = np.where(seats, distances, 0).max(axis=1)
        enough = rank[:, -1] >= model.n_neighbors
        missed = np.flatnonzero(~enough | ~self._holds_all_to(last))
        if len(missed):
            told[missed] = without_names(model).predict_proba(self._X[missed])
        return told

    def other_side(self, model, inside):
        """As :func:`skmia.shadow.other_side`."""
        distances, found = self._table
        codes = encode_labels(self._y, model.classes_)
        known = codes >= 0
        codes = np.where(known, codes, 0)
        rows = np.arange(len(codes))
        candidate = inside[found] & (found != rows[:, np.newaxis])
        there = inside.sum() + np.where(inside, -1, 1) >= model.n_neighbors
        # What is no candidate is nowhere, and so is who has too few of them.
        distances = np.where(candidate, distances, np.inf)
        with np.errstate(invalid="ignore"):
            told, edge = votes_on_other_side(
                model, distances, codes[found], inside, codes
            )
        missed = np.flatnonzero(there & known & ~self._holds_all_to(edge))
        if len(missed):
            bare = without_names(model)
            told[missed] = votes(bare, self._X, codes, inside, missed)
        told[~there | ~known] = np.nan
        return told

    def _holds_all_to(self, edge):
        """Whether the table has all neighbours of each record that are no further."""
        distances, _ = self._table
        everybody = distances.shape[1] == len(distances)
        return (distances[:, -1] > edge * (1 + TIE)) | everybody


def _n_candidates(n_neighbors, share):
    """How many of the nearest hold the neighbours of a model, for nearly all records.

    `share` is the part of the pool that the model has. One more or less, and ties.
    """
    wanted = n_neighbors + 2
    return ceil((wanted + 4 * sqrt(wanted)) / share) + 8


def _validated(estimator, X, y):
    """Records as ``fit`` takes them, if it takes them and their labels."""
    return validated(estimator, X, y, accept_sparse="csr", order="C")[1]
