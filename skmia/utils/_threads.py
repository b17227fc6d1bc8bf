"""Threads: more than one only where there is work for them."""

from contextlib import nullcontext
from functools import cache

from threadpoolctl import ThreadpoolController

# On smaller tables boosting spends its time waiting for its threads, on a busy machine
# a hundred times as long as it takes with one.
MANY_ROWS = 100_000


def fitting_threads(n_rows):
    """Context in which OpenMP has one thread, if there are few rows."""
    if n_rows >= MANY_ROWS:
        return nullcontext()
    return _controller().limit(limits=1, user_api="openmp")


@cache
def _controller():
    return ThreadpoolController()
