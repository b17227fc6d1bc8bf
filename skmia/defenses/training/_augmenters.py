"""Altered copies of records, as pure functions of the records and a generator.

What is missing (nan) stays missing, unless it is dropped or resampled.
"""

import numpy as np
import pandas as pd
from scipy import sparse

from skmia.defenses._numbers import column_moments


def add_noise(X, scale, noise, rng):
    """Independent noise of mean 0 on every entry.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    scale : ndarray of shape (n_features,)
        Standard deviation of the noise.
    noise : {"gaussian", "uniform"}
    rng : RandomState

    Returns
    -------
    noisy : ndarray of shape (n_samples, n_features)
    """
    if noise == "gaussian":
        draws = rng.standard_normal(X.shape)
    else:
        draws = rng.uniform(-(3**0.5), 3**0.5, X.shape)  # standard deviation 1
    return (X + scale * draws).astype(X.dtype, copy=False)


def partners(groups, rng):
    """Another record of its group for each record; itself where it is alone.

    Every record is the partner of exactly one.
    """
    partner = np.arange(len(groups))
    for group in np.unique(groups):
        cycle = rng.permutation(np.flatnonzero(groups == group))
        partner[cycle] = np.roll(cycle, 1)
    return partner


def between(A, B, share):
    """``(1 - share) * A + share * B``, which rounding never takes out of between."""
    mixed = (1 - share) * A + share * B
    return np.clip(mixed, np.minimum(A, B), np.maximum(A, B)).astype(A.dtype)


def jitter(X, y, strength, rng):
    """Gaussian noise of `strength` standard deviations of the column."""
    return add_noise(X, strength * column_moments(X)[1], "gaussian", rng)


def drop(X, y, strength, rng):
    """Each entry becomes the mean of its column with probability `strength`."""
    dropped = rng.uniform(size=X.shape) < strength
    return np.where(dropped, column_moments(X)[0], X).astype(X.dtype, copy=False)


def interpolate(X, y, strength, rng):
    """Each record moves up to `strength` of the way to another of its class."""
    share = strength * rng.uniform(size=(len(X), 1))
    return between(X, X[partners(y, rng)], share)


def resample(X, y, strength, rng):
    """Each entry is drawn from its column anew with probability `strength`.

    Of numbers, strings and categories alike, since entries are only moved.
    """
    if sparse.issparse(X):
        raise TypeError(
            "The augmenter 'resample' was given a sparse matrix, but dense data is "
            "required. Use '.toarray()' to convert it to a dense array."
        )
    drawn = rng.uniform(size=X.shape) < strength
    own = np.arange(len(X))[:, np.newaxis]
    source = np.where(drawn, rng.randint(len(X), size=X.shape), own)
    if not hasattr(X, "iloc"):
        return np.take_along_axis(X, source, axis=0)
    # Column by column: each keeps its type.
    columns = [
        X.iloc[source[:, j], j].reset_index(drop=True) for j in range(X.shape[1])
    ]
    return pd.concat(columns, axis=1)


NUMERIC = {"jitter": jitter, "drop": drop, "interpolate": interpolate}
AUGMENTERS = {**NUMERIC, "resample": resample}
