"""How long an answer takes, by a clock that does not depend on the machine."""

import gc

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_blobs
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_validate
from sklearn.neighbors import KernelDensity

from skmia import BlackBox, MembershipGame, ShadowModels, audit, observe
from skmia.attacks import get_attack, lacks
from skmia.attacks._granted import Granted
from skmia.attacks.evidence import AnswerTime
from skmia.auditing import audit_cv
from skmia.auditing._choice import default_attacks
from skmia.signals import _answer_time, get_signal
from skmia.targets import PredictionAPI, Session
from skmia.testing import yield_checks

X, y = make_blobs(120, n_features=3, cluster_std=6, random_state=0)
SETS = X[::2], y[::2], X[1::2], y[1::2]
CLOCK = {"now": 0, "asked": []}
TIMED = {"attacks": "timing", "n_shadows": 2, "random_state": 0}


class Slow(ClassifierMixin, BaseEstimator):
    """Takes as many milliseconds as `cost` says of a record that it holds, else 9."""

    def __init__(self, cost=3):
        self.cost = cost

    def fit(self, X, y):
        self.classes_, self.stored_ = np.unique(y), {*np.asarray(X)[:, 0].tolist()}
        return self

    def predict(self, X):
        for value in np.asarray(X)[:, 0].tolist():
            CLOCK["asked"].append(value)
            stored = value in self.stored_
            CLOCK["now"] += (self.cost if stored else 9) * 1_000_000
        return np.repeat(self.classes_[:1], len(X))


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    CLOCK.update(now=0, asked=[])
    monkeypatch.setattr(_answer_time, "perf_counter_ns", lambda: CLOCK["now"])
    return CLOCK


def timed(model, X=X, **params):
    return get_signal("answer_time", **params)(model, X)[:, 0]


def test_seconds_of_one_record():
    seconds = timed(Slow().fit(X[:5], y[:5]), X[:10])
    assert_allclose(seconds, [0.003] * 5 + [0.009] * 5)


@pytest.mark.parametrize("n_queries", [2, 4])
def test_each_round_has_an_order_of_its_own(clock, n_queries):
    timed(Slow().fit(X, y), n_queries=n_queries)
    rounds = np.reshape(clock["asked"], (n_queries, len(X)))
    for one in rounds:
        assert_array_equal(np.sort(one), np.sort(X[:, 0]))
    assert len(np.unique(rounds, axis=0)) == n_queries
    assert not (rounds == X[:, 0]).all(axis=1).any()


def test_the_fastest_answer_but_for_the_first(clock):
    """A clock that runs slower in each round: the second one counts."""
    model = Slow().fit(X, y)

    def predict(x):
        clock["asked"].append(x)
        clock["now"] += 1_000_000 * (1 + (len(clock["asked"]) - 1) // len(X))

    model.predict = predict
    assert_allclose(timed(model, n_queries=5), 0.002)


def test_drift_of_the_clock_tells_nobody(clock):
    """Answers take longer and longer within a round; who is asked first is chance.

    Then the fastest answers are in random order, and the AUC of the first 60 of 120
    records is .5 with a standard deviation of sqrt(121 / (12 * 60 * 60)) = .053; five
    of them are allowed. In the order given it would be 1.
    """
    model = Slow().fit(X, y)

    def predict(x):
        clock["asked"].append(x)
        clock["now"] += len(clock["asked"]) % len(X)

    model.predict = predict
    auc = roc_auc_score(np.arange(len(X)) < 60, -timed(model))
    assert abs(auc - 0.5) < 5 * 0.053


def test_the_collector_waits_and_is_put_back():
    model = Slow().fit(X, y)
    states = []
    model.predict = lambda x: states.append(gc.isenabled())
    timed(model, X[:4])
    assert not any(states)
    assert gc.isenabled()


def test_it_is_put_back_after_an_error():
    model = Slow().fit(X, y)
    model.predict = None
    with pytest.raises(TypeError):
        timed(model, X[:4])
    assert gc.isenabled()


@pytest.mark.parametrize("records", [X, pd.DataFrame(X), csr_array(X), X[:1]])
def test_kinds_of_records(records):
    model = LinearRegression().fit(X, y)
    assert_array_equal(timed(model, records, n_queries=2), np.zeros(records.shape[0]))


@pytest.mark.parametrize("n_queries", [1, 2.5, None])
def test_one_answer_after_another_is_too_few(n_queries):
    with pytest.raises(ValueError, match=r"'n_queries'.*'answer_time' must be an int"):
        timed(Slow().fit(X, y), n_queries=n_queries)


def test_every_row_is_counted():
    session = Session(Slow().fit(X, y), X, y, answers=["predict", "timing"])
    seconds = session.observe("answer_time")
    assert session.n_queries == 21 * len(X)
    assert_array_equal(session.observe("answer_time"), seconds)
    assert session.n_queries == 21 * len(X)
    assert get_signal("answer_time").price == 21


def test_a_budget_of_the_asker():
    answers = ["predict", "timing"]
    session = Session(Slow().fit(X, y), X, y, answers=answers, max_queries=215)
    seconds = session.observe("answer_time")["answer_time"]
    assert seconds.notna().sum() == 10
    assert session.n_queries == 210


def test_it_is_granted_and_never_assumed():
    model = Slow().fit(X, y)
    assert get_signal("answer_time").access == "timing"
    for session in (Session(model, X), Session(model, X, answers=["predict"])):
        assert "timing" not in session.answers
        with pytest.raises(AttributeError, match="answer_time"):
            session.observe("answer_time")
    held = Session(model, X, white_box=True)
    assert "timing" in held.answers
    assert "timing" not in held.only(["predict"]).answers


def service(rows):
    return [[1, 0]] * len(rows)


@pytest.mark.parametrize(
    "model",
    [
        KernelDensity().fit(X),
        BlackBox(Slow().fit(X, y), max_queries=10_000),
        PredictionAPI(service, [0, 1]),
        PredictionAPI("http://127.0.0.1:1/predict", [0, 1]),
    ],
)
def test_what_cannot_be_timed(model):
    """No predict, a budget, answers that are kept: also of a host nearby."""
    session = Session(model, X, y, answers=["predict", "timing"])
    assert "cannot be timed" in lacks(get_attack("timing").attack, session)
    with pytest.raises(AttributeError, match="is not timed"):
        observe(model, X, y, ["answer_time"], classes=[0, 1, 2])


def test_the_attack_finds_who_is_answered_faster():
    report = audit(Slow().fit(*SETS[:2]), *SETS, access="timing", **TIMED)
    assert report.summary.loc["timing", "auc"] == 1
    assert report.summary.loc["timing", "accuracy"] == 1
    assert any("No seed repeats the numbers of timing" in one for one in report.notes)


def test_the_attack_learns_the_side():
    report = audit(Slow(cost=20).fit(*SETS[:2]), *SETS, access="timing", **TIMED)
    assert report.summary.loc["timing", "accuracy"] == 1


def test_no_leak_is_found_where_there_is_none():
    """Times of an answer that depend on nobody: all are ties."""
    report = audit(Slow(cost=9).fit(*SETS[:2]), *SETS, access="timing", **TIMED)
    assert report.summary.loc["timing", "auc"] == 0.5


def test_without_the_access_it_is_not_run(clock):
    report = audit(Slow().fit(*SETS[:2]), *SETS, access="white-box", **TIMED)
    status = report.summary.loc["timing", "status"]
    assert status.startswith("not run: it needs the access 'timing'")
    assert not any("No seed" in note for note in report.notes)


def test_who_is_granted_a_clock_looks_at_it():
    """Or a report would say that nothing was found of who sees the time."""
    granted = Granted.of("me", "timing")
    for model, run in ((Slow(), True), (BlackBox(Slow()), False)):
        model.fit(*SETS[:2])
        names, _ = default_attacks(model, granted.session(model, X, y), granted)
        assert ("timing" in names) is run
    names, _ = default_attacks(model, Granted().session(model, X, y), Granted())
    assert "timing" not in names


def test_in_a_game():
    game = MembershipGame(Slow(), attack="timing", access="timing", random_state=0)
    assert game.fit(X[:60], y[:60]).score(X[60:], y[60:]) == 1
    with pytest.raises(ValueError, match="needs the access 'timing'"):
        game.set_params(access="scores").fit(X[:60], y[:60])


@pytest.mark.slow
def test_in_a_cross_validation():
    kept = {"return_estimator": True, "return_indices": True}
    results = cross_validate(Slow(), X, y, cv=4, **kept)
    report = audit_cv(results, X, y, attacks="timing", access="timing", random_state=0)
    assert report.summary.loc["timing", "auc"] == 1


def own_checks():
    few, labels = X[:40], y[:40]
    model = Slow().fit(few[::2], labels[::2])
    shadows = ShadowModels(Slow(), n_shadows=4, random_state=0).fit(few, labels)
    pairs = Session(model, few, labels, white_box=True), shadows
    yield from yield_checks(AnswerTime(), "evidence", data=pairs)
    signal = get_signal("answer_time")
    yield from yield_checks(signal, "signal", data=(model, few, labels))


@pytest.mark.parametrize(("one", "check"), list(own_checks()))
def test_own_checks(one, check):
    check(one)
