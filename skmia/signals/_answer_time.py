"""How long a model takes to answer: a kd-tree ends its search early at a stored row."""

import gc
from time import perf_counter_ns

import numpy as np
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._access import TIMING
from skmia.utils._budget import minds_queries
from skmia.utils._records import n_records


def can_be_timed(model):
    """Whether the time of an answer is one of computing it, and queries are free."""
    return hasattr(model, "predict") and not minds_queries(model)


def seconds_of_each(model, X):
    """Seconds until each record is answered, asked one by one in the order given.

    The garbage collector waits meanwhile.

    Parameters
    ----------
    model : fitted estimator
        Asked by ``predict``, its cheapest answer.
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records.

    Returns
    -------
    seconds : ndarray of shape (n_records,)
    """
    if not can_be_timed(model):
        raise AttributeError(
            f"A {type(model).__name__} is not timed: that takes a model that has "
            "predict, counts no queries and keeps no answers."
        )
    ask, rows = model.predict, [_safe_indexing(X, [i]) for i in range(n_records(X))]
    elapsed, collected = np.empty(len(rows)), gc.isenabled()
    gc.disable()
    try:
        for i, row in enumerate(rows):
            start = perf_counter_ns()
            ask(row)
            elapsed[i] = perf_counter_ns() - start
    finally:
        if collected:
            gc.enable()
    return elapsed / 1e9


def answer_time(model, X, y, classes, *, n_queries, seed):
    """Seconds of the fastest answer about each record; the first round warms up.

    Each round has an order of its own, or drift of the clock would tell the first from
    the last. The minimum is least disturbed by what else the machine does, and depends
    on the record alone.
    """
    if n_queries < 2:
        raise ValueError(
            "The 'n_queries' parameter of the signal 'answer_time' must be 2 or more: "
            f"the first answer warms up. Got {n_queries!r} instead."
        )
    rng, n = check_random_state(seed), n_records(X)
    fastest = np.full(n, np.inf)
    for i in range(n_queries):
        order = rng.permutation(n)
        seconds = getattr(model, TIMING)(_safe_indexing(X, order))
        if i > 0:
            fastest[order] = np.minimum(fastest[order], seconds)
    return fastest
