"""How long it takes to train a shadow model and to ask it what an audit asks."""

import time
from dataclasses import replace

from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skmia.shadow import BalancedShuffleSplit
from skmia.utils._random import draw_rows


def seconds_of(call, *args):
    """Wall time of a call."""
    start = time.perf_counter()
    call(*args)
    return time.perf_counter() - start


def train_some(knowledge, estimator, n, n_models=1):
    """Train models on halves of `n` of the records, and ask what the attacks ask."""
    X, y, _ = some_of(knowledge, n)
    halves = BalancedShuffleSplit(n_models + n_models % 2, random_state=0).split(X, y)
    design = clone(knowledge.design).set_params(
        estimator=estimator, cv=[*halves][:n_models], memory=None, verbose=False
    )
    one = replace(knowledge, X=X, y=y, design=design, trained={})
    one.train()
    for result in one.trained.values():
        if isinstance(result, Exception):
            raise result


def some_of(knowledge, n):
    """Some of the records, with labels and membership."""
    X, y, member = knowledge.X, knowledge.y, knowledge.member
    if n == len(member):
        return X, y, member
    rows = draw_rows(member, n, 0)
    return _safe_indexing(X, rows), None if y is None else y[rows], member[rows]
