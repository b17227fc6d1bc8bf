"""Signals of models that are no classifiers: plain functions ``f(y, answer)``."""

import numpy as np


def absolute_error(y, prediction):
    """Distance of the prediction from the true value; of several outputs the mean."""
    shape = len(prediction), -1
    error = np.reshape(np.asarray(y, dtype=float), shape) - prediction.reshape(shape)
    return np.abs(error).mean(axis=1)


def score_samples(y, score):
    """How normal, or how dense, the model finds the record."""
    return score
