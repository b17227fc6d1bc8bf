"""Accounting of differential privacy: thin calls of dp-accounting (extra: dp)."""

from functools import lru_cache

import numpy as np

# Orders of the moments, close enough for epsilons from 1e-4 to 1e7: those of
# dp-accounting end at 512, where small epsilons would need more noise than there is.
_ORDERS = 1 + np.geomspace(1e-4, 1e7, 400)
_LARGEST_EPSILON = 1e7


def _dp_accounting():
    try:
        import dp_accounting
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "Accounting of differential privacy needs dp-accounting. Install the "
            "extra: pip install 'skmia[dp]'."
        ) from None
    return dp_accounting


def spent_epsilon(event, delta):
    """Epsilon of an event (or a list of events, composed) at a given delta.

    By privacy loss distributions, the tightest of the accountants.

    Parameters
    ----------
    event : dp_accounting.DpEvent or list of them
    delta : float
        In (0, 1).

    Returns
    -------
    epsilon : float
    """
    _dp_accounting()
    from dp_accounting import pld

    accountant = pld.PLDAccountant()
    for one in event if isinstance(event, list) else [event]:
        accountant.compose(one)
    return accountant.get_epsilon(delta)


def gaussian_noise_multiplier(epsilon, delta, count=1):
    """Least Gaussian noise, in units of the sensitivity, for `count` answers.

    Parameters
    ----------
    epsilon, delta : float
        What all answers together may spend; `delta` in (0, 1).
    count : int, default=1
        Answers.

    Returns
    -------
    noise_multiplier : float
    """
    return _dp_accounting().get_sigma_gaussian(epsilon, delta) * count**0.5


def gaussian_epsilon(noise_multiplier, delta):
    """Epsilon of one answer with Gaussian noise, exactly, however little the noise."""
    return _dp_accounting().get_epsilon_gaussian(noise_multiplier, delta)


@lru_cache
def sampled_gaussian_spent(noise_multiplier, rate, n_steps, delta):
    """Epsilon of sums with Gaussian noise over who is drawn by coins.

    For one more or less of those who may be drawn; see
    `skmia.utils._sampled_gaussian.replaced_gaussian_epsilon` for one replaced.

    Parameters
    ----------
    noise_multiplier : float
        Standard deviation of the noise, in units of the largest change.
    rate : float
        Probability, in (0, 1], with which one is drawn for a step.
    n_steps : int
    delta : float

    Returns
    -------
    epsilon : float
        inf without noise.
    """
    if not noise_multiplier:
        return np.inf
    dp = _dp_accounting()
    step = dp.PoissonSampledDpEvent(rate, dp.GaussianDpEvent(noise_multiplier))
    return float(spent_epsilon(dp.SelfComposedDpEvent(step, n_steps), delta))


def laplace_event(noise_multiplier, count=1):
    """`count` answers with Laplace noise of `noise_multiplier` times the sensitivity.

    The multiplier is that of the scale, not of the standard deviation.
    """
    dp = _dp_accounting()
    return dp.SelfComposedDpEvent(dp.LaplaceDpEvent(noise_multiplier), count)


def concentrated_epsilon(rho, delta):
    """Epsilon at a given delta of `rho`-zero-concentrated differential privacy."""
    dp = _dp_accounting()
    return _moments().compose(dp.ZCDpEvent(rho)).get_epsilon(delta)


@lru_cache  # a search, which fits with the same parameters repeat
def concentrated_noise_multiplier(epsilon, delta, count=1):
    """Noise, in units of the sensitivity, for `count` answers, accounted by moments.

    Integer Gaussian noise is concentrated as the continuous one is, but has not its
    exact profile: this asks for 6 to 11 % more than `gaussian_noise_multiplier` at
    usual epsilons and a delta of 1e-5.

    Parameters
    ----------
    epsilon, delta : float
        What all answers together may spend; `delta` in (0, 1).
    count : int, default=1
        Answers.

    Returns
    -------
    noise_multiplier : float
    """
    dp = _dp_accounting()
    if epsilon > _LARGEST_EPSILON:
        # Beyond the orders: Bun and Steinke, rho + 2 sqrt(rho log(1 / delta)).
        tail = -np.log(delta)
        root = epsilon / (np.sqrt(tail + epsilon) + np.sqrt(tail))
        return float((count / 2) ** 0.5 / root)
    least = gaussian_noise_multiplier(epsilon, delta)
    return count**0.5 * dp.calibrate_dp_mechanism(
        _moments,
        dp.GaussianDpEvent,
        epsilon,
        delta,
        dp.LowerEndpointAndGuess(least, 2 * least),
        tol=1e-6 * least,
    )


def _moments():
    from dp_accounting import rdp

    return rdp.RdpAccountant(_ORDERS)
