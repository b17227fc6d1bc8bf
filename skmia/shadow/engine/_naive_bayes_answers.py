"""What naive Bayes models say about the pool, by products of matrices."""

from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.special import softmax
from sklearn.naive_bayes import BernoulliNB, GaussianNB

from skmia.shadow.engine._answers import PoolAnswers
from skmia.shadow.surgery._gaussians import Gaussians
from skmia.shadow.surgery._other_side import other_side, without_names

# Counts of which so large a part is 0 are faster as a sparse matrix.
_SPARSE = 0.7


class NaiveBayesAnswers(PoolAnswers):
    """The records are looked at once, not by every model.

    Parameters
    ----------
    estimator : estimator
        What the models are clones of.
    validate : callable
        Returns an estimator, the records as the models count them, and labels.
    """

    def __init__(self, estimator, validate):
        self._gaussian = type(estimator) is GaussianNB
        self._validate = validate

    @cached_property
    def _pool(self):
        return self._validate()[1:]

    @cached_property
    def _gaussians(self):
        return Gaussians(self._pool[0])

    @cached_property
    def _counts(self):
        X, _ = self._pool
        if sparse.issparse(X) or np.mean(X == 0) < _SPARSE:
            return X
        return sparse.csr_array(X)

    def posterior(self, model, inside):
        """Posterior of a model, of shape (n_records, n_classes)."""
        if self._gaussian:
            learned = model.theta_, model.var_, np.log(model.class_prior_)
            return softmax(self._gaussians.joint(*learned), axis=1)
        weights, constant = model.feature_log_prob_, model.class_log_prior_
        if isinstance(model, BernoulliNB):
            absent = np.log1p(-np.exp(weights))
            weights, constant = weights - absent, constant + absent.sum(axis=1)
        return softmax(self._counts @ weights.T + constant, axis=1)

    def other_side(self, model, inside):
        """As :func:`skmia.shadow.other_side`."""
        if self._gaussian:
            return None
        model = without_names(model)
        if isinstance(model, BernoulliNB):
            model.binarize = None  # that is done
        return other_side(model, self._counts, self._pool[1], inside)
