"""Gaussian naive Bayes from noisy moments."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from skmia.defenses.private._declared import check_bounds, check_noise_width
from skmia.defenses.private._grid import GRID, GRID_BITS, on_grid, to_unit
from skmia.defenses.private._private import PrivateClassifier
from skmia.utils._card import DefenseCard
from skmia.utils._integer_noise import discrete_laplace
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import INNER_FRACTION
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant


class PrivateGaussianNB(PrivateClassifier):
    """Gaussian naive Bayes trained with differential privacy.

    The model is a function of how many records each class has, of the sums of their
    features and of the sums of squares. Each of the three gets noise for a third of
    `epsilon`, after values have been clipped to the declared bounds and rounded to a
    grid.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped, all are rounded to 2048 steps between them. The noise is as wide as the
        bounds.
    classes : array-like of shape (n_classes,), default=None
        All class labels. None reads them from `y` and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    var_smoothing : float, default=3e-3
        Smallest variance of a feature in a class, as a share of the square of the width
        of its bounds. Noise can make the variance of a small class anything, negative
        too.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    class_prior_ : ndarray of shape (n_classes,)
        Share of each class.
    theta_ : ndarray of shape (n_classes, n_features)
        Mean of each feature in each class.
    var_ : ndarray of shape (n_classes, n_features)
        Variance of each feature in each class.
    epsilon_ : float
        What was spent.
    delta_ : float
        0.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    PrivateForestClassifier : Noisy counts in random trees.
    PrivateLogisticRegression : A linear model.

    Notes
    -----
    Threat model: the adversary sees the whole model, and all records but one.
    Guarantee: (epsilon, 0)-differential privacy of one record. It may be replaced,
    features and label, by any other; the number of records is public. Released are the
    noisy counts, sums and sums of squares, and what is computed from them. Assumed are
    `bounds` and `classes` declared without a look at the data, finite values, and
    ``random_state=None``. Other fits on the same records add to epsilon: `accountant`
    counts them. Choosing parameters by scores on the same records spends privacy too.
    The time that a fit takes is not hidden.

    Exact integers carry the proof, nothing is assumed of floating-point numbers. Each
    value and each square is rounded to the grid, record by record, before they are
    added up: 2**10 steps on half a width. The sums are integers, and so is their noise
    (discrete Laplace, by composition of three), drawn exactly from SHAKE-256 with a key
    of the operating system, which is gone when `fit` ends.

    The noise grows with the number of features: leave out those that do not matter,
    without looking at the data.

    The default of `var_smoothing` was chosen on Adult and digits (docs/defenses.md).

    References
    ----------
    J. Vaidya, B. Shafiq, A. Basu, Y. Hong, "Differentially Private Naive Bayes
    Classification", WI-IAT 2013, :doi:`10.1109/WI-IAT.2013.80`

    C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy",
    NeurIPS 2020. :arxiv:`2004.00010`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.defenses import PrivateGaussianNB
    >>> X, y = load_iris(return_X_y=True)
    >>> model = PrivateGaussianNB(epsilon=5, bounds=(0, 8), classes=[0, 1, 2]).fit(X, y)
    >>> model.predict_proba(X).shape, model.epsilon_
    ((150, 3), 5.0)
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("scores", "label", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Vaidya et al. 2013",
        guarantee="(epsilon, 0)-DP of the model, replace one record",
    )

    _parameter_constraints: dict = {
        **PrivateClassifier._parameter_constraints,
        "bounds": ["array-like", None],
        "var_smoothing": [INNER_FRACTION],
    }

    def __init__(
        self,
        *,
        epsilon: float = 1.0,
        bounds: tuple[Any, Any] | None = None,
        classes: ArrayLike | None = None,
        var_smoothing: float = 3e-3,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.epsilon = epsilon
        self.bounds = bounds
        self.classes = classes
        self.var_smoothing = var_smoothing
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features, classes):
        name = type(self).__name__
        bounds = check_bounds(self.bounds, n_features, name)
        check_noise_width(
            self.epsilon,
            3 * max(sensitivities(n_features)),
            name,
            f"raise it, or use fewer than {n_features} features",
        )
        return bounds

    def _train(self, X, codes, classes, bounds, key):
        noise = SecretStream(key, b"moments")
        rates = noise_rates(self.epsilon, X.shape[1])
        counts, sums, squares = (
            exact + discrete_laplace(noise, rate, exact.shape)
            for exact, rate in zip(
                moments(on_grid(X, *bounds), codes, len(classes)), rates, strict=True
            )
        )
        # From here on it is post-processing: no data, no further cost.
        prior, mean, variance = _parameters(counts, sums, squares)
        # A width of 2: the floor is a share of its square.
        variance = np.maximum(variance, 4 * self.var_smoothing)
        low, high = bounds
        half = (high - low) / 2
        return {
            "class_prior_": prior,
            "theta_": low + half * (mean + 1),
            "var_": half**2 * variance,
            "_bounds": bounds,
            "_unit_parameters": (np.log(prior), mean, variance),
        }

    def _posterior(self, X):
        log_prior, mean, variance = self._unit_parameters
        V = to_unit(X, *self._bounds)
        # The square, multiplied out: no array of records x classes x features.
        quadratic = (
            V**2 @ (1 / variance).T
            - 2 * V @ (mean / variance).T
            + (mean**2 / variance + np.log(variance)).sum(axis=1)
        )
        return softmax(log_prior - quadratic / 2, axis=1)


def moments(V, codes, n_classes):
    """Count, sums, and sums of squares less 1/2, of each class.

    Integers of 64 bits: those of `V` are at most 2**10, so that more records than any
    memory holds add up exactly, in any order.

    Parameters
    ----------
    V : ndarray of int64 of shape (n_samples, n_features)
        From `on_grid`.
    codes : ndarray of shape (n_samples,)
        Position of each record's class.
    n_classes : int

    Returns
    -------
    counts : ndarray of int64 of shape (n_classes,)
    sums, squares : ndarray of int64 of shape (n_classes, n_features)
        In steps of the grid.
    """
    # Record by record, from -512 to 512.
    W = (V**2 + GRID // 2 >> GRID_BITS) - GRID // 2
    members = [codes == code for code in range(n_classes)]
    return (
        np.array([member.sum(dtype=np.int64) for member in members]),
        np.stack([V[member].sum(axis=0) for member in members]),
        np.stack([W[member].sum(axis=0) for member in members]),
    )


def sensitivities(n_features):
    """Largest L1 change of counts, sums and squares when one record is replaced.

    The replaced record leaves one class and the other enters one, the same or not:

    - counts change by 1 in two classes: 2;
    - sums of a feature change by abs(v) in one class and abs(v') in another, or by
      abs(v - v') in one: two times 2**10, the largest v;
    - squares likewise, from -2**9 to 2**9: 2**10. They are less 1/2 for that; from 0 to
      2**10 they would change by twice as much between classes.
    """
    return 2, 2 * GRID * n_features, GRID * n_features


def noise_rates(epsilon, n_features):
    """Rates of the noise on counts, sums and squares, a third of epsilon for each."""
    third = Fraction(float(epsilon)) / 3
    return tuple(third / most for most in sensitivities(n_features))


def _parameters(counts, sums, squares):
    """Share, means and variances of the classes: possible ones, whatever the noise."""
    counts = np.maximum(counts, 1)
    steps = counts[:, None] * float(GRID)
    mean = np.clip(sums / steps, -1, 1)
    square = np.clip(squares / steps + 0.5, 0, 1)
    return counts / counts.sum(), mean, square - mean**2
