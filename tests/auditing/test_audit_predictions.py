"""Audit of answers: the same numbers as with the model, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from skmia import audit
from skmia.auditing import audit_predictions

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def data():
    X, y = load_digits(return_X_y=True)
    X, y = X[:800], y[:800]
    member = np.random.default_rng(0).random(800) < 0.5
    return X, y, member


@pytest.fixture(scope="module")
def forest(data):
    X, y, member = data
    return RandomForestClassifier(20, random_state=0).fit(X[member], y[member])


def whole(model, data, **params):
    X, y, member = data
    sets = X[member], y[member], X[~member], y[~member]
    return audit(model, *sets, random_state=0, n_shadows=0, **params)


def assert_same(ours, theirs, member):
    """Scores, and all that does not depend on which records are in which fold."""
    ran = [result.name for result in ours.ran]
    assert ran == [result.name for result in theirs.ran]
    order = np.r_[np.flatnonzero(member), np.flatnonzero(~member)]
    for name in ran:
        np.testing.assert_array_equal(
            ours.records[name].to_numpy()[order], theirs.records[name].to_numpy()
        )
    columns = [c for c in ours.summary if c.startswith(("auc", "tpr_at"))]
    assert ours.summary.loc[ran, columns].equals(theirs.summary.loc[ran, columns])
    assert ours.train_accuracy == theirs.train_accuracy
    assert ours.holdout_accuracy == theirs.holdout_accuracy


def test_probabilities(data, forest):
    X, y, member = data
    proba = forest.predict_proba(X)
    ours = audit_predictions(y, proba=proba, member=member, random_state=0)
    assert_same(ours, whole(forest, data), member)
    status = ours.summary.loc["rmia-online", "status"]
    assert status == "not run: no answers of shadow models are given"


def test_labels(data, forest):
    X, y, member = data
    ours = audit_predictions(y, labels=forest.predict(X), member=member, random_state=0)
    assert_same(ours, whole(forest, data, attacks=["gap"]), member)
    assert ours.to_dict()["run"]["access"] == ["label"]


@pytest.mark.parametrize("n_classes", [2, 10])
def test_scores(data, n_classes):
    X, y, member = data
    some = y < n_classes
    X, y, member = X[some], y[some], member[some]
    # Sums of trees: the last bit does not depend on which records are asked about.
    model = GradientBoostingClassifier(n_estimators=5, random_state=0)
    model.fit(X[member], y[member])
    attacks = ["gap", "decision-margin-threshold", "decision-confidence-threshold"]
    scores = model.decision_function(X)
    params = {"member": member, "attacks": attacks, "random_state": 0}
    ours = audit_predictions(y, scores=scores, **params)
    assert_same(ours, whole(model, (X, y, member), attacks=attacks), member)


def test_answers_of_shadow_models(data, forest):
    X, y, member = data
    answers, members = [], []
    for seed in range(6):
        inside = np.random.default_rng(seed + 1).random(800) < 0.5
        model = RandomForestClassifier(20, random_state=seed).fit(X[inside], y[inside])
        answers.append(model.predict_proba(X))
        members.append(inside)
    report = audit_predictions(
        y,
        proba=forest.predict_proba(X),
        member=member,
        shadow=(answers, members),
        random_state=0,
    )
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["rmia-online", "auc"] > report.summary["auc"]["shadow"]
    checks = {check.name: (check.outcome, check.text) for check in report.checks}
    outcome, text = checks["negative control"]
    assert (outcome, "can be trained" in text) == ("not run", True)
    # They know who was in which: of the candidates as members they say more.
    assert report.summary["n_fits"].sum() == 0


def test_what_would_ask_more_is_not_run(data, forest):
    X, y, member = data
    attacks = ["gap", "salem3-entropy", "lira-augmented-offline", "merlin", "qmia"]
    report = audit_predictions(
        y,
        proba=forest.predict_proba(X),
        member=member,
        attacks=attacks,
        random_state=0,
    )
    assert [result.name for result in report.ran] == ["gap"]
    reasons = report.summary["status"].drop("gap")
    assert reasons.str.startswith("not run: ").all()
    checks = {check.name: check.outcome for check in report.checks}
    for name in ("copies", "neighbours", "population", "negative control"):
        assert checks[name] == "not run"
    assert checks["positive control"] == "passed"


def test_who_comes_first_tells_nothing(data, forest):
    """Nobody was trained on these: all sets are alike, and all intervals hold .5."""
    X, y, member = data
    _, others = X[~member], y[~member]
    proba = forest.predict_proba(X[~member])
    first = np.arange(len(others)) < len(others) // 2
    report = audit_predictions(others, proba=proba, member=first, random_state=0)
    assert report.verdict in ("none-found", "not-measurable")


def test_groups_and_headline(data, forest):
    X, y, member = data
    groups = np.arange(800) // 4
    report = audit_predictions(
        y,
        proba=forest.predict_proba(X),
        member=member,
        groups=groups,
        headline="loss-threshold",
        random_state=0,
    )
    assert report.headline["attack"] == "loss-threshold"
    assert report.groups is not None


GOOD = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [1.0, 0.0]])
Y = np.array([0, 1, 1, 0])
MEMBER = np.array([1, 1, 0, 0])
OTHER = np.array([1, 0, 1, 0])


def changed(row, values):
    wrong = GOOD.copy()
    wrong[row] = values
    return wrong


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"proba": None}, "'proba', 'labels' and 'scores' .* Got none"),
        ({"labels": Y}, "Got proba and labels"),
        ({"proba": GOOD[:3]}, r"\(4, 2\)\. Got \(3, 2\)"),
        ({"proba": GOOD[:, :1]}, r"\(4, 2\)\. Got \(4, 1\)"),
        ({"proba": changed(2, [0.9, 0.9])}, "Got 1.8 in row 2"),
        ({"proba": changed(1, [1.5, -0.5])}, "in row 1, column 0. Got 1.5"),
        ({"proba": changed(3, [np.nan, 0])}, "in row 3, column 0. Got nan"),
        ({"proba": GOOD.astype(str) + "x"[:0] + np.array("x")}, "must be numbers"),
        ({"classes": [0, 2]}, "in row 1 the label 1, which is none of the classes"),
        ({"classes": [0, 0]}, "two different labels"),
        ({"proba": None, "labels": [0, 1, 2, 0], "classes": [0, 1]}, "in row 2"),
        ({"proba": None, "scores": [1, 2, np.inf, 0]}, "finite number in row 2"),
        ({"member": [1, 1, 1, 1]}, "member"),
        ({"member": [1, 0, 1]}, "inconsistent numbers"),
        ({"shadow": ([GOOD], [MEMBER, MEMBER])}, "as many models in both"),
        ({"shadow": ([GOOD[:2]], [OTHER])}, r"Shadow model 0: .* Got \(2, 2\)"),
        (
            {"shadow": ([GOOD, changed(1, [7, 0])], [OTHER] * 2)},
            "Shadow model 1: .* in row 1, column 0. Got 7",
        ),
        ({"shadow": ([GOOD], [MEMBER])}, "members are those of the audited model"),
        ({"shadow": ([GOOD], [1 - MEMBER])}, "just those that the audited model's are"),
        (
            {"shadow": ([GOOD, GOOD[::-1], GOOD], [OTHER] * 3)},
            "Shadow model 2: It is given twice, as shadow model 0",
        ),
        ({"proba": pd.DataFrame(GOOD, columns=[1, 0])}, r"order of the columns"),
        (
            {"shadow": ([pd.DataFrame(GOOD, columns=[1, 0])], [OTHER])},
            "of the columns",
        ),
        ({"proba": None, "labels": np.array([0, "1", 0, 1], object)}, "of one kind"),
        ({"proba": None, "labels": np.array([0, None, 0, 1], object)}, "none missing"),
    ],
)
def test_what_is_refused(changes, message):
    params = {"proba": GOOD, "member": MEMBER} | changes
    with pytest.raises(ValueError, match=message):
        audit_predictions(Y, **params)


def test_named_columns_are_read_in_the_order_of_the_classes():
    proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]])
    right = [True, True, False, True]  # of Y = 0, 1, 1, 0
    params = {"member": MEMBER, "random_state": 0}
    for columns, classes in [(["0", "1"], [0, 1]), ([0, 1], None), (["a", "b"], None)]:
        named = pd.DataFrame(proba, columns=columns)
        report = audit_predictions(Y, proba=named, classes=classes, **params)
        np.testing.assert_array_equal(report.correct, right)
    named = pd.DataFrame(proba[:, ::-1], columns=[1, 0])
    report = audit_predictions(Y, proba=named, classes=[1, 0], **params)
    np.testing.assert_array_equal(report.correct, right)


def test_rounded_probabilities_need_not_sum_to_one():
    proba = RNG.dirichlet(np.ones(3), size=60).round(1)
    member = np.arange(60) % 2
    y = np.arange(60) % 3
    report = audit_predictions(y, proba=proba, member=member, random_state=0)
    assert report.n_planned > 0


def answers_and(member, *shadows, groups=None):
    """An audit of answers that say nothing, with shadow models that have members."""
    n = len(member)
    proba = np.random.default_rng(0).dirichlet([1, 1], size=n)
    return audit_predictions(
        np.arange(n) % 2,
        proba=proba,
        member=member,
        shadow=([proba[::-1]] * len(shadows), shadows),
        groups=groups,
        attacks="gap",
        random_state=0,
    )


def test_models_of_one_cross_validation_tell_who_is_a_member():
    fold = np.random.default_rng(0).permutation(400) % 5
    # The 80 that the one holds out are members of the other.
    said = r"model 0: 240 of its 320 members are among the 320 of .* of 400: .*audit_cv"
    with pytest.raises(ValueError, match=said):
        answers_and(fold != 0, fold != 1)
    said = r"model 0: 0 of its 40 members are among the 320"
    with pytest.raises(ValueError, match=said):
        answers_and(fold != 0, np.isin(np.arange(400), np.flatnonzero(fold == 0)[:40]))


def test_folds_tell_together_what_none_tells_alone():
    fold = np.random.default_rng(0).permutation(100) % 5
    others = [fold != one for one in (1, 2, 3, 4)]
    assert answers_and(fold != 0, others[0]).n_planned == 1
    said = r"0 of the 20 members of 4 or more of the shadow models are among the 80"
    with pytest.raises(ValueError, match=said):
        answers_and(fold != 0, *others)
    # Of a model that has nothing to do with them they tell nothing.
    member = np.random.default_rng(1).random(100) < 0.5
    assert answers_and(member, *others, fold != 0).n_planned == 1


def test_members_that_chance_has_dealt_are_taken():
    """Halves agree on 100 of 200 within 5 standard deviations of sqrt(12.5)."""
    rng = np.random.default_rng(0)
    member, *others = (rng.permutation(200) < 100 for _ in range(30))
    assert answers_and(member, *others).n_planned == 1


def test_members_that_are_dealt_by_groups_are_counted_by_groups():
    """Ten groups of twenty: eight alike are 160 records alike, and no wonder."""
    groups = np.arange(200) // 20
    member = groups < 5
    other = np.isin(groups, [0, 1, 2, 3, 5])
    assert answers_and(member, other, groups=groups).n_planned == 1
    with pytest.raises(ValueError, match="80 of its 100 members"):
        answers_and(member, other)
