"""Set-up shared by all tests: one BLAS thread per worker, thorough array API checks."""

import os

# Before scipy is imported: without it check_array_api_input is skipped.
os.environ.setdefault("SCIPY_ARRAY_API", "1")
os.environ.setdefault("MPLBACKEND", "agg")
# No tool of others tells anybody that it was used.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
# Commands start no workers of their own accord: those of pytest are there already.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

import numpy as np
import pytest
from hypothesis import settings
from sklearn_checks import DRAWS_GLOBALLY
from threadpoolctl import threadpool_limits

settings.register_profile("dev", max_examples=20, deadline=None)
settings.register_profile(
    "ci", parent=settings.get_profile("ci"), max_examples=20, deadline=None
)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")
)


def pytest_configure(config):
    """Give each test worker its share of the cores, no more."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    threads = max(1, (os.cpu_count() or 1) // workers)
    # Not setdefault: a worker inherits what the controller, alone, has set.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    threadpool_limits(threads)


@pytest.fixture(params=[0])
def global_random_seed(request):
    """One seed by default; tests that take it hold for any seed.

    ``SKMIA_TESTS_GLOBAL_RANDOM_SEED=7 pytest`` runs them with another one.
    """
    return int(os.environ.get("SKMIA_TESTS_GLOBAL_RANDOM_SEED", request.param))


@pytest.fixture(autouse=True)
def _global_rng_untouched(request):
    """No code of ours may draw from or reseed numpy's global generator."""
    if DRAWS_GLOBALLY in request.node.name:
        yield
        return
    before = np.random.get_state()  # noqa: NPY002
    yield
    after = np.random.get_state()  # noqa: NPY002
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)), (
        "the test changed numpy's global random state"
    )


@pytest.fixture
def catalogue(monkeypatch):
    """Names that are registered in the test are gone after it."""
    from skmia.attacks import _catalogue

    monkeypatch.setattr(_catalogue, "_CATALOGUE", dict(_catalogue._CATALOGUE))


@pytest.fixture
def signals(monkeypatch):
    """Signals that are registered in the test are gone after it."""
    from skmia.signals import _registry

    monkeypatch.setattr(_registry, "_SIGNALS", dict(_registry._SIGNALS))
