"""All that runs in parallel gives the same under every joblib backend."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import joblib
import numpy as np
import pytest
from lost_workers import Killed
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits, load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from slow_cases import slow

from skmia import MembershipGame, ShadowModels, audit
from skmia.defenses import (
    DisjointStackingClassifier,
    FeatureBaggedClassifier,
    SelenaClassifier,
)
from skmia.federated import LooseFederation
from skmia.utils._parallel import at_home

X, y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier(random_state=0)
SEEDED = {"n_jobs": 2, "random_state": 0}


def kept_models():
    shadows = ShadowModels(TREE, n_shadows=4, **SEEDED).fit(X, y)
    return shadows.observations("posterior")[0].to_numpy()


def recorded_answers():
    shadows = ShadowModels(TREE, n_shadows=4, signals=["posterior"], **SEEDED).fit(X, y)
    return shadows.observations()[0].to_numpy()


def sums_of_blas():
    """Two threads of BLAS add up in another order than one."""
    digits = load_digits(return_X_y=True)
    design = {"n_shadows": 4, "signals": ["posterior"], "trainer": "generic"}
    shadows = ShadowModels(LinearDiscriminantAnalysis(), **design, **SEEDED)
    return shadows.fit(*digits).observations()[0].to_numpy()


def forests_with_jobs_of_their_own():
    forest = RandomForestClassifier(10, n_jobs=2)
    shadows = ShadowModels(forest, n_shadows=4, signals=["posterior"], **SEEDED).fit(
        X, y
    )
    return shadows.observations()[0].to_numpy()


def a_game():
    game = MembershipGame(TREE, n_shadows=4, attack=GaussianNB(), **SEEDED)
    return game.fit(X[::2], y[::2]).play(X[1::2], y[1::2]).score


def an_audit():
    tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    attacks = ["truex", "lira-online"]
    halves = X[::2], y[::2], X[1::2], y[1::2]
    return audit(tree, *halves, attacks=attacks, n_shadows=4, **SEEDED).records


def defense(model):
    return lambda: model.fit(X, y).predict_proba(X)


PARALLEL = {
    "kept models": kept_models,
    "recorded answers": recorded_answers,
    "blas": sums_of_blas,
    "forests": forests_with_jobs_of_their_own,
    "game": a_game,
    "audit": an_audit,
    "selena": defense(SelenaClassifier(TREE, n_models=4, n_out=2, **SEEDED)),
    "stacking": defense(
        DisjointStackingClassifier([("a", TREE), ("b", TREE)], **SEEDED)
    ),
    "bagging": defense(FeatureBaggedClassifier(TREE, n_estimators=3, **SEEDED)),
    "federation": defense(LooseFederation([TREE] * 3, **SEEDED)),
}


@pytest.fixture(scope="module")
def dask():
    """A cluster of two workers on this machine, whose context is the backend "dask"."""
    distributed = pytest.importorskip(
        "dask.distributed", reason='needs dask: pip install "skmia[distributed]"'
    )
    size = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        closing(distributed.LocalCluster(**size, silence_logs="CRITICAL")) as cluster,
        distributed.Client(cluster),
    ):
        yield


@pytest.mark.parametrize(
    "backend", ["loky", "threading", *slow("multiprocessing", "dask")]
)
@pytest.mark.parametrize("name", PARALLEL)
def test_results_do_not_depend_on_the_backend(name, backend, request):
    if backend == "dask":
        request.getfixturevalue("dask")
    with joblib.parallel_config("sequential"):
        expected = np.asarray(PARALLEL[name]())
    with joblib.parallel_config(backend):
        assert_array_equal(np.asarray(PARALLEL[name]()), expected)


@pytest.mark.slow
def test_the_older_context():
    with joblib.parallel_backend("multiprocessing"):
        assert_array_equal(recorded_answers(), kept_models())


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "dask"])
def test_a_worker_that_is_killed_in_the_middle_of_a_fit(backend, request, tmp_path):
    """It changes nothing but the time."""
    if backend == "dask":
        request.getfixturevalue("dask")
    flag = tmp_path / "killed"
    design = {"n_shadows": 8, "signals": ["posterior"], **SEEDED}
    with joblib.parallel_config(backend):
        shadows = ShadowModels(Killed(str(flag)), **design).fit(X, y)
    assert flag.exists()
    expected = ShadowModels(DecisionTreeClassifier(), **design).fit(X, y)
    assert_array_equal(shadows.observations()[0], expected.observations()[0])


@pytest.mark.slow
def test_forests_of_attacks_stay_at_home(dask):
    """Only what was asked for is sent to a cluster; local backends stay."""
    with joblib.parallel_config("dask"):
        # One of both may be about to start anew, after another test has killed it.
        end = time.monotonic() + 60
        while joblib.effective_n_jobs(None) < 2 and time.monotonic() < end:
            time.sleep(0.1)
        assert joblib.effective_n_jobs(None) == 2
        with at_home():
            assert joblib.effective_n_jobs(None) == 1
    with joblib.parallel_config("loky", n_jobs=3), at_home():
        assert joblib.effective_n_jobs(None) == 3


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True])
def test_ray(killed, tmp_path):
    """In a process of its own: ray takes the place of multiprocessing in joblib."""
    pytest.importorskip("ray", reason='needs ray: pip install "skmia[cluster]"')
    script = Path(__file__).parent / "on_ray.py"
    flag = [str(tmp_path / "killed")] if killed else []
    path = os.pathsep.join(filter(None, [*sys.path, str(script.parent)]))
    subprocess.run(
        [sys.executable, str(script), *flag],
        env=os.environ | {"PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0"},
        check=True,
    )
