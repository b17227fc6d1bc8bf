"""Gaussian naive Bayes with differential privacy: what it learns and refuses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest, laplace
from sklearn.datasets import make_blobs
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import PrivateGaussianNB, _private_naive_bayes
from skmia.exceptions import PrivacyLeakWarning

CLASSES = ["a", "b", "c"]


def private(**params):
    known = {"bounds": (-20, 20), "classes": CLASSES, "random_state": 0}
    return PrivateGaussianNB(**(known | params))


@pytest.fixture
def blobs(global_random_seed):
    X, y = make_blobs(
        150, centers=3, n_features=4, cluster_std=2, random_state=global_random_seed
    )
    return X, np.array(CLASSES)[y]


def test_without_noise_it_is_naive_bayes(blobs):
    X, y = blobs
    model = private(epsilon=1e12, var_smoothing=1e-12).fit(X, y)
    plain = GaussianNB(var_smoothing=0).fit(X, y)
    assert_allclose(model.class_prior_, plain.class_prior_, rtol=1e-9)
    assert_allclose(model.theta_, plain.theta_, rtol=0, atol=1e-7)
    assert_allclose(model.var_, plain.var_, rtol=0, atol=1e-6)
    assert_allclose(model.predict_proba(X), plain.predict_proba(X), rtol=0, atol=1e-6)


@pytest.mark.parametrize("epsilon", [0.01, 1, 100])
def test_parameters_are_possible_whatever_the_noise(epsilon, blobs):
    X, y = blobs
    low, high = np.array([-20, -15, -30, -20]), np.array([20, 15, 10, 40])
    for seed in range(20):
        model = private(
            epsilon=epsilon,
            bounds=(low, high),
            classes=[*CLASSES, "nobody"],
            var_smoothing=0.01,
            random_state=seed,
        ).fit(X, y)
        assert (model.class_prior_ > 0).all()
        assert model.class_prior_.sum() == pytest.approx(1)
        assert ((model.theta_ >= low) & (model.theta_ <= high)).all()
        assert (model.var_ >= 0.01 * (high - low) ** 2 * (1 - 1e-12)).all()
        # No distribution between the bounds has more.
        assert (model.var_ <= (high - low) ** 2 / 4).all()
        assert_allclose(model.predict_proba(X).sum(axis=1), 1)


def test_noise_of_each_part(monkeypatch, global_random_seed):
    """Kolmogorov-Smirnov tests of 1000 draws, each wrong for one seed in a million."""
    noisy = []
    original = _private_naive_bayes._parameters
    monkeypatch.setattr(
        _private_naive_bayes,
        "_parameters",
        lambda *parts: noisy.append(parts) or original(*parts),
    )
    X, codes = np.array([[1.0, -1.0], [0.0, 0.5]]), np.array([0, 1])
    model = private(epsilon=2, bounds=(-1, 1))
    rng = np.random.RandomState(global_random_seed)
    for _ in range(250):
        model._train(X, codes, np.arange(2), rng)
    counts, sums, squares = map(np.array, zip(*noisy, strict=True))
    # Two features: a replaced record changes counts by 2, sums by 4 and squares by 2;
    # a third of an epsilon of 2 for each.
    q = np.exp(-(2 / 3) / 2)
    noise = np.ravel(counts - 1)
    # A kurtosis of 6: a relative standard error of sqrt(5 / 500), 10 %.
    assert noise.var() == pytest.approx(2 * q / (1 - q) ** 2, rel=0.5)
    noise = np.ravel(sums - X)
    assert kstest(noise, laplace(scale=4 / (2 / 3)).cdf).pvalue > 1e-6
    noise = np.ravel(squares - (X**2 - 1 / 2))
    assert kstest(noise, laplace(scale=2 / (2 / 3)).cdf).pvalue > 1e-6


def test_records_beyond_the_bounds_are_clipped(blobs):
    X, y = blobs
    model = private(bounds=(-1, 1))
    inside = np.clip(X, -1, 1)
    assert_allclose(model.fit(X, y).theta_, model.fit(inside, y).theta_)
    assert_allclose(model.predict_proba(X), model.predict_proba(inside))


def test_bounds_say_how_features_are_scaled(blobs):
    """In other units, with bounds in the same units, it is the same model."""
    X, y = blobs
    scale, shift = np.array([1e-3, 2, 50, 1]), np.array([5, 0, -1e3, 1])
    bounds = (-20 * scale + shift, 20 * scale + shift)
    one, other = private().fit(X, y), private(bounds=bounds).fit(X * scale + shift, y)
    assert_allclose(other.predict_proba(X * scale + shift), one.predict_proba(X))
    assert_allclose(other.theta_, one.theta_ * scale + shift, atol=1e-9)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bounds": None}, "'bounds' parameter of PrivateGaussianNB must be declared"),
        ({"bounds": (1, 1)}, "'bounds' parameter .* low < high"),
        ({"bounds": ([0, 0], [1, 1])}, "'bounds' parameter .* 4 .*features"),
        ({"epsilon": 0}, r"'epsilon' parameter .* range \(0.0, inf\). Got 0 instead"),
        ({"classes": ["a", "b"]}, r"'classes' parameter .* y also holds \['c'\]"),
        ({"var_smoothing": 0}, "'var_smoothing' parameter"),
    ],
)
def test_errors(params, message, blobs):
    model = private(**params)
    with pytest.raises(ValueError, match=message):
        model.fit(*blobs)
    assert not [name for name in vars(model) if name.endswith("_")]


def test_one_class():
    model = private(classes=["a"], epsilon=0.1).fit([[0.0], [1.0]], ["a", "a"])
    assert_array_equal(model.predict_proba([[5.0]]), [[1]])


def test_no_weights(blobs):
    with pytest.raises(TypeError, match="sample_weight"):
        private().fit(*blobs, sample_weight=np.ones(150))


def test_undeclared_classes_warn(blobs):
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter"):
        fitted = private(classes=None).fit(*blobs)
    assert_array_equal(fitted.classes_, CLASSES)
    assert (fitted.epsilon_, fitted.delta_) == (1.0, 0.0)
