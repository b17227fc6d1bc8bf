"""Mixtures of Gaussians by noisy moments: what is released, and what it can mean."""

from math import sqrt

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import softmax

from skmia.defenses.private._moment_noise import (
    UNIT,
    gaussian_edge,
    on_ball,
    second_moments,
    with_gaussian_noise,
)

# A record belongs to components in parts of 2**-10.
_PARTS = 2**10
# Components that are not larger than twice the noise on their size stay as they were.
_LEAST_SIZE = 2
# Variances of components at the start, as a share of those of all records: with 1, and
# not 1/4, twice as many steps were needed on three well separated components.
_START = 0.25


class NoisyMoments:
    """What is released of the records, step by step.

    Parameters
    ----------
    stream : SecretStream
    variances : pair of Fraction
        From `gaussian_variances`.
    Z : ndarray of shape (n_samples, n_features)
        Records of length 1 at most.
    """

    def __init__(self, stream, variances, Z):
        self._stream, self._variances = stream, variances
        self._vectors = on_ball(np.column_stack([np.ones(len(Z)), Z]) / sqrt(2))

    @property
    def deviation(self):
        """Of the noise on the size of a component, in records."""
        return 2 * float(self._variances[0]) ** 0.5 / UNIT

    @property
    def edge(self):
        """Largest eigenvalue of the noise on a second moment, as a rule."""
        return 2 * gaussian_edge(self._variances, self._vectors.shape[1])

    def of_all(self):
        """Sum of ``u u'``, with noise."""
        return with_gaussian_noise(
            self._stream, second_moments(self._vectors), self._variances
        )

    def of_parts(self, parts):
        """Sums of ``r u u'`` for the parts r of each component, with noise.

        Parameters
        ----------
        parts : ndarray of int of shape (n_samples, n_components)
            At least 0, and at most 2**10 together.
        """
        # In steps 2**10 as fine, with noise as much larger.
        finer = [variance * _PARTS**2 for variance in self._variances]
        U = self._vectors
        return np.array(
            [
                # Integers of at most 2**38 a record: they add up exactly.
                with_gaussian_noise(self._stream, (U * part[:, None]).T @ U, finer)
                / _PARTS
                for part in parts.T
            ]
        )


class Mixture:
    """Gaussians with shares, where records have length 1 at most."""

    def __init__(self, weights, means, covariances):
        self.weights, self.means, self.covariances = weights, means, covariances
        self.roots = np.linalg.cholesky(covariances)

    def parts(self, Z):
        """Of each record in each component, in steps of 2**-10, rounded down."""
        shares = softmax(self.log_joint(Z), axis=1)
        return np.floor(shares * _PARTS).astype(np.int64)

    def log_joint(self, Z):
        """Logarithm of share times density of each component at each record."""
        columns = []
        for weight, mean, root in zip(
            self.weights, self.means, self.roots, strict=True
        ):
            steps = solve_triangular(root, (Z - mean).T, lower=True)
            unit = np.log(np.diag(root)).sum() + len(mean) / 2 * np.log(2 * np.pi)
            columns.append(np.log(weight) - unit - 0.5 * (steps**2).sum(axis=0))
        return np.column_stack(columns)


class Possible:
    """Mixtures that can be, nearest to what noisy moments say.

    Parameters
    ----------
    least : float
        Smallest variance.
    edge : float
        Largest eigenvalue of the noise on a second moment.
    deviation : float
        Of the noise on a size.
    """

    def __init__(self, least, edge, deviation):
        self._least, self._edge, self._deviation = least, edge, deviation

    def mixture(self, moments, sizes):
        """Components with these moments of ``u``."""
        per_record = 2 * moments / sizes[:, None, None]
        means = per_record[:, 1:, 0]
        means = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1)
        spread = per_record[:, 1:, 1:] - means[:, :, None] * means[:, None, :]
        # Below what the noise may have made of 0, nothing is known of a variance.
        least = np.minimum(np.maximum(self._least, self._edge / sizes), 1)
        return Mixture(sizes / sizes.sum(), means, _within(spread, least))

    def start(self, one, n_components, stream):
        """As many components, at random places of a mixture of one."""
        steps = stream.normals((n_components, one.means.shape[1]))
        least = np.full(1, self._least)
        covariances = _within(one.covariances * _START, least)
        return Mixture(
            np.full(n_components, 1 / n_components),
            one.means + steps @ one.roots[0].T,
            np.repeat(covariances, n_components, axis=0),
        )

    def moved(self, former, moments):
        """Components where moments say they are, if they say more than the noise."""
        sizes = 2 * moments[:, 0, 0]
        said = sizes > _LEAST_SIZE * self._deviation
        new = self.mixture(moments, np.where(said, sizes, 1))
        weights = np.where(said, sizes, self._deviation)
        return Mixture(
            weights / weights.sum(),
            np.where(said[:, None], new.means, former.means),
            np.where(said[:, None, None], new.covariances, former.covariances),
        )


def _within(covariances, least):
    """The nearest covariances with variances from `least`, of each, to 1."""
    values, vectors = np.linalg.eigh(covariances)
    values = np.clip(values, least[:, None], 1)
    return (vectors * values[:, None, :]) @ vectors.transpose(0, 2, 1)
