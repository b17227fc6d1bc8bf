"""Budgets of questions: what is left is asked, what was answered is kept.

A model with a budget says in ``queries_left_`` how many rows it still answers.
"""

import math

import numpy as np
from sklearn.base import clone

from skmia.utils._inside import layers
from skmia.utils._records import n_records


def queries_left(model):
    """Rows that a model still answers; inf without a budget."""
    return getattr(model, "queries_left_", math.inf)


def minds_queries(model):
    """Whether a model, or one inside it, counts queries or answers by them."""
    return any(
        hasattr(one, "queries_left_") or getattr(one, "_minds_queries", False)
        for layer in layers(model)
        for one in (layer, type(layer))
    )


def n_affordable(model, X, *, price=1, limit=math.inf):
    """How many records, counted from the first, may be asked about.

    Parameters
    ----------
    model : fitted estimator
        What it answers for free it says in ``_is_new(X)``.
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
    price : int, default=1
        Rows that are asked for each record.
    limit : int or float, default=inf
        Rows that may be asked in all, whatever the model allows.

    Returns
    -------
    n : int
    """
    n, left = n_records(X), queries_left(model)
    if price == 1 and left < n and hasattr(model, "_is_new"):
        spent = np.cumsum(model._is_new(X))
        return int(min(np.searchsorted(spent, left, side="right"), limit))
    return int(min(n, max(min(left, limit), 0) // price if price else n))


def cost(model, X, price=1):
    """Rows of its budget that a model charges for all records, `price` for each.

    A model that says what it answers for free, see :func:`n_affordable`, charges a
    record once.
    """
    if hasattr(model, "_is_new"):
        return int(np.sum(model._is_new(X))) * min(price, 1)
    return n_records(X) * price


def unlimited(estimator):
    """The estimator, without the budgets of what it holds.

    For those who train a model of their own: they may ask it whatever they like, and
    do not spend what others have left.
    """
    parts = {"": estimator, **estimator.get_params(deep=True)}
    free = {
        f"{name}__{parameter}".removeprefix("__"): value
        for name, part in parts.items()
        for parameter, value in getattr(part, "_without_budget", {}).items()
        if not isinstance(part, type)
    }
    return clone(estimator).set_params(**free) if free else estimator
