"""Random trees with noisy counts: structure, labels of any type, what they refuse."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import train_test_split

from skmia.defenses import PrivacyAccountant, PrivateForestClassifier
from skmia.defenses.private._private_forest import _leaves, _log_posteriors
from skmia.exceptions import PrivacyLeakWarning

# Fits with a seed warn; the last tests are about that.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of:skmia.exceptions.PrivacyLeakWarning"
)


def private(n_estimators=10, **params):
    known = {"bounds": (-15, 15), "classes": [0, 1], "random_state": 0}
    return PrivateForestClassifier(n_estimators, **(known | params))


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(
        400,
        centers=[[-4, -4], [4, 4]],
        cluster_std=3,
        random_state=global_random_seed,
    )


@pytest.mark.parametrize(
    "labels",
    [[0, 1], [5, 6], ["no", "yes"], [40, -2], [True, False]],
    ids=str,
)
def test_labels_of_any_type(labels, blobs):
    """As good for all of them as for 0 and 1; elsewhere they have come out at random.

    Two clusters whose centres are 3.8 standard deviations apart: the best classifier is
    right in 97 %, guessing in 50 %.
    """
    X, y = blobs
    y = np.array(labels)[y]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = private(20, epsilon=1e6, classes=labels).fit(X_train, y_train)
    assert_array_equal(model.classes_, np.unique(labels))
    assert model.score(X_test, y_test) > 0.85


def test_structure_does_not_depend_on_the_records(blobs):
    X, y = blobs
    one, other = private().fit(X, y), private().fit(-X[:50] / 3, 1 - y[:50])
    assert_array_equal(one._features, other._features)
    assert_array_equal(one._thresholds, other._thresholds)


@pytest.mark.parametrize("n_features", [1, 2, 7, 30])
def test_no_feature_comes_again_before_all_were_used(n_features):
    X = np.zeros((2, n_features))
    model = private(6, max_depth=4).fit(X, [0, 1])
    used = model._features.ravel()
    assert model._features.shape == (6, 4)
    for start in range(0, 24, n_features):
        turn = used[start : start + n_features]
        assert len(set(turn)) == len(turn)
    other = private(6, max_depth=4, random_state=1).fit(X, [0, 1])
    assert n_features == 1 or (model._features != other._features).any()


@pytest.mark.parametrize("n_features", [1, 2, 9])
def test_every_leaf_is_a_box_of_its_own(n_features):
    """Thresholds lie in the middle half of their node: no leaf is empty.

    Some are small, and random records would miss them: the boxes are followed instead.
    """
    model = private(3, max_depth=5).fit(np.zeros((2, n_features)), [0, 1])
    for features, thresholds in zip(model._features, model._thresholds, strict=True):
        points = np.array(
            [centre_of(leaf, features, thresholds, n_features) for leaf in range(32)]
        )
        assert_array_equal(_leaves(points, features, thresholds), np.arange(32))


def centre_of(leaf, features, thresholds, n_features):
    low, high = np.full(n_features, -15.0), np.full(n_features, 15.0)
    node = 0
    for level, right in enumerate(f"{leaf:0{len(features)}b}"):
        j = features[level]
        share = (thresholds[node] - low[j]) / (high[j] - low[j])
        assert 0.25 - 1e-9 <= share <= 0.75 + 1e-9
        (low if right == "1" else high)[j] = thresholds[node]
        node = 2 * node + 1 + int(right)
    return (low + high) / 2


def test_thresholds_are_spread_over_the_middle_half():
    """Of 2000 roots; each tenth of it has 200, with a standard deviation of 13."""
    model = private(2000, max_depth=1).fit([[0.0], [1.0]], [0, 1])
    tenths = np.histogram(model._thresholds, bins=10, range=(-7.5, 7.5))[0]
    assert tenths.sum() == 2000
    assert (np.abs(tenths - 200) < 5 * 13).all()


def test_each_record_is_counted_once_in_every_tree(blobs):
    X, y = blobs
    model = private(7, epsilon=1e9).fit(X, y)
    assert model._counts.shape == (7, 32, 2)
    assert_array_equal(model._counts.sum(axis=1), np.tile(np.bincount(y), (7, 1)))


def test_one_tree_is_a_histogram(blobs):
    """Without noise, and with one record of each class more, in the shares of all."""
    X, y = blobs
    model = private(1, epsilon=1e9, max_depth=2).fit(X, y)
    leaf = _leaves(X, model._features[0], model._thresholds[0])
    shares = (np.bincount(y) + 1) / (len(y) + 2)
    for i in np.unique(leaf):
        counts = np.bincount(y[leaf == i], minlength=2)
        expected = (counts + 2 * shares) / (counts.sum() + 2)
        released = model.predict_proba(X[leaf == i])
        assert_allclose(released, np.tile(expected, (len(released), 1)), rtol=1e-6)


def test_noise_on_the_counts(blobs):
    """Discrete Laplace, for a change of 2 a tree: its variance is 2q / (1 - q)**2.

    Of 6400 cells the sample variance is within 20 %: with a kurtosis of 6 its relative
    standard error is sqrt(5 / 6400) = 3 %.
    """
    X, y = blobs
    quiet, noisy = private(100, epsilon=1e9).fit(X, y), private(100, epsilon=50)
    noise = noisy.fit(X, y)._counts - quiet._counts
    q = np.exp(-50 / (2 * 100))
    assert noise.var() == pytest.approx(2 * q / (1 - q) ** 2, rel=0.2)
    assert noise.dtype == np.int64


def test_shares_of_classes_are_pooled_and_leaves_shrink_to_them():
    """By hand: two trees of two leaves, 10 records, noise of width 2.

    Totals of (9, 3) and (7, 1), in the mean (8, 2). A cell has a variance of 2 * 2**2,
    a total twice that, their mean half of it, and the known number of records takes
    half of it off: a deviation of 2. A leaf gets K * (1 + 2 / 2) = 4 records more.
    """
    counts = np.array([[[9, -1], [0, 4]], [[7, 1], [0, 0]]])
    log_shares, evidence = _log_posteriors(counts, 10, 2.0)
    shares = np.array([8 + 1 + 2, 2 + 1 + 2]) / 16
    assert_allclose(np.exp(log_shares), shares)
    leaves = np.exp(log_shares + np.sqrt(2) * evidence)
    assert_allclose(leaves[0, 0], (np.array([9, 0]) + 4 * shares) / 13)
    assert_allclose(leaves[0, 1], (np.array([0, 4]) + 4 * shares) / 8)
    assert_allclose(evidence[1, 1], 0, atol=1e-12)  # an empty leaf says nothing


def test_classes_share_the_records_that_are_missing():
    """The number of records is public: noise on it is taken off again."""
    one, other = (
        _log_posteriors(np.array([[[8 + shift, 2 + shift]]]), 10, 1.0)[0]
        for shift in (0, 50)
    )
    assert_allclose(one, other)


@pytest.mark.parametrize(
    ("n_samples", "n_features", "params", "n_trees"),
    [
        (480, 2, {"epsilon": 0.1}, 3),  # the root of 480 * 0.1 / (3 * 2), 2.8
        (480, 2, {"epsilon": 0.1, "classes": [0, 1, 2, 3]}, 2),
        (20, 2, {"epsilon": 0.01}, 1),
        (480, 2, {"epsilon": 8}, 10),
        (480, 2, {"epsilon": 1e308}, 10),
        (480, 61, {"epsilon": 8}, 13),  # five features each
        (480, 61, {"epsilon": 0.5}, 6),
        (480, 61, {"epsilon": 8, "max_depth": 3}, 21),
        (480, 61, {"epsilon": 8, "n_estimators": 4}, 4),
    ],
)
def test_number_of_trees(n_samples, n_features, params, n_trees):
    X, y = np.zeros((n_samples, n_features)), np.arange(n_samples) % 2
    model = private(**({"n_estimators": None} | params)).fit(X, y)
    assert model.n_estimators_ == n_trees
    assert len(model._counts) == n_trees


def test_better_than_the_majority_where_noise_is_wide():
    """Classes of 80 and 20 %, 2000 records, epsilon 0.5: 20 fits, two standard errors.

    Two clusters 3.8 standard deviations apart, as above.
    """
    X, y = make_blobs(
        [3200, 800], centers=[[-4, -4], [4, 4]], cluster_std=3, random_state=0
    )
    X, X_test, y, y_test = train_test_split(X, y, train_size=2000, random_state=0)
    scores = [
        private(None, epsilon=0.5, random_state=seed).fit(X, y).score(X_test, y_test)
        for seed in range(20)
    ]
    error = np.std(scores, ddof=1) / np.sqrt(20)
    assert np.mean(scores) - 2 * error > (y_test == 0).mean() + 0.05


def test_records_beyond_the_bounds_count_at_the_edge(blobs):
    X, y = blobs
    model = private(bounds=(-2, 2))
    inside = model.fit(np.clip(X, -2, 2), y).predict_proba(X)
    assert_array_equal(model.fit(X, y).predict_proba(X), inside)


def test_a_failing_fit_leaves_nothing_behind(blobs):
    X, y = blobs
    frame = pd.DataFrame(X, columns=["u", "v"])
    fresh = private(bounds=None)
    with pytest.raises(ValueError, match="'bounds' parameter"):
        fresh.fit(frame, y)
    with pytest.raises(NotFittedError):
        fresh.predict(frame)
    fitted = private().fit(frame, y)
    before = fitted.predict_proba(frame)
    with pytest.raises(ValueError, match="'classes' parameter"):
        fitted.fit(X[:, :1], y + 1)
    assert_array_equal(fitted.predict_proba(frame), before)
    assert_array_equal(fitted.feature_names_in_, ["u", "v"])
    assert not hasattr(fitted.fit(X, y), "feature_names_in_")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bounds": None}, "PrivateForestClassifier must be declared"),
        ({"bounds": (0, np.inf)}, "'bounds' parameter"),
        ({"bounds": ([0] * 3, [1] * 3)}, "'bounds' parameter .* 2 .*features"),
        ({"epsilon": -1}, r"'epsilon' parameter .* range \(0.0, inf\). Got -1 instead"),
        ({"epsilon": np.inf}, r"'epsilon' parameter .* Got inf instead"),
        (
            {"epsilon": 2e-7},
            r"'epsilon' parameter .* about 3e-07 .* Got 2e-07 .* fewer trees",
        ),
        ({"epsilon": 1e-8, "n_estimators": None}, "'epsilon' parameter .* 3e-08"),
        ({"classes": [0, 2]}, r"'classes' parameter .* y also holds \[1\]"),
        ({"n_estimators": 0}, "'n_estimators' parameter"),
        ({"max_depth": 0}, "'max_depth' parameter"),
    ],
)
def test_errors(params, message, blobs):
    """Before anything is paid."""
    accountant = PrivacyAccountant()
    with pytest.raises(ValueError, match=message):
        private(accountant=accountant, **params).fit(*blobs)
    assert accountant.spent_.epsilon == 0


@pytest.mark.parametrize("epsilon", [2, np.int64(2), np.float32(0.1), 1e300, 4e-8])
def test_epsilons_of_any_type_and_size(epsilon, blobs):
    """numpy's integers would overflow in the fractions that rates are made of."""
    fitted = private(None, epsilon=epsilon).fit(*blobs)
    assert type(fitted.epsilon_) is float
    same = private(None, epsilon=float(epsilon)).fit(*blobs)
    assert_array_equal(fitted._counts, same._counts)
    assert_allclose(fitted.predict_proba(blobs[0]).sum(axis=1), 1)


def test_declared_classes_may_be_missing(blobs):
    X, y = blobs
    model = private(epsilon=1e6, classes=[2, 1, 0]).fit(X, y)
    assert_array_equal(model.classes_, [0, 1, 2])
    assert set(model.predict(X)) <= {0, 1}


def test_one_class():
    model = private(classes=["a"], epsilon=0.1).fit([[0.0], [1.0]], ["a", "a"])
    assert_array_equal(model.predict_proba([[5.0]]), [[1]])


def test_no_weights(blobs):
    with pytest.raises(TypeError, match="sample_weight"):
        private().fit(*blobs, sample_weight=np.ones(400))


def test_undeclared_classes_warn(blobs):
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter"):
        fitted = private(classes=None).fit(*blobs)
    assert_array_equal(fitted.classes_, [0, 1])
    assert (fitted.epsilon_, fitted.delta_) == (1.0, 0.0)


def test_a_seed_warns(blobs):
    with pytest.warns(PrivacyLeakWarning, match="needs random_state=None"):
        private().fit(*blobs)


@pytest.mark.filterwarnings("error")
def test_declared_and_without_a_seed_nothing_warns(blobs):
    accountant = PrivacyAccountant(1)
    private(random_state=None, accountant=accountant).fit(*blobs)
    assert accountant.remaining_.epsilon == 0
