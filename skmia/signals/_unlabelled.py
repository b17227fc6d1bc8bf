"""Signals of models without labels: plain functions ``f(X, answer)``."""

import numpy as np

from skmia.utils._numbers import numbers

# Of a variance: as much remains where a record is decoded exactly.
_ROUNDING = 1e-20
# What says how well a record suits a model, by its kind.
SCORE_OF = {
    "clusterer": "centre_distance",
    "outlier_detector": "score_samples",
    "density_estimator": "score_samples",
    "user_model": "score_samples",
    "text_model": "score_samples",
    "segmenter": "log_likelihood",
    "recommender": "novelty",
    "synthesizer": "sample_distance",
    "autoencoder": "reconstruction_error",
    "encoder": "similarity",
}


def score_samples(X, score):
    """How normal, or how dense, the model finds the record."""
    return score


def reconstruction_error(X, rebuilt, *, spread):
    """Squared distance of the record to what is left of it; rounding counts as none.

    Below 1e-20 of the variance of all records, which is the sum of the squares of
    `spread`; a spread of None is that of the records asked about.
    """
    X = numbers(X)
    spread = X.std(axis=0) if spread is None else np.asarray(spread)
    error = ((X - rebuilt) ** 2).sum(axis=1)
    return np.where(error < _ROUNDING * (spread**2).sum(), 0, error)


def inlier(X, prediction):
    """1 where a detector takes the record for none of its outliers, else 0."""
    return (np.asarray(prediction) == 1).astype(float)


def centre_distance(X, distances):
    """Distance of the record to the nearest centre of a clusterer."""
    return distances.min(axis=1)


def centre_margin(X, distances):
    """By how much the second nearest centre is farther; 0 where there is but one."""
    if distances.shape[1] == 1:
        return np.zeros(len(distances))
    nearest = np.partition(distances, 1, axis=1)
    return nearest[:, 1] - nearest[:, 0]
