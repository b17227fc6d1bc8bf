"""Signals of models without labels: plain functions ``f(X, answer)``."""

import numpy as np

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
}


def score_samples(X, score):
    """How normal, or how dense, the model finds the record."""
    return score


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
