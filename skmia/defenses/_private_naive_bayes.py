"""Gaussian naive Bayes from noisy moments."""

from numbers import Real

import numpy as np
from scipy.special import softmax

from skmia.defenses._declared import check_bounds
from skmia.defenses._private import PrivateClassifier
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import Interval


class PrivateGaussianNB(PrivateClassifier):
    """Gaussian naive Bayes trained with differential privacy.

    The model is a function of how many records each class has, of the sums of their
    features and of the sums of squares. Each of the three gets noise for a third of
    `epsilon`, after values have been clipped to the declared bounds.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped. The noise is as wide as the bounds.
    classes : array-like of shape (n_classes,), default=None
        All class labels. None reads them from `y` and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    var_smoothing : float, default=1e-3
        Smallest variance of a feature in a class, as a share of the square of the width
        of its bounds. Noise can make the variance of a small class anything, negative
        too.
    random_state : int, RandomState instance or None, default=None
        Noise. Who knows the seed can take it away: keep it secret, or None.

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
    Guarantee: (epsilon, 0)-differential privacy when one record is replaced, by
    composition of three Laplace mechanisms; the number of records is public. The noise
    grows with the number of features: leave out those that do not matter, without
    looking at the data. Choosing parameters by scores on the same records spends
    privacy that is not counted here.

    Laplace noise in floating-point numbers has digits that depend on the value it is
    added to (Mironov 2012): who sees all of them learns more than epsilon says.

    References
    ----------
    J. Vaidya, B. Shafiq, A. Basu, Y. Hong, "Differentially Private Naive Bayes
    Classification", WI-IAT 2013, :doi:`10.1109/WI-IAT.2013.80`. I. Mironov, "On
    Significance of the Least Significant Bits for Differential Privacy", CCS 2012,
    :doi:`10.1145/2382196.2382264`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.defenses import PrivateGaussianNB
    >>> X, y = load_iris(return_X_y=True)
    >>> model = PrivateGaussianNB(
    ...     epsilon=5, bounds=(0, 8), classes=[0, 1, 2], random_state=0
    ... )
    >>> model.fit(X, y).score(X, y) > 0.7
    True
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
        "var_smoothing": [Interval(Real, 0, 1, closed="neither")],
    }

    def __init__(
        self,
        *,
        epsilon=1.0,
        bounds=None,
        classes=None,
        var_smoothing=1e-3,
        accountant=None,
        random_state=None,
    ):
        self.epsilon = epsilon
        self.bounds = bounds
        self.classes = classes
        self.var_smoothing = var_smoothing
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features, classes):
        return check_bounds(self.bounds, n_features, type(self).__name__)

    def _train(self, X, codes, classes, bounds, key):
        V = _to_unit(X, *bounds)
        counts, sums, squares = moments(V, codes, len(classes))
        scales = noise_scales(self.epsilon, X.shape[1])
        counts = counts + geometric_noise(rng, scales[0], counts.shape)
        sums += rng.laplace(scale=scales[1], size=sums.shape)
        squares += rng.laplace(scale=scales[2], size=squares.shape)
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
        V = _to_unit(X, *self._bounds)
        # The square, multiplied out: no array of records x classes x features.
        quadratic = (
            V**2 @ (1 / variance).T
            - 2 * V @ (mean / variance).T
            + (mean**2 / variance + np.log(variance)).sum(axis=1)
        )
        return softmax(log_prior - quadratic / 2, axis=1)


def _to_unit(X, low, high):
    """Values clipped to their bounds, from -1 to 1."""
    half = (high - low) / 2
    return (np.clip(X, low, high) - low) / half - 1


def moments(V, codes, n_classes):
    """Count, sums, and sums of squares less 1/2, of each class.

    Parameters
    ----------
    V : ndarray of shape (n_samples, n_features)
        In [-1, 1].
    codes : ndarray of shape (n_samples,)
        Position of each record's class.
    n_classes : int

    Returns
    -------
    counts : ndarray of shape (n_classes,)
    sums, squares : ndarray of shape (n_classes, n_features)
    """
    member = codes == np.arange(n_classes)[:, None]
    return member.sum(axis=1), member @ V, member @ (V**2 - 0.5)


def sensitivities(n_features):
    """Largest L1 change of counts, sums and squares when one record is replaced.

    The replaced record leaves one class and the other enters one, the same or not:

    - counts change by 1 in two classes: 2;
    - sums of a feature change by abs(v) in one class and abs(v') in another, or by
      abs(v - v') in one: 2 for v in [-1, 1];
    - squares likewise with v ** 2 - 1/2 in [-1/2, 1/2]: 1. Less 1/2, since the squares
      themselves, in [0, 1], would change by 2 between classes.
    """
    return 2, 2 * n_features, n_features


def noise_scales(epsilon, n_features):
    """Scales of the noise on counts, sums and squares, a third of epsilon for each."""
    return tuple(3 * one / epsilon for one in sensitivities(n_features))


def _parameters(counts, sums, squares):
    """Share, means and variances of the classes: possible ones, whatever the noise."""
    counts = np.maximum(counts, 1)
    mean = np.clip(sums / counts[:, None], -1, 1)
    square = np.clip(squares / counts[:, None] + 0.5, 0, 1)
    return counts / counts.sum(), mean, square - mean**2
