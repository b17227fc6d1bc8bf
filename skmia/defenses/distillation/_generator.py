"""A Gaussian that few records suffice for: the default of synthetic training data."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.covariance import OAS
from sklearn.utils import check_random_state

from skmia.defenses._numbers import column_moments


class ShrunkGaussian(BaseEstimator):
    """Gaussian with the mean and the shrunk covariance of the records it is fitted to.

    Missing values are sampled as often as they come in their column, and count as its
    mean otherwise.

    Parameters
    ----------
    spread : ndarray of shape (n_features,)
        Standard deviation of each feature in a larger set of records. It sets the
        scale in which the covariance is shrunk, and is all there is to go by for a
        single record, or for several that are equal: none of them is sampled as it is.
    """

    def __init__(self, spread):
        self.spread = spread

    def fit(self, X):
        """Mean and a root of the covariance of the records, and what is missing."""
        missing = np.isnan(X)
        self.missing_ = missing.mean(axis=0)
        X = np.where(missing, column_moments(X)[0], X)
        self.mean_ = X.mean(axis=0)
        if np.ptp(X, axis=0).max() == 0:
            self.root_ = np.diag(self.spread)
            return self
        scale = np.where(self.spread > 0, self.spread, 1)
        # Not Ledoit and Wolf's: of two records it would shrink nothing, and samples
        # would lie on the line through both.
        shrunk = OAS(assume_centered=True, store_precision=False)
        covariance = shrunk.fit((X - self.mean_) / scale)
        values, vectors = np.linalg.eigh(covariance.covariance_)
        # What is constant everywhere stays so: times the spread, not the scale.
        root = vectors * np.sqrt(np.clip(values, 0, None))
        self.root_ = self.spread[:, np.newaxis] * root
        return self

    def sample(self, n_samples, random_state=None):
        """Records drawn from the Gaussian."""
        rng = check_random_state(random_state)
        draws = rng.standard_normal((n_samples, len(self.mean_)))
        rows = self.mean_ + draws @ self.root_.T
        rows[rng.uniform(size=rows.shape) < self.missing_] = np.nan
        return rows

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
