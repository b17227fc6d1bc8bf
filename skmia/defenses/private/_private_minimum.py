"""The minimum of a logistic loss, close enough, and what hides how close it is.

A proof speaks of the exact minimum, in real numbers; what a computer finds is near it.
`minimise` goes on until the distance is below a public radius, and `masked` adds noise
to which that radius is a sensitivity.
"""

from math import expm1, sqrt

import numpy as np
from scipy.special import expit

from skmia.utils._integer_noise import discrete_laplace

MAX_STEPS = 500
# Part of epsilon for the mask, and the most it gets: with more, the numbers on its grid
# would have no digits after the point any more.
_MASK_SHARE = 1e-3
_MAX_MASK_EPSILON = 1.0
# Rate of the mask on its grid. It is drawn exactly, and with noise of 23 steps the
# rounding to the grid adds nothing.
_MASK_RATE = 2.0**-4
_BLOCK = 1024  # records that BLAS adds up in one go
_CLOSER = 10.0  # from one penalty to the next on the way to the minimum


def tolerance(n_samples, penalty, length):
    """Length of a gradient that counts as 0; it depends on nothing secret.

    Parameters
    ----------
    n_samples : int
    penalty : float
    length : float
        Typical length of the linear term.

    Returns
    -------
    tolerance : float
        Far above what rounding makes of a gradient: a part in 2e12 of its terms, and
        nine units in the last place of the scores, the weights being as long as they
        can get.
    """
    weights = sqrt(n_samples / penalty) + length / penalty
    return 1e-15 * (n_samples * (500 + weights) + 500 * length)


def minimise(X, sign, penalty, linear, tolerance):
    """Minimum of the penalised logistic loss, plus a linear term, by Newton's method.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    sign : ndarray of shape (n_samples,)
        Class of each record, -1 or 1.
    penalty : float
        Of half the squared length of the weights.
    linear : float or ndarray of shape (n_features,)
        Added to the gradient.
    tolerance : float
        The exact minimum is within ``tolerance / penalty``: the gradient found is at
        most half of it, and the other half is for what rounding did to it.

    Returns
    -------
    weights : ndarray of shape (n_features,)

    Raises
    ------
    RuntimeError
        The gradient does not get small enough.
    """
    weights, margins = np.zeros(X.shape[1]), np.zeros(len(X))
    # Steps to the minimum of a stronger penalty first, and weaker ones from there: a
    # step at once would lead to where all losses are flat.
    present = max(penalty, len(X) / 4)
    for _ in range(MAX_STEPS):
        wrong = expit(-margins)
        rest = linear - _sum_rows(sign * wrong, X)
        while present > penalty and _is_near(present * weights, rest):
            present = max(present / _CLOSER, penalty)
        gradient = present * weights + rest
        if present == penalty and np.linalg.norm(gradient) <= tolerance / 2:
            return weights
        step = _newton_step(X, wrong * expit(margins), present, gradient)
        along = sign * (X @ step)
        weights += step * _share(step, along, margins, wrong, present, gradient)
        margins = sign * (X @ weights)
    raise RuntimeError(
        "PrivateLogisticRegression did not find the minimum of its objective: the "
        f"gradient is {np.linalg.norm(gradient):.1e} after {MAX_STEPS} steps, and the "
        f"guarantee needs {tolerance / 2:.0e}. Lower C."
    )


def mask_epsilon(epsilon):
    """Part of epsilon that `masked` gets."""
    return min(_MASK_SHARE * epsilon, _MAX_MASK_EPSILON)


def masked(stream, values, radius, epsilon):
    """Numbers on a public grid, with integer noise that hides how they were computed.

    Parameters
    ----------
    stream : SecretStream
    values : ndarray of shape (n_features,)
        Within `radius` (Euclidean) of what they would be in exact arithmetic.
    radius : float
        Public.
    epsilon : float
        Of any two vectors that stand for the same exact one.

    Returns
    -------
    masked : ndarray of shape (n_features,)

    Notes
    -----
    Rounded at random to one of the two neighbours on the grid, and moved by discrete
    Laplace noise of rate r: the probability of an outcome is linear in each coordinate
    between two grid points, and e**r times larger or smaller at the next one. So its
    logarithm changes by expm1(r) times the L1 distance in grid steps at most, which is
    ``sqrt(n_features) * 2 * radius / grid``. Rounding to the nearest would add a step
    for each coordinate.
    """
    grid = 2 * radius * sqrt(len(values)) * expm1(_MASK_RATE) / epsilon
    steps = values / grid
    below = np.floor(steps)
    above = stream.uniforms(len(values)) < steps - below
    noise = discrete_laplace(stream, _MASK_RATE, len(values))
    return grid * (below.astype(np.int64) + above + noise)


def _sum_rows(factors, X):
    """``factors @ X``, where rounding errors do not add up over many equal records."""
    blocks = [
        factors[start : start + _BLOCK] @ X[start : start + _BLOCK]
        for start in range(0, len(X), _BLOCK)
    ]
    # Along the rows of memory numpy adds in pairs.
    return np.ascontiguousarray(np.transpose(blocks)).sum(axis=1)


def _is_near(pull, rest):
    """Whether the gradient is a tenth of its term of the penalty, or less."""
    return np.linalg.norm(pull + rest) <= 0.1 * np.linalg.norm(pull)


def _newton_step(X, curvature, penalty, gradient):
    hessian = (X.T * curvature) @ X
    hessian.flat[:: len(gradient) + 1] += penalty
    return -np.linalg.solve(hessian, gradient)


def _share(step, along, margins, wrong, penalty, gradient):
    """How much of a step to take: to about where the objective rises again."""
    start = gradient @ step
    base, bend = start + wrong @ along, (penalty * step) @ step
    low, high, share = 0.0, np.inf, 1.0
    for _ in range(MAX_STEPS):
        slope = base + bend * share - expit(-margins - share * along) @ along
        if slope > 0.1 * abs(start):
            high = share
        elif slope < -0.5 * abs(start):
            low = share
        else:
            break
        share = 2 * share if high == np.inf else (low + high) / 2
    return share
