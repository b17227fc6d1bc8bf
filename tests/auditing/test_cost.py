"""What an audit costs: fits and queries as counted, the rest of the right size."""

import time
import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import slow

from skmia import BlackBox, audit
from skmia.attacks import get_attack_names
from skmia.auditing import Cost, _cost, estimate_cost


class Counted(DecisionTreeClassifier):
    """A tree that counts its fits, and of a target also what it is asked."""

    fits, rows = 0, 0

    def fit(self, X, y):
        Counted.fits += 1
        return super().fit(X, y)

    def _count(self, X):
        if hasattr(self, "is_target"):
            Counted.rows += len(X)

    def predict_proba(self, X):
        self._count(X)
        return super().predict_proba(X)

    def predict(self, X):
        self._count(X)
        return self.classes_.take(super().predict_proba(X).argmax(axis=1))


@pytest.fixture
def sets():
    X, y = load_iris(return_X_y=True)
    rng = np.random.default_rng(0)
    order = rng.permutation(150)
    X, y = X[order] + rng.normal(0, 0.3, X.shape), y[order]
    return X[:75], y[:75], X[75:], y[75:]


@pytest.fixture
def target(sets):
    model = Counted(random_state=0).fit(*sets[:2])
    model.is_target = True
    return model


@pytest.fixture
def _nothing_is_timed(monkeypatch):
    """Fits and queries do not depend on it."""
    monkeypatch.setattr(_cost, "_of_attacks", lambda *_: (0.0, 0))
    monkeypatch.setattr(_cost, "_of_a_model", lambda *_: (0.0, 0))


def counted(call, *args, **params):
    Counted.fits = Counted.rows = 0
    found = call(*args, **params)
    return found, Counted.fits, Counted.rows


# What is slow aside, and what asks less where no noise is best.
ASIDE = ("lira-a", "long-i", "noise-r", "boundary")
ALL = [name for name in get_attack_names() if not name.startswith(ASIDE)]


@pytest.mark.parametrize(
    "attacks",
    [
        None,
        "gap",
        "loss-threshold",
        "lira-augmented-online",
        "long-indirect",
        ["merlin", "morgan"],
        ["salem2", "salem3-entropy", "salem3-posterior-std"],
        ["margin-lira-online", "trajectory"],
        ["label-rmia", "qmia"],
        *slow(ALL),
    ],
    ids=lambda attacks: "all" if attacks is ALL else str(attacks),
)
@pytest.mark.usefixtures("_nothing_is_timed")
def test_fits_and_queries_are_those_of_the_audit(target, sets, attacks):
    asked = {"attacks": attacks, "n_shadows": 4}
    cost = estimate_cost(target, *sets, **asked)
    _, fits, rows = counted(audit, target, *sets, **asked, random_state=0)
    assert (cost.n_fits, cost.n_queries) == (fits, rows)


@pytest.mark.parametrize("name", ["boundary-linf", "boundary-random-records"])
@pytest.mark.usefixtures("_nothing_is_timed")
def test_what_ends_early_asks_no_more_than_is_said(target, sets, name):
    """Of a misclassified record the search for a boundary asks a single row."""
    asked = {"attacks": name, "n_shadows": 4}
    cost = estimate_cost(target, *sets, **asked)
    _, fits, rows = counted(audit, target, *sets, **asked, random_state=0)
    assert cost.n_fits == fits
    assert cost.n_queries / 2 < rows <= cost.n_queries


@pytest.mark.usefixtures("_nothing_is_timed")
def test_no_more_queries_than_said_where_shadow_models_choose_the_noise(target, sets):
    asked = {"attacks": ["noise-robustness"], "n_shadows": 4}
    cost = estimate_cost(target, *sets, **asked)
    _, _, rows = counted(audit, target, *sets, **asked, random_state=0)
    assert rows <= cost.n_queries
    assert cost.n_queries >= 100 * 150


@pytest.mark.slow
@pytest.mark.usefixtures("_nothing_is_timed")
def test_nobody_looks_at_a_clock_to_say_how_long_that_takes(target, sets):
    asked = {"attacks": "timing", "access": "timing", "n_shadows": 4}
    cost, _, rows = counted(estimate_cost, target, *sets, **asked)
    assert rows < 2 * 150
    report, fits, _ = counted(audit, target, *sets, **asked, random_state=0)
    assert (cost.n_fits, cost.n_queries) == (fits, report.n_queries)


def test_few_models_are_trained_and_the_target_stays(monkeypatch, target, sets):
    monkeypatch.setattr(_cost, "_COUNTING", 0)  # as of a model that is slow to train
    before = target.tree_
    asked = {"attacks": ["gap", "rmia-online"], "n_shadows": 10}
    cost, fits, rows = counted(estimate_cost, target, *sets, **asked)
    # Two are timed, one is weighed; the target is timed on its records, once.
    assert cost.n_fits == 11
    assert fits == 3
    assert rows == 150
    assert target.tree_ is before


@pytest.mark.usefixtures("_nothing_is_timed")
def test_nothing_is_trained_where_the_audit_trains_nothing(target, sets):
    cost, fits, _ = counted(estimate_cost, target, *sets, attacks="gap")
    assert (cost.n_fits, fits) == (0, 0)
    assert estimate_cost(target, *sets, n_shadows=0).n_fits == 0


@pytest.mark.usefixtures("_nothing_is_timed")
def test_a_budget_is_not_spent_and_bounds_the_queries(sets):
    tree = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    box = BlackBox(tree, access="scores", max_queries=200)
    cost = estimate_cost(box, *sets, attacks=["gap", "loss-threshold"], n_shadows=0)
    assert box.queries_left_ == 200
    assert cost.n_queries == 200


@pytest.mark.usefixtures("_nothing_is_timed")
def test_a_model_of_decisions(sets):
    svm = LinearSVC(random_state=0).fit(*sets[:2])
    cost = estimate_cost(svm, *sets, n_shadows=4)
    assert (cost.n_fits, cost.n_queries) == (5, 300)


@pytest.mark.slow
def test_a_slow_model_costs_what_its_fits_take(sets):
    class Slow(DecisionTreeClassifier):
        def fit(self, X, y):
            time.sleep(0.3)
            return super().fit(X, y)

    tree = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    slow = Slow(random_state=0).fit(*sets[:2])
    asked = {"attacks": "rmia-online", "n_shadows": 10}
    quick = estimate_cost(tree, *sets, **asked)
    cost = estimate_cost(slow, *sets, **asked)
    # 11 fits of .3 seconds; a second for the machine's moods.
    assert 3.3 - 1 < cost.seconds - quick.seconds < 3.3 * 1.5 + 1


@pytest.mark.slow
def test_memory_is_of_the_right_size_and_tracing_goes_on(sets):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1600, 300)), rng.integers(0, 2, 1600)
    large = X[:800], y[:800], X[800:], y[800:]
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(*large[:2])
    asked = {"attacks": ["gap", "rmia-online"], "n_shadows": 2}
    tracemalloc.start()
    cost = estimate_cost(tree, *large, **asked)
    assert tracemalloc.is_tracing()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    audit(tree, *large, **asked, random_state=0)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert isinstance(cost, Cost)
    assert peak / 1.5 < cost.peak_memory < 1.5 * peak


def test_what_is_refused(target, sets):
    with pytest.raises(ValueError, match="'attacks' parameter of estimate_cost must"):
        estimate_cost(target, *sets, attacks=[])
    with pytest.raises(ValueError, match="'n_shadows' parameter of estimate_cost"):
        estimate_cost(target, *sets, n_shadows=3)
