"""Distances of places to the nearest rows."""

import numpy as np
from sklearn.neighbors import NearestNeighbors


def nearest_distances(places, rows, n=1):
    """Distances of each place to the nearest rows, the nearest first.

    Parameters
    ----------
    places : ndarray of shape (n_places, n_columns)
    rows : ndarray of shape (n_rows, n_columns)
    n : int, default=1

    Returns
    -------
    distances : ndarray of shape (n_places, n)
        Exactly 0 for a copy.
    """
    near = NearestNeighbors(n_neighbors=n, algorithm="brute").fit(rows)
    found = near.kneighbors(places, return_distance=False)
    # Computed anew: the search is by products, and of a copy they leave a rest.
    distances = [np.linalg.norm(places - rows[column], axis=1) for column in found.T]
    return np.sort(np.column_stack(distances), axis=1)
