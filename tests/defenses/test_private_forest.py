"""Random trees with noisy counts: structure, labels of any type, what they refuse."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import train_test_split

from skmia.defenses import PrivateForestClassifier
from skmia.defenses._private_forest import _leaves
from skmia.exceptions import PrivacyLeakWarning


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
    assert ((one._thresholds >= -15) & (one._thresholds <= 15)).all()


def test_every_leaf_is_a_box_of_its_own():
    """Thresholds lie within their node: no leaf is empty.

    Some are tiny, and random records would miss them: the boxes are followed instead.
    """
    model = private(3, max_depth=5).fit([[0.0, 0.0]] * 2, [0, 1])
    for tree in range(3):
        points = np.array(
            [
                centre_of(leaf, model._features[tree], model._thresholds[tree])
                for leaf in range(32)
            ]
        )
        found = _leaves(points, tree, model._features, model._thresholds)
        assert_array_equal(found, np.arange(32))


def centre_of(leaf, features, thresholds):
    low, high = np.full(2, -15.0), np.full(2, 15.0)
    node = leaf + len(features)
    path = []
    while node:
        path.append(((node - 1) // 2, node % 2 == 0))
        node = (node - 1) // 2
    for node, right in reversed(path):
        assert low[features[node]] < thresholds[node] < high[features[node]]
        (low if right else high)[features[node]] = thresholds[node]
    return (low + high) / 2


def test_each_record_is_counted_once(blobs):
    X, y = blobs
    model = private(7, epsilon=1e9).fit(X, y)
    assert model._counts.shape == (7, 32, 2)
    assert_array_equal(model._counts.sum(axis=(0, 1)), np.bincount(y))
    # Trees get a share each: 57 of 400, with a standard deviation of 7.
    assert (np.abs(model._counts.sum(axis=(1, 2)) - 400 / 7) < 5 * 7).all()


def test_one_tree_is_a_histogram(blobs):
    X, y = blobs
    model = private(1, epsilon=1e9, max_depth=2).fit(X, y)
    leaf = _leaves(X, 0, model._features, model._thresholds)
    for i in np.unique(leaf):
        counts = np.bincount(y[leaf == i], minlength=2)
        expected = (counts + 1) / (counts.sum() + 2)
        released = model.predict_proba(X[leaf == i])
        assert_allclose(released, np.tile(expected, (len(released), 1)))


def test_noise_on_the_counts(blobs):
    """Two-sided geometric, for a sensitivity of 2: its variance is 2q / (1 - q)**2.

    Of 6400 cells the sample variance is within 20 %: with a kurtosis of 6 its relative
    standard error is sqrt(5 / 6400) = 3 %.
    """
    X, y = blobs
    quiet, noisy = private(100, epsilon=1e9).fit(X, y), private(100, epsilon=0.5)
    noise = noisy.fit(X, y)._counts - quiet._counts
    q = np.exp(-0.5 / 2)
    assert noise.var() == pytest.approx(2 * q / (1 - q) ** 2, rel=0.2)
    assert_array_equal(noise, np.round(noise))


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
        ({"classes": [0, 2]}, r"'classes' parameter .* y also holds \[1\]"),
        ({"n_estimators": 0}, "'n_estimators' parameter"),
        ({"max_depth": 0}, "'max_depth' parameter"),
    ],
)
def test_errors(params, message, blobs):
    with pytest.raises(ValueError, match=message):
        private(**params).fit(*blobs)


def test_declared_classes_may_be_missing(blobs):
    X, y = blobs
    model = private(epsilon=1e6, classes=[2, 1, 0]).fit(X, y)
    assert_array_equal(model.classes_, [0, 1, 2])
    assert set(model.predict(X)) <= {0, 1}


def test_no_weights(blobs):
    with pytest.raises(TypeError, match="sample_weight"):
        private().fit(*blobs, sample_weight=np.ones(400))


def test_undeclared_classes_warn(blobs):
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter"):
        fitted = private(classes=None).fit(*blobs)
    assert_array_equal(fitted.classes_, [0, 1])
    assert (fitted.epsilon_, fitted.delta_) == (1.0, 0.0)
