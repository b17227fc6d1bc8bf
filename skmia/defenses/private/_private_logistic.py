"""Logistic regression with a noisy objective or noisy coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit, softmax

from skmia.defenses.private._objective_perturbation import (
    MAX_DELTA,
    VectorNoise,
    least_penalty,
    tilt,
)
from skmia.defenses.private._private import PrivateClassifier
from skmia.defenses.private._private_minimum import (
    mask_epsilon,
    masked,
    minimise,
    tolerance,
)
from skmia.utils._accounting import gaussian_noise_multiplier
from skmia.utils._card import DefenseCard
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import FRACTION_BELOW_1, POSITIVE, StrOptions
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant

# Length of the constant feature, where that of the longest record is 1. As long as that
# it would take half of what a record may weigh (docs/defenses.md: chosen on Adult).
_CONSTANT = 0.5
_WITH_CONSTANT = (1 + _CONSTANT**2) ** 0.5
# Penalty per record below which doubles would not find the minimum any more.
_LEAST_PENALTY = 1e-10
# Epsilon whose inverse, times a number of classes, is a number still.
_LEAST_EPSILON = 1e-290


class PrivateLogisticRegression(PrivateClassifier):
    """Logistic regression trained with differential privacy.

    Either a random linear term is added to the objective, or noise to the coefficients
    that minimise it. Both need records of bounded length: each is shortened to the
    declared norm. More than two classes are told apart one against the rest, each with
    its part of `epsilon` and `delta`.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    delta : float, default=0.0
        Probability, in [0, 1), with which more may be lost. Larger than 0 makes the
        noise Gaussian: its length grows with the root of the number of features, and
        not like that number, so that with some dozens of features it is the better
        one. At most 0.1 with ``method="objective"``.
    method : {"objective", "output"}, default="objective"
        Where the noise goes. The objective needs less of it: on Adult it is better at
        every epsilon, with the best C for each.
    C : float, default=1.0
        Inverse strength of the L2 penalty, as in
        :class:`~sklearn.linear_model.LogisticRegression`, but that the intercept is
        penalised like the coefficient of the constant feature. With
        ``method="objective"`` a small epsilon makes the penalty stronger than that;
        with ``method="output"`` the noise is proportional to C.
    data_norm : float
        Euclidean length of the longest record, declared without a look at the data.
        Longer records are shortened.
    fit_intercept : bool, default=True
        Whether to add a constant feature, half as long as `data_norm`.
    classes : array-like of shape (n_classes,), default=None
        All class labels, two or more. None reads them from `y` and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Coefficients of the features.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Constant terms.
    epsilon_ : float
        What was spent, on everything that is released.
    delta_ : float
        The parameter `delta`.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    PrivateGaussianNB : Noisy moments of each class.
    PrivateForestClassifier : Noisy counts in random trees.

    Notes
    -----
    Threat model: the adversary sees the fitted model, and knows all records but one.
    Guarantee: (epsilon, delta)-differential privacy of the coefficients and intercepts,
    for one record. It may be replaced, features and label, by any other; the number of
    records is public. Assumed are `data_norm`, `classes` and all other parameters
    chosen without a look at the records, finite values, and ``random_state=None``.
    Other fits on the same records add to epsilon: `accountant` counts them. Choosing
    parameters by scores on the same records spends privacy too, and scaling features by
    their own mean and deviation voids the guarantee. The time that a fit takes is not
    hidden.

    Proof. Divide the records by `data_norm`, and with an intercept by the root of 1.25
    once more, the constant included: their length is 1 at most. Let L be the penalty, b
    the linear term, z a record with the sign of its class and ``a = expit(-z @ w)``.
    At the minimum w the gradient is 0, so w tells ``b = sum(a * z) - L * w``, and the
    density of w is that of b times the determinant of ``B + a * (1 - a) * z zᵀ``, where
    B is that of the other records and L at least. Replacing z by z' with its a'

    - moves b, at the same w, by ``|a z - a' z'|``, which is 1 + a at most,
    - multiplies the determinant by ``1 + a (1 - a) / L`` at most: one factor, since the
      two matrices differ in one rank each from the same B.

    b has a density proportional to ``exp(-rate * |b|)``, so epsilon is ``rate * (1 + a)
    + log1p(a (1 - a) / L)`` at the worst a. That is exact: with two features or more
    there are data sets that come as close to it as one likes. L is the larger of that
    of C and ``0.25 / expm1(epsilon / 4)``, the rate what is left by it; neither penalty
    nor noise ever grows with epsilon.

    With delta, b is normal with standard deviation s, and the logarithm of the ratio of
    its two densities ``(|d|² ± 2 b @ d) / (2 s²)`` with ``d = a z - a' z'``. Since a
    and a' depend on b, ``b @ d`` is not normal, but ``b @ z`` and ``b @ z'`` are: for
    all a at once, ``|b @ d|`` is below ``(1 + a) s T`` with T the larger of its values
    at a = 0, ``|b @ z'| / s``, and at a = 1, ``(|b @ z| + |b @ z'|) / (2 s)``. Each is
    above t from the root of 3 on with twice the probability Q(t) of a normal variable
    at most: the second since ``|z + z'|² + |z - z'|²`` is 4 at most and Q is convex in
    the variance there. So the logarithm of the ratio of the densities of w is ``(1 +
    a)² / (2 s²) + (1 + a) T / s + log1p(a (1 - a) / L)`` at most, at the worst a. It is
    epsilon at T = t, and delta pays for the rest: the mean of ``1 - exp(-2 (T - t) /
    s)`` over T above t, with 4 Q(t) as the probability of that.

    With ``method="output"`` the noise is that of a minimum which moves by 2 / L at
    most, exponential in its length or Gaussian.

    All this is true of exact minima and real numbers. The minimum that was found is
    within a public radius of the exact one, rounding errors of all that came before
    included (an eighth of the radius was the most found). It is rounded at random to a
    public grid, and discrete Laplace noise is added, drawn exactly, that hides which
    point within the radius it was: 0.001 of epsilon pays for it (1 at most), and no
    digit of a coefficient tells more. Not covered is the error that is raised when the
    search for the minimum fails, which no data set is known to bring about.

    The noise comes from SHAKE-256, keyed by the operating system. It reaches as far as
    104 random bits a number do, which is all but a probability of about 1e-31 per
    coordinate.

    References
    ----------
    K. Chaudhuri, C. Monteleoni, A. D. Sarwate, "Differentially Private Empirical Risk
    Minimization", JMLR 2011, :arxiv:`0912.0071`, whose proof squares the factor of the
    determinant. I. Mironov, "On Significance of the Least Significant Bits for
    Differential Privacy", CCS 2012, :doi:`10.1145/2382196.2382264`. C. Canonne, G.
    Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy", NeurIPS 2020,
    :arxiv:`2004.00010`.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skmia.defenses import PrivateLogisticRegression
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = PrivateLogisticRegression(epsilon=1, data_norm=2000, classes=[0, 1])
    >>> model.fit(X, y).epsilon_
    1.0
    >>> model.coef_.shape
    (1, 30)
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("scores", "label", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Chaudhuri et al. 2011",
        guarantee="(epsilon, delta)-DP of the model, replace one record",
    )

    _parameter_constraints: dict = {
        **PrivateClassifier._parameter_constraints,
        "delta": [FRACTION_BELOW_1],
        "method": [StrOptions({"objective", "output"})],
        "C": [POSITIVE],
        "data_norm": [POSITIVE, None],
        "fit_intercept": ["boolean"],
    }

    def __init__(
        self,
        *,
        epsilon: float = 1.0,
        delta: float = 0.0,
        method: Literal["objective", "output"] = "objective",
        C: float = 1.0,
        data_norm: float | None = None,
        fit_intercept: bool = True,
        classes: ArrayLike | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.epsilon = epsilon
        self.delta = delta
        self.method = method
        self.C = C
        self.data_norm = data_norm
        self.fit_intercept = fit_intercept
        self.classes = classes
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features, classes):
        name = type(self).__name__
        if self.data_norm is None:
            raise ValueError(
                f"The 'data_norm' parameter of {name} must be declared: the Euclidean "
                "length of the longest record. Got None instead; reading it from the "
                "data would leak it."
            )
        if self.delta > MAX_DELTA and self.method == "objective":
            raise ValueError(
                f"The 'delta' parameter of {name} must be at most {MAX_DELTA} with "
                f"method='objective'. Got {self.delta!r} instead; more would not "
                "make the noise smaller."
            )
        if len(classes) < 2:
            raise ValueError(
                f"{name} needs at least two classes. Got one class only: "
                f"{classes.tolist()}."
            )
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            penalty = np.float64(1) / self.C / self._length / self._length
        if not np.isfinite(penalty) or self.epsilon < _LEAST_EPSILON:
            raise ValueError(
                f"The 'C', 'data_norm' and 'epsilon' parameters of {name} are too "
                f"small to compute with. Got {self.C!r}, {self.data_norm!r} and "
                f"{self.epsilon!r}; raise them, or choose another unit."
            )
        return self._noise_of_output(1 if len(classes) == 2 else len(classes))

    def _train(self, X, codes, classes, declared, key):
        positives = [1] if len(classes) == 2 else range(len(classes))
        signs = [np.where(codes == positive, 1.0, -1.0) for positive in positives]
        weights = self._noisy_minima(self._unit(X), signs, declared, key)
        # What `_unit` divides by goes back into the coefficients.
        coef = weights / self._length
        intercept = np.zeros(len(weights))
        if self.fit_intercept:
            coef, intercept = coef[:, :-1], coef[:, -1] * _CONSTANT * self.data_norm
        return {"coef_": coef, "intercept_": intercept, "_weights": weights}

    def _posterior(self, X):
        scores = self._unit(X) @ self._weights.T
        if len(self.classes_) == 2:
            return expit(scores * [-1, 1])
        # Probabilities against the rest, divided by their sum; by their logarithms,
        # since all of them may be 0.
        return softmax(log_expit(scores), axis=1)

    @property
    def _length(self):
        """Length of a record, together with its constant, that becomes 1."""
        return self.data_norm * (_WITH_CONSTANT if self.fit_intercept else 1.0)

    def _unit(self, X):
        """Records of length at most 1, the constant feature included."""
        # By the largest entry first: no square of a number overflows, and no record
        # becomes a NaN.
        peak = np.abs(X).max(axis=1, keepdims=True)
        X = X / np.where(peak, peak, 1)
        length = np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1)
        with np.errstate(over="ignore"):
            X = X * np.minimum(peak / self.data_norm, 1 / length)
        if self.fit_intercept:
            constant = np.full(len(X), _CONSTANT)
            X = np.column_stack([X, constant]) / _WITH_CONSTANT
        return X

    def _noisy_minima(self, X, signs, noise, key):
        """Weights of each problem, as they are released."""
        n_samples, n_features = X.shape
        stream = SecretStream(key, b"noise")
        mask = mask_epsilon(self.epsilon / len(signs))
        declared = 1 / self.C / self._length / self._length
        penalty = max(declared, _LEAST_PENALTY * n_samples)
        if self.method == "objective":
            left = self.epsilon / len(signs) - mask
            penalty = max(penalty, least_penalty(left))
            noise = tilt(left, self.delta / len(signs), penalty)
        close = tolerance(n_samples, penalty, noise.length(n_features))
        released = []
        for sign in signs:
            drawn = noise.draw(stream, n_features)
            if self.method == "objective":
                weights = minimise(X, sign, penalty, drawn, close)
            else:
                weights = minimise(X, sign, penalty, 0.0, close) + drawn / penalty
            released.append(masked(stream, weights, close / penalty, mask))
        return np.array(released)

    def _noise_of_output(self, n_problems):
        """Noise of the minima times the penalty: that is what moves by 2 at most."""
        if self.method == "objective":
            return None  # it depends on the penalty
        left = self.epsilon - n_problems * mask_epsilon(self.epsilon / n_problems)
        if not self.delta:
            return VectorNoise(2 * n_problems / left, gaussian=False)
        # All problems are one release: the root of their number.
        multiplier = gaussian_noise_multiplier(left, self.delta)
        return VectorNoise(2 * n_problems**0.5 * multiplier, gaussian=True)
