"""What always holds for a model that answers so many rows and no more."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox
from skmia.defenses import QueryLimit
from skmia.signals import get_signal
from skmia.targets import Session

X, y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier(random_state=0)
MODEL = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
SIGNALS = [
    "true_label",
    "posterior",
    "loss",
    "correctness",
    "predicted_label",
    get_signal("merlin_ratio", n_copies=2, spread=1),
]


@given(
    budget=st.integers(0, 1000),
    kind=st.sampled_from(["black box", "query limit"]),
    questions=st.lists(
        st.lists(st.sampled_from(SIGNALS), min_size=1, unique_by=str),
        min_size=1,
        max_size=4,
    ),
    rows=st.lists(st.integers(0, 149), min_size=1, max_size=150),
)
def test_what_is_answered_is_what_an_unlimited_model_says(
    budget, kind, questions, rows
):
    if kind == "black box":
        model = BlackBox(MODEL, max_queries=budget)
    else:
        model = QueryLimit(TREE, budget=budget).fit(X[::2], y[::2])
    session = Session(model, X[rows], y[rows])
    free = Session(MODEL, X[rows], y[rows])
    before = {}
    for signals in questions:
        Z, expected = session.observe(signals), free.observe(signals)
        there = Z.notna().to_numpy()
        assert_array_equal(Z.to_numpy()[there], expected.to_numpy()[there])
        assert_array_equal(session.unanswered[~there.all(axis=1)], True)
        # Once paid for, never again; once refused, never guessed.
        for name in Z:
            assert_array_equal(Z[name], before.setdefault(name, Z[name]))
    assert session.left >= 0
    if kind == "black box":
        assert session.n_queries == model.n_queries_ <= budget
    else:
        assert model.budget_.spent.queries <= budget


@given(budget=st.integers(0, 200), rows=st.permutations(range(30)))
def test_a_ledger_lets_ask_as_many_as_it_pays_for(budget, rows):
    model = QueryLimit(TREE, budget=budget).fit(X, y)
    asked = np.resize(rows[:20], 30)  # with repeats, which are free
    session = Session(model, X[asked], y[asked])
    Z = session.observe("loss")["loss"]
    assert model.budget_.spent.queries == min(budget, len(np.unique(X[asked], axis=0)))
    assert session.n_queries == Z.notna().sum()
