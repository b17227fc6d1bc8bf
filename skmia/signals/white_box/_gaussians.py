"""Scores of a Gaussian naive Bayes, and their gradients."""

import numpy as np

from skmia.signals.white_box._blocks import Rows


class Gaussians:
    """Joint log likelihood of a record and each class, in which features stand alone.

    Parameters
    ----------
    model : fitted GaussianNB
    """

    def __init__(self, model):
        self._model = model
        self._means, self._variances = model.theta_, model.var_

    def size(self, n_features):
        """Numbers that are kept of a record."""
        return 2 * len(self._means) * n_features

    def outputs(self, X):
        distances = [
            ((X - mean) ** 2 / variance + np.log(2 * np.pi * variance)).sum(axis=1)
            for mean, variance in zip(self._means, self._variances, strict=True)
        ]
        return np.log(self._model.class_prior_) - np.transpose(distances) / 2

    scores = outputs

    def hidden(self, X):
        return []

    def gradient(self, X, weights):
        precisions = 1 / self._variances
        away = X * (weights @ precisions) - weights @ (self._means * precisions)
        return -away

    def by_parameters(self, X, weights):
        """Gradient of each record by the means and the variances, in blocks."""
        blocks = []
        for weight, mean, variance in zip(
            weights.T, self._means, self._variances, strict=True
        ):
            away = (X - mean) / variance
            blocks.append(Rows(weight[:, None] * away))
            blocks.append(Rows(weight[:, None] * (away**2 - 1 / variance) / 2))
        return [blocks]
