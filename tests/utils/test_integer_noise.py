"""Integer noise: the distributions themselves, not approximations of them."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chi2

from skmia.utils import _integer_noise
from skmia.utils._integer_noise import (
    LEAST_RATE,
    discrete_gaussian,
    discrete_laplace,
)
from skmia.utils._secret_stream import SecretStream, secret_key

# Keys are fixed: what passes once passes always.
UNLIKELY = 1e-3
# A rate that is wrong by 2 % adds about n * 0.02**2, 200 with a standard deviation of
# 30, to a chi-square statistic of at most 49 degrees of freedom.
N_DRAWS = 500_000


def stream(seed=0):
    return SecretStream(secret_key(seed), b"noise")


def fit_of(drawn, weight):
    """p-value of integers whose probability is proportional to `weight`, a function.

    Chi-square over at most 50 groups of neighbours, each of about the same probability:
    single integers near 0 where the noise is narrow.
    """
    x = np.arange(-20_000, 20_001)
    p = weight(np.abs(x.astype(float)))
    p /= p.sum()
    group = np.unique(np.floor((p.cumsum() - p / 2) * 50), return_inverse=True)[1]
    expected = len(drawn) * np.bincount(group, weights=p)
    counted = np.bincount(group[drawn - x[0]], minlength=len(expected))
    statistic = ((counted - expected) ** 2 / expected).sum()
    return chi2(len(expected) - 1).sf(statistic)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("rate", [0.05, 0.5, Fraction(2, 3), 1, 4])
def test_discrete_laplace(rate, seed):
    drawn = discrete_laplace(stream(seed), rate, 200_000)
    assert drawn.dtype == np.int64
    assert fit_of(drawn, lambda x: np.exp(-x * float(rate))) > UNLIKELY


@pytest.mark.parametrize("rate", [0.05, Fraction(2, 3)])
@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_a_rate_wrong_by_2_percent_is_noticed(rate, factor):
    drawn = discrete_laplace(stream(), float(rate) * factor, N_DRAWS)
    assert fit_of(drawn, lambda x: np.exp(-x * float(rate))) < 1e-7


def test_zero_comes_with_one_sign():
    """A broken copy that keeps -0 too has twice as many zeros, which is noticed."""
    drawn = discrete_laplace(stream(), Fraction(1, 2), 20_000)
    assert fit_of(drawn, lambda x: np.exp(-x / 2)) > UNLIKELY
    assert fit_of(drawn, lambda x: np.exp(-x / 2) * (1 + (x == 0))) < 1e-7


@pytest.mark.parametrize("rate", [LEAST_RATE, Fraction(1, 3 * 14 * 2**11)])
def test_wide_noise(rate):
    """No overflow, and the width is right: mean of abs(x) is 1 / rate, as is its sd.

    Of 100 000 draws the mean is within 1.5 % (4.7 standard errors of 0.32 %).
    """
    drawn = discrete_laplace(stream(), rate, 100_000)
    assert np.abs(drawn).mean() * float(rate) == pytest.approx(1, abs=0.015)
    assert abs(drawn.mean()) * float(rate) < 0.02
    # Steps of 1: half of them are odd, whatever the bits of the rate.
    assert (drawn % 2).mean() == pytest.approx(0.5, abs=0.008)


@pytest.mark.parametrize("rate", [100, 2**16 + 0.5, 1e18, 1e300, Fraction(10) ** 400])
def test_narrow_noise(rate):
    assert_array_equal(discrete_laplace(stream(), rate, (50, 2)), np.zeros((50, 2)))


@pytest.mark.parametrize(
    ("rate", "s", "q"),
    [
        (0.5, 65536, 17),
        (0.05, 104857, 21),
        (Fraction(1, 3 * 14 * 2**11), 99864, 33),
        (1, 65536, 16),
        (2**16, 65536, 0),
        (2**16 - 1, 2 * (2**16 - 1), 1),
        (LEAST_RATE, 65536, 42),
        (1e300, 2**62, 0),
    ],
)
def test_rates_as_ratios(rate, s, q):
    assert _integer_noise._as_ratio(rate) == (s, q)


@pytest.mark.parametrize("rate", [0, -1, 1e-300, LEAST_RATE * Fraction(999, 1000)])
def test_a_rate_that_is_too_small(rate):
    with pytest.raises(ValueError, match=r"at least 1\.49e-08"):
        discrete_laplace(stream(), rate, 3)


@pytest.mark.parametrize("variance", [0, -1, Fraction(-1, 3)])
def test_a_variance_that_is_too_small(variance):
    with pytest.raises(ValueError, match="variance above 0"):
        discrete_gaussian(stream(), variance, 3)


@pytest.mark.parametrize("variance", [0.25, Fraction(7, 3), 4, 1600])
def test_discrete_gaussian(variance):
    """A variance wrong by 15 % is noticed; 20 000 draws tell it to 1 %."""
    drawn = discrete_gaussian(stream(), variance, 20_000)
    assert drawn.dtype == object
    assert {type(x) for x in drawn} == {int}
    drawn = drawn.astype(int)
    for factor, fits in [(1, True), (0.85, False), (1.15, False)]:
        p = fit_of(drawn, lambda x, v=factor * float(variance): np.exp(-(x**2) / 2 / v))
        assert p > UNLIKELY if fits else p < 1e-7


def test_gaussian_beyond_64_bits():
    """Integers of any size: the variance of 500 draws is within 30 %, 4.7 errors."""
    drawn = discrete_gaussian(stream(), Fraction(2) ** 200, 500)
    scaled = np.array([float(x / Fraction(2) ** 100) for x in drawn])
    assert np.mean(scaled**2) == pytest.approx(1, abs=0.3)
    assert len({x % 1000 for x in drawn}) > 300


@pytest.mark.parametrize("draw", [discrete_laplace, discrete_gaussian])
@pytest.mark.parametrize("size", [0, 5, (2, 3), (2, 0)])
def test_shapes(draw, size):
    shape = (size,) if isinstance(size, int) else size
    assert draw(stream(), Fraction(1, 2), size).shape == shape


def test_draws_depend_on_the_stream_only():
    one, again, other = (discrete_laplace(stream(i), 0.1, 500) for i in (0, 0, 1))
    assert_array_equal(one, again)
    assert (one != other).any()
    # The next ones of a stream are others.
    same = stream()
    assert (discrete_laplace(same, 0.1, 500) != discrete_laplace(same, 0.1, 500)).any()
