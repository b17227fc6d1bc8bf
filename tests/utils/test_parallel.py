"""The one place where work is parallel."""

import joblib
import numpy as np
import pytest
from lost_workers import killed, squared
from slow_cases import others_slow
from threadpoolctl import threadpool_info, threadpool_limits

from skmia.utils import _parallel
from skmia.utils._parallel import in_parallel

FAST = ["sequential", "loky", "threading"]
BACKENDS = [*FAST, "multiprocessing"]
NUMBERS = [{"number": i} for i in range(8)]
SQUARES = [i**2 for i in range(8)]


def n_threads():
    return {library["num_threads"] for library in threadpool_info()}


def seen_inside(number):
    """Threads of libraries, and jobs of a loop that would be parallel."""
    inner = joblib.Parallel(n_jobs=2)(joblib.delayed(abs)(-i) for i in range(2))
    return n_threads(), joblib.effective_n_jobs(2), inner


def added(number, table):
    return number + table.sum()


def refused(number):
    raise ValueError(f"not {number}")


@pytest.mark.parametrize("backend", others_slow(BACKENDS, FAST))
def test_results_are_in_the_order_of_the_calls(backend):
    with joblib.parallel_config(backend):
        assert list(in_parallel(squared, NUMBERS, n_jobs=2)) == SQUARES


@pytest.mark.parametrize("backend", others_slow(BACKENDS, FAST))
def test_arguments_that_calls_share(backend):
    table = np.ones(200_000)  # large enough for a memory map
    with joblib.parallel_config(backend):
        calls = in_parallel(added, NUMBERS, shared={"table": table}, n_jobs=2)
        assert list(calls) == [200_000 + i for i in range(8)]


def test_no_calls():
    assert list(in_parallel(squared, [], n_jobs=2)) == []


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_workers_have_one_thread_and_no_workers(backend):
    with joblib.parallel_config(backend):
        for libraries, inner, values in in_parallel(seen_inside, NUMBERS, n_jobs=2):
            assert (libraries, inner, values) == ({1}, 1, [0, 1])


def test_here_libraries_have_one_thread_and_loops_stay_parallel():
    """A forest with n_jobs of its own is no worse off without workers."""
    with threadpool_limits(2):
        before = n_threads()
        [(libraries, inner, _)] = in_parallel(seen_inside, NUMBERS[:1])
        assert (libraries, inner) == ({1}, 2)
        assert n_threads() == before


@pytest.mark.slow
def test_what_a_killed_worker_did_is_done_again(tmp_path):
    flag = tmp_path / "killed"
    with joblib.parallel_config("loky"):
        calls = in_parallel(squared, NUMBERS, shared={"flag": str(flag)}, n_jobs=2)
        assert list(calls) == SQUARES
    assert flag.exists()


@pytest.mark.slow
def test_workers_that_are_killed_again_and_again(monkeypatch):
    monkeypatch.setattr(_parallel, "ATTEMPTS", 2)
    with (
        joblib.parallel_config("loky"),
        pytest.raises(RuntimeError, match=r"killed 2 times in a row, with 2 .*n_jobs"),
    ):
        list(in_parallel(killed, NUMBERS[:2], n_jobs=2))


@pytest.mark.parametrize("backend", others_slow(BACKENDS, FAST))
def test_errors_of_a_call_are_raised(backend):
    """Of several whichever was first."""
    with joblib.parallel_config(backend), pytest.raises(ValueError, match=r"not \d"):
        list(in_parallel(refused, NUMBERS, n_jobs=2))


@pytest.mark.parametrize("name", sorted(_parallel._LOST))
def test_names_of_what_backends_raise(name):
    """By name, so that none is imported; those that are here have these names."""
    module, _, kind = name.rpartition(".")
    package = pytest.importorskip(module)
    assert issubclass(getattr(package, kind), Exception)
