"""Structural flags: beside counts by hand, and of every kind of record."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import KNNImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skmia import audit, structural_risks
from skmia.auditing import audit_cv
from skmia.auditing.structural._parameters import n_parameters
from skmia.auditing.structural._settings import risky_settings
from skmia.defenses import QueryLimit, RoundedPosterior

TREE = DecisionTreeClassifier(random_state=0)


def flags_of(model, X, y, **options):
    return {flag.name: flag for flag in structural_risks(model, X, y, **options).flags}


def noise(n, n_features=3, n_classes=3, seed=0):
    """Records that have nothing to do with their labels; all classes are there."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (n, n_features)).astype(float)
    return X, rng.permutation(np.arange(n) % n_classes)


@given(
    n=st.integers(6, 60),
    leaf=st.integers(1, 12),
    kind=st.sampled_from(["tree", "forest", "knn"]),
    limits=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    seed=st.integers(0, 99),
)
@settings(max_examples=25, deadline=None)
def test_cells_deal_the_records_and_flags_follow_the_limits(
    n, leaf, kind, limits, seed
):
    X, y = noise(n, seed=seed)
    model = {
        "tree": DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed),
        "forest": RandomForestClassifier(3, min_samples_leaf=leaf, random_state=seed),
        "knn": KNeighborsClassifier(3),
    }[kind].fit(X, y)
    low, high = sorted(limits)
    few, many = (
        structural_risks(model, X, y, min_records=limit, min_dof=limit)
        for limit in (low, high)
    )
    assert {*few.flagged} <= {*many.flagged}
    records = few.records
    sizes = records["cell"].value_counts()
    assert sizes.sum() == n
    assert (records["cell"].map(sizes) == records["n_in_cell"]).all()
    answers = model.predict_proba(X)
    for _, rows in records.groupby("cell"):
        np.testing.assert_allclose(
            answers[rows.index], answers[rows.index[:1]].repeat(len(rows), axis=0)
        )
    smallest = few.to_frame().loc["k-anonymity", "value"]
    assert smallest == records["n_in_cell"].min()
    assert ("k-anonymity" in few.flagged) == (smallest < low)
    assert (records["small_group"] <= many.records["small_group"]).all()
    if kind == "tree":
        tree = model.tree_
        leaves = tree.n_node_samples[tree.children_left < 0]
        assert sorted(sizes) == sorted(leaves)
        counts = tree.value[:, 0] * tree.n_node_samples[:, None]
        small = ((counts > 0.5) & (counts < low - 0.5)).any(axis=1)
        assert (records["small_group"] == small[model.apply(X)]).all()


def test_a_tree_by_hand():
    """Two leaves: 12 records of one class, and 3 of which one is of the other."""
    X = np.repeat([0.0, 1.0], [12, 3])[:, None]
    y = np.r_[np.zeros(14), 1]
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    risks = structural_risks(tree, X, y)
    table = risks.to_frame()
    # 15 records; one split has two parameters, and two leaves have one each.
    assert table.loc["degrees of freedom", "value"] == 15 - 4
    assert table["reason"].tolist() == [
        "15 training records less 4 numbers that the model learned leave 11, no fewer "
        "than 10.",
        "1 of 2 leaves holds fewer than 10 training records, 3 in all: what the model "
        "answers there describes these few.",
        "In 1 of 2 leaves a class has a probability near 0: whoever is there is told "
        "not to be of it.",
        "In 1 of 2 leaves a class stands for fewer than 10 training records (its "
        "probability times the records there).",
        "max_depth=None, min_samples_leaf=1, min_samples_split=2, max_features=None, "
        "splitter='best': among the settings that leaked most in a study of many "
        "models.",
        "The model holds none of its training records.",
    ]
    assert risks.records["n_in_cell"].tolist() == [12] * 12 + [3] * 3
    assert risks.records["class_disclosure"].tolist() == [True] * 12 + [False] * 3
    assert risks.records["small_group"].tolist() == [False] * 12 + [True] * 3
    assert not risks.records["stored"].any()
    for text in (repr(risks), risks._repr_html_()):
        assert "no measurement of leakage" in text
        assert "1 of 2 leaves holds fewer than 10" in text
    assert repr(risks).startswith(
        "StructuralRisks of DecisionTreeClassifier: 4 of 6 flags raised"
    )


def _walked(tree):
    """Splits and leaves, counted from the root."""
    splits, leaves, stack = 0, 0, [0]
    while stack:
        node = stack.pop()
        if tree.children_left[node] == tree.children_right[node]:
            leaves += 1
        else:
            splits += 1
            stack += [tree.children_left[node], tree.children_right[node]]
    return splits, leaves


def _in_trees(trees, per_leaf):
    walked = [_walked(one.tree_) for one in trees]
    return sum(2 * splits + per_leaf * leaves for splits, leaves in walked)


def test_learned_numbers_by_hand():
    X, y = load_iris(return_X_y=True)
    two = y < 2

    def count(model, rows=slice(None)):
        return n_parameters(model.fit(X[rows], y[rows])), model

    for model in (
        RandomForestClassifier(4, random_state=0),
        ExtraTreesClassifier(4, random_state=0),
        BaggingClassifier(n_estimators=4, random_state=0),
        AdaBoostClassifier(TREE, n_estimators=4, random_state=0),
    ):
        n, model = count(model)
        assert n == _in_trees(model.estimators_, 2)
    n, model = count(GradientBoostingClassifier(n_estimators=3, random_state=0))
    assert n == _in_trees(model.estimators_.ravel(), 1)
    n, model = count(HistGradientBoostingClassifier(max_iter=3, random_state=0))
    # A binary tree has one leaf more than splits; three trees a round.
    assert n == sum(
        3 * one[0].get_n_leaf_nodes() - 2
        for one in np.reshape(model._predictors, (-1, 1))
    )
    assert count(LogisticRegression(max_iter=500))[0] == 3 * 5
    assert count(LogisticRegression(), two)[0] == 5
    assert count(RidgeClassifier())[0] == 3 * 5
    network = MLPClassifier((7,), max_iter=5, random_state=0)
    with pytest.warns(UserWarning, match="converge"):
        assert count(network)[0] == 5 * 7 + 8 * 3
    assert count(GaussianNB())[0] == 3 * 4 * 2 + 2
    assert count(MultinomialNB())[0] == 3 * 3 + 2
    assert count(BernoulliNB())[0] == 3 * 4 + 2
    assert count(KNeighborsClassifier())[0] is None
    bag = BaggingClassifier(KNeighborsClassifier(), n_estimators=2, random_state=0)
    assert count(bag)[0] is None

    class Other(DecisionTreeClassifier):
        pass

    assert count(Other(random_state=0))[0] is None


@pytest.mark.parametrize(
    ("risky", "changes"),
    [
        (True, {}),
        (True, {"max_depth": 8}),
        (True, {"max_depth": 7}),
        (True, {"max_depth": 4}),
        (False, {"max_depth": 3}),
        (False, {"max_depth": 7, "max_features": "sqrt"}),
        (False, {"max_depth": 7, "splitter": "random"}),
        (False, {"max_depth": 7, "min_samples_leaf": 8}),
        (True, {"min_samples_leaf": 15}),
        (False, {"min_samples_leaf": 16}),
        (False, {"min_samples_leaf": 15, "max_features": 2}),
        (True, {"max_features": 2, "splitter": "random", "min_samples_split": 15}),
        (False, {"max_features": 2, "splitter": "random", "min_samples_split": 16}),
        (True, {"max_features": 2, "splitter": "best", "min_samples_split": 16}),
        (True, {"splitter": "random", "min_samples_split": 16}),
        # Of 200 records.
        (True, {"min_samples_leaf": 0.075}),
        (False, {"min_samples_leaf": 0.0751}),
    ],
)
def test_settings_of_trees_that_leaked_most(risky, changes):
    tree = DecisionTreeClassifier(**changes)
    assert risky_settings(tree, 200)[0] is risky


@pytest.mark.parametrize(
    ("risky", "changes"),
    [
        (True, {"n_estimators": 36}),
        (False, {"n_estimators": 35}),
        (True, {"max_depth": 4}),
        (False, {"max_depth": 3}),
        (True, {"max_features": None, "min_samples_split": 15}),
        (False, {"max_features": None, "min_samples_split": 16}),
        (False, {"max_features": None, "bootstrap": False}),
        (True, {"n_estimators": 16, "bootstrap": False}),
        (False, {"n_estimators": 15, "bootstrap": False}),
        (False, {"n_estimators": 16, "bootstrap": False, "max_depth": 7}),
        (False, {"n_estimators": 16, "bootstrap": False, "min_samples_leaf": 16}),
    ],
)
def test_settings_of_forests_that_leaked_most(risky, changes):
    forest = RandomForestClassifier(**changes)
    assert risky_settings(forest, 200)[0] is risky


def test_rows_that_a_model_holds():
    X, y = load_iris(return_X_y=True)
    flag = flags_of(KNeighborsClassifier().fit(X, y), X, y)["stored rows"]
    assert flag.flagged
    assert flag.value == 150
    machine = make_pipeline(MinMaxScaler(), SVC(random_state=0)).fit(X, y)
    risks = structural_risks(machine, X, y)
    held = np.zeros(150, dtype=bool)
    held[machine[-1].support_] = True
    # A copy of a support vector is one.
    same = pd.DataFrame(X).groupby([*range(4)]).ngroup()
    assert (risks.records["stored"] == same.isin(same[held])).all()
    assert flags_of(machine, X, y)["degrees of freedom"].flagged is None


def test_steps_before_may_hold_rows():
    """An imputer by neighbours does; scalers and encoders do not."""
    X, y = load_iris(return_X_y=True)
    columns = ColumnTransformer([("scale", MinMaxScaler(), [0, 1])], remainder="drop")
    for step, flagged in (
        (columns, False),
        (make_pipeline(MinMaxScaler(), "passthrough"), False),
        (KNNImputer(), None),
        (ColumnTransformer([("fill", KNNImputer(), [0])]), None),
        (make_pipeline(MinMaxScaler(), KNNImputer()), None),
    ):
        model = make_pipeline(step, clone(TREE)).fit(X, y)
        assert flags_of(model, X, y)["stored rows"].flagged is flagged
    neighbours = make_pipeline(KNNImputer(), KNeighborsClassifier()).fit(X, y)
    assert flags_of(neighbours, X, y)["stored rows"].flagged


def test_settings_that_a_search_found():
    X, y = load_iris(return_X_y=True)
    search = GridSearchCV(TREE, {"max_depth": np.arange(9, 10)}, cv=2).fit(X, y)
    flag = flags_of(search, X, y)["hyper-parameters"]
    assert flag.flagged is True
    assert flag.reason.startswith("max_depth=9, ")


def test_what_hands_records_on_is_looked_through():
    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    alone = structural_risks(tree.fit(X, y), X, y)
    search = GridSearchCV(clone(tree), {"max_depth": [3]}, cv=2).fit(X, y)
    for model in (
        FrozenEstimator(tree),
        search,
        make_pipeline(MinMaxScaler(), clone(tree)).fit(X, y),
        make_pipeline(MinMaxScaler(), clone(search)).fit(X, y),
    ):
        risks = structural_risks(model, X, y)
        assert risks.flags == alone.flags
        assert (risks.records["n_in_cell"] == alone.records["n_in_cell"]).all()


def test_what_is_not_known_is_not_examined():
    """A wrapper may hold whatever it likes; its answers are looked at."""
    X, y = load_iris(return_X_y=True)
    wrapped = RoundedPosterior(KNeighborsClassifier(), decimals=1).fit(X, y)
    calibrated = CalibratedClassifierCV(KNeighborsClassifier(), cv=2).fit(X, y)
    for model in (wrapped, calibrated):
        flags = flags_of(model, X, y)
        for name in ("degrees of freedom", "hyper-parameters", "stored rows"):
            assert flags[name].flagged is None
            assert flags[name].reason.startswith("Not examined: ")
        assert structural_risks(model, X, y).records["stored"].isna().all()
        assert flags["class disclosure"].flagged is not None
    flags = flags_of(RidgeClassifier().fit(X, y), X, y)
    assert flags["k-anonymity"].flagged
    for name in ("class disclosure", "small groups"):
        assert flags[name].reason == "Not examined: the model answers no probabilities."


class Labels(ClassifierMixin, BaseEstimator):
    """Answers the sign of the first feature, and nothing else."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.classes_[(np.asarray(X)[:, 0] > 0).astype(int)]


class Nowhere(Labels):
    def predict_proba(self, X):
        return np.full((len(X), 2), np.nan)


def test_kinds_of_records():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.array(["no", "yes"])[np.arange(40) % 2]
    labels = structural_risks(Labels().fit(X, y), X, y).records
    assert sorted(set(labels["n_in_cell"])) == sorted(
        {(X[:, 0] > 0).sum(), (X[:, 0] <= 0).sum()}
    )
    frame = pd.DataFrame(X, columns=list("abc"), index=[f"row {i}" for i in range(40)])
    by_frame = structural_risks(TREE.fit(frame, y), frame, y)
    assert by_frame.records.index.equals(frame.index)
    for kind in (np.float32, sparse.csr_matrix, np.ndarray.tolist):
        given_ = X.astype(kind) if kind is np.float32 else kind(X)
        risks = structural_risks(TREE.fit(given_, y), given_, y)
        assert risks.records["n_in_cell"].sum() >= 40
    texts = [" ".join(rng.choice(list("abcde"), 6)) for _ in range(40)]
    model = make_pipeline(CountVectorizer(analyzer="char"), TREE).fit(texts, y)
    assert len(structural_risks(model, texts, y).records) == 40
    one = structural_risks(TREE.fit(X[:1], y[:1]), X[:1], y[:1])
    assert one.records["n_in_cell"].tolist() == [1]
    alike = flags_of(DummyClassifier().fit(X, y[:1].repeat(40)), X, y[:1].repeat(40))
    assert alike["k-anonymity"].value == 40
    assert alike["class disclosure"].flagged is False


def test_losses_of_both_sets():
    X, y = load_breast_cancer(return_X_y=True)
    half = {"X_holdout": X[1::2], "y_holdout": y[1::2]}
    forest = RandomForestClassifier(20, random_state=0).fit(X[::2], y[::2])
    assert flags_of(forest, X[::2], y[::2], **half)["losses"].flagged
    same = {"X_holdout": X[::2], "y_holdout": y[::2]}
    assert not flags_of(forest, X[::2], y[::2], **same)["losses"].flagged
    assert "losses" not in flags_of(forest, X[::2], y[::2])
    ridge = RidgeClassifier().fit(X[::2], y[::2])
    assert flags_of(ridge, X[::2], y[::2], **half)["losses"].flagged is None


def test_the_test_of_losses_keeps_its_level():
    """Of records that no model knows: at most 5 % of 100 data sets, and 4.4 sd more.

    The true rate is 0.05 at most, sd sqrt(.05 * .95 / 100) = .022, so 0.15 is exceeded
    with probability below 1e-4 (binomial).
    """
    rng = np.random.default_rng(0)
    raised = 0
    model = LogisticRegression().fit(*noise(40, n_classes=2))
    for _ in range(100):
        X, y = rng.normal(size=(120, 3)), rng.integers(0, 2, 120)
        half = {"X_holdout": X[60:], "y_holdout": y[60:]}
        raised += flags_of(model, X[:60], y[:60], **half)["losses"].flagged
    assert raised <= 15


def test_what_is_refused():
    X, y = load_iris(return_X_y=True)
    tree = TREE.fit(X, y)
    with pytest.raises(ValueError, match=r"trained on 150 records.* in X_train"):
        structural_risks(tree, X[:100], y[:100])
    with pytest.raises(ValueError, match="must be given together"):
        structural_risks(tree, X, y, X_holdout=X)
    with pytest.raises(ValueError, match="does not know the labels"):
        structural_risks(tree, X, y + 1)
    with pytest.raises(ValueError, match="of structural_risks must be a classifier"):
        structural_risks(LinearRegression().fit(X, y), X, y)
    with pytest.raises(ValueError, match="must be finite"):
        structural_risks(Nowhere().fit(X[:100], y[:100]), X[:100], y[:100])
    with pytest.raises(ValueError, match="'min_records' parameter"):
        structural_risks(tree, X, y, min_records=0)


def halves():
    X, y = load_breast_cancer(return_X_y=True)
    return X[:200:2], y[:200:2], X[1:200:2], y[1:200:2]


def audited(model, sets, access="white-box", **options):
    options = {"attacks": ["gap"], "n_shadows": 0, "random_state": 0} | options
    return audit(model, *sets, access=access, **options)


def test_an_audit_of_the_model_itself_tells_the_flags():
    sets = halves()
    tree = TREE.fit(*sets[:2])
    granted, not_granted = audited(tree, sets), audited(tree, sets, "scores")
    assert granted.structure == structural_risks(tree, *sets[:2]).to_dict()
    assert not_granted.structure is None
    assert "structure" not in not_granted.to_dict()
    # A flag is no measurement.
    assert granted.finding == not_granted.finding
    assert granted.n_queries == not_granted.n_queries
    numbers = [one for one in granted.summary if one != "seconds"]
    pd.testing.assert_frame_equal(
        granted.summary[numbers], not_granted.summary[numbers]
    )


def test_an_audit_goes_on_where_nothing_can_be_looked_at():
    X_train, y_train, *others = halves()
    forest = RandomForestClassifier(5, random_state=0).fit(X_train, y_train)
    report = audited(forest, (X_train[:-9], y_train[:-9], *others))
    assert report.structure["flags"] == []
    assert report.structure["why"] == (
        "Not examined: failed: ValueError: The model was trained on 100 records, as "
        "its RandomForestClassifier says. Got 91 records in X_train: give all that it "
        "was trained on, each once."
    )
    assert report.structure["why"] in repr(report)
    limited = QueryLimit(TREE, budget=1000).fit(X_train, y_train)
    report = audited(limited, (X_train, y_train, *others))
    assert report.structure["why"] == "Not examined: the model counts its queries."


def test_several_models_are_not_looked_at():
    from sklearn.model_selection import StratifiedKFold, cross_validate

    X, y = load_iris(return_X_y=True)
    options = {"return_estimator": True, "return_indices": True}
    cv = StratifiedKFold(3, shuffle=True, random_state=0)
    found = cross_validate(TREE, X, y, cv=cv, **options)
    report = audit_cv(found, X, y, attacks=["gap"], access="white-box", random_state=0)
    assert "looks at one model" in report.structure["why"]
