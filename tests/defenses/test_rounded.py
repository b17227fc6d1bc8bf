import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from skmia.defenses import RoundedPosterior


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


def test_releases_few_values(iris):
    X, y = iris
    model = RoundedPosterior(KNeighborsClassifier(40), decimals=1).fit(X, y)
    assert len(np.unique(model.estimator_.predict_proba(X))) > 20
    # 0, .1, ..., 1 over sums of .9, 1 or 1.1.
    grid = np.arange(11) / 10
    possible = np.concatenate([grid, grid / 0.9, grid / 1.1])
    released = np.unique(model.predict_proba(X))
    assert abs(released[:, np.newaxis] - possible).min(axis=1).max() < 1e-15


def test_many_digits_change_nothing(iris):
    X, y = iris
    model = RoundedPosterior(KNeighborsClassifier(7), decimals=15).fit(X, y)
    inner = model.estimator_.predict_proba(X)
    np.testing.assert_allclose(model.predict_proba(X), inner, rtol=0, atol=2e-15)


@pytest.mark.parametrize("decimals", [-1, 16, 1.5, None])
def test_decimals_out_of_range(decimals, iris):
    message = r"'decimals' parameter of RoundedPosterior must be an int in the range"
    with pytest.raises(ValueError, match=message):
        RoundedPosterior(KNeighborsClassifier(), decimals=decimals).fit(*iris)
