"""Accounting of differential privacy against values computed elsewhere."""

import sys

import pytest
from dp_accounting import (
    GaussianDpEvent,
    PoissonSampledDpEvent,
    SelfComposedDpEvent,
    rdp,
)
from slow_cases import slow

from skmia.utils._accounting import (
    concentrated_epsilon,
    concentrated_noise_multiplier,
    gaussian_epsilon,
    gaussian_noise_multiplier,
    laplace_event,
    spent_epsilon,
)

DELTA = 1e-5


def sampled_gaussian(rate, sigma, steps):
    event = GaussianDpEvent(sigma)
    if rate < 1:
        event = PoissonSampledDpEvent(rate, event)
    return SelfComposedDpEvent(event, steps)


@pytest.mark.parametrize(
    ("rate", "sigma", "steps", "by_rdp", "by_pld"),
    [
        *slow(
            (0.01, 1.0, 1_000, 2.1014, 1.8282),
            (256 / 60_000, 1.1, 14_062, 2.5966, 2.3817),
            (0.01, 4.0, 10_000, 1.0355, 0.9470),
        ),
        (0.05, 2.0, 500, 2.7686, 2.5320),
        (1, 5.0, 1, 0.7945, 0.7255),
    ],
)
def test_sampled_gaussian(rate, sigma, steps, by_rdp, by_pld):
    event = sampled_gaussian(rate, sigma, steps)
    assert spent_epsilon(event, DELTA) == pytest.approx(by_pld, abs=5e-4)
    accountant = rdp.RdpAccountant()
    accountant.compose(event)
    assert accountant.get_epsilon(DELTA) == pytest.approx(by_rdp, abs=5e-4)
    assert spent_epsilon(event, DELTA) <= accountant.get_epsilon(DELTA)


def test_laplace_composed():
    """A hundred answers for 0.1 each cost far less than 10."""
    assert spent_epsilon(laplace_event(10, 100), DELTA) == pytest.approx(
        4.220, abs=1e-3
    )


def test_gaussian_noise_for_one_answer():
    """The analytic value; the classic rule asks for 4.8448."""
    sigma = gaussian_noise_multiplier(1, DELTA)
    assert sigma == pytest.approx(3.7306, abs=1e-4)
    assert gaussian_epsilon(sigma, DELTA) == pytest.approx(1, abs=1e-9)
    # Discretised losses are rounded up, by 1e-4 at most.
    assert spent_epsilon(GaussianDpEvent(sigma), DELTA) == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("count", [4, 20])
def test_gaussian_noise_for_many_answers(count):
    sigma = gaussian_noise_multiplier(2, DELTA, count)
    assert sigma == gaussian_noise_multiplier(2, DELTA) * count**0.5
    one_by_one = [GaussianDpEvent(sigma)] * count
    together = spent_epsilon(GaussianDpEvent(sigma / count**0.5), DELTA)
    assert together == pytest.approx(spent_epsilon(one_by_one, DELTA), abs=1e-3)
    assert together == pytest.approx(2, abs=2e-4)


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1, 3, 8])
def test_concentrated_noise_is_little_more_than_the_analytic(epsilon):
    noise = concentrated_noise_multiplier(epsilon, DELTA)
    assert 1.06 < noise / gaussian_noise_multiplier(epsilon, DELTA) < 1.11
    # All of it is needed, and it is enough: rho of Gaussian noise is half its square.
    assert concentrated_epsilon(0.5 / noise**2, DELTA) <= epsilon
    assert concentrated_epsilon(0.5 / (0.999 * noise) ** 2, DELTA) > epsilon
    assert concentrated_noise_multiplier(epsilon, DELTA, 9) == 3 * noise


@pytest.mark.parametrize("delta", [1e-9, 1e-5, 1e-2])
@pytest.mark.parametrize("epsilon", [1e-3, 0.01, 1e3, 1e7])
def test_orders_of_the_moments_suffice_for_any_epsilon(epsilon, delta):
    """With those of dp-accounting, up to 512, .01 may need a million times as much."""
    ratio = concentrated_noise_multiplier(epsilon, delta) / gaussian_noise_multiplier(
        epsilon, delta
    )
    assert 1 < ratio < 1.6


def test_spent_epsilon_moves_the_right_way():
    def epsilon(rate=0.01, sigma=2.0, steps=100, delta=DELTA):
        return spent_epsilon(sampled_gaussian(rate, sigma, steps), delta)

    middle = epsilon()
    assert epsilon(rate=0.02) > middle
    assert epsilon(sigma=3.0) < middle
    assert epsilon(steps=200) > middle
    assert epsilon(delta=1e-4) < middle
    # Not twice as much for twice the steps.
    assert epsilon(steps=200) < 2 * middle


@pytest.mark.parametrize(
    "call",
    [
        lambda: gaussian_epsilon(1.0, DELTA),
        lambda: laplace_event(1.0),
        lambda: spent_epsilon([], DELTA),
        lambda: gaussian_noise_multiplier(1, DELTA),
        lambda: concentrated_epsilon(0.1, DELTA),
        lambda: concentrated_noise_multiplier(0.123, DELTA),
    ],
)
def test_without_the_extra(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "dp_accounting", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'skmia\[dp\]'"):
        call()


def test_noise_multiplier_beyond_the_orders_of_the_moments():
    below, beyond = (concentrated_noise_multiplier(e, 1e-5) for e in (9.99e6, 1.001e7))
    # A closed form that is a little looser takes over.
    assert 0.99 * below < beyond < 1.01 * below
    assert 0 < concentrated_noise_multiplier(1e300, 1e-5) < 1e-100
