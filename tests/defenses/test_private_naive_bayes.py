"""Gaussian naive Bayes with differential privacy: what it learns and refuses."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_blobs
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import PrivacyAccountant, PrivateGaussianNB
from skmia.defenses.private import _private_naive_bayes
from skmia.exceptions import PrivacyLeakWarning

CLASSES = ["a", "b", "c"]
# Fits with a seed warn; the last tests are about that.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of:skmia.exceptions.PrivacyLeakWarning"
)


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
    """A step of the grid is 0.02; squares are rounded to steps of 0.4.

    Of 50 rounded values the mean has a standard error of the step / sqrt(600): below
    0.001 and 0.016. Six times that is allowed.
    """
    X, y = blobs
    model = private(epsilon=1e12, var_smoothing=1e-12).fit(X, y)
    plain = GaussianNB(var_smoothing=0).fit(X, y)
    assert_array_equal(model.class_prior_, plain.class_prior_)
    assert_allclose(model.theta_, plain.theta_, rtol=0, atol=6 * 0.001)
    assert_allclose(model.var_, plain.var_, rtol=0, atol=6 * 0.016)
    assert_allclose(model.predict_proba(X), plain.predict_proba(X), rtol=0, atol=0.05)


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


def test_each_part_has_the_noise_of_the_table(monkeypatch, blobs):
    """A third of epsilon each, for a change of 2, 2**11 d and 2**10 d."""
    rates = []

    def record(stream, rate, size):
        rates.append(rate)
        return np.zeros(size, dtype=np.int64)

    monkeypatch.setattr(_private_naive_bayes, "discrete_laplace", record)
    private(epsilon=0.75).fit(*blobs)
    expected = [Fraction(3, 4) / 3 / most for most in (2, 2**11 * 4, 2**10 * 4)]
    assert rates == expected


def test_noise_of_each_part(monkeypatch):
    """Two features at an epsilon of 2, as it comes out of 250 fits.

    Of 500 draws the mean of abs(x), about the scale, is within 20 % (4.5 standard
    errors); a tenth of the noise, or none on one of the parts, is far off.
    """
    noisy = []
    original = _private_naive_bayes._parameters
    monkeypatch.setattr(
        _private_naive_bayes,
        "_parameters",
        lambda *parts: noisy.append(parts) or original(*parts),
    )
    X, y = np.array([[1.0, -1.0], [0.0, 0.5]]), ["a", "b"]
    for seed in range(250):
        private(epsilon=2, bounds=(-1, 1), classes=["a", "b"], random_state=seed).fit(
            X, y
        )
    exact = 1, 2**10 * X, 2**10 * (X**2 - 1 / 2)
    for parts, part, most in zip(
        zip(*noisy, strict=True), exact, (2, 2 * 2**11, 2 * 2**10), strict=True
    ):
        noise = np.array(parts) - part
        assert_array_equal(noise, np.round(noise))
        q = np.exp(-(2 / 3) / most)
        assert np.abs(noise).mean() == pytest.approx(2 * q / (1 - q**2), rel=0.2)
        # Independent of each other: the first and the last entry.
        one, other = noise.reshape(250, -1)[:, [0, -1]].T
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.3


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
        (
            {"epsilon": 1e-4},
            r"'epsilon' parameter .* 0\.00037 .* Got 0\.0001 .* fewer than 4 features",
        ),
        ({"bounds": (-1e308, 1e308)}, "'bounds' parameter .* a finite width apart"),
        ({"bounds": (0, 5e-324)}, "'bounds' parameter .* a finite width apart"),
    ],
)
def test_errors(params, message, blobs):
    accountant = PrivacyAccountant()
    model = private(accountant=accountant, **params)
    with pytest.raises(ValueError, match=message):
        model.fit(*blobs)
    assert not [name for name in vars(model) if name.endswith("_")]
    assert accountant.spent_.epsilon == 0


@pytest.mark.parametrize("epsilon", [2, np.int64(2), np.float32(0.1), 1e300])
def test_epsilons_of_any_type_and_size(epsilon, blobs):
    """numpy's integers would overflow in the fractions that rates are made of."""
    fitted = private(epsilon=epsilon).fit(*blobs)
    assert type(fitted.epsilon_) is float
    same = private(epsilon=float(epsilon)).fit(*blobs)
    assert_array_equal(fitted.theta_, same.theta_)


def test_values_far_outside(blobs):
    """Clipped before anything is computed with them."""
    X, y = blobs
    X = np.where(X > 0, 1e300, -1e300)
    fitted = private(epsilon=1e9).fit(X, y)
    assert_array_equal(
        fitted.theta_, private(epsilon=1e9).fit(20 * np.sign(X), y).theta_
    )


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


def test_a_seed_warns(blobs):
    with pytest.warns(PrivacyLeakWarning, match="needs random_state=None"):
        private().fit(*blobs)


@pytest.mark.filterwarnings("error")
def test_declared_and_without_a_seed_nothing_warns(blobs):
    accountant = PrivacyAccountant(1)
    private(random_state=None, accountant=accountant).fit(*blobs)
    assert accountant.remaining_.epsilon == 0
