"""Penalty and noise of objective perturbation: known values, and what epsilon buys."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import gamma, kstest, norm, uniform
from slow_cases import slow

from skmia.defenses.private._objective_perturbation import (
    MAX_DELTA,
    VectorNoise,
    gamma_loss,
    gamma_rate,
    gaussian_loss,
    gaussian_scale,
    least_penalty,
    tail_quantile,
    tilt,
)
from skmia.utils._secret_stream import SecretStream, secret_key

SLOPES = np.linspace(0, 1, 100_001)


def determinant(penalty):
    return np.log1p(SLOPES * (1 - SLOPES) / penalty)


@pytest.mark.parametrize(
    ("epsilon", "penalty", "rate"),
    [
        (0.1, 9.875521, 0.046380),
        (0.5, 1, 0.178002),
        (0.5, 1.877603, 0.231291),
        (1, 1, 0.472822),
        (1, 0.880203, 0.461072),
        (3, 1 / 28, 0.596946),
        (3, 0.223814, 1.365561),
    ],
)
def test_known_rates(epsilon, penalty, rate):
    assert gamma_rate(epsilon, penalty) == pytest.approx(rate, abs=1e-6)


@pytest.mark.parametrize(("epsilon", "factor"), [(1e-3, 1), (1, 1.1), (1, 3), (8, 1)])
def test_a_strong_penalty_makes_the_determinant_free(epsilon, factor):
    assert gamma_rate(epsilon, factor * 2 / epsilon) == pytest.approx(epsilon / 2)
    assert gamma_rate(epsilon, 0.9 * 2 / epsilon) < epsilon / 2 * (1 - 1e-6)


@pytest.mark.parametrize("penalty", [1e-6, 1 / 28, 0.9, 2, 1e3])
@pytest.mark.parametrize("rate", [1e-4, 0.1, 1, 1.9999, 2, 5, 100])
def test_losses_are_largest_at_the_worst_slope(rate, penalty):
    """Beside the largest over a grid; between its points it rises by no more."""
    noise = rate * (1 + SLOPES)
    assert gamma_loss(rate, penalty) == pytest.approx(
        (noise + determinant(penalty)).max(), rel=1e-4
    )
    assert gamma_loss(rate, penalty) >= (noise + determinant(penalty)).max() - 1e-12
    both = noise**2 / 2 + 3 * noise + determinant(penalty)
    assert gaussian_loss(rate, 3, penalty) == pytest.approx(both.max(), rel=1e-4)
    assert gaussian_loss(rate, 3, penalty) >= both.max() * (1 - 1e-12)


@pytest.mark.parametrize(
    ("epsilon", "penalty", "scale"),
    [(1, 1, 9.8455), (1, 0.880203, 10.0884), (0.3, None, 33.04), (8, None, 1.4673)],
)
def test_known_scales(epsilon, penalty, scale):
    """Of a proof with no loss beyond epsilon but for an event of delta.

    What delta pays for is less than that, so the noise is smaller.
    """
    penalty = penalty or least_penalty(epsilon)
    loss = gaussian_loss(1 / scale, norm.isf(1e-5 / 4), penalty)
    assert loss == pytest.approx(epsilon, rel=1e-4)
    assert 0.7 * scale < gaussian_scale(epsilon, 1e-5, penalty) < 0.95 * scale


@pytest.mark.parametrize("delta", [1e-12, 1e-5, MAX_DELTA])
@pytest.mark.parametrize("slope", [1e-3, 0.2, 4])
def test_delta_pays_for_the_tail(delta, slope):
    quantile = tail_quantile(delta, slope)
    price, _ = quad(
        lambda t: 4 * norm.pdf(t) * -np.expm1(-slope * (t - quantile)),
        quantile,
        quantile + 10,
        epsabs=0,
    )
    if quantile > np.sqrt(3):
        assert price == pytest.approx(delta, rel=1e-6)
    else:
        assert price <= delta


@pytest.mark.parametrize("epsilon", [1e-9, 1e-3, 1, 100, 1e9])
@pytest.mark.parametrize("delta", [0, 1e-12, 1e-5, MAX_DELTA])
@pytest.mark.parametrize("stronger", [1, 1e6])
def test_epsilon_is_spent_and_not_exceeded(epsilon, delta, stronger):
    """To the last digits; with delta, of a difference that is as small as epsilon."""
    penalty = stronger * least_penalty(epsilon) or 1e-6
    rate = 1 / tilt(epsilon, delta, penalty).scale
    if delta:
        quantile = tail_quantile(delta, 2 * rate)
        loss = gaussian_loss(rate, quantile, penalty)
    else:
        loss = gamma_loss(rate, penalty)
    rounding = 1e-14 + (1e-14 / epsilon if delta else 0)
    assert loss == pytest.approx(epsilon, rel=rounding)


@pytest.mark.parametrize("least", [1e-4, 1 / 28, 1, 100])
@pytest.mark.parametrize(
    ("delta", "n_steps"), [(0, 1500), (1e-5, 40), *slow((1e-5, 200))]
)
def test_penalty_and_noise_never_grow_with_epsilon(delta, n_steps, least):
    chosen = []
    for epsilon in np.geomspace(1e-3, 20, n_steps):
        penalty = max(least, least_penalty(epsilon))
        chosen.append((penalty, tilt(epsilon, delta, penalty).scale))
    for (penalty, scale), (next_penalty, next_scale) in pairwise(chosen):
        assert next_penalty <= penalty
        assert next_scale < scale


def test_most_of_epsilon_is_left_to_the_noise():
    for epsilon in (1e-3, 0.1, 1, 8):
        share = gamma_rate(epsilon, least_penalty(epsilon)) / (epsilon / 2)
        assert 0.88 < share < 1


def drawn(noise, n_features, n_draws, seed):
    stream = SecretStream(secret_key(seed), b"noise")
    return np.array([noise.draw(stream, n_features) for _ in range(n_draws)])


def test_exponential_noise(global_random_seed):
    """Kolmogorov-Smirnov tests, each wrong for one seed in a million."""
    vectors = drawn(VectorNoise(2.5, gaussian=False), 3, 4000, global_random_seed)
    length = np.linalg.norm(vectors, axis=1)
    assert kstest(length, gamma(3, scale=2.5).cdf).pvalue > 1e-6
    # In three dimensions each coordinate of a random direction is uniform.
    for direction in (vectors / length[:, None]).T:
        assert kstest(direction, uniform(-1, 2).cdf).pvalue > 1e-6


def test_gaussian_noise(global_random_seed):
    vectors = drawn(VectorNoise(2.5, gaussian=True), 3, 4000, global_random_seed)
    assert kstest(vectors.ravel(), norm(scale=2.5).cdf).pvalue > 1e-6


@pytest.mark.parametrize("gaussian", [False, True])
@pytest.mark.parametrize("n_features", [1, 50])
def test_length_of_noise(gaussian, n_features, global_random_seed):
    """To its order: the square root of 2 is what one feature is off."""
    noise = VectorNoise(2.5, gaussian)
    vectors = drawn(noise, n_features, 2000, global_random_seed)
    typical = np.sqrt((vectors**2).sum(axis=1).mean())
    assert_allclose(noise.length(n_features), typical, rtol=0.4)
