"""Linear regression from a noisy matrix of second moments."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.defenses.private._declared import check_bounds, check_noise_width
from skmia.defenses.private._grid import to_unit
from skmia.defenses.private._moment_noise import (
    gaussian_edge,
    gaussian_variances,
    mask_sensitivity,
    on_ball,
    second_moments,
    wishart_edge,
    with_gaussian_noise,
    with_wishart_noise,
)
from skmia.defenses.private._private import SecretNoise
from skmia.utils._card import DefenseCard
from skmia.utils._fitting import set_fitted
from skmia.utils._quantities import in_columns
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import FRACTION_BELOW_1, LENGTH, POSITIVE, _fit_context
from skmia.utils._typing import MatrixLike, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.defenses.private._privacy_accountant import PrivacyAccountant

# Length of the constant feature and of the label, where that of the longest record is
# 1. Less noise for a record means more for these.
_CONSTANT = 0.5
_LABEL = 0.5
# Eigenvalue per record below which doubles would not find the solution any more.
_LEAST_EIGENVALUE = 1e-9


class PrivateLinearRegression(SecretNoise, RegressorMixin, BaseEstimator):
    """Linear regression trained with differential privacy.

    The second moments of records and labels together get noise, and the coefficients
    are those of a ridge regression on the noisy moments, with as much of a penalty as
    the noise makes necessary.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    delta : float, default=0.0
        Probability, in [0, 1), with which more may be lost. Larger than 0 adds Gaussian
        noise, which is less for many features.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped, those of questions, too.
    y_bounds : tuple (low, high)
        The same of the labels: each a number for all outputs or an array of shape
        (n_outputs,). The noise is as wide as they are.
    data_norm : float, default=None
        Euclidean length of the longest record, where each feature goes from -1 to 1
        between its bounds, declared without a look at the data. Longer records are
        shortened, those of questions, too. The noise grows with its square. None: the
        root of the number of features, which shortens none; half of that is a better
        choice where few values are near their bounds.
    fit_intercept : bool, default=True
        Whether to add a constant feature. Without, the prediction in the middle of the
        bounds is the middle of `y_bounds`.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,) or (n_outputs, n_features)
        Coefficients of the features, for records that are not clipped or shortened.
    intercept_ : float or ndarray of shape (n_outputs,)
        Constant terms.
    penalty_ : float
        What was added to the eigenvalues of the noisy moments, in units of a record of
        the longest length.
    epsilon_ : float
        What was spent.
    delta_ : float
        The parameter `delta`.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    PrivatePCA : The same noise, for directions.
    ClippedPrediction : Around this one it keeps predictions within `y_bounds`, and
        costs no privacy.

    Notes
    -----
    Threat model: the adversary sees `coef_`, `intercept_` and `penalty_`, and all
    records but one. Guarantee: (epsilon, delta)-differential privacy of one record,
    features and labels, which may be replaced by any other; the number of records is
    public. Assumed are `bounds`, `y_bounds` and `data_norm` declared without a look at
    the data, finite values, and ``random_state=None``. Choosing parameters by scores on
    the same records spends privacy too, and scaling features by their own mean and
    deviation voids the guarantee. The time that a fit takes is not hidden.

    A record, shortened and divided by `data_norm`, a constant and its labels are one
    vector, divided by the greatest length that it can have. From there on all is as in
    :class:`PrivatePCA`: vectors of length at most 1 are rounded to a grid, their outer
    products added up in integers, and the matrix of these gets the noise that is proven
    there, Gaussian with `delta`, a difference of Wishart matrices without. Sheffet
    releases the moments of records and labels as one matrix, too, with the noise of
    Dwork et al. All that follows is computed from the noisy matrix, and costs nothing
    more.

    Noise can make an eigenvalue of the moments of the features anything, negative too.
    As in Wang's AdaSSP a penalty is added where the smallest one is too small beside
    the noise: it becomes half of the largest eigenvalue that the noise has as a rule.
    AdaSSP pays a third of epsilon to know that eigenvalue; here it is one of the matrix
    that is released.

    References
    ----------
    Y.-X. Wang, "Revisiting Differentially Private Linear Regression: Optimal and
    Adaptive Prediction & Estimation in Unbounded Domain", UAI 2018.
    :arxiv:`1803.02596`

    O. Sheffet, "Differentially Private Ordinary Least Squares", ICML 2017.
    :arxiv:`1507.02482`

    C. Dwork, K. Talwar, A. Thakurta, L. Zhang, "Analyze Gauss: Optimal Bounds for
    Privacy-Preserving Principal Component Analysis", STOC 2014.
    :doi:`10.1145/2591796.2591883`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmia.defenses import ClippedPrediction, PrivateLinearRegression
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = PrivateLinearRegression(
    ...     epsilon=3, bounds=(-0.2, 0.2), y_bounds=(0, 400)
    ... )
    >>> clipped = ClippedPrediction(model, bounds=(0, 400)).fit(X, y)
    >>> clipped.estimator_.epsilon_, clipped.predict(X[:5]).shape
    (3.0, (5,))
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("label", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Wang 2018; Sheffet 2017",
        guarantee="(epsilon, delta)-DP of the model, replace one record",
    )

    _parameter_constraints: dict = {
        **SecretNoise._parameter_constraints,
        "epsilon": [POSITIVE],
        "delta": [FRACTION_BELOW_1],
        "bounds": ["array-like", None],
        "y_bounds": ["array-like", None],
        "data_norm": [LENGTH, None],
        "fit_intercept": ["boolean"],
    }

    def __init__(
        self,
        *,
        epsilon: float = 1.0,
        delta: float = 0.0,
        bounds: tuple[Any, Any] | None = None,
        y_bounds: tuple[Any, Any] | None = None,
        data_norm: float | None = None,
        fit_intercept: bool = True,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.epsilon = epsilon
        self.delta = delta
        self.bounds = bounds
        self.y_bounds = y_bounds
        self.data_norm = data_norm
        self.fit_intercept = fit_intercept
        self.accountant = accountant
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike | pd.DataFrame, y: ArrayLike, **fit_params: Any) -> Self:
        """Train with differential privacy.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Quantities.
        **fit_params : dict
            Empty: ``sample_weight`` is a TypeError, since the noise is made for records
            that count once.

        Returns
        -------
        self : object
        """
        how = {"multi_output": True, "y_numeric": True}
        checked, X, y = self._checked(fit_params, X, y, **how)
        y = y.astype(np.float64)
        declared = self._declare(X.shape[1], in_columns(y).shape[1])
        set_fitted(self, checked, self._spend(self._train, X, y, declared))
        return self

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Predictions, of records clipped and shortened as in `fit`.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        predictions : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        middle, half = self._middle_and_half
        return middle + self._unit(X, *self._bounds) @ self._weights * half

    def _declare(self, n_features, n_outputs):
        name = type(self).__name__
        bounds = check_bounds(self.bounds, n_features, name)
        y_bounds = check_bounds(self.y_bounds, n_outputs, name, "y_bounds", "outputs")
        if self.delta:
            return bounds, y_bounds, gaussian_variances(self.epsilon, self.delta)
        check_noise_width(
            self.epsilon,
            mask_sensitivity(n_features + self.fit_intercept + n_outputs),
            name,
            "raise it, or declare a delta",
        )
        return bounds, y_bounds, None

    def _train(self, X, y, declared, key):
        bounds, y_bounds, variances = declared
        moments = second_moments(self._vectors(X, y, bounds, y_bounds))
        stream = SecretStream(key, b"linear")
        n_inputs = X.shape[1] + self.fit_intercept
        if variances:
            noisy = with_gaussian_noise(stream, moments, variances)
            edge = gaussian_edge(variances, n_inputs)
        else:
            noisy = with_wishart_noise(stream, moments, self.epsilon)
            edge = wishart_edge(self.epsilon, n_inputs)
        # From here on it is post-processing: no data, no further cost.
        least = max(edge / 2, _LEAST_EIGENVALUE * len(X))
        weights, penalty = _ridge(noisy, n_inputs, least)
        return self._in_units(weights, y.ndim, bounds, y_bounds) | {"penalty_": penalty}

    def _vectors(self, X, y, bounds, y_bounds):
        """Records and labels as vectors of integers, of length at most 1 together."""
        V = to_unit(in_columns(y), *y_bounds)
        V *= _LABEL / sqrt(V.shape[1])
        length = sqrt(1 + self.fit_intercept * _CONSTANT**2 + _LABEL**2)
        return on_ball(np.hstack([self._unit(X, *bounds), V]) / length)

    def _unit(self, X, low, high):
        """Records of length at most 1, and the constant."""
        U = to_unit(X, low, high)
        norm = self._norm(U.shape[1])
        U /= np.maximum(np.linalg.norm(U, axis=1, keepdims=True), norm)
        if self.fit_intercept:
            U = np.column_stack([U, np.full(len(U), _CONSTANT)])
        return U

    def _norm(self, n_features):
        return sqrt(n_features) if self.data_norm is None else float(self.data_norm)

    def _in_units(self, weights, ndim, bounds, y_bounds):
        """Fitted attributes, of weights from vectors to vectors."""
        (low, high), (y_low, y_high) = bounds, y_bounds
        n_outputs = weights.shape[1]
        weights = weights * (sqrt(n_outputs) / _LABEL)
        middle, half = y_low + (y_high - y_low) / 2, (y_high - y_low) / 2
        coef = half * weights[: len(low)] / self._norm(len(low))
        coef = (coef / ((high - low) / 2)[:, None]).T
        intercept = middle - coef @ (low + (high - low) / 2)
        if self.fit_intercept:
            intercept = intercept + half * weights[-1] * _CONSTANT
        if ndim == 1:
            coef, intercept, weights = coef[0], float(intercept[0]), weights[:, 0]
            middle, half = middle[0], half[0]
        return {
            "coef_": coef,
            "intercept_": intercept,
            "_weights": weights,
            "_bounds": bounds,
            "_middle_and_half": (middle, half),
        }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.regressor_tags.poor_score = True  # at a small epsilon, by design
        return tags


def _ridge(moments, n_inputs, least):
    """Weights from the first columns to the others, and the penalty.

    Added to the diagonal is what makes its smallest eigenvalue `least`, at least.
    """
    values, vectors = np.linalg.eigh(moments[:n_inputs, :n_inputs])
    penalty = max(least - values[0], 0.0)
    turned = vectors.T @ moments[n_inputs:, :n_inputs].T
    return vectors @ (turned / (values + penalty)[:, None]), float(penalty)
