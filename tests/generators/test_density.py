"""Rows from a density of each class."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.datasets import load_digits, load_iris
from sklearn.mixture import BayesianGaussianMixture
from sklearn.naive_bayes import GaussianNB

from skmia.generators import DensityGenerator


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


class Copies(BaseEstimator):
    """The records themselves, in their order."""

    def fit(self, X, y=None):
        self.X_ = X
        return self

    def sample(self, n_samples):
        return np.resize(self.X_, (n_samples, self.X_.shape[1]))


@pytest.mark.parametrize("model", ["gmm", "kde", BayesianGaussianMixture()])
def test_labels_follow_the_features(iris, model):
    X, y = iris
    generator = DensityGenerator(model=model, random_state=0).fit(X, y)
    drawn, labels = generator.sample(300)
    assert GaussianNB().fit(drawn, labels).score(X, y) > 0.85
    assert_array_equal(drawn, generator.sample(300)[0])
    assert ((X.min(axis=0) <= drawn) & (drawn <= X.max(axis=0))).all()


def test_digits_are_recognised_and_whole():
    X, y = load_digits(return_X_y=True)
    generator = DensityGenerator(model="kde", random_state=0).fit(X[:800], y[:800])
    drawn, labels = generator.sample(800)
    assert_array_equal(drawn, np.rint(drawn))
    assert GaussianNB().fit(drawn, labels).score(X[800:], y[800:]) > 0.75


def test_class_shares(iris, global_random_seed):
    """Standard error of a share of 0.1 among 1000 rows: 0.0095; five of them."""
    X, y = iris[0][:100], np.repeat(["a", "b"], [10, 90])
    generator = DensityGenerator(random_state=global_random_seed).fit(X, y)
    _, labels = generator.sample(1000)
    assert abs((labels == "a").mean() - 0.1) < 0.05
    assert len(generator.densities_) == 2


@pytest.mark.parametrize("model", ["gmm", "kde"])
def test_class_of_one_record(iris, model):
    X, y = iris[0][:50], np.repeat([7, 3], [49, 1])
    drawn, labels = DensityGenerator(model=model, random_state=0).fit(X, y).sample(2000)
    alone = drawn[labels == 3]
    assert 10 < len(alone) < 100
    # Around the record, but not it.
    assert (alone != X[49]).any(axis=1).all()
    assert (np.abs(alone.mean(axis=0) - X[49]) < X.std(axis=0)).all()


@pytest.mark.parametrize("model", ["gmm", "kde"])
def test_equal_records(model):
    X = np.ones((6, 2))
    drawn, labels = (
        DensityGenerator(model=model, random_state=0).fit(X, X[:, 0]).sample(4)
    )
    assert_array_equal(drawn, np.ones((4, 2)))
    assert_array_equal(labels, np.ones(4))


def test_own_model_sees_scaled_numbers_and_categories():
    X = pd.DataFrame({"n": [10.0, 20.0, 30.5], "c": ["x", "z", "y"], "k": [5.5] * 3})
    generator = DensityGenerator(model=Copies(), per_class=False, random_state=0)
    generator.fit(X)
    (density,) = generator.densities_
    assert density.X_[:, 0].std() == pytest.approx(1)
    assert_array_equal(density.X_[:, 1:4], [[1, 0, 0], [0, 0, 1], [0, 1, 0]])
    drawn, _ = generator.sample(3, GaussianNBOnFirst().fit(X, [0, 1, 1]))
    # Copies come back as the records, whatever the order.
    drawn = drawn.sort_values("n", ignore_index=True)
    pd.testing.assert_frame_equal(drawn, X)


class GaussianNBOnFirst(GaussianNB):
    """Knows numbers only."""

    def fit(self, X, y):
        return super().fit(X[["n"]], y)

    def predict(self, X):
        return super().predict(X[["n"]])


def test_one_density_has_no_labels(iris):
    generator = DensityGenerator(per_class=False, random_state=0).fit(*iris)
    assert len(generator.densities_) == 1
    with pytest.raises(ValueError, match="have no labels"):
        generator.sample(5)


def test_bad_model(iris):
    with pytest.raises(ValueError, match="'model' parameter"):
        DensityGenerator(model=GaussianNB()).fit(*iris)
