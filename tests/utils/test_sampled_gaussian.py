"""Accounting of DP-SGD: against other accountants, integrals and other pairs."""

import dp_accounting
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opacus.accountants import PRVAccountant
from scipy.optimize import brentq
from scipy.stats import norm
from slow_cases import slow

from skmia.utils._accounting import spent_epsilon
from skmia.utils._sampled_gaussian import (
    replaced_delta,
    replaced_gaussian_epsilon,
    sampled_gaussian_epsilon,
    sampled_gaussian_multiplier,
)

DELTA = 1e-5
# Noise multiplier, rate and steps; epsilon by moments and by privacy losses.
KNOWN = {
    (1.0, 0.01, 1_000): (2.1014, 1.8282),
    (1.1, 256 / 60_000, 14_062): (2.5966, 2.3817),
    (4.0, 0.01, 10_000): (1.0355, 0.9470),
    (2.0, 0.05, 500): (2.7686, 2.5320),
    (5.0, 1.0, 1): (0.7945, 0.7255),
}
mechanisms = pytest.mark.parametrize("mechanism", KNOWN, ids=str)


def by_losses(noise_multiplier, rate, n_steps):
    step = dp_accounting.PoissonSampledDpEvent(
        rate, dp_accounting.GaussianDpEvent(noise_multiplier)
    )
    return spent_epsilon(dp_accounting.SelfComposedDpEvent(step, n_steps), DELTA)


@mechanisms
def test_moments_are_the_known_ones(mechanism):
    epsilon = sampled_gaussian_epsilon("rdp", *mechanism, DELTA)
    assert epsilon == pytest.approx(KNOWN[mechanism][0], abs=1e-3)


@mechanisms
def test_losses_are_the_known_ones(mechanism):
    assert by_losses(*mechanism) == pytest.approx(KNOWN[mechanism][1], abs=1e-3)


@mechanisms
def test_privacy_random_variables_end_just_above(mechanism):
    exact = by_losses(*mechanism)
    assert exact <= sampled_gaussian_epsilon("prv", *mechanism, DELTA) <= exact + 0.011


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Optimal order")
@pytest.mark.filterwarnings("ignore:divide by zero")
@mechanisms
def test_finer_privacy_random_variables_end_closer(mechanism):
    exact, finer = by_losses(*mechanism), PRVAccountant()
    finer.history = [mechanism]
    assert exact <= finer.get_epsilon(DELTA, eps_error=0.001) <= exact + 0.0013


@pytest.mark.parametrize("accounting", ["prv", "rdp"])
def test_without_noise_nothing_is_private(accounting):
    known = 0.0, 0.1, 10, DELTA
    assert sampled_gaussian_epsilon(accounting, *known) == np.inf
    assert replaced_gaussian_epsilon(*known) == np.inf


def test_a_delta_too_small_for_random_variables_is_left_to_moments():
    known = 1.0, 0.1, 10, 1e-17
    by_moments = sampled_gaussian_epsilon("rdp", *known)
    assert sampled_gaussian_epsilon("prv", *known) == by_moments


@pytest.mark.parametrize("accounting", [*slow("prv"), "rdp"])
@pytest.mark.parametrize("target", [2.0, *slow(0.3, 60.0)])
def test_noise_is_the_least_that_suffices(accounting, target):
    known = 0.05, 100, DELTA
    noise = sampled_gaussian_multiplier(accounting, target, *known)
    assert sampled_gaussian_epsilon(accounting, noise, *known) <= target
    # The search ends at a thousandth; another one is for rounding.
    assert sampled_gaussian_epsilon(accounting, noise / 1.002, *known) > target


def test_an_epsilon_that_no_noise_reaches_is_an_error():
    # Moments end at the order 1024: from there on, log(1 / delta) / 1023 is left.
    with pytest.raises(ValueError, match="Raise 'target_epsilon'"):
        sampled_gaussian_multiplier("rdp", 1e-4, 1.0, 10, DELTA)


@pytest.mark.parametrize("noise", [0.7, 2.0, 10.0])
def test_replaced_without_coins_is_a_gaussian_of_half_the_noise(noise):
    """The worst pair is then twice as far apart, which has a formula."""
    exact = dp_accounting.get_epsilon_gaussian(noise / 2, DELTA)
    found = replaced_gaussian_epsilon(noise, 1.0, 1, DELTA)
    assert exact <= found <= exact + 1e-6


@pytest.mark.slow
@mechanisms
def test_replaced_is_between_one_record_and_a_group_of_two(mechanism):
    """One removed and one added: 2 epsilon, and 1 + exp(epsilon) times the delta."""

    def surplus(log_delta):
        epsilon = sampled_gaussian_epsilon("prv", *mechanism, np.exp(log_delta))
        return np.logaddexp(0, epsilon) + log_delta - np.log(DELTA)

    least = np.exp(brentq(surplus, np.log(DELTA) - 8, np.log(DELTA), xtol=0.01))
    group = 2 * sampled_gaussian_epsilon("prv", *mechanism, least)
    replaced = replaced_gaussian_epsilon(*mechanism, DELTA)
    assert by_losses(*mechanism) < replaced < group


POINTS = np.linspace(-12, 12, 4_001)
WIDTH = POINTS[1] - POINTS[0]


def divergence(one, other, epsilon, cell):
    return np.maximum(one - np.exp(epsilon) * other, 0).sum() * cell


@given(
    noise=st.floats(0.4, 5),
    rate=st.floats(0.001, 1),
    epsilon=st.floats(-2, 4),
    shifts=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
)
def test_no_other_pair_on_a_line_is_worse(noise, rate, epsilon, shifts):
    def mixture(shift):
        return (1 - rate) * norm.pdf(POINTS) + rate * norm.pdf(POINTS - shift / noise)

    worst = replaced_delta(np.array([epsilon]), noise, rate)[0]
    # Sums over cells of 0.006, of densities with one kink: errors are far below 1e-5.
    turned = divergence(mixture(1), mixture(-1), epsilon, WIDTH)
    assert worst == pytest.approx(turned, abs=1e-5)
    assert divergence(*map(mixture, shifts), epsilon, WIDTH) <= worst + 1e-5


@given(
    noise=st.floats(0.4, 5),
    rate=st.floats(0.001, 1),
    epsilon=st.floats(-2, 4),
    angle=st.floats(0, np.pi),
)
def test_no_other_pair_in_a_plane_is_worse(noise, rate, epsilon, angle):
    points = POINTS[::20]
    across = norm.pdf(points)

    def mixture(x, y):
        drawn = np.outer(norm.pdf(points - x / noise), norm.pdf(points - y / noise))
        return (1 - rate) * np.outer(across, across) + rate * drawn

    pair = mixture(1, 0), mixture(np.cos(angle), np.sin(angle))
    worst = replaced_delta(np.array([epsilon]), noise, rate)[0]
    # Cells of 0.12: errors of some 1e-3 of the largest density times their number.
    found = divergence(*pair, epsilon, (20 * WIDTH) ** 2)
    assert found <= worst + 1e-3


@pytest.mark.parametrize(
    ("noise", "rate", "n_steps"), [*slow((0.7, 0.3, 3), (1.0, 0.02, 50)), (3.0, 0.9, 2)]
)
def test_more_noise_and_fewer_steps_cost_less(noise, rate, n_steps):
    def spent(noise, rate, n_steps):
        known = noise, rate, n_steps, DELTA
        return np.array(
            [sampled_gaussian_epsilon("rdp", *known), replaced_gaussian_epsilon(*known)]
        )

    base = spent(noise, rate, n_steps)
    assert (spent(1.1 * noise, rate, n_steps) < base).all()
    assert (base < spent(noise, 1.1 * rate, n_steps)).all()
    assert (base < spent(noise, rate, n_steps + 1)).all()
