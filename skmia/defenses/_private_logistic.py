"""Logistic regression with a noisy objective or noisy coefficients."""

from numbers import Real

import numpy as np
from scipy.special import expit, log_expit, softmax

from skmia.defenses._private import PrivateClassifier
from skmia.utils._accounting import gaussian_noise_multiplier
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import Interval, StrOptions

# Largest gradient of the objective (a sum over records) at what counts as its minimum.
# There the coefficients are within C * TOLERANCE of the exact ones, a part in 2e9 of
# what replacing a record can change.
TOLERANCE = 1e-9
_MAX_STEPS = 200
# Largest second derivative of the logistic loss.
_CURVATURE = 0.25


class PrivateLogisticRegression(PrivateClassifier):
    """Logistic regression trained with differential privacy.

    Either a random linear term is added to the objective, or noise to the coefficients
    that minimise it. Both need records of bounded length: each is shortened to the
    declared norm, then all are divided by it. More than two classes are told apart one
    against the rest, each with its part of `epsilon`.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    delta : float, default=0.0
        Probability, in [0, 1), with which more may be lost. Only with
        ``method="output"``: larger than 0 adds Gaussian noise instead of noise with
        heavier tails.
    method : {"objective", "output"}, default="objective"
        Where the noise goes. The objective needs less of it, as a rule.
    C : float, default=1.0
        Inverse strength of the L2 penalty on records of length 1, as in
        :class:`~sklearn.linear_model.LogisticRegression`. Smaller means less noise.
    data_norm : float
        Euclidean length of the longest record, declared without a look at the data.
        Longer records are shortened.
    fit_intercept : bool, default=True
        Whether to add a constant feature, as long as `data_norm` and penalised like the
        others.
    classes : array-like of shape (n_classes,), default=None
        All class labels, two or more. None reads them from `y` and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    random_state : int, RandomState instance or None, default=None
        Noise. Who knows the seed can take it away: keep it secret, or None.

    Attributes
    ----------
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Coefficients of the features, not divided by anything.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Constant terms.
    epsilon_ : float
        What was spent.
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
    Threat model: the adversary sees the coefficients, and all records but one.
    Guarantee: (epsilon, delta)-differential privacy when one record is replaced; the
    number of records is public. It is proven of the exact minimum: `fit` goes on until
    the gradient is below 1e-9 and raises an error if it cannot get there. Scaling the
    features by their own mean and deviation beforehand voids it, and so does choosing
    parameters by scores on the same records, unless that is paid for.

    Noise in floating-point numbers has digits that depend on the value it is added to
    (Mironov 2012): who sees all of them learns more than epsilon says.

    References
    ----------
    K. Chaudhuri, C. Monteleoni, A. D. Sarwate, "Differentially Private Empirical Risk
    Minimization", JMLR 2011, :arxiv:`0912.0071`. I. Mironov, "On Significance of the
    Least Significant Bits for Differential Privacy", CCS 2012,
    :doi:`10.1145/2382196.2382264`.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skmia.defenses import PrivateLogisticRegression
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = PrivateLogisticRegression(
    ...     epsilon=1, data_norm=2000, classes=[0, 1], random_state=0
    ... )
    >>> model.fit(X, y).score(X, y) > 0.8
    True
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
        "delta": [Interval(Real, 0, 1, closed="left")],
        "method": [StrOptions({"objective", "output"})],
        "C": [Interval(Real, 0, None, closed="neither")],
        "data_norm": [Interval(Real, 0, None, closed="neither"), None],
        "fit_intercept": ["boolean"],
    }

    def __init__(
        self,
        *,
        epsilon=1.0,
        delta=0.0,
        method="objective",
        C=1.0,
        data_norm=None,
        fit_intercept=True,
        classes=None,
        accountant=None,
        random_state=None,
    ):
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
        self._check_declared(classes)

    def _train(self, X, codes, classes, declared, key):
        X = self._shorten(X)
        positives = [1] if len(classes) == 2 else range(len(classes))
        signs = [np.where(codes == positive, 1.0, -1.0) for positive in positives]
        learn = self._by_objective if self.method == "objective" else self._by_output
        # Of unit records. What `_shorten` divides by goes back into the coefficients.
        weights = learn(X, signs, rng)
        coef = weights[:, : len(weights[0]) - self.fit_intercept] / self.data_norm
        intercept = np.zeros(len(weights))
        if self.fit_intercept:
            coef, intercept = coef / 2**0.5, weights[:, -1] / 2**0.5
        return {
            "coef_": coef,
            "intercept_": intercept,
            "delta_": float(self.delta),
            "_weights": weights,
        }

    def _posterior(self, X):
        scores = self._shorten(X) @ self._weights.T
        if len(self.classes_) == 2:
            return expit(scores * [-1, 1])
        # Probabilities against the rest, divided by their sum; by their logarithms,
        # since all of them may be 0.
        return softmax(log_expit(scores), axis=1)

    def _check_declared(self, classes):
        name = type(self).__name__
        if self.data_norm is None:
            raise ValueError(
                f"The 'data_norm' parameter of {name} must be declared: the Euclidean "
                "length of the longest record. Got None instead; reading it from the "
                "data would leak it."
            )
        if self.delta and self.method == "objective":
            raise ValueError(
                f"The 'delta' parameter of {name} must be 0 with method='objective'. "
                f"Got {self.delta!r} instead; method='output' can make use of it."
            )
        if len(classes) < 2:
            raise ValueError(
                f"{name} needs at least two classes. Got one class only: "
                f"{classes.tolist()}."
            )

    def _shorten(self, X):
        """Records of length at most 1, the constant feature included."""
        X = X / self.data_norm
        X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1)
        if self.fit_intercept:
            X = np.column_stack([X, np.ones(len(X))]) / 2**0.5
        return X

    def _by_objective(self, X, signs, rng):
        """Algorithm 2 of Chaudhuri et al., in sums over records instead of means."""
        epsilon = self.epsilon / len(signs)
        penalty, epsilon = objective_noise(epsilon, 1 / self.C)
        return np.array(
            [
                minimise(X, sign, penalty, _vector(X.shape[1], 2 / epsilon, rng))
                for sign in signs
            ]
        )

    def _by_output(self, X, signs, rng):
        """Algorithm 1 of Chaudhuri et al.; with Gaussian noise where delta > 0."""
        exact = np.array([minimise(X, sign, 1 / self.C, 0.0) for sign in signs])
        # A replaced record changes the gradient by 2 at most, and the curvature of the
        # objective is 1 / C at least; and the minimum is known up to C * TOLERANCE.
        sensitivity = self.C * (2 + 2 * TOLERANCE)
        if self.delta:
            sensitivity *= len(signs) ** 0.5  # all vectors in one release
            multiplier = gaussian_noise_multiplier(self.epsilon, self.delta)
            return exact + rng.normal(scale=multiplier * sensitivity, size=exact.shape)
        scale = sensitivity * len(signs) / self.epsilon
        return exact + [_vector(X.shape[1], scale, rng) for _ in signs]


def objective_noise(epsilon, penalty):
    """Penalty of the objective, and the epsilon that is left for its linear term.

    Replacing a record changes the curvature of the objective as well, and the stronger
    the penalty, the less that matters: it gets its part of epsilon, and where that
    would be everything, the penalty grows until it is one half.
    """
    left = epsilon - 2 * np.log1p(_CURVATURE / penalty)
    if left > 0:
        return penalty, left
    return _CURVATURE / np.expm1(epsilon / 4), epsilon / 2


def minimise(X, sign, penalty, tilt):
    """Minimum of the penalised logistic loss, plus a linear term, by Newton's method.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    sign : ndarray of shape (n_samples,)
        Class of each record, -1 or 1.
    penalty : float
        Of half the squared length of the weights.
    tilt : float or ndarray of shape (n_features,)
        Added to the gradient.

    Returns
    -------
    weights : ndarray of shape (n_features,)

    Raises
    ------
    RuntimeError
        The gradient does not get small enough for what is proven of the minimum.
    """
    Z = X * sign[:, None]
    # An error of the gradient is worth as much as a change of the linear term.
    tolerance = TOLERANCE * max(1, np.linalg.norm(tilt))

    def gradient_at(weights):
        return penalty * weights + tilt - expit(-Z @ weights) @ Z

    weights = np.zeros(X.shape[1])
    gradient = gradient_at(weights)
    for _ in range(_MAX_STEPS):
        if np.linalg.norm(gradient) <= tolerance:
            return weights
        curvature = expit(Z @ weights) * expit(-Z @ weights)
        hessian = (Z.T * curvature) @ Z
        hessian.flat[:: len(weights) + 1] += penalty
        step = np.linalg.solve(hessian, gradient)
        weights, gradient = _advance(gradient_at, weights, gradient, step)
    raise RuntimeError(
        "PrivateLogisticRegression did not find the minimum of its objective: the "
        f"gradient is {np.linalg.norm(gradient):.1e} after {_MAX_STEPS} steps, and the "
        f"guarantee needs {tolerance:.0e}. Lower C."
    )


def _advance(gradient_at, weights, gradient, step):
    """Weights after a Newton step, halved until the gradient gets smaller."""
    share = 1.0
    while True:
        there = weights - share * step
        gradient_there = gradient_at(there)
        shrunk = (1 - share / 4) * np.linalg.norm(gradient)
        if np.linalg.norm(gradient_there) <= shrunk or share < 1e-6:
            return there, gradient_there
        share /= 2


def _vector(n_features, scale, rng):
    """A vector with density proportional to ``exp(-length / scale)``."""
    direction = rng.normal(size=n_features)
    direction /= np.linalg.norm(direction)
    return direction * rng.gamma(n_features, scale)
