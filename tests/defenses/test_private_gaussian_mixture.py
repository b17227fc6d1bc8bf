"""Mixtures with differential privacy: what they learn, draw, say and refuse."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest
from sklearn.mixture import GaussianMixture

from skmia.defenses import PrivacyAccountant, PrivateGaussianMixture
from skmia.defenses.private._moment_noise import UNIT, gaussian_variances
from skmia.defenses.private._noisy_mixture import _PARTS, NoisyMoments
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning
from skmia.utils._secret_stream import SecretStream

pytest.importorskip("dp_accounting")
# Seeds make tests repeat; the warning has a test of its own.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of PrivateGaussianM:skmia.exceptions.PrivacyLeakWarning"
)
PLACES = np.array([[-2.0, -2.0], [2.0, 2.0], [-2.0, 2.0]])
BOUNDS = (-5, 5)


def private(n_components=1, **params):
    known = {"bounds": BOUNDS, "random_state": 0}
    return PrivateGaussianMixture(n_components, **(known | params))


def three_blobs(n, seed=0):
    rng = np.random.RandomState(seed)
    return PLACES[rng.randint(3, size=n)] + 0.5 * rng.normal(size=(n, 2))


def test_without_noise_one_component_is_the_moments():
    X = three_blobs(500)
    model = private(epsilon=1e12).fit(X)
    # A grid of 2**-14 on values of size 5 sqrt(2), and their squares.
    assert_allclose(model.means_[0], X.mean(axis=0), atol=2e-3)
    assert_allclose(model.covariances_[0], np.cov(X.T, bias=True), atol=2e-2)


def test_without_noise_it_is_expectation_maximization():
    X = three_blobs(2000)
    model = private(3, epsilon=1e12, max_iter=40).fit(X)
    other = GaussianMixture(3, random_state=0, tol=1e-9).fit(X)
    # Parts are rounded down by 2**-10 at most, of three components.
    own, theirs = (m.score_samples(three_blobs(2000, 1)).mean() for m in (model, other))
    assert own == pytest.approx(theirs, abs=0.01)
    order = [np.argsort(m.means_[:, 0] + 9 * m.means_[:, 1]) for m in (model, other)]
    assert_allclose(model.means_[order[0]], other.means_[order[1]], atol=0.02)
    assert_allclose(model.weights_[order[0]], other.weights_[order[1]], atol=0.01)


def test_many_records_are_enough():
    """Better than one Gaussian, whose mean is -4.05, and not far from -2.56."""
    X, fresh = three_blobs(20_000), three_blobs(2000, 1)
    means = [
        private(3, epsilon=5, random_state=seed).fit(X).score_samples(fresh).mean()
        for seed in range(5)
    ]
    assert np.median(means) > -3.1


@pytest.mark.parametrize("epsilon", [0.01, 1, 100])
def test_parameters_are_possible_whatever_the_noise(epsilon):
    X = three_blobs(50)
    for seed in range(10):
        model = private(4, epsilon=epsilon, min_scale=0.1, random_state=seed).fit(X)
        assert_allclose(model.weights_.sum(), 1)
        assert (model.weights_ > 0).all()
        # min_scale times the norm, sqrt(2), times half the width, 5.
        least = (0.1 * 2**0.5 * 5) ** 2
        values = np.linalg.eigvalsh(model.covariances_)
        assert (values >= least * (1 - 1e-9)).all()
        assert np.isfinite(model.score_samples(X)).all()


@given(seed=st.integers(0, 10**6))
def test_a_replaced_record_changes_the_sums_by_the_root_of_two(seed):
    """In exact integers, for parts and directions of any kind."""
    rng = np.random.RandomState(seed)
    Z = rng.normal(size=(2, 3))
    Z /= np.maximum(np.linalg.norm(Z, axis=1), 1)[:, None]
    shares = rng.dirichlet(np.full(4, rng.choice([0.01, 1.0])), size=2)
    parts = np.floor(shares * _PARTS).astype(np.int64)
    vectors = NoisyMoments(None, None, Z)._vectors
    assert (parts.sum(axis=1) <= _PARTS).all()
    sums = [
        [[int(r) * int(a) * int(b) for a in u for b in u] for r in part]
        for u, part in zip(vectors, parts, strict=True)
    ]
    squares = sum(
        (a - b) ** 2
        for one, other in zip(*sums, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    assert squares <= 2 * UNIT**2 * _PARTS**2


def test_the_noise_of_steps_is_that_of_their_number():
    one, six = (gaussian_variances(1, 1e-5, count)[0] for count in (1, 6))
    assert float(six / one) == pytest.approx(6, rel=1e-3)
    Z = np.zeros((10, 1))
    parts = np.full((10, 3000), 0)
    variances = tuple(Fraction(UNIT**2) * factor for factor in (9, Fraction(9, 2)))
    noisy = NoisyMoments(SecretStream(b"k" * 32, b""), variances, Z).of_parts(parts)
    assert noisy.shape == (3000, 2, 2)
    assert_array_equal(noisy, noisy.transpose(0, 2, 1))
    # Kolmogorov-Smirnov, wrong for one seed in a million.
    assert kstest(noisy[:, 0, 0] / 3, "norm").pvalue > 1e-6
    assert kstest(noisy[:, 0, 1] / 4.5**0.5, "norm").pvalue > 1e-6


def test_rows_have_the_density():
    model = private(3, epsilon=20).fit(three_blobs(3000))
    rows = model.sample(4000, random_state=0)
    assert_array_equal(rows, model.sample(4000, random_state=0))
    mean = model.weights_ @ model.means_
    about = model.means_ - mean
    covariance = np.einsum(
        "k,kij->ij",
        model.weights_,
        model.covariances_ + about[:, :, None] * about[:, None, :],
    )
    # Five standard errors.
    spread = np.sqrt(np.diag(covariance) / 4000)
    assert (np.abs(rows.mean(axis=0) - mean) < 5 * spread).all()
    assert_allclose(np.cov(rows.T), covariance, rtol=0.15, atol=0.3)
    other = GaussianMixture(3)
    other.weights_, other.means_ = model.weights_, model.means_
    other.precisions_cholesky_ = np.linalg.cholesky(np.linalg.inv(model.covariances_))
    assert_allclose(model.score_samples(rows), other.score_samples(rows))


def test_the_unit_changes_the_unit_only():
    """By powers of 2, so that the steps of the grid are the same."""
    X, factor, shift = three_blobs(200), np.array([0.25, 2**-20]), np.array([2.0, 0])
    one = private(2).fit(X)
    bounds = (-5 * factor + shift, 5 * factor + shift)
    other = private(2, bounds=bounds).fit(X * factor + shift)
    assert_allclose(other.means_, one.means_ * factor + shift, atol=1e-12)
    assert_allclose(
        other.score_samples(X * factor + shift),
        one.score_samples(X) - np.log(factor).sum(),
        rtol=1e-6,
    )


def test_long_records_are_shortened():
    X = three_blobs(200)
    near = X / np.maximum(np.linalg.norm(X, axis=1) / 2.5, 1)[:, None]
    one, other = (private(2, data_norm=0.5).fit(records) for records in (X, near))
    assert_allclose(one.means_, other.means_, atol=1e-3)


def test_a_length_of_which_no_record_is_a_part_costs_nothing():
    accountant = PrivacyAccountant(epsilon=1.5, delta=1e-4)
    with pytest.raises(ValueError, match="'data_norm' parameter"):
        private(2, data_norm=5e-324, accountant=accountant).fit(three_blobs(20))
    assert accountant.spent_.epsilon == 0
    assert np.isfinite(private(2, data_norm=1e-150).fit(three_blobs(20)).means_).all()


def test_it_is_paid_before():
    accountant = PrivacyAccountant(epsilon=1.5, delta=1e-4)
    model = private(2, accountant=accountant).fit(three_blobs(20))
    assert (model.epsilon_, model.delta_) == (1.0, 1e-5)
    model.sample(1000, random_state=0)
    with pytest.raises(PrivacyBudgetExceeded):
        model.fit(three_blobs(20))
    assert accountant.ledger()["what"].tolist() == ["PrivateGaussianMixture"]


def test_bounds_are_checked_before_it_is_paid():
    accountant = PrivacyAccountant()
    with pytest.raises(ValueError, match="must be declared"):
        private(bounds=None, accountant=accountant).fit(three_blobs(20))
    assert accountant.spent_.epsilon == 0


def test_a_seed_warns():
    with pytest.warns(PrivacyLeakWarning, match="random_state"):
        private().fit(three_blobs(20))
