import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorders import Recorder
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import ObfuscatedClassifier


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


def trained_on(X, y, **parameters):
    model = ObfuscatedClassifier(Recorder(), random_state=0, **parameters)
    seen = model.fit(X, y).estimator_
    return seen.X_, seen.y_


@pytest.mark.parametrize("noise", ["gaussian", "uniform"])
def test_noise_is_in_units_of_the_column(noise, global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    X = rng.normal(scale=[1, 100], size=(5000, 2))
    model = ObfuscatedClassifier(
        Recorder(), noise=noise, scale=0.5, random_state=global_random_seed
    )
    added = model.fit(X, X[:, 0] > 0).estimator_.X_ - X
    # Standard error of a standard deviation s of 5000 values at most s / 100, also
    # that of the column; five of these.
    assert_allclose(added.std(axis=0) / X.std(axis=0), 0.5, rtol=0.05)


def test_a_fraction_of_the_records(iris):
    X, y = iris
    records, labels = trained_on(X, y, fraction=0.4)
    assert_array_equal(labels, y)
    assert (records != X).any(axis=1).sum() == 60
    assert (records != X).all(axis=1).sum() == 60


def test_extra_records_are_noisy_copies(iris):
    X, y = iris
    records, labels = trained_on(X, y, fraction=0, extra=0.5, scale=1e-6)
    assert_array_equal(records[:150], X)
    assert_array_equal(labels[:150], y)
    assert len(records) == len(labels) == 225
    distance = np.abs(records[150:, None] - X).max(axis=2)
    # 1e-6 standard deviations, near 1, of 300 numbers.
    assert (distance.min(axis=1) < 1e-5).all()
    assert (distance.min(axis=1) > 0).all()
    source = distance.argmin(axis=1)
    assert_array_equal(labels[150:], y[source])


def test_bounds_hold_for_everything_trained_on(iris):
    X, y = iris
    low, high = [5, 2, 1, 0], [7, 4, 6, 2]
    records, _ = trained_on(X, y, scale=3, extra=0.5, fraction=0.5, bounds=(low, high))
    assert_array_equal(records.min(axis=0), low)
    assert_array_equal(records.max(axis=0), high)


def test_no_noise_is_a_plain_fit(iris):
    X, y = iris
    model = ObfuscatedClassifier(GaussianNB(), scale=0, random_state=0).fit(X, y)
    assert_array_equal(model.predict_proba(X), GaussianNB().fit(X, y).predict_proba(X))


@pytest.mark.parametrize(
    ("name", "value"),
    [("noise", "pink"), ("scale", -1), ("fraction", 1.5), ("extra", -0.1)],
)
def test_parameters_out_of_range(name, value, iris):
    message = f"'{name}' parameter of ObfuscatedClassifier must be"
    with pytest.raises(ValueError, match=message):
        ObfuscatedClassifier(GaussianNB(), **{name: value}).fit(*iris)


@pytest.mark.parametrize("bounds", [(0, 1, 2), ([0, 0], 1), (1, 0)])
def test_bounds_of_another_kind(bounds, iris):
    model = ObfuscatedClassifier(GaussianNB(), bounds=bounds, random_state=0)
    with pytest.raises(ValueError, match=r"'bounds' parameter of ObfuscatedClassif"):
        model.fit(*iris)
    assert not hasattr(model, "estimator_")
