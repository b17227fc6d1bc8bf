"""Accounting of DP-SGD: Gaussian noise on sums over records drawn by coins.

With noise of standard deviation 1, a step of which one record can change the sum by
``c = 1 / noise_multiplier`` answers ``N(0, 1)`` where the record is not drawn and
``N(c, 1)`` where it is, with probability q. Add-or-remove compares that mixture with
``N(0, 1)``: Opacus has it. Replace-one compares it with the mixture of another record.
"""

import warnings
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

ACCOUNTINGS = ("prv", "rdp")
# Orders of the moments: those of Opacus, and larger ones for small epsilons. Beyond
# 1029 its binomial coefficients overflow.
_ORDERS = [1 + x / 10 for x in range(1, 100)]
_ORDERS += [*range(12, 64), 128, 256, 512, 1024]
# Beyond this, the other accountant needs gigabytes, for an epsilon that says nothing.
_MOMENTS_ONLY = 50.0
# Logarithms of noise multipliers: steps of the search, its end, its precision.
_STEP, _MOST, _CLOSE = 0.3, 14.0, 5e-4
# Of one step, in standard deviations; the mass beyond is 1e-20, and counted.
_FAR, _INTERVALS = 9.3, 1e5


@lru_cache  # a search, which fits with the same parameters, repeats
def sampled_gaussian_epsilon(accounting, noise_multiplier, rate, n_steps, delta):
    """Epsilon for one record more or less, by Opacus.

    Parameters
    ----------
    accounting : {"prv", "rdp"}
        Privacy random variables (an upper end, 0.01 above the estimate), or moments.
    noise_multiplier : float
        Standard deviation of the noise, in units of the largest change.
    rate : float
        Probability, in (0, 1], with which a record is drawn for a step.
    n_steps : int
    delta : float

    Returns
    -------
    epsilon : float
        inf without noise.
    """
    from opacus.accountants import PRVAccountant, RDPAccountant

    if noise_multiplier == 0:
        return np.inf
    history = [(noise_multiplier, rate, n_steps)]
    moments = RDPAccountant()
    moments.history = history
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # That the best order is the last one: its epsilon is one all the same.
        warnings.filterwarnings("ignore", "Optimal order", UserWarning)
        epsilon = float(moments.get_epsilon(delta, alphas=_ORDERS))
        if accounting == "rdp" or not epsilon <= _MOMENTS_ONLY:
            return epsilon
        variables = PRVAccountant()
        variables.history = history
        try:
            return min(epsilon, float(variables.get_epsilon(delta)))
        except (RuntimeError, ValueError):
            return epsilon  # a delta beyond its precision


@lru_cache
def sampled_gaussian_multiplier(accounting, epsilon, rate, n_steps, delta):
    """Least noise, to a thousandth, whose epsilon is not above this one.

    Parameters
    ----------
    accounting : {"prv", "rdp"}
    epsilon : float
        For one record more or less.
    rate, n_steps, delta
        As of :func:`sampled_gaussian_epsilon`.

    Returns
    -------
    noise_multiplier : float
    """

    def surplus(log_multiplier):
        known = float(np.exp(log_multiplier)), rate, n_steps, delta
        return np.log(sampled_gaussian_epsilon(accounting, *known) / epsilon)

    if accounting == "prv":
        # Never more noise than by moments, which are cheap.
        known = epsilon, rate, n_steps, delta
        most = np.log(sampled_gaussian_multiplier("rdp", *known))
    else:
        most = 0.0
    while surplus(most) > 0:
        most += _STEP
        if most > _MOST:
            raise ValueError(
                f"No noise that can be accounted for gives an epsilon of {epsilon!r} "
                f"in {n_steps} steps. Raise 'target_epsilon' or 'delta'."
            )
    least = most - _STEP
    while surplus(least) <= 0:
        most, least = least, least - _STEP
    found = brentq(surplus, least, most, xtol=_CLOSE)
    while surplus(found) > 0:
        found += _CLOSE
    return float(np.exp(found))


@lru_cache
def replaced_gaussian_epsilon(noise_multiplier, rate, n_steps, delta):
    """Epsilon for a record that is replaced by any other, by dp-accounting.

    The least there is, from above: losses are rounded up to a fine grid.

    The worst case is a record whose gradient is turned round: the mixture of ``N(0)``
    and ``N(c)`` beside that of ``N(0)`` and ``N(-c)``. For any set S and the chance a
    that N(0) lies in it, shifts of length c at most give chances between
    ``Phi(Phi^-1(a) - c)`` and ``Phi(Phi^-1(a) + c)`` (Neyman and Pearson); a half space
    across these two attains both ends at once. So no other two records have a larger
    ``P(S) - exp(epsilon) * Q(S)``, at any epsilon, and steps compose by that pair. What
    else is drawn is common to both: the divergence of mixtures is at most the largest.

    Parameters
    ----------
    noise_multiplier, rate, n_steps, delta
        As of :func:`sampled_gaussian_epsilon`.

    Returns
    -------
    epsilon : float
        inf without noise, and with so little that it cannot be accounted for.
    """
    from dp_accounting.pld import pld_pmf
    from dp_accounting.pld.privacy_loss_distribution import PrivacyLossDistribution

    if noise_multiplier == 0:
        return np.inf
    most = replaced_loss(_FAR + 1 / noise_multiplier, noise_multiplier, rate)
    interval, end = most / _INTERVALS, int(_INTERVALS)
    deltas = replaced_delta(np.arange(-end, end + 1) * interval, noise_multiplier, rate)
    # Rounding must not make it rise.
    deltas = np.maximum.accumulate(deltas[::-1])[::-1]
    try:
        step = pld_pmf.create_pmf_pessimistic_connect_dots_fixed_gap(
            interval, -end, end, deltas
        )
    except OverflowError:
        return np.inf
    steps = PrivacyLossDistribution(step).self_compose(n_steps)
    return float(steps.get_epsilon_for_delta(delta))


def replaced_loss(x, noise_multiplier, rate):
    """Logarithm of the ratio of the two densities at an answer; odd and increasing."""
    c = 1 / noise_multiplier
    with np.errstate(divide="ignore"):
        rest, drawn = np.log1p(-rate), np.log(rate) - c**2 / 2
    return np.logaddexp(rest, drawn + c * x) - np.logaddexp(rest, drawn - c * x)


def replaced_delta(epsilon, noise_multiplier, rate):
    """Least delta of one step at these epsilons, which may be negative."""
    c = 1 / noise_multiplier
    with np.errstate(divide="ignore"):
        left, drawn = np.log1p(-rate), np.log(rate)
        # The loss is epsilon where sinh(c x - epsilon / 2) is this times the sign.
        size = left - drawn + c**2 / 2 + _log_sinh(np.abs(epsilon) / 2)
    cut = (epsilon / 2 + np.sign(epsilon) * _arcsinh_of_exp(size)) / c
    rest = left + norm.logsf(cut)
    one = np.logaddexp(rest, drawn + norm.logsf(cut - c))
    other = np.logaddexp(rest, drawn + norm.logsf(cut + c))
    return np.clip(np.exp(one) - np.exp(epsilon + other), 0, 1)


def _log_sinh(x):
    """Logarithm of sinh for x from 0 on, where x may be large."""
    return x + np.log(-np.expm1(-2 * x) / 2)


def _arcsinh_of_exp(x):
    """arcsinh(exp(x)), where exp(x) may be too large for a float."""
    return np.where(x > 20, x + np.log(2), np.arcsinh(np.exp(np.minimum(x, 20))))
