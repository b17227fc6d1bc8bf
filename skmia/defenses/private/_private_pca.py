"""Principal components of a noisy matrix of second moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin

from skmia.defenses.private._declared import check_bounds, check_noise_width
from skmia.defenses.private._declared_transformer import PrivateTransformer
from skmia.defenses.private._moment_noise import (
    gaussian_variances,
    mask_sensitivity,
    on_ball,
    second_moments,
    with_gaussian_noise,
    with_wishart_noise,
)
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import COUNT, FRACTION_BELOW_1, POSITIVE
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant


class PrivatePCA(ClassNamePrefixFeaturesOutMixin, PrivateTransformer):
    """Principal component analysis with differential privacy.

    The second moments of the records about the middle of their declared bounds get
    noise; the components are the eigenvectors of the noisy matrix.

    Works on *records*: `X` holds features.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_components : int, default=None
        Components to keep. None: as many as features.
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    delta : float, default=0.0
        Probability, in [0, 1), with which more may be lost. Larger than 0 adds Gaussian
        noise, which is less.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped.
    data_norm : float, default=None
        Euclidean length of the longest record, measured from the middle of the bounds
        and declared without a look at the data. Longer records are shortened. The noise
        grows with its square. None: half the diagonal of the bounds, which shortens
        none.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features)
        Directions of the largest second moments, each of length 1, the largest first.
        The entry of the largest size is positive.
    explained_variance_ : ndarray of shape (n_components,)
        Second moment of the records in each direction, 0 where the noise makes it
        negative.
    mean_ : ndarray of shape (n_features,)
        The middle of the bounds, which the components go through. Not the mean of the
        records.
    data_norm_ : float
        Euclidean length that no transformed record exceeds: `data_norm`, or half the
        diagonal of the bounds.
    epsilon_ : float
        What was spent.
    delta_ : float
        The parameter `delta`.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    PrivateStandardScaler : Means and deviations; components of its features go through
        a noisy mean.

    Notes
    -----
    Threat model: the adversary sees `components_` and `explained_variance_`, and all
    records but one. Guarantee: (epsilon, delta)-differential privacy of one record. It
    may be replaced by any other; the number of records is public. Released are the
    noisy second moments, and what is computed from them. The transformed *training
    records* are not: they are as much the records as `X` is. A private estimator may be
    fitted to them, which costs its own epsilon: the two add up, and one `accountant` in
    both steps counts them. Assumed are `bounds` and `data_norm` declared without a look
    at the data, finite values, and ``random_state=None``. Choosing parameters by scores
    on the same records spends privacy too. The time that a fit takes is not hidden.

    Records v, of length at most 1 after a division by `data_norm`, are rounded to a
    grid of 2**-14 each, and their outer products are added up in integers. Replacing v
    by u changes the matrix by ``v v' - u u'``.

    - With `delta` (Dwork et al. 2014, on integers): the squares of all entries of the
      change add up to at most 2. An entry beside the diagonal is in the matrix twice
      and is released once, so that half the variance is enough for it; the paper's
      noise is larger by that. The discrete Gaussian noise is drawn exactly, and
      accounted for by zero-concentrated differential privacy: nothing is assumed of
      floating-point numbers.
    - Without: the change has a nuclear norm (the sum of the sizes of its eigenvalues)
      of at most 2. The noise is the difference of two Wishart matrices, each with a
      density proportional to ``exp(-epsilon * trace / 2)`` on the positive
      semi-definite matrices: one degree of freedom more than features. Take all pairs
      with the difference N, and add the positive part of the change to the first
      matrix, the negative part to the second: these are pairs with the difference N
      plus the change, and their density is smaller by ``exp(-epsilon)`` at most. The
      noise of Jiang et al. 2016 is one such matrix, and not private: it is positive
      semi-definite, so that what is released less the true moments of a data set shows
      whether they can be the true ones. Doubles enter here, with tails to a probability
      of 2**-104. They are rounded to a public grid, and an integer noise for 1/64 of
      epsilon, drawn exactly, covers what the rounding of doubles tells.

    The noise is drawn from SHAKE-256 with a key of the operating system, which is gone
    when `fit` ends. Its largest eigenvalue grows with the number of features, and with
    its root only where `delta` is larger than 0. It is drawn number by number: with 784
    features that takes ten seconds, half a minute with `delta`.

    Unless the mean of the records is near the middle of the bounds, the first component
    points from there to the mean.

    References
    ----------
    C. Dwork, K. Talwar, A. Thakurta, L. Zhang, "Analyze Gauss: Optimal Bounds for
    Privacy-Preserving Principal Component Analysis", STOC 2014.
    :doi:`10.1145/2591796.2591883`

    W. Jiang, C. Xie, Z. Zhang, "Wishart Mechanism for Differentially Private Principal
    Components Analysis", AAAI 2016. :arxiv:`1511.05680`

    T. d'Orsi, G. Novikov, "On Purely Private Covariance Estimation", ALT 2026.
    :arxiv:`2510.26717` (noise for the nuclear norm)

    C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy",
    NeurIPS 2020. :arxiv:`2004.00010`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skmia.defenses import (
    ...     BoundedScaler,
    ...     PrivacyAccountant,
    ...     PrivateLogisticRegression,
    ...     PrivatePCA,
    ... )
    >>> X, y = load_digits(return_X_y=True)
    >>> accountant = PrivacyAccountant(epsilon=8, delta=1e-5)
    >>> model = make_pipeline(
    ...     BoundedScaler(bounds=(0, 16), feature_range=(-1, 1)),
    ...     PrivatePCA(
    ...         8, epsilon=3, delta=1e-5, bounds=(-1, 1), accountant=accountant
    ...     ),
    ...     PrivateLogisticRegression(
    ...         epsilon=5, data_norm=8, classes=range(10), accountant=accountant
    ...     ),
    ... )
    >>> model.fit(X, y)
    Pipeline(...)
    >>> accountant
    PrivacyAccountant(epsilon=8, delta=1e-05): epsilon 8, delta 1e-05 spent, 2 booked
    """

    _parameter_constraints: dict = {
        **PrivateTransformer._parameter_constraints,
        "n_components": [COUNT, None],
        "delta": [FRACTION_BELOW_1],
        "bounds": ["array-like", None],
        "data_norm": [POSITIVE, None],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        epsilon: float = 1.0,
        delta: float = 0.0,
        bounds: tuple[Any, Any] | None = None,
        data_norm: float | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.n_components = n_components
        self.epsilon = epsilon
        self.delta = delta
        self.bounds = bounds
        self.data_norm = data_norm
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features):
        name = type(self).__name__
        low, high = check_bounds(self.bounds, n_features, name)
        if self.n_components is not None and self.n_components > n_features:
            raise ValueError(
                f"The 'n_components' parameter of {name} must be at most the number of "
                f"features. Got {self.n_components} instead; X has {n_features}."
            )
        with np.errstate(over="ignore", under="ignore"):
            diagonal = np.linalg.norm((high - low) / 2)
            radius = diagonal if self.data_norm is None else float(self.data_norm)
            squares = np.square([diagonal, radius])
        # Far above where squares lose digits.
        if not (np.isfinite(squares) & (squares > 1e-250)).all():
            raise ValueError(
                f"The 'bounds' and 'data_norm' parameters of {name} must be of a size "
                f"that can be squared. Got {self.bounds!r} and {self.data_norm!r} "
                "instead; choose another unit."
            )
        if self.delta:
            return low, high, radius, gaussian_variances(self.epsilon, self.delta)
        check_noise_width(
            self.epsilon,
            mask_sensitivity(n_features),
            name,
            "raise it, or declare a delta",
        )
        return low, high, radius, None

    def _train(self, X, declared, key):
        low, high, radius, variances = declared
        middle = low + (high - low) / 2
        stream = SecretStream(key, b"pca")
        moments = second_moments(on_ball(_about(middle, X, low, high, radius) / radius))
        if variances:
            noisy = with_gaussian_noise(stream, moments, variances)
        else:
            noisy = with_wishart_noise(stream, moments, self.epsilon)
        # From here on it is post-processing: no data, no further cost.
        values, components = _largest(noisy, self.n_components)
        return {
            "components_": components,
            "explained_variance_": np.maximum(values, 0) / len(X) * radius**2,
            "mean_": middle,
            "data_norm_": float(radius),
            "_bounds": (low, high),
        }

    @property
    def _n_features_out(self):
        return len(self.components_)

    def _change(self, X):
        Z = _about(self.mean_, X, *self._bounds, self.data_norm_)
        return Z @ self.components_.T

    def _restore(self, Z):
        return Z @ self.components_ + self.mean_


def _about(middle, X, low, high, radius):
    """Records as seen from the middle of the bounds, none longer than the radius."""
    Z = np.clip(X, low, high) - middle
    lengths = np.linalg.norm(Z, axis=1, keepdims=True)
    return Z / np.maximum(lengths / radius, 1)


def _largest(matrix, n_components):
    """The largest eigenvalues, descending, and their eigenvectors as rows."""
    values, vectors = np.linalg.eigh(matrix)
    components = vectors.T[::-1][:n_components]
    # Of the two directions, the one that has the entry of the largest size positive.
    chosen = np.abs(components).argmax(axis=1)[:, None]
    signs = np.sign(np.take_along_axis(components, chosen, axis=1))
    return values[::-1][:n_components], components * signs
