"""Standardised features, by noisy means and variances."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import OneToOneFeatureMixin

from skmia.defenses.private._declared import check_bounds, check_noise_width
from skmia.defenses.private._declared_transformer import PrivateTransformer
from skmia.defenses.private._grid import GRID, GRID_BITS, on_grid
from skmia.utils._integer_noise import discrete_laplace
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import INNER_FRACTION, POSITIVE
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant

_LEAST = np.finfo(np.float64).smallest_subnormal


class PrivateStandardScaler(OneToOneFeatureMixin, PrivateTransformer):
    """Transformer that standardises features by means and deviations with a guarantee.

    Sums and sums of squares of all features get noise, each for half of `epsilon`,
    after values have been clipped to the declared bounds and rounded to a grid.

    Works on *records*: `X` holds features.

    .. versionadded:: 0.2

    Parameters
    ----------
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped. The noise is as wide as the bounds.
    min_scale : float, default=0.03
        Smallest `scale_`, as a share of the width of the bounds. Noise can make a
        variance anything, negative too, and a constant feature has none.
    clip : float, default=None
        Largest size of a transformed value. None: as far as the bounds go.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    mean_ : ndarray of shape (n_features,)
        Mean of each feature, between its bounds.
    var_ : ndarray of shape (n_features,)
        Variance of each feature, the square of `scale_`.
    scale_ : ndarray of shape (n_features,)
        What each feature is divided by.
    data_norm_ : float
        Euclidean length that no transformed record exceeds, computed from what is
        released: `clip` times the root of the number of features, or less.
    epsilon_ : float
        What was spent.
    delta_ : float
        0.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    BoundedScaler : By the bounds alone, which costs nothing.
    PrivatePCA : Directions of the largest variance.

    Notes
    -----
    Threat model: the adversary sees `mean_`, `var_` and `scale_`, and all records but
    one. Guarantee: (epsilon, 0)-differential privacy of one record. It may be replaced
    by any other; the number of records is public. Released are the noisy sums and sums
    of squares, and what is computed from them. The transformed *training records* are
    not: they are as much the records as `X` is. A private estimator may be fitted to
    them, which costs its own epsilon: the two add up, and one `accountant` in both
    steps counts them. Assumed are `bounds` declared without a look at the data, finite
    values, and ``random_state=None``. Choosing parameters by scores on the same records
    spends privacy too. The time that a fit takes is not hidden.

    Exact integers carry the proof, nothing is assumed of floating-point numbers. Each
    value is rounded to the grid, 2**10 steps on half a width, before values and squares
    are added up. One record changes the sum of a feature by at most 2**11 steps, its
    sum of squares by 2**10 (of the square of half a width), and it can do so in every
    feature: for half of epsilon each, the rates of the noise (discrete Laplace) are
    epsilon / 2 divided by 2**11 and by 2**10, and by the number of features. It is
    drawn exactly from SHAKE-256 with a key of the operating system, which is gone when
    `fit` ends.

    The noise grows with the number of features and with the width of the bounds, and
    drowns a variance that is small beside them. A tenth to a third of the whole epsilon
    is enough for the scaler, as a rule. A typical transformed record is as long as the
    root of the number of features: for the `data_norm` of an estimator behind it that
    is a better choice than `data_norm_`.

    References
    ----------
    C. Dwork, F. McSherry, K. Nissim, A. Smith, "Calibrating Noise to Sensitivity in
    Private Data Analysis", TCC 2006, :doi:`10.1007/11681878_14`

    C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy",
    NeurIPS 2020. :arxiv:`2004.00010`

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.pipeline import make_pipeline
    >>> from skmia.defenses import (
    ...     PrivacyAccountant,
    ...     PrivateLogisticRegression,
    ...     PrivateStandardScaler,
    ... )
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> accountant = PrivacyAccountant(epsilon=3)
    >>> model = make_pipeline(
    ...     PrivateStandardScaler(
    ...         epsilon=0.5, bounds=(0, [40, 50, 200, 3000]), accountant=accountant
    ...     ),
    ...     PrivateLogisticRegression(
    ...         epsilon=2, data_norm=2, classes=[0, 1], accountant=accountant
    ...     ),
    ... )
    >>> model.fit(X[:, :4], y)
    Pipeline(...)
    >>> accountant
    PrivacyAccountant(epsilon=3): epsilon 2.5 spent, 2 booked
    """

    _parameter_constraints: dict = {
        **PrivateTransformer._parameter_constraints,
        "bounds": ["array-like", None],
        "min_scale": [INNER_FRACTION],
        "clip": [POSITIVE, None],
    }

    def __init__(
        self,
        *,
        epsilon: float = 1.0,
        bounds: tuple[Any, Any] | None = None,
        min_scale: float = 0.03,
        clip: float | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.epsilon = epsilon
        self.bounds = bounds
        self.min_scale = min_scale
        self.clip = clip
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features):
        name = type(self).__name__
        bounds = check_bounds(self.bounds, n_features, name)
        check_noise_width(
            self.epsilon,
            2 * max(sensitivities(n_features)),
            name,
            f"raise it, or use fewer than {n_features} features",
        )
        return bounds

    def _train(self, X, bounds, key):
        noise = SecretStream(key, b"scaler")
        sums, squares = (
            exact + discrete_laplace(noise, rate, exact.shape)
            for exact, rate in zip(
                moments(on_grid(X, *bounds)),
                noise_rates(self.epsilon, X.shape[1]),
                strict=True,
            )
        )
        # From here on it is post-processing: no data, no further cost.
        low, high = bounds
        half = (high - low) / 2
        center, spread = _parameters(sums, squares, len(X))
        mean = low + half * (center + 1)
        # Above 0, however narrow the bounds are: records are divided by it.
        scale = np.maximum(half * np.maximum(spread, 2 * self.min_scale), _LEAST)
        clip = np.inf if self.clip is None else float(self.clip)
        farthest = np.minimum(np.maximum(mean - low, high - mean) / scale, clip)
        return {
            "mean_": mean,
            "var_": scale**2,
            "scale_": scale,
            "data_norm_": float(np.linalg.norm(farthest)),
            "_bounds": bounds,
            "_clip": clip,
        }

    @property
    def _n_features_out(self):
        return self.n_features_in_

    def _change(self, X):
        Z = (np.clip(X, *self._bounds) - self.mean_) / self.scale_
        return np.clip(Z, -self._clip, self._clip)

    def _restore(self, Z):
        return Z * self.scale_ + self.mean_


def moments(V):
    """Sums of the features and of their squares, in steps of the grid.

    Integers of at most 2**20 a record: more records than any memory holds add up
    without overflow, exactly.

    Parameters
    ----------
    V : ndarray of int64 of shape (n_samples, n_features)
        From `on_grid`.

    Returns
    -------
    sums, squares : ndarray of int64 of shape (n_features,)
    """
    # One record changes the sum of squares by 2**20 at most, which is 2**10 steps: so
    # the rounded sum changes by no more than them.
    return V.sum(axis=0), (V**2).sum(axis=0) + GRID // 2 >> GRID_BITS


def sensitivities(n_features):
    """Largest L1 change of sums and of squares when one record is replaced.

    From -2**10 to 2**10 and from 0 to 2**10, in each feature.
    """
    return 2 * GRID * n_features, GRID * n_features


def noise_rates(epsilon, n_features):
    """Rates of the noise on sums and squares, half of epsilon for each."""
    half = Fraction(float(epsilon)) / 2
    return tuple(half / most for most in sensitivities(n_features))


def _parameters(sums, squares, n_samples):
    """Mean and deviation, where bounds are -1 and 1: possible ones."""
    mean = np.clip(sums / (n_samples * GRID), -1, 1)
    square = np.clip(squares / (n_samples * GRID), mean**2, 1)
    return mean, np.sqrt(square - mean**2)
