"""What the structure of a model gives away about a record."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.datasets import load_digits, make_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, NuSVC
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from skmia import MembershipGame, audit, observe
from skmia.attacks import get_attack, lacks
from skmia.signals import get_signal
from skmia.targets import Session

X, Y = make_classification(
    400, 8, n_informative=5, n_classes=3, flip_y=0.2, random_state=0
)
X = X.astype(np.float32).astype(float)
MEMBER = np.arange(400) % 2 == 0
TREES = [DecisionTreeClassifier(random_state=0), ExtraTreeClassifier(random_state=0)]
BAGS = [
    RandomForestClassifier(10, random_state=0),
    ExtraTreesClassifier(10, random_state=0),
    BaggingClassifier(DecisionTreeClassifier(), 10, max_features=0.5, random_state=0),
]
BOOSTED = [
    GradientBoostingClassifier(n_estimators=10, random_state=0),
    HistGradientBoostingClassifier(max_iter=10, random_state=0),
]
HOLDING = [
    KNeighborsClassifier(),
    RadiusNeighborsClassifier(5.0),
    GaussianProcessClassifier(random_state=0),
]
MACHINES = [SVC(random_state=0), NuSVC(nu=0.2, random_state=0)]
EVERY = [*TREES, *BAGS, *BOOSTED, *HOLDING, *MACHINES]


def fitted(model, X=X, y=Y):
    return clone(model).fit(X[MEMBER], y[MEMBER])


def values(model, records=X, labels=Y, **params):
    signal = get_signal("structure", **params)
    return observe(model, records, labels, signal)["structure"].to_numpy()


@pytest.mark.parametrize("model", EVERY, ids=str)
def test_it_tells_members(model):
    """Labels of one record in five are noise, which models that large learn."""
    model = fitted(model)
    score = values(model)
    # Three standard deviations of the AUC of 200 and 200 records without a leak.
    assert roc_auc_score(MEMBER, score) > 0.5 + 3 * np.sqrt(401 / (12 * 200 * 200))
    rows = [3, 50, 121]
    assert_allclose(values(model, X[rows], Y[rows]), score[rows], rtol=1e-12)
    assert_allclose(values(model, X[3:4], Y[3:4]), score[3:4], rtol=1e-12)


@pytest.mark.parametrize(
    "model",
    [*TREES, *BAGS, GradientBoostingClassifier(n_estimators=40, random_state=0)],
    ids=str,
)
def test_it_tells_more_than_the_answer(model):
    model = fitted(model)
    answer = observe(model, X, Y, "confidence")["confidence"]
    assert roc_auc_score(MEMBER, values(model)) > roc_auc_score(MEMBER, answer)


@pytest.mark.parametrize("model", EVERY, ids=str)
@pytest.mark.parametrize("two", [False, True])
def test_whatever_records_and_labels_are(model, two):
    names = np.array(["b", "c", "b"] if two else ["b", "c", "a"])
    labels = names[Y]
    score = values(fitted(model, X, labels), X, labels)
    frame = pd.DataFrame(X).add_prefix("feature_")
    assert_array_equal(values(fitted(model, frame, labels), frame, labels), score)
    assert np.isfinite(score).all()
    # Nobody was trained on with a label that the model does not know.
    strange = np.where(Y == 1, labels, "?")
    found = values(fitted(model, X, labels), X, strange)
    assert_array_equal(found[Y != 1], np.full((Y != 1).sum(), -1.5))
    assert_allclose(found[Y == 1], score[Y == 1], rtol=1e-12)
    single = X.astype(np.float32)
    assert_allclose(values(fitted(model, single, labels), single, labels), score, 1e-4)


@pytest.mark.parametrize("model", [*TREES, *BAGS, BOOSTED[0]], ids=str)
def test_sparse_records(model):
    rows = sparse.csr_array(X * (X > 0.5))
    score = values(fitted(model, rows), rows)
    # A sparse matrix draws the splits of extra trees in another order.
    assert roc_auc_score(MEMBER, score) > 0.55


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n_classes=st.integers(1, 4),
    leaf=st.integers(1, 8),
    depth=st.sampled_from([None, 2, 4]),
    weight=st.sampled_from([None, "balanced"]),
)
def test_a_tree_without_the_label_did_not_have_the_record(
    seed, n_classes, leaf, depth, weight
):
    rng = np.random.default_rng(seed)
    records, labels = rng.normal(size=(60, 3)), rng.integers(0, n_classes, 60)
    tree = DecisionTreeClassifier(
        min_samples_leaf=leaf, max_depth=depth, class_weight=weight, random_state=0
    )
    tree.fit(records[:30], labels[:30])
    score = values(tree, records, labels)
    assert (score[:30] > 0).all()
    every = observe(tree, records, labels, "confidence")["confidence"].to_numpy()
    assert_array_equal(score <= 0, every == 0)


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 30), min_size=2, max_size=6, unique=True))
@pytest.mark.parametrize("of", ["tree", "forest"])
def test_the_smaller_the_leaf_the_more_it_tells(of, sizes):
    """Of records whose label is that of the leaf."""
    records = np.repeat(np.arange(len(sizes)), sizes)[:, np.newaxis]
    labels = np.repeat(np.arange(len(sizes)) % 2, sizes)
    model = TREES[0] if of == "tree" else ExtraTreesClassifier(3, random_state=0)
    score = values(clone(model).fit(records, labels), records, labels)
    by_leaf = score[np.cumsum(sizes) - 1]
    order = np.argsort(sizes)
    assert (np.diff(by_leaf[order]) < 0).all()


@pytest.mark.parametrize("model", BAGS[:2], ids=str)
def test_votes_are_what_is_left_without_sizes(model):
    """Of trees with pure leaves: the geometric mean ranks as the share of votes does.

    The more is added to each leaf, the less its size counts.
    """
    forest = fitted(model)
    votes = np.mean([t.predict(X) == Y for t in forest.estimators_], axis=0)
    assert_allclose(observe(forest, X, Y, "confidence")["confidence"], votes)
    score = np.log(values(forest, smoothing=1e12))
    # Ranks: equal votes differ in the last digits.
    assert_array_equal(rankdata(score.round(8)), rankdata(votes.round(8)))
    assert_allclose(score, np.polyval(np.polyfit(votes, score, 1), votes), atol=1e-6)
    assert roc_auc_score(MEMBER, values(forest)) >= roc_auc_score(MEMBER, votes)


@pytest.mark.parametrize("model", BAGS[:2], ids=str)
def test_trees_have_no_order(model):
    forest = fitted(model)
    turned = deepcopy(forest)
    turned.estimators_ = forest.estimators_[::-1]
    assert_allclose(values(turned), values(forest), rtol=1e-12)


def test_what_a_tree_says_by_hand():
    tree = DecisionTreeClassifier(max_leaf_nodes=2, random_state=0)
    records, labels = [[0], [0], [0], [1]], [0, 0, 1, 1]
    tree.fit(records, labels)
    assert_allclose(values(tree, records, labels), [8 / 9, 8 / 9, 4 / 9, 2])
    assert values(tree, [[1]], [0]) == 0


@pytest.mark.parametrize(
    "kind", [GradientBoostingClassifier, HistGradientBoostingClassifier]
)
def test_what_a_stage_says_by_hand(kind):
    """One stage of two classes: a step of the score towards the label."""
    size = (
        {"max_iter": 1}
        if kind is HistGradientBoostingClassifier
        else {"n_estimators": 1}
    )
    records = np.repeat([[0.0], [1.0]], 30, axis=0)
    labels = np.repeat([0, 1], 30)
    model = kind(**size, random_state=0).fit(records, labels)
    first, last = model.decision_function([[0.0], [1.0]])
    score = values(model, [[0.0], [1.0], [1.0]], [0, 1, 0])
    pull = last / (30 + 20)
    assert_allclose(
        score, [pull / (1 + pull), pull / (1 + pull), -pull / (1 + pull)], 1e-5
    )
    assert first == pytest.approx(-last, abs=1e-6)


@pytest.mark.parametrize("model", [*HOLDING, NuSVC(nu=0.3, random_state=0)], ids=str)
def test_stored_rows_are_what_is_stored(model):
    model = fitted(make_pipeline(StandardScaler(), model))
    stored = observe(model, X, Y, "stored_rows")["stored_rows"]
    assert_array_equal(values(model), stored)


def test_a_machine_proves_what_its_margins_do():
    machine = fitted(SVC(C=3.0, random_state=0))
    proved = observe(machine, X, Y, "margin_test")["margin_test"]
    assert_array_equal(values(machine), proved)


@pytest.mark.filterwarnings("ignore:Solver terminated early")
def test_a_machine_that_did_not_converge():
    machine = fitted(SVC(max_iter=1, random_state=0))
    stored = observe(machine, X, Y, "stored_rows")["stored_rows"]
    assert_array_equal(values(machine), stored)


class Own(RandomForestClassifier):
    """May be something else."""


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (
            LogisticRegression(max_iter=1000),
            "this LogisticRegression gives away is not",
        ),
        (Own(3, random_state=0), "structure of this Own"),
        (BernoulliNB(), "but beside those of a population: the attack leino"),
        (
            BaggingClassifier(DummyClassifier(), random_state=0),
            "members of this BaggingClassifier are no",
        ),
    ],
    ids=lambda one: type(one).__name__,
)
def test_other_kinds_say_why_not(model, reason):
    session = Session(fitted(model), X, Y, white_box=True)
    assert reason in lacks(get_attack("structure").attack, session)


def test_nearest_neighbours_in_an_audit():
    sets = X[MEMBER], Y[MEMBER], X[~MEMBER], Y[~MEMBER]
    model = fitted(KNeighborsClassifier())
    named = {"attacks": ["structure"], "access": "white-box", "n_shadows": 0}
    row = audit(model, *sets, **named, random_state=0).summary.loc["structure"]
    assert (row["status"], row["auc"], row["balanced_accuracy"]) == ("ok", 1, 1)


def test_a_forest_in_a_game():
    records, labels = load_digits(return_X_y=True)
    game = MembershipGame(
        RandomForestClassifier(20, min_samples_leaf=5, random_state=0),
        attack="structure",
        access="white-box",
        n_shadows=2,
        random_state=0,
    )
    outcome = game.fit(records[:600], labels[:600]).play(
        records[600:1200], labels[600:1200]
    )
    confidence = game.set_params(attack="confidence-threshold").fit(
        records[:600], labels[:600]
    )
    seen = confidence.play(records[600:1200], labels[600:1200])
    auc = [roc_auc_score(one.member, one.score) for one in (outcome, seen)]
    assert auc[0] > auc[1] + 0.05


@pytest.mark.parametrize("model", [TREES[0], BAGS[0], BOOSTED[1]], ids=str)
def test_nothing_to_find(model):
    """Records that no target was trained on, called members at random."""
    records, labels = make_classification(
        2000, 8, n_informative=5, n_classes=3, flip_y=0.2, random_state=0
    )
    target = clone(model).fit(records[:400], labels[:400])
    sets = records[400:1200], labels[400:1200], records[1200:], labels[1200:]
    named = {"attacks": ["structure"], "access": "white-box", "n_shadows": 0}
    report = audit(target, *sets, **named, random_state=0)
    # Two samples of 800 scores from one law, ties at most.
    sd = np.sqrt(1601 / (12 * 800 * 800))
    assert abs(report.summary["auc"].item() - 0.5) < 4 * sd
