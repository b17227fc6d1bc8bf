"""All that runs in parallel, in one place: every backend of joblib, equal results."""

import os
import time
from contextlib import nullcontext, suppress
from threading import get_ident

from joblib import effective_n_jobs, parallel_config
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from skmia.utils._progress import track
from skmia.utils._threads import one_thread

# Workers that are lost so often in a row, with nothing done between, are lost again.
ATTEMPTS = 3
# How long dask has to start others in the place of those that were lost.
_SECONDS = 30

# How backends say that a worker is gone, or what was sent to it. By name, so that
# none is imported that nobody uses.
_LOST = {
    "distributed.client.FutureCancelledError",
    "distributed.scheduler.KilledWorker",
    "joblib.externals.loky.process_executor.TerminatedWorkerError",
    "ray.exceptions.ObjectLostError",
    "ray.exceptions.RayActorError",
    "ray.exceptions.WorkerCrashedError",
}


def in_parallel(func, calls, *, shared=None, n_jobs=None, title=None, verbose=False):
    """Results of ``func(**shared, **call)`` for each call, one by one, in their order.

    In a worker BLAS and OpenMP have one thread, as they have where there are no
    workers, and what is parallel inside `func` is not: results do not depend on
    `n_jobs` or the backend. What lost workers had not returned is done again.

    Parameters
    ----------
    func : callable
        Of a module, so that workers of any backend can be sent to it.
    calls : iterable of dict
        Arguments of each call.
    shared : dict, default=None
        Arguments that all calls have in common: a worker is sent them once.
    n_jobs : int, default=None
        As joblib understands it, in the context of ``joblib.parallel_config``.
    title : str, default=None
        What is done, for the progress bar.
    verbose : bool, default=False
        Whether to draw one, of the calls that were begun.

    Yields
    ------
    result : object

    Raises
    ------
    RuntimeError
        Workers were lost several times in a row.
    """
    calls, shared = list(calls), _Shared(shared or {})
    n_done = n_lost = 0
    while n_done < len(calls):
        left = calls[n_done:]
        # Not of what is done: not every backend hands results on one by one.
        begun = track(left, len(left), title, verbose)
        try:
            # BLAS has one number of threads in a process, and this one sets it.
            with one_thread():
                for result in _results(func, begun, shared, n_jobs):
                    n_done, n_lost = n_done + 1, 0
                    yield result
        except Exception as error:
            if not _says_lost(error):
                raise
            n_lost += 1
            if n_lost == ATTEMPTS:
                raise _gave_up(len(calls) - n_done) from error
            _wait_for_workers(n_jobs)


def at_home():
    """Context in which what is parallel inside an estimator stays on this machine.

    The trees of an attack model are small: sent to a cluster, they cost far more.
    """
    local = type(get_active_backend()[0]).__module__ == "joblib._parallel_backends"
    return nullcontext() if local else parallel_config("threading", n_jobs=1)


class _Shared:
    """Arguments that all calls have in common, as one.

    ray sends an object once that is an argument by itself.
    """

    def __init__(self, values):
        self.values = values

    def result(self):
        """The arguments, as of what was sent to the workers of dask before."""
        return self


def _results(func, calls, shared, n_jobs):
    """Results as they come, in order; of some backends all at once."""
    home = _here()
    client = getattr(get_active_backend()[0], "client", None)
    if client is not None:
        # To all workers of dask: what one alone had would be lost with it.
        shared = client.scatter(shared, broadcast=True, hash=False)
    jobs = (delayed(_call)(func, shared, call, home) for call in calls)
    try:
        parallel = Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:  # multiprocessing, dask and ray
        parallel = Parallel(n_jobs=n_jobs)
    return parallel(jobs)


def _call(func, shared, call, home):
    """One call, where nothing else is parallel: all cores have calls of their own."""
    alone = nullcontext() if _here() == home else parallel_config("sequential")
    with one_thread(), alone:
        # Where there is one worker joblib calls this here, and it was not sent.
        return func(**shared.result().values, **call)


def _here():
    """Process and thread that run."""
    return os.getpid(), get_ident()


def _says_lost(error):
    kinds = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return not _LOST.isdisjoint(kinds)


def _wait_for_workers(n_jobs):
    """Wait until there are two: what is left to a single one joblib would do here.

    And what killed a worker, for want of memory, say, would kill this process.
    """
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        with suppress(TimeoutError):  # of dask, which has none at all
            if effective_n_jobs(n_jobs) > 1:
                return
        time.sleep(0.1)


def _gave_up(n_left):
    return RuntimeError(
        f"Workers were killed {ATTEMPTS} times in a row, with {n_left} calls left to "
        "do. Most often there is too little memory for as many at once: lower "
        "'n_jobs' (--jobs), or start fewer workers with more memory each."
    )
