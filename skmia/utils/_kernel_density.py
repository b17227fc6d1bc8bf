"""Logarithm of a density that Gaussian kernels around some points estimate."""

import numpy as np
from scipy.linalg import solve_triangular
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils import gen_batches

# Distances that are in memory at once.
_AT_ONCE = 4_000_000
# Added to each variance: points that lie in a plane have a density all the same.
_JITTER = 1e-6


class KernelDensityLog:
    """Kernels with the covariance of the points, of a width by Scott's rule.

    In logarithms: in ten dimensions the densities of two rows that both lie far out are
    zero, and their ratio is not.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_dimensions)
    """

    def __init__(self, points):
        n, d = points.shape
        covariance = np.cov(points, rowvar=False).reshape(d, d) + _JITTER * np.eye(d)
        root = np.linalg.cholesky(covariance) * n ** (-1 / (d + 4))
        self._root, self._points = root, _whitened(root, points)
        self._unit = -d / 2 * np.log(2 * np.pi) - np.log(np.diag(root)).sum()

    def at(self, places):
        """Logarithm of the density.

        Parameters
        ----------
        places : ndarray of shape (n_places, n_dimensions)

        Returns
        -------
        log_density : ndarray of shape (n_places,)
        """
        return self._mean_kernel(_whitened(self._root, places), len(self._points))

    def without_own(self):
        """The same at each of the points, of the others only; of one point -inf."""
        return self._mean_kernel(self._points, len(self._points) - 1, itself=False)

    def _mean_kernel(self, places, n, itself=True):
        size = max(1, _AT_ONCE // len(self._points))
        found = np.empty(len(places))
        for rows in gen_batches(len(places), size):
            halves = -0.5 * euclidean_distances(
                places[rows], self._points, squared=True
            )
            if not itself:
                own = np.arange(len(halves))
                halves[own, own + rows.start] = -np.inf
            found[rows] = _log_sum(halves)
        with np.errstate(divide="ignore"):
            return found - np.log(n) + self._unit


def _log_sum(exponents):
    """Logarithm of the sum of exponentials in each row; `exponents` are overwritten."""
    largest = exponents.max(axis=1)
    # Of a row without any number the sum is 0, and not that of nothing less nothing.
    exponents -= np.where(np.isfinite(largest), largest, 0)[:, None]
    # Below 1 and summed in double precision: single is enough, and much faster.
    small = exponents.astype(np.float32)
    with np.errstate(divide="ignore"):
        return largest + np.log(np.exp(small, out=small).sum(axis=1, dtype=float))


def _whitened(root, points):
    return solve_triangular(root, points.T, lower=True).T
