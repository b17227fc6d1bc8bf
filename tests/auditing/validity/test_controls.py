"""An audit looks at models of which the truth is known."""

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import shuffle

from skmia import audit
from skmia.attacks import get_attack
from skmia.auditing._findings import AttackResult
from skmia.auditing._knowledge import Knowledge
from skmia.auditing._shadow_design import shadow_design
from skmia.auditing.validity._direction import check_accuracy
from skmia.auditing.validity._negative_control import check_on_other_records
from skmia.auditing.validity._positive_control import Recalled
from skmia.auditing.validity._split import Split
from skmia.defenses import LabelOnly
from skmia.targets import BlackBox, Session

FAST = {"n_shadows": 4, "random_state": 0, "fprs": 0.1}
QUICK = ["gap", "loss-threshold", "lira-online"]


def check_of(report, name):
    (check,) = [one for one in report.checks if one.name == name]
    return check


def problem(n=60, seed=0):
    """Records of one population, two classes, some labels wrong."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(2 * n, 3))
    y = (X[:, 0] + 0.5 * rng.normal(size=2 * n) > 0).astype(int)
    return X[:n], y[:n], X[n:], y[n:]


def test_what_is_remembered():
    X, y, X_holdout, y_holdout = problem(20)
    X, y = np.vstack([X, X_holdout]), np.r_[y, y_holdout]
    member, copies = np.repeat([1, 0], 20), np.arange(40)
    copies[39] = 0  # the copy of a member
    y[39] = y[0]
    split = Split(X, y, member, copies, None, 0)
    session = Session(GaussianNB().fit(X[:20], y[:20]), X, y)
    P = Recalled(split, session).predict_proba(X)
    known = np.r_[0:20, 39]
    assert (P[known, y[known]] == 1).all()
    np.testing.assert_allclose(P[20:39], [[1 - y[:20].mean(), y[:20].mean()]] * 19)


@pytest.mark.parametrize(
    "model", [DecisionTreeClassifier(random_state=0), LabelOnly(GaussianNB())]
)
def test_a_model_that_memorises_is_caught(model):
    parts = problem()
    report = audit(model.fit(*parts[:2]), *parts, attacks=QUICK, **FAST)
    check = check_of(report, "positive control")
    assert check.outcome == "passed"
    assert check.text == "A model that memorises is caught (gap)."


def test_one_class_tells_nothing():
    X, y, X_holdout, y_holdout = problem()
    model = DecisionTreeClassifier(random_state=0).fit(X, 0 * y)
    report = audit(model, X, 0 * y, X_holdout, 0 * y_holdout, **FAST)
    assert check_of(report, "positive control").outcome == "not-measurable"
    assert report.verdict == "not-measurable"
    assert "A model that memorises these records was not caught" in report.reasons[-1]


def test_no_attack_that_could_be_tried_on_a_table():
    parts = problem()
    model = GaussianNB().fit(*parts[:2])
    report = audit(model, *parts, attacks="lira-online", **FAST)
    assert check_of(report, "positive control").outcome == "not run"


def test_labels_that_are_wrong_in_the_holdout_set_alone():
    """A model that was trained on neither set is better on one of them."""
    X, y, X_holdout, y_holdout = problem(100)
    wrong = np.random.default_rng(1).random(100) < 0.4
    parts = X, y, X_holdout, np.where(wrong, 1 - y_holdout, y_holdout)
    report = audit(GaussianNB().fit(X, y), *parts, attacks=QUICK, **FAST)
    check = check_of(report, "negative control")
    assert check.outcome == "invalid"
    assert "The same model trained on other records is caught as well" in check.text
    assert report.verdict == "invalid"
    assert check.text in report.reasons


@pytest.mark.slow
def test_no_control_is_caught_in_one_population():
    """At .01, of 60 splits; above the quantile with a probability of 1e-5."""
    wrong = 0
    for seed in range(60):
        parts = problem(30, seed)
        X, y = np.vstack(parts[::2]), np.concatenate(parts[1::2])
        member = np.random.default_rng(seed).permutation(np.repeat([1, 0], 30))
        split = Split(X, y, member, np.arange(60), None, seed)
        wrong += negative(split, seed)[0] != "passed"
    assert wrong <= binom.isf(1e-5, 60, 0.01)


def negative(split, seed):
    """The negative control of a split with three attacks that ran."""
    tree = DecisionTreeClassifier(random_state=0)
    design = shadow_design(tree, 4, weighted=False, random_state=seed)
    knowledge = Knowledge(split.X, split.y, split.member, design, seed)
    recipes = [get_attack(name) for name in QUICK]
    knowledge.recipes = recipes
    knowledge.train()
    session = Session(tree.fit(split.X, split.y), split.X, split.y)
    results = [AttackResult(one.name, "", "", "", split.member) for one in recipes]
    return check_on_other_records(split, knowledge, session, recipes, results)


def test_a_model_that_cannot_be_trained_again():
    parts = problem()
    model = FrozenEstimator(GaussianNB().fit(*parts[:2]))
    report = audit(model, *parts, attacks="gap", **FAST)
    check = check_of(report, "negative control")
    assert check.outcome == "note"
    assert "There is no negative control: the model is frozen" in check.text
    assert check.text in report.notes
    kept = audit(model, *parts, attacks=QUICK, shadow_estimator=GaussianNB(), **FAST)
    assert check_of(kept, "negative control").outcome == "passed"


@pytest.mark.parametrize("options", [{"n_shadows": 0}, {"attacks": "gap"}])
def test_nothing_is_trained_where_no_attack_needs_it(options):
    class Counted(GaussianNB):
        fits = 0

        def fit(self, X, y):
            Counted.fits += 1
            return super().fit(X, y)

    parts = problem()
    model = Counted().fit(*parts[:2])
    report = audit(model, *parts, **FAST | options)
    assert Counted.fits == 1
    assert check_of(report, "negative control").outcome == "not run"
    assert check_of(report, "negative control").text not in report.notes


def test_controls_ask_the_audited_model_nothing():
    parts = problem()
    box = BlackBox(GaussianNB().fit(*parts[:2]))
    audit(box, *parts, attacks=QUICK, shadow_estimator=GaussianNB(), **FAST)
    assert box.n_queries_ == 2 * 120


def test_a_control_is_kept_like_a_shadow_model(tmp_path):
    parts = problem()
    model = DecisionTreeClassifier(random_state=0).fit(*parts[:2])
    own = {"attacks": QUICK, **FAST}
    kept = [audit(model, *parts, memory=str(tmp_path), n_jobs=n, **own) for n in (1, 2)]
    assert kept[0].checks == kept[1].checks == audit(model, *parts, **own).checks


def test_weights_are_those_of_the_third():
    X, y, X_holdout, y_holdout = problem()
    weight = np.arange(120.0)
    seen = []

    class Weighted(GaussianNB):
        def fit(self, X, y, sample_weight=None):
            seen.append((X, sample_weight))
            return super().fit(X, y, sample_weight)

    model = Weighted().fit(X, y)
    audit(
        model, X, y, X_holdout, y_holdout,
        attacks=QUICK, fit_params={"sample_weight": weight}, **FAST,
    )  # fmt: skip
    both = np.vstack([X, X_holdout])
    assert len(seen) == 6
    for rows, weights in seen[1:]:
        place = [int(np.flatnonzero((both == row).all(axis=1))[0]) for row in rows]
        assert (weights == weight[place]).all()
    assert len(seen[-1][0]) == 40


@pytest.mark.parametrize("grouped", [False, True])
def test_level_of_the_accuracies(grouped):
    """At .01, of 200 splits; above the quantile with a probability of 1e-5."""
    wrong = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        group = np.arange(80) // (4 if grouped else 1)
        side = rng.permutation(np.arange(group.max() + 1) % 2)
        correct = (rng.random(group.max() + 1) < 0.7)[group].astype(float)
        split = Split(None, None, side[group], group, group, seed)
        wrong += check_accuracy(split, correct)[0] != "passed"
    assert wrong <= binom.isf(1e-5, 200, 0.01)


def test_a_check_that_fails_fails_alone(monkeypatch):
    def broken(*args):
        raise RuntimeError("no ['secret'] here")

    monkeypatch.setattr("skmia.auditing.validity._checks.check_population", broken)
    X, y = shuffle(*load_digits(return_X_y=True), random_state=0)
    model = DecisionTreeClassifier(random_state=0).fit(X[:150], y[:150])
    parts = X[:150], y[:150], X[150:300], y[150:300]
    report = audit(model, *parts, attacks=QUICK, **FAST)
    assert report.verdict == "leak"
    assert (
        "The check of population failed: RuntimeError: no [...] here." in report.notes
    )
