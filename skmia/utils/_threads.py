"""Threads: more than one only where there is work for them."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import lru_cache, wraps
from typing import cast

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import ThreadpoolController

from skmia.utils._records import n_records
from skmia.utils._typing import Function

# On smaller tables boosting spends its time waiting for its threads, on a busy machine
# a hundred times as long as it takes with one.
MANY_ROWS = 100_000


def fitting_threads(n_rows):
    """Context in which OpenMP has one thread, if there are few rows."""
    if n_rows >= MANY_ROWS:
        return nullcontext()
    return _controller().limit(limits=1, user_api="openmp")


def _controller():
    return _controller_of(len(sys.modules))


@lru_cache(maxsize=1)
def _controller_of(n_modules):
    """Controller of all libraries that are loaded: they come with modules."""
    return ThreadpoolController()


def one_thread():
    """Context in which BLAS and OpenMP have one thread.

    BLAS in the whole process, if no other thread of it has set that before; OpenMP in
    this thread.
    """
    return _controller().limit(limits=1)


def few_threads(method: Function) -> Function:
    """Method of an estimator, whose first argument is a table, within that context."""

    @wraps(method)
    def limited(self, Z, *args, **kwargs):
        rows = Z if hasattr(Z, "shape") else np.asarray(Z)
        with fitting_threads(n_records(rows)):
            return method(self, Z, *args, **kwargs)

    return cast(Function, limited)


class Boosting(HistGradientBoostingClassifier):
    """Boosting for the tables of attacks, which are small, or else are drawn from."""

    # 160 MB. At 1,000 classes 20,000 pairs; benchmarks/bench_attack_rows.py.
    most_numbers = 20_000_000
    # Where columns are few, all else that it holds of a pair takes more than these;
    # benchmarks/bench_most_pairs.py.
    most_pairs = 1_000_000

    fit = few_threads(HistGradientBoostingClassifier.fit)
    predict = few_threads(HistGradientBoostingClassifier.predict)
    predict_proba = few_threads(HistGradientBoostingClassifier.predict_proba)
    decision_function = few_threads(HistGradientBoostingClassifier.decision_function)
