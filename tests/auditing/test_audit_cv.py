"""The audit of a cross-validation: nothing is trained, and no fold tells on itself."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import AgglomerativeClustering
from sklearn.datasets import load_wine, make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    LeaveOneOut,
    RepeatedStratifiedKFold,
    StratifiedShuffleSplit,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.attacks.evidence import References
from skmia.auditing import audit_cv
from skmia.auditing._cross_validated import CrossValidated, families
from skmia.shadow import ShadowModels

REFERENCES = ["lira-online", "rmia-online"]
REPEATED = RepeatedStratifiedKFold(n_splits=2, n_repeats=4, random_state=0)
TWICE = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)


class LearnsElsewhere(ClassifierMixin, BaseEstimator):
    """Trained on records of its own, and so of no use to anybody who looks for ours."""

    def __init__(self, seed=0):
        self.seed = seed

    def fit(self, X, y):
        own = np.random.default_rng([self.seed, int(abs(X).sum() * 1e6)])
        rows = own.normal(size=(40, X.shape[1]))
        self.model_ = GaussianNB().fit(rows, np.arange(40) % len(np.unique(y)))
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


def records(seed=0, n_records=200, n_features=20):
    return make_classification(
        n_records, n_features, n_informative=8, flip_y=0.3, random_state=seed
    )


def validated(model, X, y, cv=5):
    kept = {"return_estimator": True, "return_indices": True}
    return cross_validate(model, X, y, cv=cv, **kept)


def report_of(model, X_y=None, cv=5, **how):
    X, y = records() if X_y is None else X_y
    how = {"random_state": 0, "fprs": 0.1} | how
    return audit_cv(validated(model, X, y, cv), X, y, **how)


def test_every_pair_of_a_model_and_a_record_is_judged():
    X, y = load_wine(return_X_y=True)
    results = validated(GaussianNB(), X, y)
    report = audit_cv(results, X, y, attacks=["gap", "lira-online"], random_state=0)
    assert (report.summary["status"] == "ok").all()
    assert (report.summary["n_fits"] == 0).all()
    for i, held_out in enumerate(results["indices"]["test"]):
        part = report.records.xs(i, level="model")
        assert_array_equal(np.sort(part.loc["holdout"].index), held_out)
        assert len(part) == len(y)
    assert report.records["lira-online"].between(0, 1).all()
    right = [
        model.score(X[held], y[held])
        for model, held in zip(
            results["estimator"], results["indices"]["test"], strict=True
        )
    ]
    sizes = [len(held) for held in results["indices"]["test"]]
    assert report.holdout_accuracy == pytest.approx(np.average(right, weights=sizes))


def test_scores_of_one_attack_are_those_of_each_model():
    X, y = records()
    results = validated(GaussianNB(), X, y)
    report = audit_cv(results, X, y, attacks="gap", random_state=0)
    for i, model in enumerate(results["estimator"]):
        part = report.records.xs(i, level="model").reset_index().sort_values("row")
        order = np.argsort(part["gap"].to_numpy(), kind="stable")
        right = model.predict(X) == y
        assert (np.diff(right[order].astype(int)) >= 0).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cv", "attacks"),
    [
        (5, ["gap", "loss-threshold", "salem1"]),
        (REPEATED, [*REFERENCES, "salem1"]),
    ],
)
def test_models_that_learn_elsewhere_give_nobody_away(cv, attacks):
    found = []
    for seed in range(12):
        model = LearnsElsewhere(seed)
        report = report_of(model, records(seed, 120), cv, attacks=attacks)
        found.append(report.summary["auc"])
    # Over 30 such games the deviation of one is .034 at most, in the mean of 12 .01.
    assert (abs(np.mean(found, axis=0) - 0.5) < 0.035).all()


def test_within_one_cross_validation_references_do_not_tell_who_is_held_out():
    X, y = records()
    results = validated(GaussianNB(), X, y)
    shadows = ShadowModels.from_cross_validate(results, X, y, both_sides=True)
    known = CrossValidated(shadows, np.arange(len(y)), 0)
    evidence = References("confidence", online=True)
    known._relate(evidence)
    for target in shadows.sessions():
        Z = evidence.fit(shadows.without(target).pairs()[0]).observe(target)
        inside = Z.filter(regex=r"in\|").to_numpy()
        assert inside.shape[1] == 8
        assert_array_equal(inside.sum(axis=1), 4)


def test_repeats_beside_a_model_are_others_than_its_own():
    X, y = records()
    model = DecisionTreeClassifier(random_state=0)
    results = validated(model, X, y, REPEATED)
    shadows = ShadowModels.from_cross_validate(results, X, y)
    known = CrossValidated(shadows, np.arange(len(y)), 0)
    evidence = References("confidence", online=True)
    known._relate(evidence)
    for i, target in enumerate(shadows.sessions()):
        Z = evidence.fit(shadows.without(target).pairs()[0]).observe(target)
        others = [j for j in range(8) if j // 2 != i // 2]
        inside = Z.filter(regex=r"in\|").to_numpy() == 1
        assert_array_equal(inside, shadows.membership_[others].T)


def test_both_sides_find_what_a_linear_model_remembers():
    report = report_of(
        LinearDiscriminantAnalysis(), records(0, 300, 40), attacks="lira-online"
    )
    assert report.summary.loc["lira-online", "auc_low"] > 0.5
    assert "All 5 references" in "".join(report.notes)
    known = report.summary.loc["lira-online", "knowledge"]
    assert known.startswith("the other models of the cross-validation")


def test_repeats_find_what_trees_remember():
    model = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
    report = report_of(model, cv=REPEATED, attacks=REFERENCES)
    assert (report.summary["auc_low"] > 0.55).all()


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(random_state=0),
        LearnsElsewhere(),
        # What is before the last step was fitted with the record.
        make_pipeline(StandardScaler(), LinearDiscriminantAnalysis()),
    ],
)
@pytest.mark.parametrize("cv", [5, TWICE])
def test_attacks_that_compare_are_not_run_within_one_cross_validation(model, cv):
    report = report_of(model, cv=cv, attacks=REFERENCES)
    assert report.summary["status"].str.startswith("not run: in the folds").all()
    assert report.summary["auc"].isna().all()


@pytest.mark.parametrize(
    ("how", "attack", "reason"),
    [
        ({"access": "label"}, "loss-threshold", "it needs the access 'scores'"),
        ({"access": "label"}, "shadow", "it needs the access 'scores'"),
        ({}, "margin-lira-online", "the model has no decision_function"),
        ({}, "salem2", "no models of another task are given"),
    ],
)
def test_what_cannot_be_seen_is_not_run(how, attack, reason):
    report = report_of(GaussianNB(), attacks=[attack, "gap"], **how)
    assert reason in report.summary.loc[attack, "status"]
    assert report.summary.loc["gap", "status"] == "ok"


def test_a_record_without_another_side_is_one_too_many():
    X, y = records()
    y = y.copy()
    y[0] = 2  # the only one of its class
    with pytest.warns(UserWarning, match="least populated"):
        report = report_of(GaussianNB(), (X, y), attacks=REFERENCES)
    assert report.summary["status"].str.startswith("not run").all()


@pytest.mark.slow
def test_the_default():
    summary = report_of(GaussianNB()).summary
    assert "lira-augmented-online" not in summary.index
    assert (summary["status"] == "ok").all()
    summary = report_of(DecisionTreeClassifier(random_state=0), cv=REPEATED).summary
    assert summary.loc["lira-augmented-online", "status"] == "ok"


def test_random_parts_are_independent():
    cv = StratifiedShuffleSplit(6, test_size=0.5, random_state=0)
    model = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
    report = report_of(model, cv=cv, attacks=REFERENCES)
    assert (report.summary["status"] == "ok").all()
    assert (report.summary["auc_low"] > 0.55).all()


def test_a_search_is_audited_as_what_it_refits():
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [2, 9]})
    report = report_of(search, attacks=["gap", "shadow"])
    assert report.model == "GridSearchCV"
    assert (report.summary["status"] == "ok").all()


@pytest.mark.slow
def test_frames_words_and_the_same_twice():
    X, y = load_wine(as_frame=True, return_X_y=True)
    X.index = [f"wine {row}" for row in X.index]
    y = y.map({0: "a", 1: "b", 2: "c"})
    results = validated(GaussianNB(), X, y)
    first, second = (audit_cv(results, X, y, random_state=1) for _ in range(2))
    pd.testing.assert_frame_equal(first.records, second.records)
    assert first.records.index.get_level_values("row")[0] == "wine 0"
    assert set(first.records["label"]) == {"a", "b", "c"}
    assert "178 records is counted for each of 5 models" in first.on_groups


def test_intervals_count_records_or_groups():
    X, y = records()
    wide = report_of(GaussianNB(), (X, y), attacks="gap", groups=np.arange(200) // 20)
    narrow = report_of(GaussianNB(), (X, y), attacks="gap")
    width = [
        (report.summary["auc_high"] - report.summary["auc_low"]).item()
        for report in (narrow, wide)
    ]
    assert width[1] > width[0]
    assert narrow.summary["auc"].item() == wide.summary["auc"].item()
    # Each record five times as if it were five others: too narrow.
    member, score = (narrow.records[name] for name in ("member", "gap"))
    assert narrow.summary["auc"].item() == pytest.approx(roc_auc_score(member, score))


def test_html_and_json(tmp_path):
    report = report_of(GaussianNB(), attacks=["gap", "lira-online"])
    report.to_html(tmp_path / "report.html")
    assert "GaussianNB" in (tmp_path / "report.html").read_text()
    assert '"n_fits": 0' in report.to_json()


def test_families():
    fold = np.eye(3, dtype=bool)
    assert_array_equal(families(fold), 0)
    assert_array_equal(families(np.vstack([fold, fold])), [0, 0, 0, 1, 1, 1])
    assert_array_equal(families(np.ones((3, 4), bool)), [0, 1, 2])


def test_what_cannot_be_audited():
    X, y = records()
    bare = cross_validate(GaussianNB(), X, y)
    with pytest.raises(ValueError, match="return_estimator=True"):
        audit_cv(bare, X, y)
    results = validated(GaussianNB(), X, y)
    with pytest.raises(ValueError, match="one value for each of the 200 records"):
        audit_cv(results, X, y, groups=[1, 2], random_state=0)
    with pytest.raises(ValueError, match="labels y"):
        audit_cv(results, X, None)
    with pytest.raises(ValueError, match="X has 50 records"):
        audit_cv(results, X[:50], y[:50])
    with pytest.raises(ValueError, match="must name at least one attack"):
        audit_cv(results, X, y, attacks=[], random_state=0)
    named = pd.DataFrame(X, index=range(1, 201))
    person = pd.Series(np.arange(200) // 2, index=named.index)
    with pytest.raises(ValueError, match=r"of audit_cv .* row names .* lacks 200"):
        audit_cv(results, named, y, groups=person.rename({200: 0}))
    with pytest.raises(ValueError, match="None of the labels"):
        audit_cv(results, X, np.array(["a", "b"])[y])
    more = validated(GaussianNB(), X[:100], y[:100])
    with pytest.raises(ValueError, match="name is 99, and X has 200 records"):
        audit_cv(more, X, y)
    everybody = [(np.arange(200), np.arange(20))] * 2
    with pytest.raises(ValueError, match="some that were held out"):
        audit_cv(validated(GaussianNB(), X, y, everybody), X, y)
    alone = validated(GaussianNB(), X[:20], y[:20], LeaveOneOut())
    with pytest.raises(ValueError, match="larger folds than LeaveOneOut"):
        audit_cv(alone, X[:20], y[:20])
    mute = [AgglomerativeClustering(2).fit(X)] * len(results["estimator"])
    with pytest.raises(ValueError, match=r"is a clusterer and must have.*no predict"):
        audit_cv(results | {"estimator": mute}, X, y)
    one = {
        "estimator": results["estimator"][:1],
        "indices": {key: part[:1] for key, part in results["indices"].items()},
    }
    with pytest.raises(ValueError, match="at least two models"):
        audit_cv(one, X, y, random_state=0)
