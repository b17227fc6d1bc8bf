"""Random trees whose leaves count with differential privacy."""

from __future__ import annotations

from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from skmia.defenses.private._declared import check_bounds, check_noise_width
from skmia.defenses.private._private import PrivateClassifier
from skmia.utils._card import DefenseCard
from skmia.utils._integer_noise import discrete_laplace
from skmia.utils._secret_stream import SecretStream, fresh_random_state
from skmia.utils._sklearn import COUNT, Interval
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant

# Records, times epsilon, that a class needs for one tree, four times as many for two:
# chosen on Adult, digits, MNIST, Location-30 and retail-10. The docstring says so.
RECORDS_PER_CLASS = 3


class PrivateForestClassifier(PrivateClassifier):
    """Forest of random trees with noisy class counts in the leaves.

    The trees are drawn without a look at the data, between the declared bounds. Each
    record is counted in one leaf of every tree. Noise on these counts is all that
    privacy costs; it is the wider the more trees there are, as `epsilon` is spent once
    for the whole forest.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    n_estimators : int, default=None
        Number of trees. With one tree the model is a noisy histogram. None takes
        ``sqrt(n_samples * epsilon / (3 * n_classes))`` of them, at least 1, and at most
        10 or, where that is more, as many as it takes to split every feature once.
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
    n_estimators_ : int
        Number of trees.
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
    Guarantee: (epsilon, 0)-differential privacy of one record. It may be replaced,
    features and label, by any other; the number of records is public. Released are the
    trees, the noisy counts, and what is computed from them. Assumed are `bounds` and
    `classes` declared without a look at the data, finite values, and
    ``random_state=None``. Other fits on the same records add to epsilon: `accountant`
    counts them. Choosing parameters by scores on the same records spends privacy too.
    The time that a fit takes is not hidden.

    Proof: a replaced record leaves one leaf and enters another in each of T trees,
    which changes the counts by 2 T in all; each of them gets integer noise z with
    probability proportional to ``exp(-epsilon * abs(z) / (2 * T))``. It is drawn
    exactly, from SHAKE-256 with a key of the operating system, which is gone when `fit`
    ends: nothing is assumed of floating-point numbers. The trees come from another
    generator with entropy of its own, since their thresholds, released to the last
    digit, may tell its state.

    All nodes of a level split the same feature, and none comes again before all have
    been used, from level to level and tree to tree. Thresholds are uniform in the
    middle half of their node. A leaf starts with the shares of the classes, which all
    trees together tell well, as if it held as many records as its noise is wide; trees
    multiply what they add to these shares, to the power of ``1 / sqrt(T)``, as they are
    neither independent nor the same.

    References
    ----------
    G. Jagannathan, K. Pillaipakkamnatt, R. N. Wright, "A Practical Differentially
    Private Random Decision Tree Classifier", ICDM Workshops 2009,
    :doi:`10.1109/ICDMW.2009.93`

    C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy",
    NeurIPS 2020. :arxiv:`2004.00010`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.defenses import PrivateForestClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = PrivateForestClassifier(epsilon=5, bounds=(0, 8), classes=[0, 1, 2])
    >>> forest.fit(X, y).predict_proba(X).shape, forest.n_estimators_
    ((150, 3), 9)
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("scores", "label", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Jagannathan et al. 2009",
        guarantee="(epsilon, 0)-DP of the model, replace one record",
    )

    _parameter_constraints: dict = {
        **PrivateClassifier._parameter_constraints,
        "n_estimators": [COUNT, None],
        "bounds": ["array-like", None],
        "max_depth": [Interval(Integral, 1, 20, closed="both")],
    }

    def __init__(
        self,
        n_estimators: int | None = None,
        *,
        epsilon: float = 1.0,
        bounds: tuple[Any, Any] | None = None,
        classes: ArrayLike | None = None,
        max_depth: int = 5,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.epsilon = epsilon
        self.bounds = bounds
        self.classes = classes
        self.max_depth = max_depth
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features, classes):
        name = type(self).__name__
        # Without a number of trees there is one, where the noise is so wide.
        most = sensitivity(self.n_estimators or 1)
        check_noise_width(self.epsilon, most, name, "raise it, or use fewer trees")
        return check_bounds(self.bounds, n_features, name)

    def _train(self, X, codes, classes, bounds, key):
        n_trees = self._number_of_trees(*X.shape, len(classes))
        # Thresholds are released: whoever reads them must not learn of the noise.
        rng = fresh_random_state(self.random_state)
        features = _features_by_turns(X.shape[1], (n_trees, self.max_depth), rng)
        thresholds = np.array([_thresholds(*bounds, tree, rng) for tree in features])
        counts = count_leaves(X, codes, len(classes), features, thresholds)
        noise = SecretStream(key, b"counts")
        rate = Fraction(float(self.epsilon)) / sensitivity(n_trees)
        counts += discrete_laplace(noise, rate, counts.shape)
        # From here on it is post-processing: no data, no further cost.
        width = sensitivity(n_trees) / float(self.epsilon)
        log_shares, evidence = _log_posteriors(counts, len(X), width)
        return {
            "n_estimators_": n_trees,
            "_features": features,
            "_thresholds": thresholds,
            "_counts": counts,
            "_log_shares": log_shares,
            "_evidence": evidence,
        }

    def _number_of_trees(self, n_samples, n_features, n_classes):
        """From what is public; a record that replaces another changes none of it."""
        if self.n_estimators is not None:
            return int(self.n_estimators)
        records = n_samples * float(self.epsilon) / n_classes
        affordable = np.sqrt(records / RECORDS_PER_CLASS)
        enough = max(10, -(-n_features // self.max_depth))
        return round(np.clip(affordable, 1, enough))

    def _posterior(self, X):
        scores = np.tile(self._log_shares, (len(X), 1))
        for features, thresholds, evidence in zip(
            self._features, self._thresholds, self._evidence, strict=True
        ):
            scores += evidence[_leaves(X, features, thresholds)]
        return softmax(scores, axis=1)


def sensitivity(n_trees):
    """Largest L1 change of all counts when one record is replaced.

    In each tree it takes 1 from one cell and adds 1 to another.
    """
    return 2 * n_trees


def _features_by_turns(n_features, shape, rng):
    """Feature of each level of each tree: all of them, in random order, then again."""
    n_turns = -(-np.prod(shape) // n_features)
    turns = [rng.permutation(n_features) for _ in range(n_turns)]
    return np.concatenate(turns)[: np.prod(shape)].reshape(shape)


def _thresholds(low, high, features, rng):
    """Thresholds of a full tree, level by level, root first; a feature each level."""
    used, column = np.unique(features, return_inverse=True)
    # Sides of each node of the level, for the features that the tree splits.
    boxes = np.stack([low[used], high[used]])[:, None]
    thresholds = []
    for level, j in enumerate(column):
        nodes = np.arange(2**level)
        a, b = boxes[:, :, j]
        quarter = (b - a) / 4
        threshold = rng.uniform(a + quarter, b - quarter)
        thresholds.append(threshold)
        # The left child ends at the threshold and the right one begins there.
        boxes = boxes.repeat(2, axis=1)
        boxes[1, 2 * nodes, j] = threshold
        boxes[0, 2 * nodes + 1, j] = threshold
    return np.concatenate(thresholds)


def _leaves(X, features, thresholds):
    """Leaf of each record in one tree."""
    node = np.zeros(len(X), dtype=np.intp)
    for feature in features:
        node = 2 * node + 1 + (X[:, feature] > thresholds[node])
    return node - len(thresholds)


def count_leaves(X, codes, n_classes, features, thresholds):
    """Records of each class in each leaf of each tree, as an array of int64."""
    shape = len(thresholds), thresholds.shape[1] + 1, n_classes
    counts = np.empty(shape, dtype=np.int64)
    for tree, cells in enumerate(counts):
        leaf = _leaves(X, features[tree], thresholds[tree])
        flat = np.bincount(leaf * n_classes + codes, minlength=cells.size)
        cells[:] = flat.reshape(cells.shape)
    return counts


def _log_posteriors(counts, n_samples, width):
    """Log-shares of the classes, and what each leaf adds to them."""
    n_trees, n_leaves, n_classes = counts.shape
    total = counts.sum(axis=1).mean(axis=0)
    # Together the classes have all records.
    total += (n_samples - total.sum()) / n_classes
    deviation = width * np.sqrt(2 * n_leaves * (1 - 1 / n_classes) / n_trees)
    shares = np.maximum(total, 0) + 1 + deviation
    shares /= shares.sum()
    # A leaf without records says nothing, nor does one whose noise is wider.
    leaves = np.maximum(counts, 0) + n_classes * (1 + width / 2) * shares
    leaves /= leaves.sum(axis=2, keepdims=True)
    return np.log(shares), np.log(leaves / shares) / np.sqrt(n_trees)
