import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import FeatureBaggedClassifier


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs(60, centers=3, n_features=10, cluster_std=6, random_state=0)
    return X, np.array(["b", "a", "c"])[y]


@pytest.mark.parametrize(
    # 10 * (1 - 0.8) is below 2 in floating point.
    ("drop", "n_seen"),
    [(0, 10), (0.3, 7), (0.5, 5), (0.8, 2), (0.99, 1)],
)
def test_number_of_features_seen(drop, n_seen, blobs):
    model = FeatureBaggedClassifier(GaussianNB(), drop=drop, random_state=0)
    bag = model.fit(*blobs).estimator_
    assert len(bag.estimators_) == 10
    for seen in bag.estimators_features_:
        assert len(set(seen.tolist())) == n_seen


def test_models_see_all_records_and_other_features(blobs):
    bag = FeatureBaggedClassifier(GaussianNB(), random_state=0).fit(*blobs).estimator_
    for member in bag.estimators_:
        assert member.class_count_.tolist() == [20, 20, 20]
    assert len({tuple(sorted(seen)) for seen in bag.estimators_features_}) > 1


def test_nothing_dropped_is_the_model_itself(blobs):
    X, y = blobs
    model = FeatureBaggedClassifier(GaussianNB(), drop=0, random_state=0).fit(X, y)
    expected = GaussianNB().fit(X, y).predict_proba(X)
    assert_allclose(model.predict_proba(X), expected, rtol=1e-12, atol=1e-12)


def test_released_posterior_is_the_mean(blobs):
    X, y = blobs
    model = FeatureBaggedClassifier(
        DecisionTreeClassifier(), n_estimators=4, random_state=0
    ).fit(X, y)
    bag = model.estimator_
    members = zip(bag.estimators_, bag.estimators_features_, strict=True)
    P = [member.predict_proba(X[:, seen]) for member, seen in members]
    assert_allclose(model.predict_proba(X), np.mean(P, axis=0), rtol=1e-12)


def test_n_jobs(blobs):
    X, y = blobs
    tree = DecisionTreeClassifier()
    one = FeatureBaggedClassifier(tree, random_state=0).fit(X, y)
    with parallel_config(backend="threading"):
        two = FeatureBaggedClassifier(tree, n_jobs=2, random_state=0).fit(X, y)
        assert_array_equal(one.predict_proba(X), two.predict_proba(X))


def test_dataframe_and_sparse(blobs):
    X, y = blobs
    frame = pd.DataFrame(X, columns=list("abcdefghij"))
    tree = FeatureBaggedClassifier(DecisionTreeClassifier(), random_state=0)
    expected = tree.fit(X, y).predict_proba(X)
    assert_array_equal(tree.fit(frame, y).predict_proba(frame), expected)
    assert tree.feature_names_in_.tolist() == list("abcdefghij")
    rows = sparse.csr_array(X)
    assert_array_equal(tree.fit(rows, y).predict_proba(rows), expected)


def test_votes_are_scores_of_a_model_without(blobs):
    X, y = blobs
    model = FeatureBaggedClassifier(RidgeClassifier(), n_estimators=4, random_state=0)
    assert hasattr(model, "predict_proba")
    shares = 4 * model.fit(X, y).predict_proba(X)
    assert_allclose(shares, shares.round(), atol=1e-12)


def test_less_is_learned_by_heart():
    """Labels are coin tosses: a linear model fits them the less the less it sees."""
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(60, 50)), rng.randint(2, size=60)
    inner = LogisticRegression(C=10, max_iter=500)
    assert inner.fit(X, y).score(X, y) == 1
    model = FeatureBaggedClassifier(inner, drop=0.9, random_state=0).fit(X, y)
    own = np.take_along_axis(model.predict_proba(X), y[:, None], axis=1)
    assert own.mean() < 0.75
