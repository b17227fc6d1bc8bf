"""Attacks by the gradients of the parameters: what they see, and what they find."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, audit
from skmia.attacks import ClusterAttack, get_attack, lacks, run
from skmia.attacks.evidence import Internals
from skmia.targets import Session

NAMES = [
    *("gradient-norm", "gradient-statistics"),
    *("nasr-supervised", "nasr-shadow", "nasr-unsupervised"),
]
X, Y = make_classification(
    400, 30, n_informative=6, n_classes=3, flip_y=0.9, random_state=0
)
NETWORK = MLPClassifier((20, 10), alpha=1e-4, max_iter=150, random_state=0)
# Standard deviation of an AUC of 200 members and 200 others where nothing leaks.
CHANCE = np.sqrt((400 + 1) / (12 * 200 * 200))

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_find_a_leak():
    """Most labels are noise. Three standard errors above one half."""
    model = LogisticRegression(C=100).fit(X[:200], Y[:200])
    summary = audited(model)
    assert (summary["status"] == "ok").all()
    assert summary["auc"].min() > 0.5 + 3 * CHANCE


def test_find_nothing_where_nothing_is():
    """A model of other records; four standard errors on each side."""
    others = make_classification(
        200, 30, n_informative=6, n_classes=3, flip_y=0.9, random_state=1
    )
    summary = audited(LogisticRegression(C=100).fit(*others))
    assert (summary["status"] == "ok").all()
    assert (abs(summary["auc"] - 0.5) < 4 * CHANCE).all()


def audited(model):
    sets = X[:200], Y[:200], X[200:], Y[200:]
    params = {"attacks": NAMES, "n_shadows": 4, "access": "white-box"}
    return audit(model, *sets, **params, fprs=0.1, random_state=0).summary


@pytest.mark.parametrize("name", ["nasr-shadow", "nasr-unsupervised"])
def test_find_a_leak_of_networks(name):
    session = Session(NETWORK.fit(X[:200], Y[:200]), X, Y, white_box=True)
    shadows = ShadowModels(NETWORK, n_shadows=4, random_state=0).fit(X, Y)
    recipe = get_attack(name)
    score, _ = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    assert roc_auc_score(np.arange(400) < 200, score) > 0.5 + 5 * CHANCE


def test_in_a_game():
    """Three standard errors of a fair coin."""
    target = LogisticRegression(C=100)
    game = MembershipGame(
        target,
        attack="nasr-unsupervised",
        access="white-box",
        n_shadows=2,
        random_state=0,
    )
    game.fit(X[:200], Y[:200])
    assert game.score(X[200:], Y[200:]) > 0.5 + 3 * 0.5 / np.sqrt(200)


def test_models_without_probabilities():
    model = RidgeClassifier(alpha=1e-3).fit(X, Y)
    session = Session(model, X, Y, white_box=True)
    reasons = {name: lacks(get_attack(name).attack, session) for name in NAMES}
    assert reasons.pop("nasr-unsupervised") == "the model gives no probabilities"
    assert set(reasons.values()) == {None}


@pytest.mark.parametrize("units", ["all", "sorted"])
def test_internals_of_a_network(units):
    model = NETWORK.fit(X[:200], Y[:200])
    session = Session(model, X, Y, white_box=True)
    evidence = Internals(units=units, n_units=15).fit(session)
    Z = evidence.transform(session)
    assert session.n_queries == 0
    assert Z.shape == (400, 3 + 3 + 3 + 1 + 15 + 10 + 3)
    assert_allclose(Z.filter(like="answer"), model.predict_proba(X), atol=1e-12)
    label = np.eye(3)[Y]
    assert_array_equal(Z.filter(like="label"), label)
    slope = Z.filter(like="answer").to_numpy() - label
    assert_allclose(Z.filter(like="slope"), slope, atol=1e-9)
    norm = session.observe("gradient_norm")["gradient_norm"]
    layers = Z.filter(like="norm")
    assert_allclose(np.sqrt((layers**2).sum(axis=1)), norm, rtol=1e-9)
    first = np.maximum(X @ model.coefs_[0] + model.intercepts_[0], 0)
    second = np.maximum(first @ model.coefs_[1] + model.intercepts_[1], 0)
    second = np.sort(second, axis=1) if units == "sorted" else second
    assert_allclose(Z.filter(like="unit_1"), second, atol=1e-9)


def test_internals_of_models_that_know_other_classes():
    """Columns stand for the classes of the adversary; one model has not seen all."""
    few = Y < 2
    every = LogisticRegression().fit(X, Y)
    evidence = Internals().fit(Session(every, X, Y, white_box=True))
    model = GaussianNB().fit(X[few], Y[few])
    Z = evidence.transform(Session(model, X, Y, white_box=True))
    assert Z.shape == (400, 1 + 3 + 3 + 1 + 3)
    assert (Z.filter(like="slope_2") == 0).all(axis=None)
    # Who knows more than the adversary has no columns for it.
    evidence = Internals().fit(Session(model, X[few], Y[few], white_box=True))
    Z = evidence.transform(Session(every, X, Y, white_box=True))
    assert Z.shape == (400, 1 + 2 + 2 + 1 + 2)


def test_internals_are_computed_once(monkeypatch):
    model = LogisticRegression().fit(X, Y)
    session = Session(model, X, Y, white_box=True)
    evidence = Internals().fit(session)
    kept = evidence.transform(session)
    model.coef_[:] = 0
    assert_array_equal(evidence.transform(session[:7]), kept[:7])


def test_sparse_records_and_one_alone():
    records = sparse.csr_array(np.where(abs(X) > 1, X, 0))
    model = LogisticRegression().fit(records, Y)
    Z = Internals().fit_transform(Session(model, records, Y, white_box=True))
    alone = Session(model, records[[3]], Y[[3]], white_box=True)
    assert_allclose(Internals().fit_transform(alone), Z.iloc[[3]], rtol=1e-9)


def test_others_are_refused_in_words():
    tree = DecisionTreeClassifier(random_state=0).fit(X, Y)
    session = Session(tree, X, Y, white_box=True)
    for name in NAMES:
        reason = lacks(get_attack(name).attack, session)
        assert "gradients of this DecisionTreeClassifier by its parameters" in reason
        assert "no parameters" in lacks(get_attack(name).attack, Session(tree, X, Y))


def test_shadow_networks_have_the_same_columns():
    shadows = ShadowModels(NETWORK, n_shadows=2, random_state=0).fit(X, Y)
    pairs, _, _ = shadows.pairs()
    assert Internals(units="sorted").fit_transform(pairs).shape == (800, 43)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(1, 30), n_values=st.integers(1, 9))
def test_clusters_do_not_depend_on_order_or_units(seed, n, n_values):
    rng = np.random.default_rng(seed)
    Z = rng.integers(0, n_values, size=(n, 3)).astype(float)
    labels = ClusterAttack(2).fit_predict(Z)
    order = rng.permutation(n)
    again = ClusterAttack(2).fit_predict(Z[order])
    # Two splits may be equally good, and two clusters equally long.
    assert (again == labels[order]).all() or len(set(labels)) == 2
    assert_array_equal(ClusterAttack(2).fit_predict(Z * [10, 1, 3]), labels)
    if len(set(labels)) == 2:
        assert Z[labels == 1, 2].mean() <= Z[labels == 0, 2].mean()
    else:
        assert (labels == 1).all()


def test_two_groups_are_two_clusters():
    rng = np.random.default_rng(0)
    member = np.repeat([1, 0], 40)
    Z = rng.normal(size=(80, 4)) + np.where(member, 0, 6)[:, None]
    assert_array_equal(ClusterAttack(1).fit_predict(Z), member)
    Z[:, 0] *= -1  # what is larger for members, is larger
    assert_array_equal(ClusterAttack(1).fit_predict(Z), member)
    assert_array_equal(ClusterAttack(0).fit_predict(Z), 1 - member)
