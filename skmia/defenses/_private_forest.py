"""Random trees whose leaves count with differential privacy."""

from fractions import Fraction
from numbers import Integral

import numpy as np

from skmia.defenses._declared import check_bounds, check_noise_width
from skmia.defenses._private import PrivateClassifier
from skmia.utils._card import DefenseCard
from skmia.utils._integer_noise import discrete_laplace
from skmia.utils._secret_stream import SecretStream, fresh_random_state
from skmia.utils._sklearn import Interval

# A replaced record takes 1 from one count and adds 1 to another.
SENSITIVITY = 2


class PrivateForestClassifier(PrivateClassifier):
    """Forest of random trees with noisy class counts in the leaves.

    The trees are drawn without a look at the data, between the declared bounds: every
    split takes a random feature and a random threshold within its node. Each record
    goes to one tree, drawn at random, and is counted in one leaf. Noise on these counts
    is all that privacy costs, and it costs `epsilon` once for the whole forest.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    n_estimators : int, default=10
        Number of trees. With one tree the model is a noisy histogram.
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Records may lie
        outside; they count for the leaf at the edge.
    classes : array-like of shape (n_classes,), default=None
        All class labels. None reads them from `y` and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    max_depth : int, default=5
        Splits between the root and every leaf. Memory grows as ``2 ** max_depth``.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Trees and noise. None, which the guarantee needs, takes them from the operating
        system; anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
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
    PrivateGaussianNB : Noisy moments of each class.
    PrivateLogisticRegression : A linear model.

    Notes
    -----
    Threat model: the adversary sees the whole model, and all records but one.
    Guarantee: (epsilon, 0)-differential privacy when one record is replaced; the number
    of records is public. All trees together are one histogram in which a record moves
    at most one count from one cell to another, whatever tree it is in, hence noise with
    probability proportional to ``exp(-epsilon * abs(z) / 2)`` on every cell. Choosing
    `bounds`, `max_depth` or `epsilon` by scores on the same records spends privacy that
    is not counted here.

    The noise is integer, so that it has no digits that depend on the count, but it is
    drawn from floating-point uniforms.

    References
    ----------
    S. Fletcher, M. Z. Islam, "Differentially Private Random Decision Forests using
    Smooth Sensitivity", Expert Systems with Applications 2017. :arxiv:`1606.03572`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.defenses import PrivateForestClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = PrivateForestClassifier(
    ...     epsilon=5, bounds=(0, 8), classes=[0, 1, 2], random_state=0
    ... )
    >>> forest.fit(X, y).score(X, y) > 0.7
    True
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("scores", "label", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Fletcher and Islam 2017",
        guarantee="(epsilon, 0)-DP of the model, replace one record",
    )

    _parameter_constraints: dict = {
        **PrivateClassifier._parameter_constraints,
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "bounds": ["array-like", None],
        "max_depth": [Interval(Integral, 1, 20, closed="both")],
    }

    def __init__(
        self,
        n_estimators=10,
        *,
        epsilon=1.0,
        bounds=None,
        classes=None,
        max_depth=5,
        accountant=None,
        random_state=None,
    ):
        self.n_estimators = n_estimators
        self.epsilon = epsilon
        self.bounds = bounds
        self.classes = classes
        self.max_depth = max_depth
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features, classes):
        name = type(self).__name__
        check_noise_width(self.epsilon, SENSITIVITY, name)
        return check_bounds(self.bounds, n_features, name)

    def _train(self, X, codes, classes, bounds, key):
        low, high = bounds
        # Thresholds are released: whoever reads them must not learn of the noise.
        rng = fresh_random_state(self.random_state)
        trees = [
            _random_tree(low, high, self.max_depth, rng)
            for _ in range(self.n_estimators)
        ]
        features, thresholds = map(np.array, zip(*trees, strict=True))
        # Without a look at the record: one that replaces another is in the same tree.
        tree = rng.randint(self.n_estimators, size=len(X))
        leaf = _leaves(X, tree, features, thresholds)
        shape = (self.n_estimators, 2**self.max_depth, len(classes))
        counts = count_cells(shape, tree, leaf, codes)
        noise = SecretStream(key, b"counts")
        rate = Fraction(float(self.epsilon)) / SENSITIVITY
        return {
            "_features": features,
            "_thresholds": thresholds,
            "_counts": counts + discrete_laplace(noise, rate, shape),
        }

    def _posterior(self, X):
        posterior = np.zeros((len(X), len(self.classes_)))
        for tree, counts in enumerate(self._counts):
            leaf = _leaves(X, tree, self._features, self._thresholds)
            # One record more of each class: a leaf without records says nothing.
            weight = np.maximum(counts[leaf], 0) + 1
            posterior += weight / weight.sum(axis=1, keepdims=True)
        return posterior / len(self._counts)


def count_cells(shape, *cells):
    """How often each cell of an array of this shape is named."""
    flat = np.ravel_multi_index(cells, shape)
    return np.bincount(flat, minlength=np.prod(shape)).reshape(shape)


def _random_tree(low, high, depth, rng):
    """Features and thresholds of a full tree, level by level, root first."""
    boxes = np.stack([low, high])[:, None]
    features, thresholds = [], []
    for level in range(depth):
        nodes = np.arange(2**level)
        feature = rng.randint(len(low), size=2**level)
        threshold = rng.uniform(*boxes[:, nodes, feature])
        features.append(feature)
        thresholds.append(threshold)
        # The left child ends at the threshold and the right one begins there.
        boxes = boxes.repeat(2, axis=1)
        boxes[1, 2 * nodes, feature] = threshold
        boxes[0, 2 * nodes + 1, feature] = threshold
    return np.concatenate(features), np.concatenate(thresholds)


def _leaves(X, tree, features, thresholds):
    """Leaf of each record in its tree; `tree` is one number, or one per record."""
    rows = np.arange(len(X))
    node = np.zeros(len(X), dtype=np.intp)
    n_nodes = features.shape[1]
    for _ in range(n_nodes.bit_length()):  # the depth: a full tree has 2**depth - 1
        feature, threshold = features[tree, node], thresholds[tree, node]
        node = 2 * node + 1 + (X[rows, feature] > threshold)
    return node - n_nodes
