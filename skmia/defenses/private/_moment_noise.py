"""Matrices of second moments: what one record changes, and noise that hides it.

A matrix of moments is the sum of ``v v'`` over records v on a grid, each of length at
most 1. It is computed in integers, so that what is proven of it holds of what is
computed.
"""

from fractions import Fraction
from math import ceil, floor, frexp

import numpy as np

from skmia.utils._accounting import concentrated_noise_multiplier
from skmia.utils._integer_noise import discrete_gaussian, discrete_laplace

# A length of 1 is 2**14 steps of the grid.
GRID_BITS = 14
_GRID = 2**GRID_BITS
UNIT = _GRID**2
# So many records add up exactly in doubles: a moment is at most 2**28 a record.
_CHUNK = 2**53 // UNIT
# Part of epsilon that the rounding of the noise costs.
_MASK = Fraction(1, 64)
# Steps of the grid that a noise of scale 1 is rounded to: 2**-24 of it, far above the
# errors of doubles, which are below 2**-30 of it.
_NOISE_BITS = 24
# Largest eigenvalue of a difference of two Wishart matrices with as many degrees of
# freedom as rows, for each row: that of the free difference of two Marchenko-Pastur
# laws of ratio 1.
_WISHART_EDGE = ((11 + 5 * 5**0.5) / 2) ** 0.5


def on_ball(Z):
    """Records rounded towards 0 to the grid, in steps of it.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_features)
        Records of length 1 at most, give or take the rounding of doubles.

    Returns
    -------
    V : ndarray of int64 of shape (n_samples, n_features)
        With a length of at most 2**14, exactly.
    """
    V = np.trunc(Z * _GRID).astype(np.int64)
    # Once is enough: a step less in each entry is much more than doubles are wrong by.
    while (long := (V**2).sum(axis=1) > UNIT).any():
        V[long] -= np.sign(V[long])
    return V


def second_moments(V):
    """Sum of the outer products of the rows, exactly.

    By the fast product of doubles, in which integers below 2**53 are exact.
    """
    chunks = np.array_split(V.astype(np.float64), -(-len(V) // _CHUNK))
    return sum((chunk.T @ chunk).astype(np.int64) for chunk in chunks)


def nuclear_sensitivity(n_features):
    """Largest nuclear norm of the change when one record is replaced, in `UNIT`.

    The change is ``v v' - u u'``: of rank 2, with a positive and a negative eigenvalue,
    and so with a nuclear norm of at most the two traces. With one feature it is a
    number between -1 and 1.
    """
    return min(n_features, 2)


def gaussian_variances(epsilon, delta, count=1):
    """Variances of the noise on the diagonal and beside it, in steps.

    For so many matrices, one after the other, which cost epsilon and delta together.

    The squares of all entries of the change ``v v' - u u'`` add up to
    ``|v|^4 + |u|^4 - 2 (u' v)^2``, at most 2 `UNIT` squared. An entry beside the
    diagonal is released once and counts twice in that sum: half the variance is enough.
    Then the sum of the squared changes of what is released, each divided by its
    variance, is at most 2 `UNIT` squared / variance, which is 2 rho.
    """
    # The multiplier m is that of rho = 1 / (2 m^2).
    multiplier = Fraction(concentrated_noise_multiplier(epsilon, delta, count))
    variance = ceil(2 * UNIT**2 * multiplier**2)
    return Fraction(variance), Fraction(variance, 2)


def with_gaussian_noise(stream, moments, variances):
    """Second moments in `UNIT`, with (epsilon, delta)-differential privacy.

    Parameters
    ----------
    stream : SecretStream
    moments : ndarray of int64 of shape (n_features, n_features)
        From `second_moments`.
    variances : pair of Fraction
        From `gaussian_variances`.

    Returns
    -------
    noisy : ndarray of shape (n_features, n_features)
        Symmetric.
    """
    on_diagonal, beside = variances
    n_features = len(moments)
    upper = np.triu_indices(n_features)
    diagonal = np.equal(*upper)
    noise = np.empty(len(diagonal), dtype=object)
    noise[diagonal] = discrete_gaussian(stream, on_diagonal, n_features)
    noise[~diagonal] = discrete_gaussian(stream, beside, np.count_nonzero(~diagonal))
    return _symmetric((moments[upper] + noise) / UNIT, n_features)


def gaussian_edge(variances, n_features):
    """Largest eigenvalue that Gaussian noise has as a rule, on so many features."""
    # Half the variance beside the diagonal: an orthogonal ensemble, and its semicircle.
    return 2 * float(variances[1] * n_features) ** 0.5 / UNIT


def wishart_difference(stream, n_features):
    """Difference of two Wishart matrices with ``n_features + 1`` degrees of freedom.

    Symmetric noise W for a matrix. Each of the two has the density ``exp(-trace / 2)``
    on the positive semi-definite matrices. So for positive semi-definite P and Q the
    density of W at ``N + P - Q`` is at least that at N times
    ``exp(-trace(P + Q) / 2)``: add P to the first and Q to the second matrix of each
    pair with the difference N. With the positive and the negative part of a change as P
    and Q, ``trace(P + Q)`` is its nuclear norm.
    """
    shape = (2, n_features, n_features + 1)
    one, other = stream.far_normals(shape)
    return one @ one.T - other @ other.T


def with_wishart_noise(stream, moments, epsilon):
    """Second moments in `UNIT`, with epsilon-differential privacy.

    The noise of doubles is rounded to a grid, together with what it is added to, and
    each number on the grid gets a noise of integers: for one exact sum, the numbers of
    two data sets differ by 1 at most, whatever the rounding of doubles did.

    Parameters
    ----------
    stream : SecretStream
    moments : ndarray of int64 of shape (n_features, n_features)
        From `second_moments`.
    epsilon : float

    Returns
    -------
    noisy : ndarray of shape (n_features, n_features)
        Symmetric.
    """
    n_features = len(moments)
    scale = wishart_scale(epsilon, n_features)
    epsilon = Fraction(float(epsilon))
    step = Fraction(2) ** (frexp(scale)[1] - 1 - _NOISE_BITS)
    upper = np.triu_indices(n_features)
    noise = scale * wishart_difference(stream, n_features)[upper]
    steps = in_steps(moments[upper], noise, step)
    rate = epsilon / mask_sensitivity(n_features)
    steps += discrete_laplace(stream, rate, len(steps))
    return _symmetric((steps * step).astype(np.float64), n_features)


def wishart_scale(epsilon, n_features):
    """What a `wishart_difference` is multiplied by."""
    left = float((1 - _MASK) * Fraction(float(epsilon)))
    return nuclear_sensitivity(n_features) / (2 * left)


def wishart_edge(epsilon, n_features):
    """Largest eigenvalue that this noise has as a rule, on so many features."""
    return wishart_scale(epsilon, n_features) * _WISHART_EDGE * n_features


def in_steps(moments, noise, step):
    """Moments and noise together, rounded down to a multiple of the step, exactly."""
    steps = [
        floor((Fraction(int(moment), UNIT) + Fraction(drawn)) / step)
        for moment, drawn in zip(moments, noise, strict=True)
    ]
    return np.array(steps, dtype=object)


def mask_sensitivity(n_features):
    """What epsilon is divided by for the rate of the integer noise on all numbers."""
    return n_features * (n_features + 1) // 2 / _MASK


def _symmetric(upper, n_features):
    """The symmetric matrix with this upper triangle, row by row."""
    matrix = np.zeros((n_features, n_features))
    matrix[np.triu_indices(n_features)] = upper
    return np.triu(matrix) + np.triu(matrix, 1).T
