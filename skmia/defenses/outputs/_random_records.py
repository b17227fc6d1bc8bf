"""Random records, and their scores in the order of others."""

from typing import NamedTuple

import numpy as np


class RandomRecords(NamedTuple):
    """Where random records come from: uniform between bounds, column by column.

    Attributes
    ----------
    low, high : ndarray of shape (n_features,)
    whole : ndarray of bool of shape (n_features,)
        Columns that hold whole numbers only, such as those of one-hot codes.
    """

    low: np.ndarray
    high: np.ndarray
    whole: np.ndarray

    @classmethod
    def like(cls, X, bounds=None):
        """Within the smallest and the largest value of each column, or within bounds.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
        bounds : tuple (low, high) of floats or arrays, default=None
        """
        missing = np.isnan(X)
        whole = (missing | (X % 1 == 0)).all(axis=0)
        if bounds is None:
            bounds = np.nanmin(X, axis=0), np.nanmax(X, axis=0)
        low, high = (np.broadcast_to(side, X.shape[1:]) for side in bounds)
        return cls(low.astype(float), high.astype(float), whole)

    def at(self, uniforms):
        """Records from uniform numbers in (0, 1).

        Parameters
        ----------
        uniforms : ndarray of shape (n_samples, n_features)

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        """
        low, width = self.low, self.high - self.low
        steps = np.floor(uniforms * (width + 1))
        return low + np.where(self.whole, np.minimum(steps, width), uniforms * width)


def place_by_rank(scores, P):
    """Other scores in the order of a posterior.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_classes)
        Whose values are released, sorted.
    P : ndarray of shape (n_samples, n_classes)
        Whose order is: its largest entry gets the largest score. Of equal entries the
        first gets the larger score.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
        If the two largest scores are equal, the first is the next larger number, so
        that the predicted class is that of `P`.
    """
    values = -np.sort(-scores, axis=1)
    if values.shape[1] > 1:
        tied = values[:, 0] == values[:, 1]
        values[tied, 0] = np.nextafter(values[tied, 0], np.inf)
    released = np.empty_like(values)
    order = np.argsort(-P, axis=1, kind="stable")
    np.put_along_axis(released, order, values, axis=1)
    return released
