"""How much penalty and noise an objective needs to release its minimum privately.

The objective is a sum of logistic losses, ``penalty / 2 * |w|**2`` and ``b @ w`` with a
random `b`, over records of length 1 at most. Which minimum it has tells `b`, and the
density of a minimum is that of its `b` times the determinant of the second derivative.
Replacing a record by another one moves `b` by ``1 + a`` at most, where `a` is the slope
of the loss at the replaced one, and multiplies the determinant by
``1 + a * (1 - a) / penalty`` at most. What both cost together, at the worst `a`, has to
be epsilon.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, expm1, log1p, pi, sqrt

from scipy.special import erfcx

# Largest second derivative of the logistic loss, ``a * (1 - a)`` at its best.
_CURVATURE = 0.25
# Part of epsilon that the penalty leaves to the determinant at most. An eighth is
# better at an epsilon of 0.1 and worse from 0.3 on; 0.35 is the other way round.
_DETERMINANT_SHARE = 0.25
# From here on the tail of a normal variable is convex in its variance.
_LEAST_QUANTILE = sqrt(3)
# With more, the least quantile would be the end of it.
MAX_DELTA = 0.1


@dataclass(frozen=True)
class VectorNoise:
    """A random vector without a preferred direction.

    Attributes
    ----------
    scale : float
        Of each coordinate if Gaussian; otherwise the density is proportional to
        ``exp(-length / scale)``.
    gaussian : bool
    """

    scale: float
    gaussian: bool

    def draw(self, stream, n_features):
        """One vector, its tails as long as two words a number make them."""
        if self.gaussian:
            return self.scale * stream.far_normals(n_features)
        length = stream.gamma_length(n_features)
        return self.scale * length * stream.direction(n_features)

    def length(self, n_features):
        """Root mean square of the length, or close to it."""
        return self.scale * (sqrt(n_features) if self.gaussian else n_features)


def least_penalty(epsilon):
    """Penalty that leaves most of epsilon to the noise.

    It falls with epsilon, and slowly enough for the noise to fall as well.
    """
    share = _DETERMINANT_SHARE * epsilon
    return _CURVATURE * exp(-share) / -expm1(-share)


def tilt(epsilon, delta, penalty):
    """Noise of the linear term: Gaussian where `delta` allows it.

    Parameters
    ----------
    epsilon : float
    delta : float
        0, or up to `MAX_DELTA`.
    penalty : float

    Returns
    -------
    noise : VectorNoise
    """
    if delta:
        return VectorNoise(gaussian_scale(epsilon, delta, penalty), gaussian=True)
    return VectorNoise(1 / gamma_rate(epsilon, penalty), gaussian=False)


def gamma_rate(epsilon, penalty):
    """Largest rate of the exponential of the noise's length that epsilon allows."""
    return _largest(lambda rate: gamma_loss(rate, penalty) <= epsilon, 0.0, epsilon / 2)


def gamma_loss(rate, penalty):
    """Epsilon of noise with density ``exp(-rate * length)``, exactly.

    Largest ``rate * (1 + a) + log1p(a * (1 - a) / penalty)`` for `a` in [0, 1]. Beyond
    a penalty of ``1 / rate`` the determinant costs nothing: the noise costs most where
    the second derivative is 0.
    """
    a = 1.0
    if rate * penalty < 1:
        root = sqrt((2 - rate) ** 2 + 4 * rate * (1 + rate * penalty))
        # The root of a quadratic, in the form in which nothing cancels.
        if rate < 2:
            a = 2 * (1 + rate * penalty) / (2 - rate + root)
        else:
            a = (rate - 2 + root) / (2 * rate)
    return rate * (1 + a) + log1p(a * (1 - a) / penalty)


@lru_cache  # a search repeats it for every split
def gaussian_scale(epsilon, delta, penalty):
    """Least standard deviation of Gaussian noise that epsilon and delta allow."""
    # What epsilon would allow at the least quantile if the determinant cost nothing.
    most = epsilon / (_LEAST_QUANTILE + sqrt(_LEAST_QUANTILE**2 + 2 * epsilon))

    def allowed(rate):
        quantile = tail_quantile(delta, 2 * rate)
        return gaussian_loss(rate, quantile, penalty) <= epsilon

    return 1 / _largest(allowed, 0.0, most)


def tail_quantile(delta, slope):
    """Where the noise is so rarely beyond that delta pays for it.

    It is beyond t with a probability of 4 times the normal tail at most, and the loss
    grows by `slope` a unit at most. The mean of ``1 - exp(-slope * (noise - t))`` over
    what is beyond is what delta has to pay.
    """

    def affordable(minus):
        density = 4 * exp(-(minus**2) / 2) / sqrt(2 * pi)
        return density * (_mills(-minus) - _mills(slope - minus)) <= delta

    return -_largest(affordable, -40.0, -_LEAST_QUANTILE)


def gaussian_loss(rate, quantile, penalty):
    """Epsilon of Gaussian noise that is not beyond a quantile.

    Largest ``(1 + a)**2 * rate**2 / 2 + (1 + a) * quantile * rate + log1p(a * (1 - a) /
    penalty)`` for `a` in [0, 1], with the inverse of the standard deviation as rate.
    """

    def rises(a):
        # Up to 1/2 everything does; from there to 1 this is concave in `a`, so that it
        # changes its sign once at most.
        noise = (1 + a) * rate**2 + quantile * rate
        return 1 - 2 * a + noise * (penalty + a * (1 - a)) >= 0

    a = _largest(rises, 0.5, 1.0)
    moved = (1 + a) * rate
    return moved**2 / 2 + moved * quantile + log1p(a * (1 - a) / penalty)


def _mills(x):
    """Tail of the standard normal, divided by its density."""
    return sqrt(pi / 2) * erfcx(x / sqrt(2))


def _largest(holds, low, high):
    """Largest number of an interval where something holds that does at its lower end.

    To the last bit, and rounded down: what comes back holds.
    """
    if holds(high):
        return high
    while low < (middle := (low + high) / 2) < high:
        if holds(middle):
            low = middle
        else:
            high = middle
    return low
