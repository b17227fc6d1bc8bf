"""Noise of second moments: its law, its share of epsilon, and its rounding."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import kstest, laplace, norm, wishart

from skmia.defenses.private import _moment_noise as noise
from skmia.utils._accounting import concentrated_noise_multiplier
from skmia.utils._secret_stream import SecretStream, secret_key


@pytest.fixture
def stream(global_random_seed):
    return SecretStream(secret_key(global_random_seed), b"test")


def test_far_normals(stream):
    """A Kolmogorov-Smirnov test, wrong for one seed in a million."""
    drawn = stream.far_normals((200, 25))
    assert drawn.shape == (200, 25)
    assert kstest(drawn.ravel(), norm.cdf).pvalue > 1e-6


@pytest.mark.parametrize(("word", "size"), [(2**64 - 1, 0), (0, 11.84)])
def test_ends_of_far_normals(word, size, monkeypatch, stream):
    monkeypatch.setattr(stream, "words", lambda shape: np.full(shape, word, np.uint64))
    assert np.abs(stream.far_normals(1))[0] == pytest.approx(size, abs=0.01)


def test_the_difference_of_wisharts(stream):
    """Laplace noise where there is one feature; elsewhere the law of scipy's Wishart.

    Kolmogorov-Smirnov tests, each wrong for one seed in a million.
    """
    drawn = [noise.wishart_difference(stream, 1)[0, 0] for _ in range(500)]
    assert kstest(drawn, laplace(scale=2).cdf).pvalue > 1e-6
    drawn = np.array([noise.wishart_difference(stream, 3) for _ in range(500)])
    one, other = wishart(4, np.eye(3)).rvs((2, 2000), random_state=0)
    for row, column in [(0, 0), (2, 2), (0, 1), (1, 2)]:
        law = (one - other)[:, row, column]
        assert kstest(drawn[:, row, column], law).pvalue > 1e-6
    assert (drawn == np.swapaxes(drawn, 1, 2)).all()
    # One Wishart alone, without a negative eigenvalue, tells what it was added to.
    assert (np.linalg.eigvalsh(drawn)[:, 0] < 0).mean() > 0.5


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 30.0])
@pytest.mark.parametrize("n_features", [1, 2, 6])
def test_what_wishart_noise_spends_is_epsilon(
    epsilon, n_features, stream, monkeypatch, global_random_seed
):
    """Noise for 63/64 of epsilon by the nuclear norm, and a mask for the rest.

    The standard error of a variance of 1000 numbers of kurtosis 6 at most is 7 %.
    """
    masks = []
    drawn = noise.discrete_laplace
    monkeypatch.setattr(
        noise,
        "discrete_laplace",
        lambda stream, rate, size: masks.append(rate) or drawn(stream, rate, size),
    )
    zero = np.zeros((n_features, n_features), dtype=np.int64)
    n_fits = 1000 // n_features
    noisy = [noise.with_wishart_noise(stream, zero, epsilon) for _ in range(n_fits)]
    diagonal = np.array(noisy)[:, np.arange(n_features), np.arange(n_features)]
    # Wishart of scale s: variances 2 (n_features + 1) s^2, and two of them. The density
    # exp(-trace / (2 s)) pays for a change of nuclear norm 2 (1 for one feature).
    scale = min(n_features, 2) / (2 * epsilon * 63 / 64)
    expected = 4 * (n_features + 1) * scale**2
    assert diagonal.var() == pytest.approx(expected, rel=0.4)
    n_numbers = n_features * (n_features + 1) // 2
    assert set(masks) == {Fraction(epsilon) / 64 / n_numbers}


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 30.0])
def test_wishart_noise_is_on_a_public_grid(epsilon, stream):
    zero = np.zeros((3, 3), dtype=np.int64)
    noisy = noise.with_wishart_noise(stream, zero, epsilon)
    # The scale is 1 / epsilon, or a little more; the step a power of 2 below.
    step = 2.0 ** np.floor(np.log2(64 / 63 / epsilon)) * 2**-24
    assert (noisy % step == 0).all()
    assert (noisy % (8 * step) != 0).any()


def test_gaussian_noise(stream):
    """Half the variance beside the diagonal: that of a rotated matrix is the same.

    Kolmogorov-Smirnov tests, each wrong for one seed in a million.
    """
    variances = noise.gaussian_variances(1.5, 1e-6)
    zero = np.zeros((30, 30), dtype=np.int64)
    drawn = noise.with_gaussian_noise(stream, zero, variances)
    assert (drawn == drawn.T).all()
    scale = 2**0.5 * concentrated_noise_multiplier(1.5, 1e-6)
    assert kstest(np.diag(drawn), norm(scale=scale).cdf).pvalue > 1e-6
    beside = drawn[np.triu_indices(30, 1)]
    assert kstest(beside, norm(scale=scale / 2**0.5).cdf).pvalue > 1e-6
