"""Local randomisers: pure functions on arrays, one independent draw per entry.

Each releases its input with epsilon-local differential privacy, as computed: what they
choose among is finite or an integer, and no digit of a report depends on its input.
Probabilities are multiples of 2**-53, which a word of the stream is compared with. The
smaller one of two is rounded up, so that rounding never costs privacy; where epsilon is
beyond 36, less than epsilon is spent. The probabilities in use are functions of their
own, so that the guarantee can be checked on them.
"""

from fractions import Fraction

import numpy as np
from scipy.special import expit

from skmia.utils._integer_noise import discrete_laplace

_UNIT = 2.0**-53
# More than what floating point makes of a logistic function.
_MARGIN = 1 + 2.0**-40
# Places that the window of the piecewise mechanism can begin at, but one.
_PLACES = 2**32


def sample_features(shape, n_sampled, stream):
    """So many features of each record, whatever it is: a matrix of True and False."""
    ranks = stream.uniforms(shape).argsort(axis=1).argsort(axis=1)
    return ranks < n_sampled


def response_probabilities(epsilon, n_values):
    """Chance to keep a value, and the chance of each other one, of k-ary response."""
    others = (n_values - 1) * np.exp(-epsilon)
    change = _at_least(others / (1 + others))
    return 1 - change, change / (n_values - 1)


def randomized_response(codes, n_values, epsilon, stream):
    """k-ary randomised response: the value, or uniformly any other.

    Parameters
    ----------
    codes : ndarray of int, shape (n_samples,)
        Values from 0 to `n_values` - 1.
    n_values : int
    epsilon : float
    stream : SecretStream

    Returns
    -------
    reports : ndarray of int, shape (n_samples,)
    """
    if n_values == 1:
        return codes
    keep, _ = response_probabilities(epsilon, n_values)
    shift = 1 + stream.below(n_values - 1, len(codes))
    kept = _happens(stream, keep, len(codes))
    return np.where(kept, codes, (codes + shift) % n_values)


def unary_probabilities(epsilon, optimised):
    """Chance of a report of 1 for the bit that is 1, and for each that is 0.

    Symmetric as in RAPPOR, or optimised for frequencies of rare values.
    """
    if optimised:
        return 0.5, _at_least(expit(-epsilon))
    wrong = _at_least(expit(-epsilon / 2))
    return 1 - wrong, wrong


def unary_response(codes, n_values, epsilon, stream, *, optimised):
    """Unary encoding, decoded to one value: any of the bits that were reported as 1.

    Trainers need a value and not a set of them; which one is chosen does not depend on
    the true value, and costs no privacy.

    Parameters
    ----------
    codes : ndarray of int, shape (n_samples,)
        Values from 0 to `n_values` - 1.
    n_values : int
    epsilon : float
    stream : SecretStream
    optimised : bool
        See `unary_probabilities`.

    Returns
    -------
    reports : ndarray of int, shape (n_samples,)
    """
    one, zero = unary_probabilities(epsilon, optimised)
    chance = np.where(codes[:, None] == np.arange(n_values), one, zero)
    bits = _happens(stream, chance, chance.shape)
    # Reported bits before all others; without any, every value is equally likely.
    return np.argmax(bits + stream.uniforms(bits.shape), axis=1)


def laplace(z, epsilon, stream):
    """Number in [-1, 1] with Laplace noise of scale 2 / epsilon.

    On a grid of at most 2**-19 of that scale, by integers.
    """
    k = int(np.clip(np.floor(np.log2(epsilon)) + 19, 0, 50))
    steps = np.rint(np.ldexp(z, k)).astype(np.int64)
    rate = Fraction(epsilon) / Fraction(_MARGIN) / 2 ** (k + 1)
    return np.ldexp(steps + discrete_laplace(stream, rate, z.shape), -k)


def duchi_probabilities(z, epsilon):
    """Size of the report of Duchi et al., and the chance that it is positive."""
    least = _at_least(expit(-epsilon))
    positive = least + (1 - 2 * least) * (1 + z) / 2
    on_grid = np.rint(positive / _UNIT) * _UNIT
    return 1 / (1 - 2 * least), np.clip(on_grid, least, 1 - least)


def duchi(z, epsilon, stream):
    """Number in [-1, 1] as one of two, with that mean."""
    size, positive = duchi_probabilities(z, epsilon)
    return np.where(_happens(stream, positive, z.shape), size, -size)


def piecewise_window(z, epsilon):
    """Window of the piecewise mechanism of Wang et al., around each number, in steps.

    Returns
    -------
    start : ndarray of int64
        First step of the window.
    width : int
        Steps in it; of all ``2**32 + width`` that can be reported.
    beyond : float
        Chance of a report outside of the window; it is uniform there, and uniform
        inside.
    """
    start = np.rint((z + 1) / 2 * _PLACES).astype(np.int64)
    width = max(1, round(_PLACES * np.exp(-epsilon / 2)))
    # A step inside is exp(epsilon) times as likely as one outside, at most.
    return start, width, _at_least(expit(-epsilon - np.log(width / _PLACES)))


def piecewise_step(width, beyond):
    """Size of a step that makes the mean of a report what it should be."""
    # With the window in the middle the mean is 0; it moves as the window moves, less
    # what is missing from the uniform rest.
    slope = 1 - beyond - beyond * width / _PLACES
    return 2 / (_PLACES * slope)


def piecewise(z, epsilon, stream):
    """Number in [-1, 1] as one near it, mostly, with that mean."""
    start, width, beyond = piecewise_window(z, epsilon)
    within = start + stream.below(width, z.shape)
    # Uniform on what is left and right of the window.
    place = stream.below(_PLACES, z.shape)
    outside = np.where(place < start, place, place + width)
    step = np.where(_happens(stream, beyond, z.shape), outside, within)
    return (step - (_PLACES + width - 1) / 2) * piecewise_step(width, beyond)


def _at_least(chance):
    """The next multiple of 2**-53, after a margin for rounding; never 0."""
    return max(np.ceil(chance * _MARGIN / _UNIT), 1.0) * _UNIT


def _happens(stream, chance, size):
    """True with exactly this probability, a multiple of 2**-53."""
    return (stream.words(size) >> np.uint64(11)) * _UNIT < chance
