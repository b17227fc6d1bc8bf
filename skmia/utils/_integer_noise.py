"""Integer noise drawn exactly: no digit of it depends on what it is added to.

The samplers of Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential
Privacy", NeurIPS 2020, :arxiv:`2004.00010`, on a `SecretStream`. They compare integers
only; nothing is rounded but a rate, and that towards more noise.
"""

from fractions import Fraction
from math import isqrt

import numpy as np

# A rate s / 2**q has at least 17 bits, so rounding it down costs less than 2**-16 of
# it. With q up to 42 a number leaves 63 bits only after two million unlikely events in
# a row.
_RATE_BITS = 16
_MAX_Q = 42
LEAST_RATE = Fraction(2) ** (_RATE_BITS - _MAX_Q)
# So that s is an int64. No such rate lets any noise through anyway.
_LARGEST_S = 2**62


def discrete_laplace(stream, rate, size):
    """Integers x with probability proportional to ``exp(-abs(x) * rate)``.

    Parameters
    ----------
    stream : SecretStream
    rate : Fraction or float
        Epsilon divided by the sensitivity, at least `LEAST_RATE`. It is taken exactly,
        and rounded down by at most a part in 2**16.
    size : int or tuple of int

    Returns
    -------
    noise : ndarray of int64 of shape `size`

    Raises
    ------
    ValueError
        The rate is too small. Estimators say so before, in the words of their users.
    """
    s, q = _as_ratio(rate)
    n_left = int(np.prod(size))
    parts = []
    while n_left:
        drawn = _laplace_candidates(stream, s, q, n_left)
        parts.append(drawn)
        n_left -= len(drawn)
    return np.concatenate([*parts, np.empty(0, dtype=np.int64)]).reshape(size)


def discrete_gaussian(stream, variance, size):
    """Integers x with probability proportional to ``exp(-x**2 / (2 * variance))``.

    Parameters
    ----------
    stream : SecretStream
    variance : Fraction or float
        Taken exactly. The variance of the noise is at most this.
    size : int or tuple of int

    Returns
    -------
    noise : ndarray of object (Python integers of any size), of shape `size`

    Notes
    -----
    One by one, about 20 microseconds each.
    """
    variance = Fraction(variance)
    if variance <= 0:
        raise ValueError(
            f"Integer noise needs a variance above 0. Got {variance} instead."
        )
    drawn = [_gaussian_int(stream, variance) for _ in range(int(np.prod(size)))]
    noise = np.empty(len(drawn), dtype=object)
    noise[:] = drawn
    return noise.reshape(size)


def _as_ratio(rate):
    """Integers s and q with ``s / 2**q`` just below the rate."""
    rate = Fraction(rate)
    if rate < LEAST_RATE:
        raise ValueError(
            f"Integer noise needs a rate of at least {float(LEAST_RATE):.3g}. Got "
            f"{float(rate):.3g} instead."
        )
    exponent = rate.numerator.bit_length() - rate.denominator.bit_length()
    if Fraction(2) ** exponent > rate:
        exponent -= 1  # the floor of the logarithm
    q = max(0, _RATE_BITS - exponent)
    return min(rate.numerator * 2**q // rate.denominator, _LARGEST_S), q


def _laplace_candidates(stream, s, q, n):
    """At most `n` draws: those of `n` rounds that were not rejected."""
    t = 1 << q
    u = stream.below(t, n)
    u = u[_accept_exp(stream, u, q)]
    v = _runs(stream, len(u))
    y = (u + t * v) // s
    negative = stream.below(2, len(y)).astype(bool)
    # Zero would come with both signs.
    kept = ~(negative & (y == 0))
    return np.where(negative, -y, y)[kept]


def _accept_exp(stream, u, q):
    """For each integer, True with probability ``exp(-u / 2**q)``; u at most 2**q."""
    accepted = np.empty(len(u), dtype=bool)
    active, k = np.arange(len(u)), 1
    while len(active):
        # Uniform below k * 2**q: a digit below k, and q bits.
        high = stream.below(k, len(active))
        drawn = (high << q) | stream.below(1 << q, len(active))
        goes_on = drawn < u[active]
        accepted[active[~goes_on]] = k % 2 == 1
        active, k = active[goes_on], k + 1
    return accepted


def _runs(stream, n):
    """How often in a row an event of probability ``exp(-1)`` happened."""
    runs = np.zeros(n, dtype=np.int64)
    active = np.arange(n)
    while len(active):
        active = active[_accept_exp(stream, np.ones(len(active), dtype=np.int64), 0)]
        runs[active] += 1
    return runs


def _gaussian_int(stream, variance):
    n, q = variance.numerator, variance.denominator
    t = isqrt(n // q) + 1
    while True:
        y = _laplace_int(stream, t)
        if _happens(stream, (abs(y) * t * q - n) ** 2, 2 * n * q * t**2):
            return y


def _laplace_int(stream, t):
    """Python integer with probability proportional to ``exp(-abs(y) / t)``."""
    while True:
        u = stream.below_int(t)
        if not _happens(stream, u, t):
            continue
        v = 0
        while _happens(stream, 1, 1):
            v += 1
        y = u + t * v
        if stream.below_int(2) == 0:
            return y
        if y:
            return -y


def _happens(stream, p, q):
    """Whether an event of probability ``exp(-p / q)`` happens."""
    while p > q:
        if not _happens(stream, 1, 1):
            return False
        p -= q
    k = 1
    while stream.below_int(q * k) < p:
        k += 1
    return k % 2 == 1
