"""Distance to the boundary: from above, of labels alone, whatever the company."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits, make_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from slow_cases import others_slow, slow

from skmia.signals import _neighbours, get_signal, observe
from skmia.targets import Session

X, Y = make_classification(200, 5, n_informative=4, n_redundant=1, random_state=0)
X_MANY, Y_MANY = make_classification(1000, 20, n_informative=8, random_state=0)
NORMS = {2: "boundary_distance", np.inf: "boundary_distance_inf"}
FOREST = RandomForestClassifier(10, random_state=0).fit(X[:100], Y[:100])


class Counted:
    """A model that answers labels, and counts."""

    def __init__(self, model):
        self.model, self.classes_ = model, model.classes_
        self.n_calls, self.rows = 0, []

    def predict(self, X):
        self.n_calls += 1
        self.rows.append(np.array(X))
        return self.model.predict(X)


def distance(model, X, y, norm=2, **params):
    return get_signal(NORMS[norm], **params)(model, X, y)[:, 0]


def far(n_features, norm):
    return 1000 * (np.sqrt(n_features) if norm == 2 else 1)


def of_linear(norm, seed, *n_queries):
    """Distances found for records of a linear model, as multiples of the exact ones."""
    rng = np.random.RandomState(seed)
    spread = np.exp(rng.normal(size=5))
    model = LogisticRegression().fit(X, Y)
    model.coef_ = rng.normal(size=(1, 5)) / spread
    model.intercept_ = rng.normal(size=1)
    records = 3 * spread * rng.normal(size=(20, 5))
    dual = np.linalg.norm(model.coef_[0] * spread, ord=2 if norm == 2 else 1)
    exact = np.abs(model.decision_function(records)) / dual
    labels = model.predict(records)
    return [
        distance(model, records, labels, norm, n_queries=n, spread=spread) / exact
        for n in n_queries
    ]


@pytest.mark.parametrize("norm", NORMS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_of_a_linear_model_from_above(norm, seed):
    """|w x + b| over the dual norm of w, or more."""
    (found,) = of_linear(norm, seed, 100)
    assert (found >= 1 - 1e-9).all()


@pytest.mark.slow
@pytest.mark.parametrize("norm", NORMS)
def test_more_rows_come_nearer_to_that_of_a_linear_model(norm):
    """Of 1,000 rows half are probes, about 80 in each of 6 iterations.

    These tell the normal of 5 features up to an angle of about sqrt(5 / 80), and the
    distance up to half of its square, 3 %, before the halving of the steps.
    """
    found = [of_linear(norm, seed, 30, 100, 1000) for seed in range(8)]
    few, some, many = np.median(np.concatenate(found, axis=1), axis=1)
    assert 1 < many < some < few
    assert many < 1.05


def leaf_boxes(tree):
    """Lower and upper ends and label of each leaf."""
    tree = tree.tree_

    def walk(node, low, high):
        if tree.children_left[node] == -1:
            yield low, high, tree.value[node].argmax()
            return
        feature, cut = tree.feature[node], tree.threshold[node]
        below, above = high.copy(), low.copy()
        below[feature], above[feature] = min(cut, high[feature]), max(cut, low[feature])
        yield from walk(tree.children_left[node], low, below)
        yield from walk(tree.children_right[node], above, high)

    n = tree.n_features
    return list(walk(0, np.full(n, -np.inf), np.full(n, np.inf)))


@pytest.mark.parametrize("norm", NORMS)
def test_of_a_tree_from_above(norm):
    """To the nearest box of another label; 2,000 rows find most of them."""
    tree = DecisionTreeClassifier(random_state=0).fit(X[:100], Y[:100])
    labels = tree.predict(X)
    exact = np.full(len(X), np.inf)
    for low, high, label in leaf_boxes(tree):
        gaps = np.maximum(np.maximum(low - X, X - high), 0)
        there = np.linalg.norm(gaps, ord=norm, axis=1)
        exact = np.where(labels == label, exact, np.minimum(exact, there))
    starts = X, labels
    few, many = (
        distance(tree, X, labels, norm, n_queries=n, starts=starts) for n in (100, 2000)
    )
    # Thresholds are compared in single precision.
    for found in (few, many):
        assert (found >= exact * (1 - 1e-5) - 1e-5).all()
    assert np.median(many / exact) < 1.1
    assert np.median(few / exact) < 1.6


@pytest.mark.parametrize("norm", NORMS)
def test_of_a_constant_model(norm):
    model = DummyClassifier(strategy="constant", constant=1).fit(X, Y)
    found = distance(model, X, Y, norm, starts=(X, Y))
    assert_array_equal(found, np.where(Y == 1, far(5, norm), 0))


@pytest.mark.parametrize("norm", NORMS)
def test_misclassified_are_at_no_distance_and_all_others_at_some(norm):
    found = distance(FOREST, X, Y, norm)
    right = FOREST.predict(X) == Y
    assert 0 < right.mean() < 1
    assert_array_equal(found > 0, right)
    assert (found <= far(5, norm)).all()


def test_what_is_far_is_farther_than_what_is_found():
    """A record beyond all that is searched, and one whose distance is beyond `far`."""
    model = LogisticRegression().fit(X, Y)
    record = 1e7 * np.sign(model.coef_)
    for norm in NORMS:
        assert distance(model, record, [1], norm) == far(5, norm)
        near = distance(model, record, [1], norm, starts=(-record, [0]))
        assert near == far(5, norm)


@pytest.mark.parametrize("norm", NORMS)
def test_labels_are_all_that_it_sees(norm):
    """Any monotone change of scores leaves it as it is; so does a change of names."""

    class Squeezed:
        classes_ = np.array(["a", "b"])

        def predict_proba(self, X):
            return FOREST.predict_proba(X) ** 3 / 2

        def predict(self, X):
            return self.classes_[FOREST.predict(X)]

    names = Squeezed.classes_[Y]
    found = distance(Squeezed(), X, names, norm, starts=(X, names))
    assert_array_equal(found, distance(FOREST, X, Y, norm, starts=(X, Y)))


@pytest.mark.parametrize("starts", [None, (X[:50], Y[:50])], ids=["noise", "records"])
@pytest.mark.parametrize("norm", others_slow(NORMS, [2]))
def test_company_order_and_batches_do_not_matter(norm, starts, monkeypatch):
    whole = distance(FOREST, X, Y, norm, starts=starts)
    rows = np.random.RandomState(0).permutation(len(X))
    for chosen in (rows, rows[:9], rows[:1]):
        found = distance(FOREST, X[chosen], Y[chosen], norm, starts=starts)
        assert_array_equal(found, whole[chosen])
    monkeypatch.setattr(_neighbours, "_MAX_ROWS", 300)
    assert_array_equal(distance(FOREST, X, Y, norm, starts=starts), whole)


@pytest.mark.parametrize("n_queries", [30, 31, 57, *slow(100, 333, 1000)])
def test_never_more_rows_than_said(n_queries):
    for starts in (None, (X[:3], Y[:3]), (X, Y)):
        asked = [Counted(FOREST) for _ in range(3)]
        for model, record, label in zip(asked, X, Y, strict=False):
            params = {"n_queries": n_queries, "starts": starts}
            distance(model, record[None], [label], **params)
        n_rows = [sum(map(len, model.rows)) for model in asked]
        assert max(n_rows) <= n_queries
    # Hardly fewer, either, where the search begins at all.
    assert max(n_rows) > 0.85 * n_queries


def test_few_calls():
    """1,000 records at 100 queries in fewer than 60."""
    model = Counted(RandomForestClassifier(5, random_state=0).fit(X_MANY, Y_MANY))
    distance(model, X_MANY, Y_MANY, starts=(X_MANY[:100], Y_MANY[:100]))
    assert model.n_calls < 60
    assert sum(map(len, model.rows)) <= 100 * len(X_MANY)


def test_more_queries_come_nearer():
    found = [
        distance(FOREST, X, Y, n_queries=n, starts=(X, Y)) for n in (30, 100, 1000)
    ]
    nearer = [np.mean(one) for one in found]
    assert all(one > other for one, other in pairwise(nearer))


@pytest.mark.parametrize("norm", NORMS)
def test_units_do_not_matter(norm):
    """A feature in other units, powers of two apart, has steps in the same places."""
    scale = 2.0 ** np.array([0, 10, -10, 3, 0])
    model = RandomForestClassifier(10, random_state=0).fit(X[:100] * scale, Y[:100])
    other = Session(model, X * scale, Y).observe(NORMS[norm])
    assert_allclose(Session(FOREST, X, Y).observe(NORMS[norm]), other, rtol=1e-6)


def test_what_never_changes_is_not_moved():
    wide = np.column_stack([X, np.full(len(X), 0.1)])
    model = Counted(RandomForestClassifier(5, random_state=0).fit(wide, Y))
    session = Session(model, wide, Y)
    session.observe("boundary_distance")
    assert all((rows[:, 5] == 0.1).all() for rows in model.rows)
    still = distance(FOREST, X, Y, spread=0)
    assert_array_equal(still, np.where(FOREST.predict(X) == Y, far(5, 2), 0))


def test_frames_images_and_single_precision():
    frame = pd.DataFrame(X).add_prefix("x")
    model = RandomForestClassifier(10, random_state=0).fit(frame[:100], Y[:100])
    found = Session(model, frame, Y).observe("boundary_distance")
    expected = Session(FOREST, X, Y).observe("boundary_distance")
    assert_allclose(found, expected, rtol=1e-9)  # its spread is summed by columns
    images = load_digits().images[:40].astype("f4")

    class Bright:
        classes_ = np.array([0, 1])

        def predict(self, X):
            assert X.shape[1:] == (8, 8)
            assert X.dtype == np.float32
            return (X.mean(axis=(1, 2)) > 5).astype(int)

    bright = Bright().predict(images)
    found = Session(Bright(), images, bright).observe("boundary_distance")
    assert (found.to_numpy() > 0).all()
    assert (found.to_numpy() < far(64, 2)).all()


def test_starts_are_records_of_the_session_and_come_nearer():
    nearer = Session(FOREST, X, Y).observe("boundary_distance").to_numpy()
    alone = observe(FOREST, X, Y, "boundary_distance").to_numpy()
    spread = get_signal("boundary_distance", spread=X.std(axis=0))
    assert np.mean(nearer) < np.mean(spread(FOREST, X, Y)) < np.mean(alone) * 2


def test_half_a_budget_is_half_of_the_records():
    session = Session(FOREST, X, Y, max_queries=100 * 100)
    found = session.observe("boundary_distance")["boundary_distance"].to_numpy()
    assert session.n_queries <= 100 * 100
    assert np.isnan(found).sum() == 100
    whole = Session(FOREST, X, Y).observe("boundary_distance")["boundary_distance"]
    there = ~np.isnan(found)
    assert_array_equal(found[there], whole[there])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_queries": 29}, "'n_queries' parameter of boundary_distance"),
        ({"norm": 1}, "'norm' parameter of boundary_distance"),
        ({"spread": [1.0, 2.0]}, "'spread' of a signal must be a number or one for"),
    ],
)
def test_wrong_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        get_signal("boundary_distance", **params)(FOREST, X, Y)
