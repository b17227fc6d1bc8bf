"""Local randomisers: pure functions on arrays, one independent draw per entry.

Each releases its input with epsilon-local differential privacy. The probabilities that
a randomiser draws with are functions of their own, so that the guarantee can be checked
on the numbers in use.
"""

import numpy as np
from scipy.special import expit


def response_probabilities(epsilon, n_values):
    """Chance to keep a value, and the chance of each other one, of k-ary response."""
    others = (n_values - 1) * np.exp(-epsilon)
    keep = 1 / (1 + others)
    return keep, np.exp(-epsilon) * keep


def randomized_response(codes, n_values, epsilon, rng):
    """k-ary randomised response: the value, or uniformly any other.

    Parameters
    ----------
    codes : ndarray of int, shape (n_samples,)
        Values from 0 to `n_values` - 1.
    n_values : int
    epsilon : float
    rng : RandomState

    Returns
    -------
    reports : ndarray of int, shape (n_samples,)
    """
    if n_values == 1:
        return codes
    keep, _ = response_probabilities(epsilon, n_values)
    shift = rng.randint(1, n_values, size=len(codes))
    kept = rng.uniform(size=len(codes)) < keep
    return np.where(kept, codes, (codes + shift) % n_values)


def unary_probabilities(epsilon, optimised):
    """Chance of a report of 1 for the bit that is 1, and for each that is 0.

    Symmetric as in RAPPOR, or optimised for frequencies of rare values.
    """
    if optimised:
        return 0.5, expit(-epsilon)
    return expit(epsilon / 2), expit(-epsilon / 2)


def unary_response(codes, n_values, epsilon, rng, *, optimised):
    """Unary encoding, decoded to one value: any of the bits that were reported as 1.

    Trainers need a value and not a set of them; which one is chosen does not depend on
    the true value, and costs no privacy.

    Parameters
    ----------
    codes : ndarray of int, shape (n_samples,)
        Values from 0 to `n_values` - 1.
    n_values : int
    epsilon : float
    rng : RandomState
    optimised : bool
        See `unary_probabilities`.

    Returns
    -------
    reports : ndarray of int, shape (n_samples,)
    """
    one, zero = unary_probabilities(epsilon, optimised)
    chance = np.where(codes[:, None] == np.arange(n_values), one, zero)
    bits = rng.uniform(size=chance.shape) < chance
    # Reported bits before all others; without any, every value is equally likely.
    return np.argmax(bits + rng.uniform(size=bits.shape), axis=1)


def laplace(z, epsilon, rng):
    """Number in [-1, 1] with Laplace noise of scale 2 / epsilon."""
    return z + rng.laplace(scale=2 / epsilon, size=z.shape)


def duchi_probabilities(z, epsilon):
    """Size of the report of Duchi et al., and the chance that it is positive."""
    slope = np.tanh(epsilon / 2)
    return 1 / slope, (1 + z * slope) / 2


def duchi(z, epsilon, rng):
    """Number in [-1, 1] as one of two, with that mean."""
    size, positive = duchi_probabilities(z, epsilon)
    return np.where(rng.uniform(size=z.shape) < positive, size, -size)


def piecewise_window(z, epsilon):
    """Window of the piecewise mechanism of Wang et al., around each number.

    Returns
    -------
    left : ndarray
        Where the window begins.
    width : float
        How wide it is; reports lie from -1 - width to 1 + width.
    chance : float
        Of a report in the window; it is uniform there, and uniform elsewhere.
    """
    # 2 / (exp(epsilon / 2) - 1), which would overflow.
    width = 2 * np.exp(-epsilon / 2) / -np.expm1(-epsilon / 2)
    return z + (z - 1) * width / 2, width, expit(epsilon / 2)


def piecewise(z, epsilon, rng):
    """Number in [-1, 1] as one near it, mostly, with that mean."""
    left, width, chance = piecewise_window(z, epsilon)
    within = left + width * rng.uniform(size=z.shape)
    # Uniform on what is left and right of the window, 2 + width together.
    place = -1 - width + (2 + width) * rng.uniform(size=z.shape)
    beyond = np.where(place < left, place, place + width)
    return np.where(rng.uniform(size=z.shape) < chance, within, beyond)
