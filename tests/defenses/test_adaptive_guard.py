import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import binom
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import AdaptiveGuard
from skmia.defenses.queries._adaptive_guard import LEVELS
from skmia.defenses.queries._query_monitor import (
    QueryMonitor,
    different_pvalue,
    near_pvalue,
)
from skmia.exceptions import QueryBudgetExceeded
from skmia.utils._posteriors import (
    onehot_posterior,
    round_posterior,
    top_k_posterior,
)


@pytest.fixture
def data(global_random_seed):
    return make_classification(
        1500,
        n_features=6,
        n_informative=4,
        n_classes=3,
        n_clusters_per_class=1,
        random_state=global_random_seed,
    )


def guarded(data, **parameters):
    """Around a model of the first 500; the others are for honest and odd clients."""
    X, y = data
    parameters = {"window": 50, "random_state": 0} | parameters
    return AdaptiveGuard(GaussianNB(), **parameters).fit(X[:500], y[:500])


def swarm(center, n, seed=0):
    noise = np.random.RandomState(seed).randn(n, len(center))
    return center + 1e-3 * noise


def test_honest_clients_are_told_everything(data):
    X = data[0][500:1000]
    guard = guarded(data)
    assert_array_equal(guard.predict_proba(X), guard.estimator_.predict_proba(X))
    assert_array_equal(guard.predict(X), guard.estimator_.predict(X))
    assert guard.client_level_ == {None: "full"}


def test_a_swarm_climbs_the_ladder_one_rung_a_window(data):
    guard = guarded(data)
    queries = swarm(data[0][600], 200)
    posterior = guard.estimator_.predict_proba(queries)
    expected = [
        posterior[:50],
        round_posterior(posterior[50:100], 1),
        top_k_posterior(posterior[100:150], 1),
        onehot_posterior(posterior[150:]),
    ]
    for i, level in enumerate(LEVELS[1:]):
        part = slice(50 * i, 50 * (i + 1))
        assert_array_equal(guard.predict_proba(queries[part]), expected[i])
        assert guard.client_level_[None] == level
    with pytest.raises(QueryBudgetExceeded, match="no more answers before 5 windows"):
        guard.predict(swarm(data[0][600], 1, seed=1))
    # Answers that were given are repeated, whatever has happened since.
    assert_array_equal(guard.predict_proba(queries), np.concatenate(expected))


def test_a_batch_over_several_windows_is_as_good_as_single_queries(data):
    queries = swarm(data[0][600], 180)
    at_once = guarded(data).predict_proba(queries)
    one_by_one = guarded(data)
    single = [one_by_one.predict_proba(queries[[i]]) for i in range(180)]
    assert_array_equal(np.concatenate(single), at_once)


def test_clients_are_watched_apart(data):
    guard = guarded(data)
    guard.predict(swarm(data[0][600], 100), client_id="mallory")
    guard.predict(data[0][500:600], client_id="alice")
    assert guard.client_level_ == {"mallory": "top-1", "alice": "full"}


def test_a_refused_client_gets_out_again(data):
    X = data[0]
    guard = guarded(data, cooldown=2)
    for i in range(4):
        guard.predict(swarm(X[600], 50, seed=i))
    with pytest.raises(QueryBudgetExceeded):
        guard.predict(X[700:800])
    assert guard.client_level_[None] == "label"
    # What was refused is answered as the rung now has it.
    told = guard.predict_proba(X[700:800])
    assert_array_equal(
        told, onehot_posterior(guard.estimator_.predict_proba(X[700:800]))
    )
    guard.predict(X[800:900])
    assert guard.client_level_[None] == "top-1"
    assert_array_equal(guard.predict_proba(X[700:800]), told)


def test_one_refused_record_refuses_the_call(data):
    X = data[0]
    guard = guarded(data)
    for i in range(4):
        guard.predict(swarm(X[600], 50 if i < 3 else 40, seed=i))
    # The first ten of these complete the window.
    mixed = swarm(X[600], 20, seed=9)
    with pytest.raises(QueryBudgetExceeded):
        guard.predict(mixed)
    assert guard.client_level_[None] == "refuse"
    with pytest.raises(QueryBudgetExceeded):
        guard.predict(mixed[:1])


@pytest.mark.parametrize("last", LEVELS[1:4])
def test_the_last_rung_can_be_chosen(last, data):
    guard = guarded(data, max_level=last)
    for i in range(6):
        guard.predict(swarm(data[0][600], 50, seed=i))
    assert guard.client_level_[None] == last


def test_training_records_are_noticed_by_their_confidences(global_random_seed):
    # Labels without a rule: only for training records is the forest certain.
    rng = np.random.RandomState(global_random_seed)
    X, y = rng.randn(400, 5), rng.randint(2, size=400)
    forest = RandomForestClassifier(n_estimators=20, random_state=0)
    fresh = rng.randn(600, 5)
    guard = AdaptiveGuard(forest, calibration=fresh[:300], random_state=0).fit(X, y)
    guard.predict(X[:100], client_id="mallory")
    guard.predict(fresh[300:], client_id="alice")
    assert guard.client_level_ == {"mallory": "rounded", "alice": "full"}


def test_records_from_elsewhere_are_noticed(data):
    X = data[0]
    guard = guarded(data)
    uniform = np.random.RandomState(0).uniform(-9, 9, size=(50, 6))
    guard.predict(X.mean(axis=0) + uniform)
    assert guard.client_level_[None] == "rounded"


def test_held_out_records_are_not_trained_on(data):
    X, y = data
    guard = guarded(data)
    # A fifth is missing from what the model has counted.
    assert guard.estimator_.class_count_.sum() == 400
    given = guarded(data, calibration=X[500:600])
    assert given.estimator_.class_count_.sum() == 500
    assert_array_equal(
        given.predict_proba(X[:10]),
        GaussianNB().fit(X[:500], y[:500]).predict_proba(X[:10]),
    )


def test_rare_classes_are_not_held_out():
    X = np.arange(20.0).reshape(-1, 1)
    y = np.array([0] * 16 + [1, 2, 3, 4])
    for seed in range(10):
        tree = DecisionTreeClassifier(random_state=0)
        model = AdaptiveGuard(tree, random_state=seed).fit(X, y)
        assert_array_equal(model.classes_, [0, 1, 2, 3, 4])


def test_nothing_to_hold_out():
    message = "3 different records, each of another class; pass 'calibration' instead"
    with pytest.raises(ValueError, match=message):
        AdaptiveGuard(GaussianNB(), random_state=0).fit([[0], [1], [2]], [0, 1, 2])


def test_features_must_be_numbers(data):
    frame = pd.DataFrame({"town": ["a", "b"] * 10, "size": range(20)})
    with pytest.raises(ValueError, match="AdaptiveGuard computes with the features"):
        AdaptiveGuard(GaussianNB(), random_state=0).fit(frame, [0, 1] * 10)


def test_calibration_has_the_features_of_the_model(data):
    with pytest.raises(ValueError, match="X has 2 features"):
        guarded(data, calibration=data[0][:100, :2])


def test_a_failed_call_is_not_watched(data):
    guard = guarded(data)
    with pytest.raises(ValueError, match="X has 5 features"):
        guard.predict(data[0][:60, :5])
    assert guard.client_level_ == {}


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_copies_go_on_from_where_they_are(duplicate, data):
    guard = guarded(data)
    guard.predict(swarm(data[0][600], 70))
    copied = duplicate(guard)
    assert copied.client_level_ == guard.client_level_
    copied.predict(swarm(data[0][600], 30, seed=1))
    assert copied.client_level_ == {None: "top-1"}
    assert guard.client_level_ == {None: "rounded"}


def test_threads_share_a_guard(data):
    guard = guarded(data)
    with ThreadPoolExecutor(8) as pool:
        ask = lambda i: guard.predict(swarm(data[0][600], 5, seed=i))  # noqa: E731
        list(pool.map(ask, range(30)))
    assert guard.client_level_ == {None: "label"}


def test_refit_forgets(data):
    X, y = data
    guard = guarded(data)
    guard.predict(swarm(X[600], 60))
    guard.fit(X[:300], y[:300])
    assert guard.client_level_ == {}


def test_model_without_scores(data):
    with pytest.raises(TypeError, match="must be a classifier with predict_proba"):
        AdaptiveGuard(RidgeClassifier(), random_state=0).fit(*data)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("window", 9),
        ("alpha", 0),
        ("cooldown", 0),
        ("quantile", 1),
        ("max_level", "full"),
        ("calibration", "held-out"),
    ],
)
def test_invalid_parameters(parameter, value, data):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of AdaptiveGuard"):
        guarded(data, **{parameter: value})


def flagged(level, draw, rng, *, n_calibration, window):
    """Whether each test rejects one window of honest records at the given level."""
    calibration, honest, before = draw(n_calibration), draw(window), draw(window)
    monitor = QueryMonitor(
        calibration,
        calibration[:, 0],
        window=window,
        alpha=3 * level,
        cooldown=1,
        quantile=0.01,
        top=4,
        rng=rng,
    )
    return np.array(monitor._p_values(honest, honest[:, 0], before)) <= level


@pytest.mark.parametrize("n_calibration", [20, 100])
@pytest.mark.parametrize("kind", ["continuous", "few values"])
def test_honest_windows_fail_no_more_often_than_declared(
    kind, n_calibration, global_random_seed
):
    rng = np.random.RandomState(global_random_seed)

    def draw(n):
        if kind == "continuous":
            return rng.standard_t(3, size=(n, 4))
        return rng.randint(3, size=(n, 4)).astype(float)

    n_windows, level = 200, 0.05
    rejected = sum(
        flagged(level, draw, rng, n_calibration=n_calibration, window=40)
        for _ in range(n_windows)
    )
    # Each test is exact, its count at most binomial: the quantile is passed by chance
    # in one of 10^4 runs, for each of the three.
    assert (rejected <= binom.isf(1e-4, n_windows, level)).all()


def test_near_pvalue_of_a_worked_example():
    # Of 30 distances the client has the smallest 3: 1 / C(30, 3) * C(10, 3).
    asked, honest = np.arange(10.0), np.r_[2.5 + np.arange(20.0)]
    expected = 10 * 9 * 8 / (30 * 29 * 28)
    assert near_pvalue(asked, honest, 0.1, 0.5) == pytest.approx(expected)
    # Where three cannot be enough for a verdict, more are looked at.
    swarm = near_pvalue(asked / 100, honest, 0.1, 1e-3)
    assert swarm == pytest.approx(expected * 7 * 6 * 5 / (27 * 26 * 25))
    assert swarm <= 1e-3


def test_without_differences_there_is_no_verdict():
    same = np.zeros(50)
    assert near_pvalue(same, same, 0.01, 1e-3) == 1
    assert different_pvalue(same, same) == 1


def test_names_and_seeds_of_a_guard(data):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abcdef"))
    guard = AdaptiveGuard(LogisticRegression(), random_state=0).fit(frame, y)
    assert_array_equal(guard.feature_names_in_, frame.columns)
    again = AdaptiveGuard(LogisticRegression(), random_state=0).fit(frame, y)
    assert_array_equal(guard.predict_proba(frame), again.predict_proba(frame))


def test_copies_that_are_nearly_equal_count_each(data):
    """In single precision they were one record, answered in full for ever."""
    X = data[0]
    guard = guarded(data)
    copies = X[600] * (1 + 1e-12 * np.arange(200)[:, None])
    assert len(np.unique(copies.astype(np.float32), axis=0)) == 1
    told = np.vstack([guard.predict_proba(part) for part in np.split(copies, 4)])
    assert guard.client_level_ == {None: "refuse"}
    # What was answered stays, in any type.
    assert_array_equal(guard.predict_proba(copies), told)
    assert_array_equal(guard.predict_proba(copies.astype(object)), told)
    assert_array_equal(guard.predict_proba(copies.tolist()), told)


def test_seconds_since_1970_are_different_records(data):
    X, y = data
    X = np.c_[X, 1.7e9 + np.arange(len(X))]
    guard = guarded((X, y))
    queries = np.c_[np.tile(X[600, :-1], (50, 1)), 1.7e9 + np.arange(50)]
    guard.predict(queries)
    assert guard.client_level_ == {None: "rounded"}
