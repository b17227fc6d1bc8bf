"""In-class standard deviation: by hand, and what it does not depend on."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skmia.metrics import in_class_deviation


@pytest.fixture
def records():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [10, 20, 30])
    return rng.random((60, 4)) * (1 + y[:, None]), y


@pytest.mark.parametrize("ddof", [0, 1])
def test_formula(records, ddof):
    X, y = records
    spread = [np.mean([np.std(column, ddof=ddof) for column in X[y == c].T]) for c in y]
    weighted = in_class_deviation(X, y, weighted=True, ddof=ddof)
    assert_allclose(weighted, np.mean(spread))
    once = [spread[0], spread[10], spread[30]]
    assert_allclose(in_class_deviation(X, y, ddof=ddof), np.mean(once))


def test_binary_features_of_the_purchases():
    # Frequency 0.18 in each class: the 0.38 of their Table 1.
    X = np.tile(np.repeat([1, 0], [18, 82]), 2)[:, None]
    assert_allclose(in_class_deviation(X, np.repeat([0, 1], 100)), 0.384, atol=5e-4)


def test_invariances(records):
    X, y = records
    found = in_class_deviation(X, y)
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(60), rng.permutation(4)
    assert_allclose(in_class_deviation(X[rows][:, columns], y[rows]), found)
    assert_allclose(in_class_deviation(X, np.array(["c", "a", "b"])[y]), found)
    # A class may lie anywhere.
    assert_allclose(in_class_deviation(X + 5 * y[:, None], y), found)
    assert_allclose(in_class_deviation(-2 * X, y), 2 * found)
    twice = np.concatenate([X, X[y == 0]]), np.concatenate([y, y[y == 0]])
    assert_allclose(in_class_deviation(*twice), found)


def test_a_class_of_one_record():
    assert in_class_deviation([[1.0], [2.0]], [0, 1]) == 0
    with pytest.raises(ValueError, match=r"more than 1 records .* Got 1 of class 'b'"):
        in_class_deviation([[1.0], [2.0], [3.0]], ["a", "a", "b"], ddof=1)
