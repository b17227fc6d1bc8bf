"""The ridge classifier on the other side: decision values of refits."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import RidgeClassifier
from slow_cases import slow
from trained_anew import assert_as_anew, counts, halves

from skmia.shadow import other_side

MODELS = [
    RidgeClassifier(),
    RidgeClassifier(alpha=1e-3, solver="svd"),
    RidgeClassifier(alpha=30, fit_intercept=False),
]


@pytest.mark.parametrize("name", ["iris", *slow("wine", "digits", "breast_cancer")])
@pytest.mark.parametrize("model", MODELS, ids=str)
def test_other_side_is_a_refit(model, name, global_random_seed):
    X, y, inside = halves(name, global_random_seed)
    assert_as_anew(model, X, y, inside)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_rare_classes_features_and_equal_records(model, global_random_seed):
    X, y, inside = counts(global_random_seed)
    assert_as_anew(model, X, y, inside)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_more_features_than_records(model, global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    X, y = rng.normal(size=(40, 60)), rng.integers(0, 3, 40)
    assert_as_anew(model, X, y, np.arange(40) % 2 == 0)


def test_a_feature_that_only_one_record_has_decides_for_it(global_random_seed):
    X, y, inside = halves("iris", global_random_seed)
    X = np.c_[X, np.zeros((len(X), 2))]
    X[0, 4] = X[1, 5] = 5000.0
    values = assert_as_anew(RidgeClassifier(), X, y, inside)
    targets = np.where(y[:, np.newaxis] == np.arange(3), 1, -1)
    # Joined, with a leverage without bound, it is where it should be.
    np.testing.assert_allclose(values[1], targets[1], 0, 1e-4)


def test_without_one_of_two_classes_there_is_nothing_to_decide():
    X, y = np.array([[0.0], [1], [2], [1.5]]), np.array(["b", "a", "a", "b"])
    inside = np.array([True, True, True, False])
    model = RidgeClassifier().fit(X[inside], y[inside])
    values = other_side(model, X, y, inside)
    assert np.isnan(values[0]).all()
    # Minus the value, and the value.
    np.testing.assert_array_equal(values[1:, 0], -values[1:, 1])


def test_single_precision(global_random_seed):
    X, y, inside = halves("iris", global_random_seed)
    X = X.astype(np.float32)
    assert_as_anew(RidgeClassifier(), X, y, inside, tolerance=1e-3)


def test_sparse_records(global_random_seed):
    X, y, inside = counts(global_random_seed)
    X = sparse.csr_array(X)
    model = RidgeClassifier(fit_intercept=False, solver="cholesky")
    assert_as_anew(model, X, y, inside)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (RidgeClassifier(class_weight="balanced"), "class_weight"),
        (RidgeClassifier(alpha=0), "alpha is 0"),
        (RidgeClassifier(alpha=[1.0, 2, 3]), "not one number"),
        (RidgeClassifier(positive=True), "positive"),
        (RidgeClassifier(solver="lsqr"), "solver 'lsqr' stops before"),
    ],
    ids=str,
)
def test_what_is_refused(model, reason):
    X, y, inside = halves("iris", 0)
    model.fit(X[inside], y[inside])
    with pytest.raises(ValueError, match=reason):
        other_side(model, X, y, inside)


def test_sparse_records_with_an_intercept_are_solved_nearly():
    X, y, inside = counts(0)
    X = sparse.csr_array(X)
    model = RidgeClassifier().fit(X[inside], y[inside])
    with pytest.raises(ValueError, match="'sparse_cg' stops before"):
        other_side(model, X, y, inside)


def test_weights_are_seen():
    X, y, inside = halves("iris", 0)
    model = RidgeClassifier().fit(X[inside], y[inside], sample_weight=1 + y[inside])
    with pytest.raises(ValueError, match="not trained on the records of in_training"):
        other_side(model, X, y, inside)
