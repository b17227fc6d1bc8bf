import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.spatial.distance import pdist
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPRegressor
from strategies import probas

from skmia.defenses import PurifiedPosterior


@pytest.fixture
def problem(global_random_seed):
    return make_classification(
        600, 20, n_informative=10, n_classes=5, random_state=global_random_seed
    )


def centred(P):
    logits = np.log(np.clip(P, 1e-30, 1))
    return logits - logits.mean(axis=1, keepdims=True)


class Lookup(ClassifierMixin, BaseEstimator):
    """Releases given posteriors: the records are their numbers."""

    def __init__(self, posterior=None):
        self.posterior = posterior

    def fit(self, X, y):
        self.rows_ = np.sort(X[:, 0].astype(int))
        self.classes_ = np.arange(self.posterior.shape[1])
        return self

    def predict_proba(self, X):
        return self.posterior[X[:, 0].astype(int)]


def numbered(P):
    return np.arange(len(P), dtype=float).reshape(-1, 1)


@given(P=probas(min_rows=2, max_rows=30), width=st.integers(0, 5), keep=st.booleans())
def test_rows_are_posteriors(P, width, keep):
    X, y = numbered(P), P.argmax(axis=1)
    model = PurifiedPosterior(
        Lookup(P), n_components=width, reference=X, preserve_label=keep
    ).fit(X, y)
    released = model.predict_proba(X)
    assert released.min() >= 0
    np.testing.assert_allclose(released.sum(axis=1), 1, rtol=0, atol=1e-12)
    if keep:
        assert_array_equal(released.argmax(axis=1), y)
        assert_array_equal(model.predict(X), y)


@given(P=probas(min_rows=2, max_rows=30), width=st.integers(0, 5))
def test_dispersion_of_the_reference_never_grows(P, width):
    X = numbered(P)
    model = PurifiedPosterior(
        Lookup(P), n_components=width, reference=X, preserve_label=False
    ).fit(X, P.argmax(axis=1))
    before = centred(P)
    # A projection brings no two closer rows apart. What is released has entries below
    # the floor of logarithms, hence the map itself.
    after = model.purifier_.predict(before)
    assert (pdist(after) <= pdist(before) + 1e-9).all()
    np.testing.assert_allclose(after.sum(axis=1), 0, atol=1e-9)


@given(P=probas(min_rows=2, max_rows=30))
def test_full_width_is_the_identity(P):
    X = numbered(P)
    model = PurifiedPosterior(Lookup(P), n_components=P.shape[1], reference=X)
    released = model.fit(X, P.argmax(axis=1)).predict_proba(X)
    np.testing.assert_allclose(released, P, rtol=0, atol=1e-9)


def test_model_is_not_trained_on_what_is_held_out():
    y = np.array(["a"] * 10 + ["b"] * 10)
    P = np.full((20, 3), 1 / 3)
    model = PurifiedPosterior(Lookup(P), reference_fraction=0.2, random_state=0)
    rows = model.fit(numbered(P), y).estimator_.rows_
    assert len(rows) == len(set(rows)) == 16
    assert set(y[rows]) == set(y)


def test_given_reference_leaves_all_records_to_the_model(problem):
    X, y = problem
    model = PurifiedPosterior(GaussianNB(), reference=X[:100]).fit(X[100:], y[100:])
    expected = GaussianNB().fit(X[100:], y[100:])
    assert_array_equal(model.estimator_.predict_proba(X), expected.predict_proba(X))
    logits = centred(expected.predict_proba(X[:100]))
    np.testing.assert_allclose(model.purifier_.mean_, logits.mean(axis=0))


def test_around_a_frozen_model_all_records_are_the_reference(problem):
    X, y = problem
    fitted = GaussianNB().fit(X[100:], y[100:])
    frozen, given = (
        PurifiedPosterior(FrozenEstimator(fitted), reference=reference).fit(
            X[:100], y[:100]
        )
        for reference in (None, X[:100])
    )
    assert frozen.estimator_.estimator is fitted
    assert_array_equal(frozen.predict_proba(X), given.predict_proba(X))


def test_no_width_leaves_one_answer_per_class(problem):
    X, y = problem
    model = PurifiedPosterior(GaussianNB(), n_components=0, random_state=0).fit(X, y)
    rounded = np.round(model.predict_proba(X), 12)
    assert len(np.unique(rounded, axis=0)) == len(np.unique(model.predict(X)))


def test_members_become_less_certain(problem):
    X, y = problem
    member = np.arange(len(y)) < 300
    forest = RandomForestClassifier(20, random_state=0).fit(X[:200], y[:200])
    model = PurifiedPosterior(FrozenEstimator(forest)).fit(X[200:300], y[200:300])
    member = np.r_[np.ones(200), np.zeros(300)]
    asked = np.r_[X[:200], X[300:]]
    plain, purified = (
        roc_auc_score(member, m.predict_proba(asked).max(axis=1))
        for m in (forest, model)
    )
    assert plain > 0.95
    assert purified < plain - 0.05


def test_autoencoder(problem):
    X, y = problem
    autoencoder = MLPRegressor(hidden_layer_sizes=(8, 2, 8), max_iter=20, tol=1)
    model = PurifiedPosterior(
        LogisticRegression(), purifier=autoencoder, random_state=0
    ).fit(X, y)
    again = PurifiedPosterior(
        LogisticRegression(), purifier=autoencoder, random_state=0
    ).fit(X, y)
    assert not hasattr(autoencoder, "coefs_")
    assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert_array_equal(model.predict(X), model.estimator_.predict(X))


def test_model_that_says_the_same_of_all(problem):
    X, y = problem
    model = PurifiedPosterior(DummyClassifier(), random_state=0).fit(X, y)
    inner = model.estimator_.predict_proba(X)
    np.testing.assert_allclose(model.predict_proba(X), inner, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_components", -1), ("reference_fraction", 1.0), ("purifier", 3)],
)
def test_bad_parameters(name, value, problem):
    message = f"'{name}' parameter of PurifiedPosterior must be"
    with pytest.raises(ValueError, match=message):
        PurifiedPosterior(GaussianNB(), **{name: value}).fit(*problem)
