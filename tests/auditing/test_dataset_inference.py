"""A set that was trained on is found, one that was not has a uniform p-value."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, kstest
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeRegressor

from skmia.auditing import dataset_inference

N_NULLS = 300


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    order = np.random.RandomState(0).permutation(len(y))
    return X[order] / 16, y[order]


@pytest.fixture(scope="module")
def forest(digits):
    X, y = digits
    return RandomForestClassifier(10, random_state=0).fit(X[:600], y[:600])


def infer(model, digits, **params):
    """A hundred training records, beside as many unseen ones."""
    X, y = digits
    sets = X[:100], y[:100], X[1200:1300], y[1200:1300]
    return dataset_inference(model, *sets, random_state=0, **params)


@pytest.mark.parametrize("test", ["permutation", "t"])
def test_members_are_found(forest, digits, test):
    result = infer(forest, digits, test=test)
    assert result.pvalue < 0.001
    # Loss alone tells members of such forests in 80 of 100 cases; of 50 and 50 records
    # the standard error is .045.
    assert result.auc > 0.8 - 3 * 0.045
    assert (result.n_suspect, result.n_unseen) == (50, 50)
    assert result.weights.index[0] == "loss"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "kind"),
    [
        ("permutation", "logistic"),
        ("permutation", "forest"),
        ("t", "forest"),
        ("t", "logistic"),
    ],
)
def test_null_is_uniform(forest, digits, test, kind):
    X, y = digits
    model = forest
    if kind == "logistic":
        model = LogisticRegression(max_iter=2000).fit(X[:600], y[:600])
    rng = np.random.RandomState(1)
    pvalues = []
    for seed in range(N_NULLS):
        rows = 600 + rng.permutation(len(y) - 600)[:120]
        sets = X[rows[:60]], y[rows[:60]], X[rows[60:]], y[rows[60:]]
        params = {"test": test, "n_resamples": 199, "random_state": seed}
        pvalues.append(dataset_inference(model, *sets, **params).pvalue)
    # Games share records of one pool, which makes them a little more alike than
    # independent ones; each level is passed with a probability of 1e-3 at most.
    assert kstest(pvalues, "uniform").pvalue > 1e-3
    for level in (0.01, 0.05, 0.2):
        wrong = np.sum(np.array(pvalues) <= level)
        assert wrong <= binom.ppf(1 - 1e-3, N_NULLS, level)


def test_a_model_that_says_nothing_has_no_evidence(digits):
    X, y = digits
    dummy = DummyClassifier(strategy="uniform", random_state=0).fit(X, y)
    for test in ("permutation", "t"):
        assert infer(dummy, digits, signals="max_confidence", test=test).pvalue == 1


def test_every_kind_of_model(digits):
    X, y = digits
    tree = DecisionTreeRegressor(max_depth=8, random_state=0).fit(X[:600], y[:600])
    assert list(infer(tree, digits).weights.index) == ["absolute_error"]
    assert infer(tree, digits).pvalue < 0.05
    ridge = RidgeClassifier().fit(X[:600], y[:600])
    assert "decision_margin" in infer(ridge, digits).weights
    labels = LinearSVC(random_state=0).fit(X[:600], y[:600])
    weights = infer(labels, digits, signals="correctness").weights
    assert list(weights.index) == ["correctness"]
    isolation = IsolationForest(random_state=0).fit(X[:600])
    result = dataset_inference(
        isolation, X[:100], None, X[1200:1300], None, random_state=0
    )
    assert list(result.weights.index) == ["score_samples"]


def test_texts():
    texts, labels = [f"a{i} b{i % 3}" for i in range(40)], [i % 2 for i in range(40)]
    model = make_pipeline(CountVectorizer(), LogisticRegression())
    model.fit(texts[:20], labels[:20])
    sets = texts[:20], labels[:20], texts[20:], labels[20:]
    assert dataset_inference(model, *sets, random_state=0).pvalue < 0.001


def test_equal_records_count_once(forest, digits):
    X, y = digits
    once = infer(forest, digits)
    again = [*range(100), *range(50)]
    unseen = X[1200:1300], y[1200:1300]
    twice = dataset_inference(forest, X[again], y[again], *unseen, random_state=0)
    assert (twice.pvalue, twice.auc) == (once.pvalue, once.auc)
    pd.testing.assert_series_equal(twice.weights, once.weights)


def test_what_is_refused(forest, digits):
    X, y = digits
    with pytest.raises(ValueError, match="3 records of X_unseen are among X_suspect"):
        dataset_inference(forest, X[:9], y[:9], X[6:20], y[6:20])
    with pytest.raises(ValueError, match="4 different records in X_unseen at least"):
        dataset_inference(forest, X[:9], y[:9], X[9:12], y[9:12])
    with pytest.raises(ValueError, match="Give labels of both sets, or of none"):
        dataset_inference(forest, X[:9], y[:9], X[9:20], None)
    with pytest.raises(ValueError, match="9 labels in y_suspect and y_unseen are no"):
        dataset_inference(forest, X[:9], y[:9] + 10, X[9:20], y[9:20], random_state=0)
    with pytest.raises(ValueError, match="All sets of records must have the same"):
        dataset_inference(forest, X[:9, :5], y[:9], X[9:20], y[9:20], random_state=0)
