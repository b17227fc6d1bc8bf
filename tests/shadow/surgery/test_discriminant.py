"""Discriminant analysis on the other side, and where a direction comes or goes."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from trained_anew import assert_as_anew, counts, halves, trained_anew

from skmia.shadow import other_side
from skmia.shadow.surgery import _discriminant


def normal(seed, n_records=80, n_features=3, n_classes=3):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_records)
    X = (
        rng.normal(size=(n_records, n_features))
        + 2 * rng.normal(size=(n_classes, n_features))[y]
    )
    return X, y, np.arange(n_records) % 2 == 0


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_linear_other_side_is_a_refit(name, global_random_seed):
    X, y, inside = halves(name, global_random_seed, n_records=160)
    # On digits some records are the only ones with a pixel within their class.
    answered = 0.7 if name == "digits" else 1.0
    assert_as_anew(LinearDiscriminantAnalysis(), X, y, inside, answered=answered)


@pytest.mark.parametrize(
    "model",
    [
        LinearDiscriminantAnalysis(),
        QuadraticDiscriminantAnalysis(),
        QuadraticDiscriminantAnalysis(reg_param=0.01),
        QuadraticDiscriminantAnalysis(reg_param=0.6),
        QuadraticDiscriminantAnalysis(reg_param=1),
    ],
    ids=["linear", "quadratic", "0.01", "0.6", "1"],
)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_other_side_is_a_refit(model, n_classes, global_random_seed):
    assert_as_anew(model, *normal(global_random_seed, n_classes=n_classes))


@pytest.mark.parametrize(
    "model",
    [LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis],
)
def test_given_priors_stay(model, global_random_seed):
    assert_as_anew(model(priors=[0.2, 0.7, 0.1]), *normal(global_random_seed))


def test_means_that_scikit_learn_may_take_for_equal(global_random_seed):
    """What is 1e-4 as wide as the widest, between classes, it leaves out."""
    X, y, inside = normal(global_random_seed, n_classes=4)
    X[:, 0] += 1e5 * (y // 2)
    model = LinearDiscriminantAnalysis().fit(X[inside], y[inside])
    assert np.isnan(other_side(model, X, y, inside)).all()
    # Squared distances of 1e10 are good to about 1e-6.
    model = LinearDiscriminantAnalysis(tol=1e-9)
    assert_as_anew(model, X, y, inside, tolerance=1e-4)


def test_fewer_components_change_no_answer(global_random_seed):
    X, y, inside = normal(global_random_seed)
    assert_as_anew(LinearDiscriminantAnalysis(n_components=1), X, y, inside)


def test_rare_classes_features_and_equal_records(global_random_seed):
    X, y, inside = counts(global_random_seed, n_records=90)
    found = assert_as_anew(LinearDiscriminantAnalysis(), X, y, inside, answered=0.95)
    # The only record with a feature that is constant otherwise: nan with it (7) and
    # without it (6), since the covariance has a direction more or less.
    assert np.isnan(found[[6, 7]]).all()


def test_a_constant_feature_that_is_no_binary_fraction(global_random_seed):
    X, y, inside = normal(global_random_seed)
    X[:, 1] = 3.0
    assert_as_anew(LinearDiscriminantAnalysis(), X, y, inside)
    # scikit-learn may divide by the rounding of its means.
    X[:, 1] = 0.1
    assert_as_anew(LinearDiscriminantAnalysis(), X, y, inside, answered=0)
    # Where all means are rounded alike, others are no further from them than that.
    X, y = X[:60], np.arange(60) % 3
    assert_as_anew(LinearDiscriminantAnalysis(), X, y, np.arange(60) % 2 == 0)


def test_collinear_features(global_random_seed):
    """Categories as columns: a direction has no scatter on any side."""
    rng = np.random.default_rng(global_random_seed)
    X = np.eye(4)[rng.integers(0, 4, 80)]
    X = np.c_[X, rng.normal(size=(80, 2))]
    y = rng.integers(0, 3, 80)
    assert_as_anew(LinearDiscriminantAnalysis(), X, y, np.arange(80) % 2 == 0)


def test_more_features_than_records_leave_every_record_its_own_direction():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 60)), rng.integers(0, 2, 40)
    inside = np.arange(40) % 2 == 0
    model = LinearDiscriminantAnalysis().fit(X[inside], y[inside])
    assert np.isnan(other_side(model, X, y, inside)).all()


def test_two_classes_one_of_which_goes():
    X, y, inside = normal(0, n_classes=2)
    y[:] = 1
    y[[0, 1]] = 0
    model = LinearDiscriminantAnalysis().fit(X[inside], y[inside])
    P = other_side(model, X, y, inside)
    assert np.isnan(P[0]).all()
    assert not np.isnan(P[1:]).any()
    assert np.isnan(trained_anew(model, X, y, inside)[0]).all()


def test_quadratic_needs_rank(global_random_seed):
    """As many records as features after the change: a refit is refused."""
    X, y, inside = normal(global_random_seed, n_records=40, n_classes=2)
    y[:] = 1
    y[[0, 1, 2, 4, 6, 3]] = 0  # four of them inside, and three features
    found = assert_as_anew(QuadraticDiscriminantAnalysis(), X, y, inside)
    assert np.isnan(found[[0, 2, 4, 6]]).all()
    assert not np.isnan(found[[1, 3]]).any()


def test_regularised_with_features_that_are_collinear(global_random_seed):
    X, y, inside = halves("wine", global_random_seed, n_records=150)
    X[:, 0] = X[:, 1]
    assert_as_anew(QuadraticDiscriminantAnalysis(reg_param=0.05), X, y, inside)


def test_regularised_needs_as_many_records_as_features(global_random_seed):
    """Of each class; with fewer scikit-learn refuses whatever the regularisation."""
    X, y, inside = normal(global_random_seed, n_records=40, n_classes=2)
    y[:] = 1
    y[[0, 2, 4, 1, 3]] = 0  # three of them inside, and three features
    found = assert_as_anew(QuadraticDiscriminantAnalysis(reg_param=0.1), X, y, inside)
    assert np.isnan(found[[0, 2, 4]]).all()
    assert not np.isnan(found[[1, 3]]).any()


def test_quadratic_refuses_as_scikit_learn_does(global_random_seed):
    """A variance just above `tol` falls below it with some records, or without."""
    X, y, inside = normal(global_random_seed, n_records=120)
    X[:, 0] *= 0.012
    X[y == 0, 0] *= 0.9
    model = QuadraticDiscriminantAnalysis()
    for tol in np.quantile(
        X[inside & (y == 0), 0].var() * np.arange(0.9, 1.1, 0.01), [0.2, 0.4, 0.5]
    ):
        model.set_params(tol=tol)
        try:
            model.fit(X[inside], y[inside])
        except np.linalg.LinAlgError:
            continue
        found, truth = (f(model, X, y, inside) for f in (other_side, trained_anew))
        np.testing.assert_array_equal(np.isnan(found), np.isnan(truth))
        np.testing.assert_allclose(found, truth, 0, 1e-9)


def test_single_precision(global_random_seed):
    X, y, inside = halves("iris", global_random_seed)
    for model in (LinearDiscriminantAnalysis(), QuadraticDiscriminantAnalysis()):
        assert_as_anew(model, X.astype(np.float32), y, inside, tolerance=3e-3)


@pytest.mark.parametrize(
    ("model", "without", "joined"),
    [
        (LinearDiscriminantAnalysis(), 0.2923064847, 0.5657286023),
        (QuadraticDiscriminantAnalysis(), 0.0750346575, 0.3595751686),
    ],
    ids=["linear", "quadratic"],
)
def test_values_to_ten_digits(model, without, joined):
    X, y = load_iris(return_X_y=True)
    inside = np.arange(150) % 2 == 0
    P = other_side(model.fit(X[inside], y[inside]), X, y, inside)
    np.testing.assert_allclose(P[[70, 83], 1], [without, joined], 0, 6e-11)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (LinearDiscriminantAnalysis(solver="lsqr"), "solver='lsqr'"),
        (LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.1), "solver='eigen'"),
        (QuadraticDiscriminantAnalysis(solver="eigen"), "solver='eigen'"),
    ],
    ids=str,
)
def test_what_is_refused(model, reason):
    X, y, inside = normal(0)
    model.fit(X[inside], y[inside])
    with pytest.raises(ValueError, match=reason):
        other_side(model, X, y, inside)


@pytest.mark.parametrize(
    "model",
    [LinearDiscriminantAnalysis(), QuadraticDiscriminantAnalysis()],
    ids=["linear", "quadratic"],
)
def test_other_records_than_those_of_the_fit_are_noticed(model):
    X, y, inside = normal(0)
    model.fit(X[inside], y[inside])
    with pytest.raises(ValueError, match="not trained on the records of in_training"):
        other_side(model, X, y, np.roll(inside, 1))


def test_discriminants_of_an_older_scikit_learn_are_refused(monkeypatch):
    monkeypatch.setattr(_discriminant, "DISCRIMINANTS_AS_NOW", False)
    X, y = load_iris(return_X_y=True)
    model = LinearDiscriminantAnalysis().fit(X, y)
    with pytest.raises(ValueError, match=r"scikit-learn 1\.9 and newer"):
        other_side(model, X, y, np.ones(len(y), dtype=bool))
