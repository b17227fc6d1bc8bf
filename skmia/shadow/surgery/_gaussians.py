"""Likelihoods of Gaussians by matrix products, and how far rounding may be off."""

import numpy as np

# A class that is this far below the best one has no probability to speak of: exp(-100)
# is 1e13 times less than the floor that signals put under probabilities.
_NEGLIGIBLE = 100.0
# Beside it rounding of a log-likelihood does not matter: that of single precision is as
# much of a probability.
_ROUNDING = 1e-7


class Gaussians:
    """What records look like to the Gaussians of many models, one after the other.

    The square of a deviation is the difference of two products. Where features hardly
    vary within a class these are huge beside it: who asks is told how far the
    difference may be off, and looks at single records and classes again.

    Parameters
    ----------
    X : ndarray of float64 of shape (n_records, n_features)
    """

    def __init__(self, X):
        self.X = X
        # Products of numbers around 0 lose the least.
        self._centre = X.mean(axis=0)
        self._around = X - self._centre
        self._squares = self._around**2

    def roughly(self, means, variances):
        """Log-likelihoods up to a constant, and what rounding may be off.

        Parameters
        ----------
        means, variances : ndarray of shape (n_classes, n_features)

        Returns
        -------
        likelihood : ndarray of shape (n_records, n_classes)
        squares : ndarray of shape (n_records, n_classes)
            Squared deviations, by variances.
        error : ndarray of shape (n_records, n_classes)
            Bound of what rounding may be off of the first.
        """
        means = means - self._centre
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            squared = self._squares @ (1 / variances).T
            squared += (means**2 / variances).sum(axis=1)
            squares = squared - 2 * self._around @ (means / variances).T
            likelihood = -0.5 * (np.log(variances).sum(axis=1) + squares)
        # A sum of products is off by one rounding for each of them at most.
        error = 2 * self.X.shape[1] * np.finfo(float).eps * squared
        return likelihood, np.maximum(squares, 0), error

    def joint(self, means, variances, log_priors):
        """Log-likelihoods and priors, where rounding does not matter.

        Parameters
        ----------
        means, variances : as for :meth:`roughly`
        log_priors : ndarray of shape (n_classes,)

        Returns
        -------
        joint : ndarray of shape (n_records, n_classes)
            Up to a constant.
        """
        joint, _, error = self.roughly(means, variances)
        joint += log_priors
        again = matters(joint, error) & ~(error <= _ROUNDING)
        for c in np.flatnonzero(again.any(axis=0)):
            rows = again[:, c]
            own = log_density(self.X[rows] - means[c], variances[c])
            joint[rows, c] = own + log_priors[c]
        return joint


def matters(joint, error):
    """Which classes have any probability, however much the numbers are off.

    Parameters
    ----------
    joint, error : ndarray of shape (n_records, n_classes)
        Logarithms, and bounds of their errors; nan where nothing is known.
    """
    with np.errstate(invalid="ignore"):
        least = (joint - error).max(axis=1, keepdims=True)
        return ~(joint + error < least - _NEGLIGIBLE)


def log_density(deviations, variances):
    """Logarithm of the density, up to a constant, from deviations from the mean."""
    return -0.5 * (np.log(variances) + deviations**2 / variances).sum(axis=1)
