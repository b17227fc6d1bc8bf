"""Squared maximum mean discrepancy between two sets, kept up to date move by move."""

import numpy as np
from scipy.spatial.distance import cdist


def gaussian_kernel(points, widths):
    """Sum of Gaussian kernels ``exp(-d**2 / (2 * width))``, one per width.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_columns)
    widths : sequence of float
        Variances of the Gaussians.

    Returns
    -------
    kernel : ndarray of shape (n_points, n_points)
        Rows of equal points are equal to the last bit.
    """
    distances = cdist(points, points, "sqeuclidean")
    return sum(np.exp(distances / (-2 * width)) for width in widths)


class Discrepancy:
    """Biased squared MMD of two disjoint sets of points, `left` and `right`.

    mean K(left, left) + mean K(right, right) - 2 mean K(left, right), and 0 when one of
    them is empty. Sums of kernel blocks and of rows are kept, so that a trial takes
    constant time and a move O(n_points).

    Parameters
    ----------
    kernel : ndarray of shape (n_points, n_points)
    left, right : ndarray of bool of shape (n_points,)
        Copied. A point may be in neither.
    floor : float, default=0.0
        Smaller distances are raised to it: they cannot be told apart.
    """

    def __init__(self, kernel, left, right, *, floor=0.0):
        self.kernel = kernel
        self.left = left.copy()
        self.right = right.copy()
        self.floor = floor
        # Not a matrix product: rows of equal points must have equal sums.
        self._to_left = kernel[:, left].sum(axis=1)
        self._to_right = kernel[:, right].sum(axis=1)

    def value(self):
        """Distance of the two sets as they are."""
        return self._distance(
            self._to_left[self.left].sum(),
            self._to_right[self.right].sum(),
            self._to_right[self.left].sum(),
            self.left.sum(),
            self.right.sum(),
        )

    def if_moved(self, rows):
        """Distances after each of the points alone changes its set.

        Parameters
        ----------
        rows : ndarray of int of shape (n_rows,)
            Points of one and the same set.

        Returns
        -------
        distances : ndarray of shape (n_rows,)
        """
        if not len(rows):
            return np.zeros(0)
        old, new, to_old, to_new = self.left, self.right, self._to_left, self._to_right
        if self.right[rows[0]]:
            old, new, to_old, to_new = new, old, to_new, to_old
        itself = self.kernel[rows, rows]
        return self._distance(
            to_old[old].sum() - 2 * to_old[rows] + itself,
            to_new[new].sum() + 2 * to_new[rows] + itself,
            to_new[old].sum() + to_old[rows] - itself - to_new[rows],
            old.sum() - 1,
            new.sum() + 1,
        )

    def move(self, row):
        """Move one point to the other set."""
        sign = 1 if self.right[row] else -1
        self.left[row], self.right[row] = self.right[row], self.left[row]
        self._to_left += sign * self.kernel[row]
        self._to_right -= sign * self.kernel[row]

    def _distance(self, within_left, within_right, across, n_left, n_right):
        if not n_left or not n_right:
            return np.zeros_like(across) + self.floor
        distance = (
            within_left / n_left**2
            + within_right / n_right**2
            - 2 * across / (n_left * n_right)
        )
        return np.maximum(distance, self.floor)
