"""The checks of scikit-learn in one test find what each of them finds."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.naive_bayes import GaussianNB
from sklearn_checks import check_estimator

from skmia.defenses import LabelOnly


class Restless(LabelOnly):
    """Draws from numpy's global generator."""

    def fit(self, X, y):
        np.random.uniform()  # noqa: NPY002
        return super().fit(X, y)


class Forgetful(BaseEstimator):
    """Does not return itself, nor look at what it is given."""

    def fit(self, X, y=None):
        return None


@pytest.fixture
def is_untouched():
    """Whether the global generator is as it was; it is put back."""
    before = np.random.get_state()  # noqa: NPY002

    def same():
        after = np.random.get_state()  # noqa: NPY002
        return all(np.array_equal(*both) for both in zip(before, after, strict=True))

    yield same
    np.random.set_state(before)  # noqa: NPY002


def test_a_check_that_fails_fails_the_test():
    with pytest.raises(AssertionError):
        check_estimator(Forgetful())


@pytest.mark.parametrize(("kind", "expected"), [(LabelOnly, True), (Restless, False)])
def test_one_check_may_draw_and_an_estimator_may_not(kind, expected, is_untouched):
    check_estimator(kind(GaussianNB()))
    assert is_untouched() == expected
