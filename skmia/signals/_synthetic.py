"""Signals of published tables: plain functions ``f(X, table)``."""

import numpy as np
from sklearn.metrics import pairwise_distances_chunked

from skmia.utils._kernel_density import KernelDensityLog
from skmia.utils._nearest import nearest_distances


def sample_distance(X, table, *, space):
    """Distance of the record to the nearest row of the table."""
    return nearest_distances(*_places(X, table, space))[:, 0]


def sample_share(X, table, *, space, radius):
    """Share of the rows of the table that lie within a radius of the record.

    A radius of None is the median, over the records asked about, of the distance to the
    nearest row (Hilprecht et al.).
    """
    records, rows = _places(X, table, space)
    if radius is None:
        radius = np.median(nearest_distances(records, rows))
    counts = pairwise_distances_chunked(
        records,
        rows,
        reduce_func=lambda distances, start: (distances <= radius).mean(axis=1),
    )
    return np.concatenate([*counts])


def sample_density(X, table, *, space):
    """Logarithm of the density of the table at the record, by Gaussian kernels."""
    _check_space("sample_density", space)
    if len(table) < 2:
        raise ValueError(
            f"A density is seen from 2 rows of a table on. Got {len(table)}."
        )
    return KernelDensityLog(space.reduce(table)).at(space.reduce(X))


def _places(X, table, space):
    _check_space("sample_distance", space)
    return space.encode(X), space.encode(table)


def _check_space(name, space):
    if space is None:
        raise ValueError(
            f"The signal {name!r} needs a space in which rows have distances: a "
            "Session fills that in from its records."
        )
