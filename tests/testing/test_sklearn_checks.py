"""The checks of scikit-learn in one test find what each of them finds."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.naive_bayes import GaussianNB
from sklearn_checks import check_estimator


class Restless(GaussianNB):
    """Draws from numpy's global generator."""

    def fit(self, X, y):
        np.random.uniform()  # noqa: NPY002
        return super().fit(X, y)


class Forgetful(BaseEstimator):
    """Does not return itself, nor look at what it is given."""

    def fit(self, X, y=None):
        return None


def test_a_check_that_fails_fails_the_test():
    with pytest.raises(AssertionError):
        check_estimator(Forgetful())


def test_one_check_may_draw_and_an_estimator_may_not():
    before = np.random.get_state()  # noqa: NPY002
    check_estimator(GaussianNB())
    assert_same(before)
    check_estimator(Restless())
    with pytest.raises(AssertionError):
        assert_same(before)
    np.random.set_state(before)  # noqa: NPY002


def assert_same(before):
    after = np.random.get_state()  # noqa: NPY002
    assert all(np.array_equal(*both) for both in zip(before, after, strict=True))
