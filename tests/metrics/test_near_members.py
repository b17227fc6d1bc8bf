"""A record, or something like it: what is known by hand, and the level of the test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from skmia import observe
from skmia.metrics import near_members

MEMBER = np.arange(60) < 20
POINTS = arrays(float, (60, 2), elements=st.floats(-5, 5, width=16))


def to_nearest(X, member):
    return np.linalg.norm(X[:, None] - X[None, member], axis=2).min(axis=1)


def test_known_rows():
    X = np.array([[0.0], [10], [1], [2], [14], [15]])
    member = np.array([1, 1, 0, 0, 0, 0])
    result = near_members(X, member, [5, 7, 8, 6.5, 1, 0], n_parts=2, random_state=0)
    assert result.table["n"].tolist() == [2, 2]
    assert_allclose(result.table["distance"], [1.5, 4.5])
    # Above 6, the median of the members; right pairs of four.
    assert_allclose(result.table["called"], [1, 0])
    assert_allclose(result.table["auc"], [0.25, 1])


def test_who_finds_neighbours_and_who_knows_records():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(400, 3))
    member = np.arange(400) < 100
    finds = near_members(X, member, -to_nearest(X, member), random_state=0)
    assert finds.pvalue == pytest.approx(1 / 200)
    # Of 150 that are asked about, four standard deviations where there is nothing.
    assert finds.correlation > 4 / np.sqrt(149)
    assert finds.table["called"].is_monotonic_decreasing
    knows = near_members(X, member, member + rng.rand(400) / 2, random_state=0)
    assert_allclose(knows.table["auc"], 1)
    assert "correlation" in repr(knows)


@pytest.mark.slow
def test_levels_where_the_score_does_not_know_members():
    """Dense places have high scores, and are near to members and strangers alike.

    Of 100 p-values the share up to .1 has a standard deviation of sqrt(.09 / 100) =
    .03; three of these. Steps of 1/40 are in it.
    """
    small = []
    for seed in range(100):
        rng = np.random.RandomState(seed)
        X = rng.normal(size=(60, 2))
        easy = -np.linalg.norm(X, axis=1)
        result = near_members(X, MEMBER, easy, n_permutations=39, random_state=seed)
        small.append(result.pvalue <= 0.1)
    assert np.mean(small) == pytest.approx(0.1, abs=0.09)


def test_a_model_of_neighbours_says_yes_to_who_is_like_its_members():
    X, y = load_digits(return_X_y=True)
    member = np.arange(600) < 300
    model = KNeighborsClassifier(3, weights="distance").fit(X[:300], y[:300])
    score = observe(model, X[:600], y[:600], "confidence").to_numpy()[:, 0]
    result = near_members(X[:600], member, score, random_state=0)
    assert result.pvalue < 0.05
    called = result.table["auc"]
    assert called.iloc[0] < called.iloc[-1]


@given(POINTS, st.integers(0, 3))
def test_moved_and_scaled_records_and_other_units_of_the_score(X, seed):
    score = np.random.RandomState(seed).rand(60)
    one = near_members(X, MEMBER, score, n_permutations=9, random_state=seed)
    two = near_members(
        4 * X + 8, MEMBER, 2 * score + 1, n_permutations=9, random_state=seed
    )
    assert one.correlation == pytest.approx(two.correlation)
    assert one.pvalue == two.pvalue
    assert_allclose(4 * one.table["distance"], two.table["distance"], atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"member": [1, 1, 1, 0, 0]}, "needs 4 non-members or more. Got 2"),
        ({"member": [0, 0, 0, 0, 0]}, "needs at least one member"),
        ({"score": [0, 1, np.nan, 2, 3]}, "must be finite"),
        ({"X": [[0.0]] * 4}, "must have the same length"),
        ({"n_parts": 0}, "n_parts"),
    ],
)
def test_bad_input(change, message):
    given = {"X": [[0.0]] * 5, "member": [1, 0, 0, 0, 0], "score": range(5)}
    with pytest.raises(ValueError, match=message):
        near_members(**given | change)
