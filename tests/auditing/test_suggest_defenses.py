"""Defenses that are tried: which, what is said of them, and what fails alone."""

import json
from copy import deepcopy
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, audit
from skmia.auditing import suggest_defenses
from skmia.auditing._remedies import remedies
from skmia.auditing._suggest_defenses import _on_front
from skmia.defenses import PrivateGaussianNB
from skmia.metrics import tpr_at_fpr_interval
from skmia.reporting._scale import step_of

FAST = {"attacks": "lira-online", "n_shadows": 4, "random_state": 0}
HIDDEN = ["Split-AI", "SELENA"]
MASKS = ["labels only", "MemGuard", "noise", "one digit"]
BLURS = ["labels only", "noise", "one digit"]


class Answers:
    """A model of which nothing but its answers is known."""

    def __init__(self, model):
        self._model = model

    def predict(self, X):
        return self._model.predict(X)

    def predict_proba(self, X):
        return self._model.predict_proba(X)


class NoLeavesOfFive(DecisionTreeClassifier):
    """A tree that cannot be trained with leaves of five records."""

    def fit(self, X, y):
        if self.min_samples_leaf == 5:
            raise RuntimeError("no leaves of five")
        return super().fit(X, y)


@pytest.fixture(scope="module")
def cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return X[::2], y[::2], X[1::2], y[1::2]


@pytest.fixture(scope="module")
def tree(cancer):
    return DecisionTreeClassifier(random_state=0).fit(*cancer[:2])


@pytest.fixture(scope="module")
def of_tree(cancer, tree):
    """Report and defenses of a tree."""
    report = audit(tree, *cancer, **FAST)
    return report, suggest_defenses(report, tree, *cancer, random_state=0)


@pytest.mark.slow
def test_what_is_tried_of_a_tree(of_tree):
    _, table = of_tree
    own = ["leaves of 5 records", "leaves of 20 records"]
    assert sorted(table.index) == sorted(["as it is", *own, *HIDDEN, "labels only"])
    assert (table["status"] == "ok").all()
    assert table.loc["labels only", "attack"] == "label-lira"
    assert (table["attack"].drop("labels only") == "lira-online").all()
    assert table.loc["labels only", "loses"] == "probabilities"
    assert table.loc["as it is", "loses"] == ""
    assert table.loc["Split-AI", "broken_by"] == "questions next to a member"
    assert table.loc["leaves of 5 records", "broken_by"] == ""
    assert table.loc["Split-AI", "train_seconds_ratio"] > 2  # ten models, not one
    assert table.loc["labels only", "accuracy_change"] == 0
    assert "audit it again" in table.attrs["notes"][0]


def test_as_it_is_is_what_the_report_says(of_tree):
    report, table = of_tree
    bare, audited = table.loc["as it is"], report.summary.loc["lira-online"]
    for name in ("auc", "auc_low", "auc_high", "epsilon_low"):
        assert bare[name] == audited[name]
    assert bare["accuracy"] == report.holdout_accuracy
    assert bare["factor"] == report.finding["factor"]
    assert bare["tpr_at_fpr_0.01"] == audited["tpr_at_fpr_0.01"]
    # The one rate that so few records show has the whole level.
    score, member = report.records["lira-online"], report.records["member"]
    low, high = tpr_at_fpr_interval(member, score, fpr=0.01, confidence_level=0.95)
    assert bare["tpr_at_fpr_0.01_low"] == low
    assert bare["tpr_at_fpr_0.01_high"] == high


def test_factor_step_and_order(of_tree):
    _, table = of_tree
    proved = np.fmax(np.exp(table["epsilon_low"]), table["tpr_at_fpr_0.01_low"] / 0.01)
    assert_allclose(table["factor"], np.fmax(proved, 1))
    assert table["step"].tolist() == [step_of(one) for one in table["factor"]]
    keys = list(zip(table["factor"], -table["accuracy"], strict=True))
    assert all(first <= second for first, second in pairwise(keys))
    assert table["on_front"].iloc[0]


def test_the_models_are_the_ones_that_were_audited(cancer, of_tree):
    _, table = of_tree
    models = table.attrs["models"]
    assert set(models) == set(table.index) - {"as it is"}
    for name, model in models.items():
        right = model.predict(cancer[2]) == cancer[3]
        assert right.mean() == pytest.approx(table.loc[name, "accuracy"])
    assert deepcopy(table).attrs["models"] is models
    assert models["leaves of 5 records"].min_samples_leaf == 5


@pytest.mark.slow
def test_results_are_repeatable_and_can_be_stored(cancer, tree, of_tree):
    report, table = of_tree
    again = suggest_defenses(report, tree, *cancer, n=2, random_state=0)
    others = ["train_seconds_ratio", "on_front"]  # a clock, and rows that are not here
    expected = table.loc[again.index].drop(columns=others)
    pd.testing.assert_frame_equal(again.drop(columns=others), expected)
    rows = json.loads(json.dumps(report.to_dict(defenses=table)["defenses"]))
    assert rows[0]["defense"] == table.index[0]
    assert isinstance(rows[0]["on_front"], bool)


@pytest.mark.parametrize(
    ("model", "own"),
    [
        (
            RandomForestClassifier(2, random_state=0),
            ["leaves of 5 records", "leaves of 20 records"],
        ),
        (DecisionTreeClassifier(min_samples_leaf=9, random_state=0), []),
        (KNeighborsClassifier(), ["25 neighbours"]),
        (KNeighborsClassifier(30), []),
        (GaussianNB(), []),
        (LogisticRegression(), ["L2 penalty of 0.01", "L2 penalty of 0.001"]),
        (
            HistGradientBoostingClassifier(max_iter=2, random_state=0),
            ["early stopping"],
        ),
        (
            GradientBoostingClassifier(n_estimators=2, random_state=0),
            ["leaves of 5 records", "leaves of 20 records", "early stopping"],
        ),
        (
            MLPClassifier((2,), max_iter=1, random_state=0),
            ["L2 penalty of 0.01", "L2 penalty of 0.001", "early stopping"],
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_fits_a_kind_of_model(cancer, model, own):
    X, y = StandardScaler().fit_transform(cancer[0]), cancer[1]
    for each in (model, make_pipeline(StandardScaler(), model)):
        names = [remedy.name for remedy in remedies(each.fit(X, y))]
        assert names == [*own, *HIDDEN, *MASKS]
    frozen = FrozenEstimator(model)
    assert [remedy.name for remedy in remedies(frozen)] == BLURS


def test_what_fits_models_that_decide_and_private_ones(cancer):
    X, y = StandardScaler().fit_transform(cancer[0]), cancer[1]
    found = {
        one.name: one.loses for one in remedies(LinearSVC(random_state=0).fit(X, y))
    }
    names = ["L2 penalty of 0.01", "L2 penalty of 0.001", "labels only"]
    assert list(found) == names
    assert all("decision values" in loses for loses in found.values())
    private = PrivateGaussianNB(epsilon=8.0, bounds=(-20, 20), classes=[0, 1])
    assert [one.name for one in remedies(private.fit(X, y))] == BLURS


@pytest.mark.slow
def test_a_model_that_only_decides(cancer):
    model = make_pipeline(StandardScaler(), LinearSVC(random_state=0)).fit(*cancer[:2])
    how = FAST | {"attacks": "margin-lira-online"}
    report = audit(model, *cancer, **how)
    table = suggest_defenses(report, model, *cancer, n=2, random_state=0)
    assert (table["status"] == "ok").all()
    assert table.loc["as it is", "attack"] == "margin-lira-online"
    assert table.loc["L2 penalty of 0.01", "attack"] == "label-lira"


@pytest.mark.slow
def test_a_table_with_categories_and_labels_that_are_text(cancer):
    X, y = load_breast_cancer(return_X_y=True)
    frame = pd.DataFrame({"size": X[:, 0], "texture": X[:, 1]})
    frame["kind"] = pd.Categorical(np.where(X[:, 2] > 80, "large", "small"))
    y = np.where(y == 1, "benign", "malignant")
    sets = frame[::2], y[::2], frame[1::2], y[1::2]
    encode = make_column_transformer(
        (OneHotEncoder(), ["kind"]), (StandardScaler(), ["size", "texture"])
    )
    model = make_pipeline(encode, DecisionTreeClassifier(random_state=0))
    report = audit(model.fit(*sets[:2]), *sets, **FAST)
    table = suggest_defenses(report, model, *sets, n=2, random_state=0)
    assert (table["status"] == "ok").all()
    tuned = table.attrs["models"]["leaves of 20 records"]
    assert tuned[-1].min_samples_leaf == 20
    assert set(tuned.predict(sets[2])) == set(y)
    # Large leaves of two features: nobody is known by heart any more.
    assert table.loc["leaves of 20 records", "auc"] < table.loc["as it is", "auc"]


@pytest.mark.slow
def test_many_classes():
    X, y = load_digits(return_X_y=True)
    X_train, X_holdout, y_train, y_holdout = train_test_split(
        X[:600], y[:600], test_size=300, stratify=y[:600], random_state=0
    )
    sets = X_train, y_train, X_holdout, y_holdout
    model = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    report = audit(model, *sets, attacks="loss-threshold", random_state=0)
    table = suggest_defenses(report, model, *sets, n=3, random_state=0)
    assert (table["status"] == "ok").all()
    assert table.loc["Split-AI", "factor"] < table.loc["as it is", "factor"]


def test_a_defense_that_fails_fails_alone(cancer):
    model = NoLeavesOfFive(random_state=0).fit(*cancer[:2])
    report = audit(model, *cancer, attacks="gap", random_state=0)
    table = suggest_defenses(report, model, *cancer, n=2, random_state=0)
    assert list(table.index)[-1] == "leaves of 5 records"
    failed = table.loc["leaves of 5 records"]
    assert np.isnan(failed["train_seconds_ratio"])
    assert failed["status"] == "failed: RuntimeError: no leaves of five"
    assert np.isnan(failed["factor"])
    assert pd.isna(failed["step"])
    assert not failed["on_front"]
    assert list(table.attrs["models"]) == ["leaves of 20 records"]
    assert (table["status"].drop("leaves of 5 records") == "ok").all()


@pytest.mark.slow
@pytest.mark.parametrize("wrap", [BlackBox, Answers, FrozenEstimator])
def test_models_that_are_not_trained_again_get_masks(cancer, tree, wrap):
    model = wrap(tree)
    report = audit(model, *cancer, attacks="loss-threshold", random_state=0)
    table = suggest_defenses(report, model, *cancer, random_state=0)
    assert sorted(table.index) == sorted(["as it is", *BLURS])
    assert (table["status"] == "ok").all()
    assert (table["accuracy"] == table["accuracy"].iloc[0]).all()
    assert (table["train_seconds_ratio"] == 1).all()
    assert table.loc["labels only", "attack"] == "gap"
    assert table.attrs["notes"][0].startswith("The model is not trained again")


@pytest.mark.slow
def test_shadow_models_of_what_is_not_trained_again(cancer, tree):
    model = BlackBox(tree)
    report = audit(model, *cancer, **FAST)
    table = suggest_defenses(report, model, *cancer, n=2, random_state=0)
    assert (table["status"] == "ok").all()
    frozen = FrozenEstimator(tree)
    report = audit(frozen, *cancer, **FAST, shadow_estimator=tree)
    table = suggest_defenses(report, frozen, *cancer, n=2, random_state=0)
    assert table["status"].str.contains("frozen and cannot be trained again").all()
    assert table["factor"].isna().all()


def test_what_is_refused(cancer, tree, of_tree):
    X, y, X_holdout, y_holdout = cancer
    with pytest.raises(ValueError, match="Got one of 285 and 284"):
        suggest_defenses(of_tree[0], tree, X[:9], y[:9], X_holdout, y_holdout)
    with pytest.raises(ValueError, match="other labels: are the sets swapped"):
        suggest_defenses(of_tree[0], tree, X[::-1], y[::-1], X_holdout, y_holdout)
    with pytest.raises(ValueError, match="'n' parameter"):
        suggest_defenses(of_tree[0], tree, *cancer, n=0)
    with pytest.raises(ValueError, match="'report' parameter"):
        suggest_defenses(of_tree[0].to_dict(), tree, *cancer)


points = st.tuples(
    st.one_of(st.just(np.nan), st.integers(1, 5).map(float)),
    st.one_of(st.just(np.nan), st.integers(0, 4).map(float)),
)


@given(st.lists(points, min_size=1, max_size=8))
def test_the_front_is_what_nothing_beats(rows):
    factor, accuracy = np.array(rows).T
    front = _on_front(factor, accuracy)
    for i, (f, a) in enumerate(rows):
        beaten = any((g <= f and b >= a) and (g < f or b > a) for g, b in rows)
        assert front[i] == (not beaten and not np.isnan(f + a))
    assert front.any() == (~np.isnan(factor + accuracy)).any()
