"""Audits that stop: when they have decided, when time is over, when all was asked."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.tree import DecisionTreeClassifier
from slow_cases import others_slow

from skmia import BlackBox, audit
from skmia.attacks import get_attack
from skmia.auditing import _audit, _stopping, _timing
from skmia.auditing._epsilon import bet
from skmia.metrics import epsilon_lower_bound

PROBES = ["gap", "loss-threshold", "entropy-threshold"]
BESIDE = ["lira-online", "rmia-online"]
ASKING = ["gap", "loss-threshold", "lira-augmented-online", "salem3-posterior-std"]


class Clock:
    """Seconds pass when models are trained, and not otherwise."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(_stopping.time, "monotonic", clock)
    monkeypatch.setattr(_timing.time, "perf_counter", clock)
    return clock


class Slow(ClassifierMixin, BaseEstimator):
    """A tree: takes ten seconds of a clock, and counts the rows that it is asked."""

    clock = None
    asked = 0

    def fit(self, X, y):
        if self.clock is not None:
            type(self).clock.now += 10
        self.tree_ = DecisionTreeClassifier(random_state=0).fit(X, y)
        self.classes_ = self.tree_.classes_
        return self

    def predict_proba(self, X):
        self.asked += len(X)
        return self.tree_.predict_proba(X)

    def predict(self, X):
        self.asked += len(X)
        return self.tree_.predict(X)


@pytest.fixture
def slow(clock, monkeypatch):
    monkeypatch.setattr(Slow, "clock", clock)
    return Slow


@pytest.fixture(scope="module")
def sets():
    X, y = load_digits(return_X_y=True)
    order = np.random.RandomState(0).permutation(len(y))
    X, y = X[order] / 16, y[order]
    return X[:200], y[:200], X[200:400], y[200:400]


@pytest.mark.slow
def test_what_decides_spares_the_rest_and_counts_it(sets):
    model = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    attacks = [*BESIDE, *PROBES]
    options = {"attacks": attacks, "n_shadows": 4, "random_state": 0}
    whole = audit(model, *sets, **options)
    report = audit(model, *sets, decide={"max_epsilon": 0.5}, **options)
    ran = [result.name for result in report.ran]
    # Shadow models come last, whatever was named first.
    assert set(ran) <= set(PROBES)
    (deciding,) = {result.status for result in report.results if result.spared}
    assert deciding == f"not run: {ran[-1]} shows an epsilon above 0.5"
    assert report.summary["n_fits"].max() == 0
    assert not any("not run" in note for note in report.notes)
    assert report.verdict == "leak"
    assert "Decided: epsilon is above 0.5." in report.reasons
    # Nothing is gained by having stopped: as strong as with all attacks, no more.
    decided = {result.name: result for result in report.results}[ran[-1]]
    bound = bet(report, decided, epsilon_lower_bound, len(attacks))
    assert report.epsilon.epsilon == pytest.approx(bound, abs=1e-12)
    assert bound > 0.5
    level = whole.headline["confidence_level"]
    assert report.headline["confidence_level"] == level
    np.testing.assert_array_equal(report.records[ran], whole.records[ran])
    assert report.to_dict()["epsilon"]["decides_above"] == 0.5
    assert whole.to_dict()["epsilon"]["decides_above"] is None


def test_what_is_not_decided_is_said(sets):
    model = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    report = audit(
        model, *sets, attacks=PROBES, decide={"max_epsilon": 20}, random_state=0
    )
    assert len(report.ran) == len(PROBES)
    assert "Not decided: no attack shows an epsilon above 20" in report.reasons[-1]


@pytest.mark.parametrize(
    "options", [{"attacks": PROBES, "max_seconds": 1e-9}, {"attacks": "qmia"}]
)
def test_it_is_said_that_nothing_was_bet_on(sets, options):
    """No attack was run, or its scores know members."""
    model = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    report = audit(model, *sets, decide={"max_epsilon": 0}, random_state=0, **options)
    assert report.epsilon is None
    assert "Not decided: no attack shows an epsilon above 0" in report.reasons[-1]


@pytest.mark.parametrize("knows", others_slow([0, 3, 20], [3]))
def test_it_is_decided_where_the_whole_audit_would_have(knows, global_random_seed):
    """So often, then, as its largest bound is too large: see the null games."""
    rng = np.random.RandomState(global_random_seed)
    X = rng.normal(size=(140, 3))
    y = (X[:, 0] + rng.normal(size=140) > 0).astype(int)
    model = DecisionTreeClassifier(min_samples_leaf=4, random_state=0)
    model.fit(X[60 - knows : 120 - knows], y[60 - knows : 120 - knows])
    sets = X[:60], y[:60], X[60:], y[60:]
    options = {"attacks": PROBES, "random_state": global_random_seed}
    whole = audit(model, *sets, **options).epsilon.epsilon
    for limit in (0, whole, 0.9 * whole, 2 * whole):
        report = audit(model, *sets, decide={"max_epsilon": limit}, **options)
        assert (report.epsilon.epsilon > limit) == (whole > limit)
        decided = any(text.startswith("Decided") for text in report.reasons)
        assert decided == (whole > limit)


@pytest.mark.parametrize(
    ("max_seconds", "n_shadows"),
    # One is trained to see, one more is the control: .8 (100 - 10) / 10 - 1 = 6.2.
    [(100, 6), (1000, 16), (45, 0), (5, None)],
)
def test_as_many_shadow_models_as_there_is_time_for(slow, sets, max_seconds, n_shadows):
    model = slow().fit(*sets[:2])
    report = audit(
        model,
        *sets,
        attacks=[*BESIDE, "gap"],
        n_shadows=16,
        max_seconds=max_seconds,
        random_state=0,
    )
    status = report.summary["status"]
    if n_shadows is None:
        assert status["gap"] == "not run: max_seconds=5 were over"
        assert report.verdict == "not-measurable"
        return
    assert status["gap"] == "ok"
    assert (status[BESIDE] == "ok").all() == (n_shadows > 0)
    assert report.summary["n_fits"].max() == n_shadows
    left_out = f"max_seconds={max_seconds} left time for {n_shadows} of 16"
    assert any(note.startswith(left_out) for note in report.notes) == (n_shadows < 16)


def test_shadow_models_that_had_no_time_are_said(slow, sets):
    model = slow().fit(*sets[:2])
    options = {"attacks": BESIDE, "random_state": 0}
    report = audit(model, *sets, max_seconds=45, n_shadows=16, **options)
    why = "not run: max_seconds left time for 0 shadow models"
    assert (report.summary["status"] == why).all()
    report = audit(model, *sets, max_seconds=60, n_shadows=16, **options)
    # .8 (60 - 10) / 10 - 1 = 3, which is 2 of an even number.
    why = "not run: max_seconds left time for 2 shadow models; with 4 every record"
    assert report.summary["status"].str.startswith(why).all()


def test_nothing_is_tried_when_time_is_over(slow, sets, monkeypatch):
    model = slow().fit(*sets[:2])
    late = slow.clock.now + 100
    blind_pool = _audit.blind_pool

    def takes_long(*args, **options):
        slow.clock.now = late
        return blind_pool(*args, **options)

    monkeypatch.setattr(_audit, "blind_pool", takes_long)
    report = audit(model, *sets, attacks=BESIDE, max_seconds=50, random_state=0)
    assert (report.summary["n_fits"] == 0).all()
    assert slow.clock.now == late  # nothing was trained


def test_nothing_is_timed_without_shadow_models(slow, sets):
    model = slow().fit(*sets[:2])
    before = slow.clock.now
    audit(model, *sets, attacks=["gap"], max_seconds=60, random_state=0)
    assert slow.clock.now == before


@pytest.mark.parametrize("max_queries", [1, 399, 400, 600, 799, 800, 5000])
def test_no_more_rows_are_asked(sets, max_queries):
    model = Slow().fit(*sets[:2])
    model.asked = 0
    report = audit(
        model,
        *sets,
        attacks=[
            "gap",
            "loss-threshold",
            "lira-augmented-online",
            "salem3-posterior-std",
        ],
        n_shadows=2,
        max_queries=max_queries,
        random_state=0,
    )
    assert model.asked <= max_queries
    assert model.asked > 0
    if max_queries == 800:  # scores first, then labels
        assert (report.summary["status"][:2] == "ok").all()
    if max_queries == 600:
        assert report.summary.loc["loss-threshold", "status"] == "ok"
        assert report.summary.loc["gap", "status"].startswith("partial: 200 of 400")


def test_the_default_asks_no_copies_where_rows_are_counted(sets):
    model = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    report = audit(model, *sets, n_shadows=2, max_queries=10**6, random_state=0)
    probing = [
        name
        for name in report.summary.index
        if any(signal.probing for signal in get_attack(name).attack[0].recorded())
    ]
    assert probing == []


@pytest.mark.parametrize("counted", [True, False])
def test_few_answers_are_few_records(sets, counted):
    """Who was not asked about was not audited: nothing can be concluded."""
    model = DecisionTreeClassifier(max_depth=2, random_state=0).fit(*sets[:2])
    if counted:
        model = BlackBox(model, max_queries=12)
    report = audit(
        model,
        *sets,
        attacks=["rmia-online"],
        shadow_estimator=DecisionTreeClassifier(max_depth=2),
        n_shadows=4,
        max_queries=None if counted else 12,
        random_state=0,
    )
    assert report.summary.loc["rmia-online", "status"] == "partial: 12 of 400"
    assert report.verdict == "not-measurable"
    there = report.records["rmia-online"].notna()
    n_train, n_holdout = (
        int((there & (report.records["member"] == side)).sum()) for side in (1, 0)
    )
    said = f"With {n_train} training and {n_holdout} holdout records"
    assert report.reasons[0].startswith(said)


@pytest.mark.parametrize(
    "decide",
    [
        {},
        {"epsilon": 1},
        {"max_epsilon": -1},
        {"max_epsilon": "1"},
        {"max_epsilon": np.nan},
        {"max_epsilon": True},
        {"max_epsilon": 1, "more": 2},
    ],
)
def test_what_cannot_be_decided(sets, decide):
    model = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    with pytest.raises(ValueError, match="'decide' parameter of audit must be"):
        audit(model, *sets, attacks=["gap"], decide=decide)


@pytest.mark.parametrize(
    ("name", "value"), [("max_seconds", 0), ("max_queries", 0), ("max_queries", 1.5)]
)
def test_limits_are_positive(sets, name, value):
    model = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    with pytest.raises(ValueError, match=f"'{name}' parameter of audit must be"):
        audit(model, *sets, attacks=["gap"], **{name: value})
