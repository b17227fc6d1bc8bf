import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression

from skmia.datasets import make_purchases
from skmia.datasets._purchases import _fill_empty_classes


def in_class_std(X, y):
    return np.mean([X[y == label].std(axis=0).mean() for label in np.unique(y)])


def test_shape_and_types():
    X, y = make_purchases(200, 50, 7, random_state=0)
    assert (X.shape, X.dtype) == ((200, 50), np.uint8)
    assert (y.shape, y.dtype) == ((200,), np.int64)
    assert set(np.unique(X)) == {0, 1}
    assert_array_equal(np.unique(y), range(7))


def test_seed(global_random_seed):
    first = make_purchases(100, 20, 3, random_state=global_random_seed)
    same = make_purchases(
        100, 20, 3, random_state=np.random.RandomState(global_random_seed)
    )
    other = make_purchases(100, 20, 3, random_state=global_random_seed + 1)
    for a, b in zip(first, same, strict=True):
        assert_array_equal(a, b)
    assert (first[0] != other[0]).any()


def test_same_customers_in_more_classes(global_random_seed):
    few, _ = make_purchases(100, 20, 3, random_state=global_random_seed)
    many, _ = make_purchases(100, 20, 30, random_state=global_random_seed)
    assert_array_equal(few, many)


def test_resembles_purchases(global_random_seed):
    X, y = make_purchases(2000, random_state=global_random_seed)
    # Published for Purchases-10: 0.382. Over 25 seeds 0.387, standard deviation 0.0025:
    # the bound is 5 of them away.
    assert in_class_std(X, y) == pytest.approx(0.38, abs=0.02)
    # Long tail: the most popular tenth sells 0.40 (0.004 over seeds) of the customers,
    # the least popular one 0.148 (0.003).
    share = np.sort(X.mean(axis=0))
    assert share[-60:].mean() > 2 * share[:60].mean()


def test_learnable_but_not_trivial(global_random_seed):
    X, y = make_purchases(2000, random_state=global_random_seed)
    model = LogisticRegression(max_iter=1000).fit(X[:1000], y[:1000])
    assert model.score(X[:1000], y[:1000]) == 1.0
    # Over 25 seeds 0.854, standard deviation 0.016, and the largest class has 0.15 of
    # the rows at most: both bounds are 6 standard deviations away.
    assert 0.75 < model.score(X[1000:], y[1000:]) < 0.95


def test_fewer_distinct_histories_than_classes():
    X, y = make_purchases(20, 1, 15, random_state=0)
    assert len(np.unique(X)) <= 2
    assert_array_equal(np.unique(y), range(15))


def test_empty_classes_are_filled_from_the_largest():
    labels = np.array([0, 0, 0, 2, 2, 2, 2])
    assert_array_equal(_fill_empty_classes(labels, 4), [0, 0, 3, 2, 2, 2, 1])


def test_too_few_samples():
    message = r"'n_samples' .* at least n_classes=10. Got 9 instead; every class needs"
    with pytest.raises(ValueError, match=message):
        make_purchases(9)


@pytest.mark.parametrize("name", ["n_samples", "n_features", "n_classes"])
@pytest.mark.parametrize("value", [0, -1, 2.5, "10"])
def test_wrong_parameter(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of make_purchases must"):
        make_purchases(**{name: value})
