"""Ridge regressions from shared moments, beside those of scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import Ridge, RidgeClassifier

from skmia import ShadowModels
from skmia.shadow._training import Task
from skmia.shadow.engine import _ridge
from skmia.shadow.engine._trainers import GENERIC, choose_trainer, train_tasks

# Records are of size 1 to 100 around 1,000, alpha at least .01 and records at most 60:
# the condition of the moments is below 60 * 100**2 / .01 = 6e7, rounding below 6e7
# times 2.2e-16 times the dozens of terms of a sum.
ROUNDING = 1e-6


def both_ways(model, X, y, parts):
    trainer, reason = choose_trainer(model, X, y)
    assert (trainer, reason) == ("least-squares", None)
    tasks = [Task(model, rows, seed, "") for seed, rows in enumerate(parts)]
    return [
        train_tasks([task._replace(trainer=name) for task in tasks], X, y)
        for name in (GENERIC, trainer)
    ]


def assert_equal_models(alone, together):
    assert len(alone) == len(together)
    for one, other in zip(alone, together, strict=True):
        assert type(one) is type(other)
        assert one.get_params() == other.get_params()
        assert vars(one).keys() == vars(other).keys()
        assert_array_equal(
            getattr(other, "classes_", None), getattr(one, "classes_", None)
        )
        assert (one.solver_, one.n_iter_) == (other.solver_, other.n_iter_)
        for name in ("coef_", "intercept_"):
            expected, found = getattr(one, name), getattr(other, name)
            assert np.shape(found) == np.shape(expected)
            assert np.asarray(found).dtype == np.asarray(expected).dtype
            assert_allclose(found, expected, rtol=ROUNDING, atol=ROUNDING)


def parts_of(rng, n, draws):
    """Halves and their complements, some of them drawn with replacement."""
    parts = []
    for _ in range(2):
        order = rng.permutation(n)
        parts += [order[: n // 2], order[n // 2 :]]
    return [*parts, rng.integers(n, size=n)] if draws else parts


@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(0, 4),
    alpha=st.sampled_from([0.01, 1, 30.0]),
    fit_intercept=st.booleans(),
    draws=st.booleans(),
    container=st.sampled_from([np.asarray, lambda X: pd.DataFrame(X).add_prefix("f")]),
)
def test_models(seed, n_classes, alpha, fit_intercept, draws, container):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 5)) * [1, 100, 0.01, 1, 0] + [0, 1e3, 5, 0, 2]
    Model = RidgeClassifier if n_classes else Ridge
    y = rng.integers(n_classes, size=60) if n_classes else rng.normal(size=60)
    if n_classes:
        y = np.array(["a", "bb", "c", "dddd"])[y]
    model = Model(alpha=alpha, fit_intercept=fit_intercept)
    both = both_ways(model, container(X), y, parts_of(rng, 60, draws))
    assert_equal_models(*both)
    for one, other in zip(*both, strict=True):
        assert_array_equal(other.predict(container(X)).shape, y.shape)
        if not n_classes:
            found, expected = (model.predict(container(X)) for model in (other, one))
            assert_allclose(found, expected, rtol=1e-5)


def test_a_model_that_misses_classes():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.repeat([0, 1, 2, 3], 10)
    parts = [np.arange(10), np.arange(20), np.arange(30), np.arange(10, 40)]
    assert_equal_models(*both_ways(RidgeClassifier(), X, y, parts))


def test_a_complement_costs_nothing(monkeypatch):
    products, made = _ridge._products, []
    monkeypatch.setattr(_ridge, "_products", lambda *a: made.append(0) or products(*a))
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.integers(2, size=40)
    parts = parts_of(rng, 40, draws=False)
    both_ways(RidgeClassifier(), X, y, parts)
    assert len(made) == 1 + len(parts) / 2  # those of the whole, and of one of each two


def test_what_rounding_would_decide_is_scikit_learns():
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(40, 1)), 3, axis=1)
    model = Ridge(alpha=1e-13)
    alone, together = both_ways(model, X, X[:, 0], parts_of(rng, 40, draws=False))
    for one, other in zip(alone, together, strict=True):
        assert_array_equal(other.coef_, one.coef_)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Ridge(alpha=0), "'alpha' must be a number above 0"),
        (Ridge(alpha=[1.0]), "'alpha' must be a number above 0"),
        (Ridge(positive=True), "it does not solve normal equations: solver='auto'"),
        (Ridge(solver="svd"), "it does not solve normal equations: solver='svd'"),
        (RidgeClassifier(class_weight="balanced"), "it has class_weight"),
        (Ridge(tol=-1), "The 'tol' parameter of Ridge must be a float"),
    ],
)
def test_parameters_that_are_for_scikit_learn(model, reason):
    X, y = np.eye(8)[:, :2], np.arange(8) % 2
    trainer, why = choose_trainer(model, X, y)
    assert trainer == GENERIC
    assert why.startswith(reason)


@pytest.mark.parametrize(
    ("X", "reason"),
    [
        (sparse.csr_array(np.eye(8)[:, :2]), "records are sparse"),
        (np.eye(8, dtype=np.float32)[:, :2], "models of records in single precision"),
        (np.eye(8), "the half of the records is less than the features"),
        (np.full((8, 2), np.nan), "Input X contains NaN"),
    ],
)
def test_records_that_are_for_scikit_learn(X, reason):
    trainer, why = choose_trainer(RidgeClassifier(), X, np.arange(8) % 2)
    assert trainer == GENERIC
    assert why.startswith(reason)


def test_both_sides_of_its_models():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 4)), rng.integers(3, size=60)
    told = {}
    for trainer in ("auto", "generic"):
        shadows = ShadowModels(
            RidgeClassifier(),
            n_shadows=4,
            both_sides=True,
            trainer=trainer,
            random_state=0,
        ).fit(X, y)
        assert shadows.operated_.all()
        others = shadows.sessions(both_sides=True)[4:]
        told[trainer] = [other.decision_function(X) for other in others]
    assert_allclose(told["auto"], told["generic"], rtol=0, atol=1e-9)
