"""Signals of recommenders: plain functions ``f(X, lists)``.

A record holds what a user has rated, one column for each item, 0 where there is no
rating. An item is the number of its column; -1 fills a list that is too short.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse


def novelty(X, lists, *, popularity=None):
    """Mean surprise of the recommended items, ``-log2`` of their popularity, in bits.

    Who is unknown to the system is shown what is popular.
    """
    if popularity is None:
        raise ValueError(
            "The signal 'novelty' needs the share of users who have rated each item: a "
            "Session fills that in, or set_params(popularity=...)."
        )
    shares = np.asarray(popularity)
    known = items_within(lists, len(shares))
    surprise = np.where(known, -np.log2(shares[np.where(known, lists, 0)]), 0)
    return surprise.sum(axis=1) / np.maximum(known.sum(axis=1), 1)


def recommended(X, lists, *, n_items):
    """The first items of each list, -1 where there are fewer."""
    shown = np.full((len(lists), n_items), -1)
    lists = lists[:, :n_items]
    shown[:, : lists.shape[1]] = lists
    return shown


def columns_of_places(signal):
    """One for each place of a list."""
    return [f"{signal.name}_{i}" for i in range(signal.params["n_items"])]


def popularity_of(X):
    """Share of users who have rated each item, never 0: half a user more has, of one.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_users, n_items)

    Returns
    -------
    popularity : ndarray of shape (n_items,)
    """
    rated = rated_in(X)
    return (np.asarray(rated.sum(axis=0)).ravel() + 0.5) / (rated.shape[0] + 1)


def rated_in(X):
    """1 where a user has rated an item, as a sparse matrix of floats."""
    return sparse.csr_matrix(_ratings(X) != 0, dtype=float)


def check_items(lists, X, what):
    """Refuse lists that name something else than columns of the records, or -1."""
    n_items = _ratings(X).shape[1]
    strange = ~items_within(lists, n_items) & (lists != -1)
    if strange.any():
        raise ValueError(
            f"The {what} must give items as columns of the records, 0 to "
            f"{n_items - 1}, and -1 where nothing is left. Got "
            f"{np.unique(lists[strange])[:5].tolist()}: ids of your own must be "
            "translated into columns."
        )


def _ratings(X):
    ratings = X.tocsr() if sparse.issparse(X) else np.asarray(X)
    if ratings.ndim != 2:
        raise ValueError(
            "Records of a recommender must be ratings, one column for each item, 0 "
            f"where there is none. Got an array of shape {ratings.shape}."
        )
    return ratings


def items_within(lists, n_items):
    """Where lists name one of so many items."""
    return (lists >= 0) & (lists < n_items)


def recommendation_weights(items: ArrayLike) -> np.ndarray:
    """How much each place of a list counts: less by as much from place to place.

    .. versionadded:: 0.2

    Parameters
    ----------
    items : array-like of int of shape (n_users, n_places)
        Lists; -1 where nothing is left.

    Returns
    -------
    weights : ndarray of shape (n_users, n_places)
        ``(n - j) / (n (n + 1) / 2)`` for j from 0 in a list of n items, so that they
        sum to 1: of 100 items ``(100 - j) / 5050``.

    Examples
    --------
    >>> from skmia.tasks import recommendation_weights
    >>> recommendation_weights([[7, 3, -1]]).round(3)
    array([[0.667, 0.333, 0.   ]])
    """
    there = np.asarray(items) >= 0
    rank = there.cumsum(axis=1)
    n = there.sum(axis=1, keepdims=True)
    return np.where(there, n + 1 - rank, 0) / np.maximum(n * (n + 1) / 2, 1)
