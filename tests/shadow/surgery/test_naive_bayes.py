"""Naive Bayes on the other side is naive Bayes trained anew, record by record."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from slow_cases import slow
from trained_anew import assert_as_anew, counts, halves, trained_anew

from skmia.shadow import other_side

COUNTING = [
    BernoulliNB(),
    BernoulliNB(binarize=1.5, fit_prior=False),
    MultinomialNB(),
    MultinomialNB(alpha=0.01, fit_prior=False),
    ComplementNB(),
    ComplementNB(norm=True, alpha=0.3),
    CategoricalNB(),
    CategoricalNB(alpha=0.2, fit_prior=False),
]
ALL = [GaussianNB(), GaussianNB(var_smoothing=1e-2), *COUNTING]


@pytest.mark.parametrize("name", ["iris", *slow("wine", "digits", "breast_cancer")])
@pytest.mark.parametrize("model", ALL, ids=str)
def test_other_side_is_a_refit(model, name, global_random_seed):
    X, y, inside = halves(name, global_random_seed)
    assert_as_anew(model, np.floor(X), y, inside)


@pytest.mark.parametrize("model", ALL, ids=str)
def test_rare_classes_features_and_equal_records(model, global_random_seed):
    X, y, inside = counts(global_random_seed)
    assert_as_anew(model, X, y, inside)


@pytest.mark.parametrize("model", ALL, ids=str)
def test_the_last_record_of_a_class_leaves_none(model, global_random_seed):
    X, y, inside = counts(global_random_seed)
    P = other_side(model.fit(X[inside], y[inside]), X, y, inside)
    (alone,) = np.flatnonzero(inside & (y == "one"))
    assert P[alone, list(model.classes_).index("one")] == 0


@pytest.mark.parametrize("model", ALL, ids=str)
def test_two_records_of_two_classes(model):
    X, y = np.array([[0.0, 1, 2], [1, 1, 0], [2, 0, 1]]), np.array([0, 1, 1])
    assert_as_anew(model, X, y, np.array([True, True, False]))


@pytest.mark.parametrize(
    "model", [m for m in COUNTING if not isinstance(m, CategoricalNB)], ids=str
)
def test_sparse_records_are_as_dense_ones(model, global_random_seed):
    X, y, inside = counts(global_random_seed)
    dense = other_side(model.fit(X[inside], y[inside]), X, y, inside)
    S = sparse.csr_array(X)
    model.fit(S[inside], y[inside])
    np.testing.assert_allclose(other_side(model, S, y, inside), dense, rtol=1e-12)


@pytest.mark.parametrize("model", ALL, ids=str)
def test_single_precision(model, global_random_seed):
    X, y, inside = halves("iris", global_random_seed)
    X = X.astype(np.float32)
    # As well as scikit-learn itself answers in single precision.
    assert_as_anew(model, X, y, inside, tolerance=1e-3)


def test_a_feature_that_one_record_of_a_class_has(global_random_seed):
    """Without it the variance is 0 to the bit, smoothing aside: no rounding."""
    rng = np.random.default_rng(global_random_seed)
    X = (rng.random((60, 40)) < 0.1).astype(float)
    y, inside = rng.integers(0, 2, 60), np.arange(60) % 2 == 0
    # With a smoothing of 1e-10 logarithms of densities are 1e10, good to about 1e-6.
    assert_as_anew(GaussianNB(), X, y, inside, tolerance=1e-4)


@pytest.mark.parametrize(
    "model",
    [
        GaussianNB(priors=[0.5, 0.2, 0.3]),
        MultinomialNB(class_prior=[0.5, 0.2, 0.3]),
        BernoulliNB(class_prior=[0.5, 0.2, 0.3], binarize=2),
    ],
    ids=str,
)
def test_given_priors_stay(model, global_random_seed):
    X, y, inside = halves("iris", global_random_seed)
    assert_as_anew(model, X, y, inside)
    # They are for three classes: with two a model cannot be trained.
    y[:] = y % 2
    y[0] = 2
    model.fit(X[inside], y[inside])
    assert np.isnan(other_side(model, X, y, inside)[0]).all()
    assert np.isnan(trained_anew(model, X, y, inside)[0]).all()


def test_a_category_that_one_record_has_is_not_known_without_it():
    X = np.array([[0], [1], [1], [2], [0], [3]])
    y, inside = np.array([0, 0, 1, 1, 1, 0]), np.array([1, 1, 1, 1, 0, 0], bool)
    P = assert_as_anew(CategoricalNB(), X, y, inside)
    assert np.isnan(P[3]).all()
    # Declared, it stays; and a category that the model has not seen can join.
    P = assert_as_anew(CategoricalNB(min_categories=3), X, y, inside)
    assert not np.isnan(P).any()


@pytest.mark.parametrize(
    ("model", "without", "joined"),
    [
        (GaussianNB(), 0.0885881880, 0.7377500528),
        (BernoulliNB(binarize=3), 0.3252196455, 0.5402603491),
        (MultinomialNB(), 0.4746950953, 0.4940833242),
    ],
    ids=str,
)
def test_values_to_ten_digits(model, without, joined):
    X, y = load_iris(return_X_y=True)
    inside = np.arange(150) % 2 == 0
    P = other_side(model.fit(X[inside], y[inside]), X, y, inside)
    np.testing.assert_allclose(P[[70, 83], 1], [without, joined], 0, 6e-11)


def test_partial_fits_are_added_up():
    X, y = load_iris(return_X_y=True)
    inside = np.arange(150) % 2 == 0
    model = MultinomialNB()
    for part in (inside & (np.arange(150) < 80), inside & (np.arange(150) >= 80)):
        model.partial_fit(X[part], y[part], classes=[0, 1, 2])
    whole = MultinomialNB().fit(X[inside], y[inside])
    np.testing.assert_allclose(
        other_side(model, X, y, inside), other_side(whole, X, y, inside)
    )


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (MultinomialNB(alpha=0), "alpha is 0"),
        (ComplementNB(alpha=[0, 1, 1, 1]), "alpha is 0"),
        (BernoulliNB(alpha=[1, 1, 1]), "not one number"),
    ],
    ids=str,
)
def test_what_is_refused(model, reason):
    X, y, inside = halves("iris", 0)
    with np.errstate(all="ignore"):
        if isinstance(model, BernoulliNB):
            X = X[:, :3]  # scikit-learn adds them to the counts of three classes
        model.fit(X[inside], y[inside])
    with pytest.raises(ValueError, match=reason):
        other_side(model, X, y, inside)


def test_a_smoothing_of_zero_that_scikit_learn_raises_is_not_refused():
    X, y, inside = halves("iris", 0)
    with pytest.warns(UserWarning, match="alpha"):
        model = MultinomialNB(alpha=0, force_alpha=False).fit(X[inside], y[inside])
    found, truth = (f(model, X, y, inside) for f in (other_side, trained_anew))
    np.testing.assert_allclose(found, truth, 0, 1e-6)


def test_weights_are_seen():
    X, y, inside = halves("iris", 0)
    model = GaussianNB().fit(X[inside], y[inside], sample_weight=np.full(45, 2.0))
    with pytest.raises(ValueError, match="not trained on the records of in_training"):
        other_side(model, X, y, inside)


def test_without_smoothing_variances_are_rounding():
    X, y = np.eye(4), [0, 1, 0, 1]
    model = GaussianNB(var_smoothing=1e-13).fit(X, y)
    with pytest.raises(ValueError, match="rounding makes variances"):
        other_side(model, X, y, [True] * 4)
