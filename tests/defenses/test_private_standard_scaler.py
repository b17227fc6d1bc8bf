"""Standardising with differential privacy: what it learns, adds and refuses."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.stats import kstest, laplace
from sklearn.preprocessing import StandardScaler

from skmia.defenses import PrivacyAccountant, PrivateStandardScaler
from skmia.defenses.private import _private_standard_scaler
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning

# Seeds make tests repeat; the warning has a test of its own.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of PrivateStandardScaler:skmia.exceptions.PrivacyLeakWarning"
)
LOW, HIGH = np.array([0.0, -5.0, 1e3]), np.array([1.0, 5.0, 4e3])


def private(**params):
    known = {"bounds": (LOW, HIGH), "random_state": 0}
    return PrivateStandardScaler(**(known | params))


@pytest.fixture
def X(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    return LOW + (HIGH - LOW) * rng.beta(2, 5, size=(400, 3))


def test_without_noise_it_is_standardising(X):
    scaler = private(epsilon=1e12).fit(X)
    plain = StandardScaler().fit(X)
    # A value is rounded by half a step of half a width; its square by a step, as is the
    # square of the mean. The sum of squares is rounded by next to nothing.
    half, step = (HIGH - LOW) / 2, 2.0**-10
    assert (np.abs(scaler.mean_ - plain.mean_) <= half * step / 2).all()
    assert (np.abs(scaler.var_ - plain.var_) <= half**2 * 2.01 * step).all()
    assert_array_equal(scaler.scale_, scaler.var_**0.5)
    assert_allclose(scaler.transform(X), plain.transform(X), atol=0.05)
    assert_allclose(scaler.inverse_transform(scaler.transform(X)), X)


@pytest.mark.parametrize("epsilon", [1e-3, 1, 100])
def test_parameters_are_possible_whatever_the_noise(epsilon, X):
    width = HIGH - LOW
    for seed in range(20):
        scaler = private(epsilon=epsilon, min_scale=0.02, random_state=seed).fit(X)
        assert ((scaler.mean_ >= LOW) & (scaler.mean_ <= HIGH)).all()
        assert (scaler.scale_ >= 0.02 * width * (1 - 1e-12)).all()
        # No distribution between the bounds has more.
        assert (scaler.scale_ <= width / 2 * (1 + 1e-12)).all()


def test_noise_of_each_part(monkeypatch, global_random_seed):
    """Kolmogorov-Smirnov tests of 1000 draws, each wrong for one seed in a million.

    The noise is on integers, thousands of steps wide: the continuous law is as good.
    """
    noisy = []
    original = _private_standard_scaler._parameters
    monkeypatch.setattr(
        _private_standard_scaler,
        "_parameters",
        lambda *parts: noisy.append(parts[:2]) or original(*parts),
    )
    X = np.tile([[1.0], [0.0]], 50)
    for seed in range(20):
        private(
            epsilon=2, bounds=(-1, 1), random_state=1000 * global_random_seed + seed
        ).fit(X)
    sums, squares = map(np.ravel, zip(*noisy, strict=True))
    # 50 features: a replaced record changes sums by 100 and squares by 50, in units of
    # 1; half of an epsilon of 2 for each. In steps of 2**-10:
    assert kstest(sums - 1024, laplace(scale=100 * 1024).cdf).pvalue > 1e-6
    assert kstest(squares - 1024, laplace(scale=50 * 1024).cdf).pvalue > 1e-6


def test_what_is_spent_is_epsilon():
    for epsilon in (0.3, 1, 7.7):
        rates = _private_standard_scaler.noise_rates(epsilon, 5)
        most = _private_standard_scaler.sensitivities(5)
        spent = sum(r * m for r, m in zip(rates, most, strict=True))
        assert spent == Fraction(float(epsilon))
        # Of what is known: the exact shares.
        assert rates[0] == Fraction(float(epsilon)) / (2 * 2**11 * 5)


def test_the_unit_changes_the_unit_only(X):
    """By powers of 2, so that the steps of the grid are the same."""
    factor, shift = np.array([0.25, 8, 2**-20]), np.array([2.0, -32, 0])
    one = private().fit(X)
    bounds = (LOW * factor + shift, HIGH * factor + shift)
    other = private(bounds=bounds).fit(X * factor + shift)
    assert_allclose(other.mean_, one.mean_ * factor + shift, rtol=1e-12)
    assert_allclose(other.scale_, one.scale_ * factor, rtol=1e-12)
    assert_allclose(
        other.transform(X * factor + shift), one.transform(X), rtol=0, atol=1e-9
    )


def test_values_beyond_the_bounds_are_clipped(X):
    bounds = (LOW + 0.1 * (HIGH - LOW), HIGH)
    inside = np.clip(X, *bounds)
    one, other = private(bounds=bounds).fit(X), private(bounds=bounds).fit(inside)
    assert_array_equal(one.mean_, other.mean_)
    assert_array_equal(one.scale_, other.scale_)
    assert_array_equal(one.transform(X), other.transform(inside))


@pytest.mark.parametrize("clip", [None, 0.5, 3])
@pytest.mark.parametrize("epsilon", [0.1, 100])
def test_no_record_is_longer_than_data_norm(clip, epsilon, X):
    scaler = private(clip=clip, epsilon=epsilon).fit(X)
    signs = np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, -1).T
    lengths = np.linalg.norm(scaler.transform(1e9 * signs), axis=1)
    # One of the corners is the farthest.
    assert lengths.max() == pytest.approx(scaler.data_norm_)
    if clip:
        assert np.abs(scaler.transform(X)).max() <= clip
        assert scaler.data_norm_ <= clip * 3**0.5 * (1 + 1e-12)


@pytest.mark.parametrize("X", [[[2.0]], [[2.0], [2.0]], np.full((50, 1), 2.0)])
def test_constant_features_and_single_records(X):
    scaler = private(bounds=(-4, 4), epsilon=1e9, min_scale=0.1).fit(X)
    assert scaler.mean_ == pytest.approx(2)
    assert scaler.scale_ == pytest.approx(0.8)
    assert_allclose(scaler.transform(X), 0, atol=1e-9)


def test_the_accountant_is_asked_once_and_first(X):
    accountant = PrivacyAccountant(epsilon=1)
    scaler = private(epsilon=0.7, accountant=accountant).fit(X)
    assert accountant.ledger().to_numpy().tolist() == [
        ["PrivateStandardScaler", 0.7, 0.0]
    ]
    assert (scaler.epsilon_, scaler.delta_) == (0.7, 0.0)
    refused = private(epsilon=0.7, accountant=accountant)
    with pytest.raises(PrivacyBudgetExceeded, match="PrivateStandardScaler would make"):
        refused.fit(X)
    # What is wrong with the declaration is said before anything is paid.
    with pytest.raises(ValueError, match="must be declared"):
        private(epsilon=0.1, bounds=None, accountant=accountant).fit(X)
    scaler.transform(X)
    assert len(accountant.ledger()) == 1


def test_noise_is_new_in_every_fit(X):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        means = [private(random_state=None).fit(X).mean_ for _ in range(2)]
    assert (means[0] != means[1]).any()


@pytest.mark.filterwarnings("default:The noise of")
def test_a_seed_warns(X):
    with pytest.warns(PrivacyLeakWarning, match="The noise of PrivateStandardScaler"):
        private(random_state=0).fit(X)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bounds": None}, "'bounds' parameter of PrivateStandardScaler must be decl"),
        ({"bounds": (1, 1)}, "'bounds' parameter .* low < high"),
        ({"bounds": ([0, 0], [1, 1])}, "'bounds' parameter .* 3 .*features"),
        ({"epsilon": 0}, r"'epsilon' parameter .* range \(0.0, inf\). Got 0 instead"),
        ({"epsilon": 1e-5}, "'epsilon' .* at least about 0.00018 .* fewer than 3"),
        ({"min_scale": 0}, "'min_scale' parameter"),
        ({"clip": -1}, "'clip' parameter"),
    ],
)
def test_errors(params, message, X):
    accountant = PrivacyAccountant()
    scaler = private(accountant=accountant, **params)
    with pytest.raises(ValueError, match=message):
        scaler.fit(X)
    assert not [name for name in vars(scaler) if name.endswith("_")]
    assert accountant.spent_.epsilon == 0


def test_other_records_are_refused(X):
    with pytest.raises(ValueError, match="NaN"):
        private().fit(np.vstack([X, np.full(3, np.nan)]))
    with pytest.raises(TypeError, match="dense data is required"):
        private().fit(sparse.csr_array(X))
    with pytest.raises(TypeError, match="sample_weight"):
        private().fit(X, sample_weight=np.ones(400))


def test_bounds_next_to_nothing():
    X = np.array([[0.0], [1e-323], [5e-324]])
    model = PrivateStandardScaler(bounds=(0, 1e-323)).fit(X)
    assert np.isfinite(model.transform(X)).all()
