"""Auditing in one run, of an algorithm that is taken to have Gaussian noise."""

from __future__ import annotations

from numbers import Real

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import betaincinv, expit, ndtr, ndtri

from skmia.metrics._validation import check_fraction
from skmia.metrics.epsilon._guesses import check_guesses, largest_refuted
from skmia.utils._accounting import gaussian_epsilon

# Ranks of which the order statistics are computed; those beyond are no easier to guess.
_MOST_RANKS = 2000
_N_QUANTILES = 64
_LOSSES = 10_000


def f_dp_one_run_epsilon(
    n_correct: int,
    n_guesses: int,
    n_canaries: int,
    *,
    alpha: float = 0.05,
    delta: float,
) -> float:
    """Epsilon from right guesses about records of one model, if it is Gaussian.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_correct : int
        Guesses that were right.
    n_guesses : int
        Records that were guessed to be in or out, a number that was fixed before.
    n_canaries : int
        Records of which each was in by a fair coin.
    alpha : float in (0, 0.5], default=0.05
        Probability, at most, that Gaussian noise of less privacy shows so many.
    delta : float
        In (0, 1). Epsilon is that of the Gaussian mechanism at this delta.

    Returns
    -------
    epsilon : float
        At least 0.

    Raises
    ------
    ValueError
        The input is not as described.
    ModuleNotFoundError
        The extra ``dp`` is not installed.

    See Also
    --------
    one_run_epsilon : Without an assumption about the noise.
    gaussian_one_run_epsilon : By the order of the guesses.

    Notes
    -----
    Level: observations. **Valid if** the trade-off between the two errors of any attack
    is that of Gaussian noise. Otherwise an **estimate**, to be called "epsilon if
    Gaussian". The recursion bounds the probability of i right guesses by that of more.

    References
    ----------
    S. Mahloujifar, L. Melis, K. Chaudhuri, "Auditing f-Differential Privacy in One
    Run", ICML 2025, :arxiv:`2410.22235`.

    Examples
    --------
    >>> from skmia.metrics import f_dp_one_run_epsilon
    >>> round(f_dp_one_run_epsilon(95, 100, 1000, delta=1e-5), 2)
    3.32
    """
    guesses, alpha, delta = _check(
        "f_dp_one_run_epsilon", n_correct, n_guesses, n_canaries, alpha, delta
    )
    return _epsilon(lambda mu: _f_dp_refutes(guesses, mu, alpha), delta)


def gaussian_one_run_epsilon(
    n_correct: int,
    n_guesses: int,
    n_canaries: int,
    *,
    alpha: float = 0.05,
    delta: float,
) -> float:
    """Epsilon from right guesses about the most telling records, if it is Gaussian.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_correct : int
        Guesses that were right.
    n_guesses : int
        Records that were guessed to be in or out, those with the most telling scores.
    n_canaries : int
        Records of which each was in by a fair coin.
    alpha : float in (0, 0.5], default=0.05
        Probability, about, that Gaussian noise of less privacy shows so many.
    delta : float
        In (0, 1). Epsilon is that of the Gaussian mechanism at this delta.

    Returns
    -------
    epsilon : float
        At least 0.

    Raises
    ------
    ValueError
        The input is not as described.
    ModuleNotFoundError
        The extra ``dp`` is not installed.

    See Also
    --------
    f_dp_one_run_epsilon : With a proof for all algorithms that are as private.

    Notes
    -----
    Level: observations. **Estimate**, to be called "epsilon if Gaussian": every canary
    is taken to have noise of its own, and the guesses to be about those whose privacy
    loss is largest. The k-th largest loss is not guessed wrong less often than the mean
    of its order statistic says; the number of wrong guesses is then bounded by
    Chernoff.

    References
    ----------
    Z. Xiang, T. Wang, H. Xiao, Y. Tian, D. Wang, "Tight Privacy Audit in One Run",
    2025, :arxiv:`2509.08704`.

    Examples
    --------
    >>> from skmia.metrics import gaussian_one_run_epsilon
    >>> round(gaussian_one_run_epsilon(95, 100, 1000, delta=1e-5), 2)
    3.84
    """
    guesses, alpha, delta = _check(
        "gaussian_one_run_epsilon", n_correct, n_guesses, n_canaries, alpha, delta
    )
    places = _places(guesses)
    return _epsilon(lambda mu: _chernoff(guesses, places, mu) < np.log(alpha), delta)


def _check(caller, n_correct, n_guesses, n_canaries, alpha, delta):
    guesses = check_guesses(
        caller, n_correct=n_correct, n_guesses=n_guesses, n_canaries=n_canaries
    )
    if not (isinstance(delta, Real) and 0 < delta < 1):
        raise ValueError(
            f"The 'delta' parameter of {caller} must be a float in (0, 1): Gaussian "
            f"noise has no epsilon at 0. Got {delta!r} instead."
        )
    return guesses, check_fraction(caller, "alpha", alpha), float(delta)


def _epsilon(refutes, delta):
    """Epsilon of the largest mean of unit noise that is refuted."""
    mu = largest_refuted(refutes)
    return float(gaussian_epsilon(1 / mu, delta)) if mu else 0.0


def _f_dp_refutes(guesses, mu, alpha):
    """Whether so many right guesses have a probability below alpha."""
    correct, n, m = guesses
    if n == 0:
        return False
    right, wrong = alpha * correct / m, alpha * (n - correct) / m
    for i in reversed(range(correct)):
        more = max(wrong, ndtr(ndtri(right) - mu))
        if more == wrong:
            break
        right = min(right + i / (n - i) * (more - wrong), 1)
        wrong = more
    return right + wrong > n / m


def _places(guesses):
    """Places of the guessed records among all, from the most telling: quantiles."""
    rank = np.minimum(np.arange(1, guesses.n_guesses + 1), _MOST_RANKS)
    # Left ends, so that no guess is taken to be harder than it is.
    quantiles = np.arange(_N_QUANTILES) / _N_QUANTILES
    rank, times = np.unique(rank, return_counts=True)
    places = betaincinv(
        rank[:, None], guesses.n_canaries - rank[:, None] + 1, quantiles
    )
    return places, times


def _chernoff(guesses, places, mu):
    """Logarithm of a bound on the probability of so few wrong guesses, or fewer."""
    place, times = places
    wrong = _wrong_at(mu, place).mean(axis=1)
    n_wrong = guesses.n_guesses - guesses.n_correct
    if n_wrong == 0:
        return times @ np.log1p(-wrong)

    def log_bound(rate):
        return rate * n_wrong + times @ np.log1p(wrong * np.expm1(-rate))

    return min(minimize_scalar(log_bound, bounds=(0, 50), method="bounded").fun, 0.0)


def _wrong_at(mu, place):
    """How often the best guess is wrong at a quantile of the privacy loss."""
    z = np.linspace(-6, mu + 6, _LOSSES)
    density = np.exp(-(z**2) / 2) + np.exp(-((z - mu) ** 2) / 2)
    loss = np.abs(mu * (z - mu / 2))
    order = np.argsort(-loss)
    above = np.cumsum(density[order])
    return np.interp(place, above / above[-1], expit(-loss[order]))
