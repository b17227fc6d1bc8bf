"""Logistic regressions from the optimum of the pool, beside those of scikit-learn."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit, softmax
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import scale
from sklearn.utils import compute_class_weight

from skmia import ShadowModels
from skmia.attacks import leave_one_out_likelihood_ratio
from skmia.shadow._training import Task
from skmia.shadow.engine._trainers import GENERIC, choose_trainer, train_tasks


def digits():
    X, y = load_digits(n_class=4, return_X_y=True)
    return X / 16, y


def cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return scale(X), y


def both_ways(model, X, y, parts):
    trainer, reason = choose_trainer(model, X, y)
    assert (trainer, reason) == ("logistic", None)
    tasks = [Task(model, rows, seed, "") for seed, rows in enumerate(parts)]
    return [
        train_tasks([task._replace(trainer=name) for task in tasks], X, y)
        for name in (GENERIC, trainer)
    ]


def halves(rng, n_records, n_models=4):
    return [rng.permutation(n_records)[: n_records // 2] for _ in range(n_models)]


def slope(model, X, y):
    """Largest entry of the gradient that scikit-learn holds against the tolerance."""
    residual = expit(model.decision_function(X))[:, np.newaxis]
    if len(model.classes_) > 2:
        residual = softmax(model.decision_function(X), axis=1)
        residual -= y[:, np.newaxis] == model.classes_
    else:
        residual -= (y == model.classes_[1])[:, np.newaxis]
    by_class = compute_class_weight(model.class_weight, classes=model.classes_, y=y)
    weight = by_class[np.searchsorted(model.classes_, y)]
    residual *= weight[:, np.newaxis] / weight.sum()
    gradient = residual.T @ X + model.coef_ / model.C / weight.sum()
    intercept = residual.sum(axis=0) * model.fit_intercept
    return max(abs(gradient).max(), abs(intercept).max())


def off(model, exact, X):
    """Mean square of the difference of logits."""
    return ((model.decision_function(X) - exact.decision_function(X)) ** 2).mean()


def optimum(model, X, y):
    """The model at its optimum to ten digits, of coefficients of one part in 1e5."""
    exact = LogisticRegression(**model.get_params())
    return exact.set_params(tol=1e-10, max_iter=100_000).fit(X, y)


@pytest.mark.parametrize("load", [cancer, digits])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"C": 30.0, "tol": 1e-5},
        {"class_weight": "balanced", "fit_intercept": False},
        {"class_weight": {0: 0.5, 1: 2.0}},
    ],
)
def test_models_end_by_the_rule_and_nearer_to_the_optimum(load, how):
    X, y = load()
    model = LogisticRegression(max_iter=1000, **how)
    parts = halves(np.random.default_rng(0), len(y), 3)
    alone, together = both_ways(model, X, y, parts)
    distances = []
    for rows, one, other in zip(parts, alone, together, strict=True):
        assert slope(other, X[rows], y[rows]) <= model.tol * (1 + 1e-9)
        exact = optimum(model, X[rows], y[rows])
        distances.append([off(found, exact, X) for found in (one, other)])
        assert vars(one).keys() == vars(other).keys()
        for name in ("classes_", "coef_", "intercept_", "n_iter_"):
            expected, found = getattr(one, name), getattr(other, name)
            assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        assert_array_equal(other.classes_, one.classes_)
        assert one.get_params() == other.get_params()
        assert 0 < other.n_iter_[0] < one.n_iter_[0]
    theirs, ours = np.transpose(distances)
    assert ours.mean() < theirs.mean()
    assert ours.max() < theirs.max()


def test_classes_share_one_mean(global_random_seed):
    """Where scikit-learn's steps from 0 end: intercepts have no penalty."""
    X, y = digits()
    model = LogisticRegression(max_iter=1000)
    parts = halves(np.random.default_rng(global_random_seed), len(y), 2)
    for one in both_ways(model, X, y, parts)[1]:
        assert_allclose(one.coef_.sum(axis=0), 0, atol=1e-12)
        assert_allclose(one.intercept_.sum(), 0, atol=1e-12)


def separate(seed, n_classes=2, n_records=120):
    return make_classification(
        n_records,
        6,
        n_informative=4,
        n_redundant=1,
        n_classes=n_classes,
        flip_y=0.2,
        random_state=seed,
    )


@pytest.mark.slow
@settings(max_examples=6)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(2, 4),
    names=st.sampled_from(
        [
            np.arange(4) * 3 - 1,
            np.array(["a", "bb", "c", "dddd"]),
            np.array(["x", "no", "y", "z"], dtype=object),
            np.array([False, True, True, True]),
        ]
    ),
    container=st.sampled_from([np.asarray, lambda X: pd.DataFrame(X).add_prefix("f")]),
)
def test_order_and_company_do_not_matter(seed, n_classes, names, container):
    rng = np.random.default_rng(seed)
    X, codes = separate(seed, n_classes)
    X, y = container(X * [1, 3, 0.3, 1, 1, 1]), names[codes]
    parts = halves(rng, len(y), 5)
    model = LogisticRegression(tol=1e-7)
    alone, together = both_ways(model, X, y, parts)
    order = rng.permutation(5)
    _, mixed = both_ways(model, X, y, [parts[i] for i in order])
    _, few = both_ways(model, X, y, parts[:2])
    for found in ([together[i] for i in order], mixed), (together[:2], few):
        for one, other in zip(*found, strict=True):
            one, other = (model.decision_function(X) for model in (one, other))
            # The least curvature is that of the penalty, 1/60 of the mean loss, and
            # logits are a few times as long as coefficients: 60 * 1e-7 * 10.
            assert_allclose(one, other, rtol=0, atol=6e-5)
    for one, other in zip(alone, together, strict=True):
        assert_array_equal(one.classes_, other.classes_)
        assert one.classes_.dtype == other.classes_.dtype
        assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-3)
        if isinstance(X, pd.DataFrame):
            assert_array_equal(other.feature_names_in_, X.columns)


def test_records_may_be_drawn_twice_or_by_a_mask(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    for n_classes in (2, 3):
        X, y = separate(global_random_seed, n_classes)
        parts = [rng.integers(120, size=100), rng.random(120) < 0.5]
        model = LogisticRegression(tol=1e-7)
        for one, other in zip(*both_ways(model, X, y, parts), strict=True):
            assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-4)


def test_small_parts_of_a_large_pool(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    X, y = separate(global_random_seed, n_records=2000)
    parts = [rng.permutation(2000)[:40] for _ in range(3)]
    model = LogisticRegression(tol=1e-7)
    for one, other in zip(*both_ways(model, X, y, parts), strict=True):
        assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-4)


def test_a_model_without_a_class_is_fitted_alone():
    X, y = separate(0, 3)
    parts = [np.flatnonzero(y < 2), np.arange(120)]
    alone, together = both_ways(LogisticRegression(), X, y, parts)
    assert_array_equal(together[0].coef_, alone[0].coef_)
    assert together[0].coef_.shape == (1, 6)
    assert together[1].coef_.shape == (3, 6)
    task = Task(LogisticRegression(), np.flatnonzero(y == 1), 0, "", None, "logistic")
    with pytest.raises(ValueError, match="only one class"):
        train_tasks([task], X, y)


def assert_fitted_alone(model, X, y):
    parts = halves(np.random.default_rng(0), len(y), 2)
    for one, other in zip(*both_ways(model, X, y, parts), strict=True):
        assert_array_equal(one.coef_, other.coef_)
        assert_array_equal(one.n_iter_, other.n_iter_)


def test_what_scikit_learn_gives_up_it_gives_up_itself():
    X, y = load_breast_cancer(return_X_y=True)
    with pytest.warns(ConvergenceWarning) as seen:
        assert_fitted_alone(LogisticRegression(max_iter=20), X, y)
    assert len(seen) == 4


def test_where_the_tolerance_makes_the_model():
    """Separate classes without a penalty to speak of have no optimum."""
    X, y = cancer()
    assert_fitted_alone(LogisticRegression(C=1e12, max_iter=1000), X, y > 0)
    assert_fitted_alone(LogisticRegression(tol=0.1), *digits())


@pytest.mark.parametrize("C", [np.inf, 1e9])
def test_no_penalty(C):
    X, y = separate(0, n_records=400)
    parts = halves(np.random.default_rng(0), 400)
    for one, other in zip(
        *both_ways(LogisticRegression(C=C, tol=1e-7), X, y, parts), strict=True
    ):
        assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-4)
        assert 0 < other.n_iter_[0] < one.n_iter_[0]


def test_features_of_very_different_size():
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:, :6]
    model = LogisticRegression(max_iter=10_000)
    parts = halves(np.random.default_rng(0), len(y), 2)
    alone, together = both_ways(model, X, y, parts)
    for rows, one, other in zip(parts, alone, together, strict=True):
        assert slope(other, X[rows], y[rows]) <= model.tol * (1 + 1e-9)
        assert other.n_iter_[0] < one.n_iter_[0] / 10


def test_models_tell_of_their_records_where_the_tolerance_does_not_ask_for_it():
    """With many records every gradient is flat enough at the optimum of the pool."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40_000, 2))
    y = rng.random(40_000) < expit(X.sum(axis=1) / 2)
    model = LogisticRegression(tol=5e-3)
    pool = optimum(model, X, y)
    parts = halves(rng, len(y))
    assert max(slope(pool, X[rows], y[rows]) for rows in parts) < model.tol
    for rows, one in zip(parts, both_ways(model, X, y, parts)[1], strict=True):
        exact = optimum(model, X[rows], y[rows])
        assert off(one, exact, X) < 0.02 * off(pool, exact, X)


def mean_auc(model, X, y, trainer):
    shadows = ShadowModels(model, n_shadows=12, random_state=0, trainer=trainer).fit(
        X, y
    )
    inside = shadows.membership_.T
    score = leave_one_out_likelihood_ratio(shadows.reference("scaled_logit"), inside)
    aucs = [roc_auc_score(*pair) for pair in zip(inside.T, score.T, strict=True)]
    return np.mean(aucs)


@pytest.mark.parametrize("load", [cancer, digits])
def test_an_attacker_sees_the_same(load):
    aucs = [
        mean_auc(LogisticRegression(max_iter=1000), *load(), trainer)
        for trainer in ("generic", "auto")
    ]
    assert aucs[0] > 0.55
    assert aucs[1] == pytest.approx(aucs[0], abs=0.003)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (LogisticRegression(solver="newton-cholesky"), "another rule"),
        (LogisticRegression(penalty="l2"), "deprecated"),
        (LogisticRegression(penalty=None), "deprecated"),
        (LogisticRegression(l1_ratio=None), "deprecated"),
        (LogisticRegression(l1_ratio=0.5), "supports only"),
        (LogisticRegression(n_jobs=2), "n_jobs"),
        (LogisticRegression(C=-1), "'C' parameter"),
        (LogisticRegression(class_weight="unequal"), "class_weight"),
    ],
)
def test_what_is_left_to_the_generic_trainer(model, why):
    trainer, reason = choose_trainer(model, np.eye(2), [0, 1])
    assert trainer == GENERIC
    assert why in reason


@pytest.mark.parametrize(
    ("X", "y", "why"),
    [
        (np.eye(2, dtype=np.float32), [0, 1], "single precision"),
        (sparse.csr_array(np.eye(2)), [0, 1], "sparse"),
        ([[np.nan], [1]], [0, 1], "nan"),
        ([[0], [1]], [1, 1], "one class"),
        ([[0], [1]], [0.5, 1.7], "continuous"),
        ([[0], [1]], None, "y"),
        (np.zeros((2, 9000)), [0, 1], "too many features"),
    ],
)
def test_records_and_labels_that_are(X, y, why):
    trainer, reason = choose_trainer(LogisticRegression(), X, y)
    assert trainer == GENERIC
    assert why in reason.lower()


def test_nothing_is_warned_of():
    X, y = separate(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        both_ways(LogisticRegression(), X, y, halves(np.random.default_rng(0), 120))


def test_many_classes_are_trained_without_a_warning():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 3)), np.repeat(np.arange(30), 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choose_trainer(LogisticRegression(), X, y) == ("logistic", None)
