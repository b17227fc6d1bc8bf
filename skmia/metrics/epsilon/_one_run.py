"""Auditing in one run, by counting right guesses about canaries."""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from scipy.stats import binom

from skmia.metrics._validation import check_fraction
from skmia.metrics.bounds._bounds import check_probability
from skmia.metrics.epsilon._guesses import check_guesses, largest_refuted


def one_run_epsilon(
    n_correct: int,
    n_guesses: int,
    n_canaries: int,
    *,
    alpha: float = 0.05,
    delta: float = 0.0,
) -> float:
    """Lower bound of epsilon from right guesses about records of one model.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_correct : int
        Guesses that were right.
    n_guesses : int
        Records that were guessed to be in or out: so many of the highest scores, so
        many of the lowest. The two numbers are fixed before the scores are seen.
    n_canaries : int
        Records of which each was in by a fair coin.
    alpha : float in (0, 0.5], default=0.05
        Probability, at most, that the bound is above the true epsilon.
    delta : float, default=0.0
        The delta of the guarantee that is put to the test.

    Returns
    -------
    epsilon : float
        At least 0. Perfect guesses show ``-log(alpha ** (-1 / n_guesses) - 1)``.

    Raises
    ------
    ValueError
        The input is not as described.

    See Also
    --------
    epsilon_lower_bound : Without a number of guesses to be fixed.
    f_dp_one_run_epsilon : If the algorithm has Gaussian noise.

    Notes
    -----
    Level: observations. **Valid** for coins; neighbours have one record more or less.
    Where several numbers of guesses are tried, each is to be tested at its part of
    `alpha`. The right guesses are at most as many as those of a coin that is right with
    odds ``exp(epsilon)``, but for ``2 * n_canaries * delta`` times the largest
    ``P(v - i <= B < v) / i``.

    References
    ----------
    T. Steinke, M. Nasr, M. Jagielski, "Privacy Auditing with One (1) Training Run",
    NeurIPS 2023, :arxiv:`2305.08846`.

    Examples
    --------
    >>> from skmia.metrics import one_run_epsilon
    >>> round(one_run_epsilon(95, 100, 1000), 4)
    2.1724
    """
    caller = "one_run_epsilon"
    alpha = check_fraction(caller, "alpha", alpha)
    delta = check_probability(caller, "delta", delta)
    guesses = check_guesses(
        caller, n_correct=n_correct, n_guesses=n_guesses, n_canaries=n_canaries
    )
    return largest_refuted(lambda epsilon: _p_value(guesses, epsilon, delta) < alpha)


def _p_value(guesses, epsilon, delta):
    """Largest probability of so many right guesses, or more."""
    n, right = guesses.n_correct, binom(guesses.n_guesses, expit(epsilon))
    below = np.cumsum(right.pmf(np.arange(n - 1, -1, -1)))
    worst = (below / np.arange(1, n + 1)).max(initial=0.0)
    return right.sf(n - 1) + 2 * guesses.n_canaries * delta * worst
