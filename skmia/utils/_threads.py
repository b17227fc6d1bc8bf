"""Threads: more than one only where there is work for them."""

import sys
from contextlib import contextmanager, nullcontext
from functools import lru_cache, wraps
from threading import Lock

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import ThreadpoolController

from skmia.utils._records import n_records

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


class _Blas:
    """One thread for BLAS, which has one number of them for the whole process.

    Who comes first sets it and who leaves last sets it back: calls in several threads
    overlap.
    """

    def __init__(self):
        self._lock, self._n_inside, self._limits = Lock(), 0, None

    def __enter__(self):
        with self._lock:
            if self._n_inside == 0:
                self._limits = _controller().limit(limits=1, user_api="blas")
            self._n_inside += 1

    def __exit__(self, *error):
        with self._lock:
            self._n_inside -= 1
            if self._n_inside == 0:
                self._limits.restore_original_limits()


_BLAS = _Blas()


@contextmanager
def one_thread():
    """Context in which BLAS and OpenMP have one thread."""
    with _BLAS, _controller().limit(limits=1, user_api="openmp"):
        yield


def few_threads(method):
    """Method of an estimator, whose first argument is a table, within that context."""

    @wraps(method)
    def limited(self, Z, *args, **kwargs):
        rows = Z if hasattr(Z, "shape") else np.asarray(Z)
        with fitting_threads(n_records(rows)):
            return method(self, Z, *args, **kwargs)

    return limited


class Boosting(HistGradientBoostingClassifier):
    """Boosting for the tables of attacks, which are small, or else are drawn from."""

    # 160 MB. At 1,000 classes 20,000 pairs; benchmarks/bench_attack_rows.py.
    most_numbers = 20_000_000

    fit = few_threads(HistGradientBoostingClassifier.fit)
    predict = few_threads(HistGradientBoostingClassifier.predict)
    predict_proba = few_threads(HistGradientBoostingClassifier.predict_proba)
    decision_function = few_threads(HistGradientBoostingClassifier.decision_function)
