"""Distance between the records of two parties, against the obvious double loop."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import config_context

from skmia.federated import in_class_distance


@pytest.fixture
def parties():
    rng = np.random.default_rng(0)
    y_a, y_b = rng.integers(3, size=40), rng.integers(4, size=30)
    return rng.random((40, 5)), y_a, rng.random((30, 5)) + 1, y_b


def test_is_the_mean_over_pairs_and_then_over_classes(parties):
    X_a, y_a, X_b, y_b = parties
    means = []
    for label in range(3):  # class 3 is of one party only
        pairs = [
            np.linalg.norm(a - b) for a in X_a[y_a == label] for b in X_b[y_b == label]
        ]
        means.append(np.mean(pairs))
    assert_allclose(in_class_distance(*parties), np.mean(means))


def test_blocks_change_nothing():
    rng = np.random.default_rng(0)
    parties = rng.random((9_000, 2)), np.zeros(9_000), rng.random((50, 2)), np.zeros(50)
    with config_context(working_memory=1):  # 3.4 MiB in all
        assert_allclose(in_class_distance(*parties), 0.52, atol=0.02)
        in_blocks = in_class_distance(*parties)
    assert_allclose(in_class_distance(*parties), in_blocks)


def test_symmetric_and_blind_to_order_names_and_place(parties):
    X_a, y_a, X_b, y_b = parties
    found = in_class_distance(*parties)
    assert_allclose(in_class_distance(X_b, y_b, X_a, y_a), found)
    rows = np.random.default_rng(1).permutation(len(X_a))
    assert_allclose(in_class_distance(X_a[rows], y_a[rows], X_b, y_b), found)
    names = np.array(["d", "a", "c", "b"])
    assert_allclose(in_class_distance(X_a, names[y_a], X_b, names[y_b]), found)
    assert_allclose(in_class_distance(X_a + 7, y_a, X_b + 7, y_b), found)
    assert_allclose(in_class_distance(3 * X_a, y_a, 3 * X_b, y_b), 3 * found)


def test_no_class_in_common(parties):
    X_a, y_a, X_b, y_b = parties
    with pytest.raises(ValueError, match="a class that both parties have"):
        in_class_distance(X_a, y_a, X_b, y_b + 10)
    with pytest.raises(ValueError, match="Incompatible dimension"):
        in_class_distance(X_a, y_a, X_b[:, :2], y_b)
