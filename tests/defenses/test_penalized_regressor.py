"""Each conversion is tried against the objective it stands for."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_diabetes
from sklearn.linear_model import (
    Lasso,
    LinearRegression,
    MultiTaskLasso,
    Ridge,
    RidgeCV,
    SGDRegressor,
)
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVR
from sklearn.tree import DecisionTreeRegressor

from skmia.defenses import PenalizedRegressor
from skmia.neural import NetRegressor

STRENGTH = 0.03
SEED = {"random_state": 0}


@pytest.fixture(scope="module")
def data():
    X, y = load_diabetes(return_X_y=True)
    X = StandardScaler().fit_transform(X)[:60, :4]
    return X, (y[:60] - y.mean()) / y.std()


def slope(model, X, y):
    """Gradient of the mean squared error in the weights."""
    return 2 * (model.predict(X) - y) @ X / len(y)


def test_ridge(data):
    X, y = data
    model = PenalizedRegressor(Ridge(), strength=STRENGTH).fit(X, y)
    expected = -2 * STRENGTH * model.estimator_.coef_
    assert_allclose(slope(model, X, y), expected, atol=1e-10)


def test_lasso(data):
    X, y = data
    inner = Lasso(tol=1e-12, max_iter=100_000, **SEED)
    model = PenalizedRegressor(inner, strength=0.3, penalty="l1").fit(X, y)
    weights, gradient = model.estimator_.coef_, slope(model, X, y)
    used = weights != 0
    assert 0 < used.sum() < used.size
    assert_allclose(gradient[used], -0.3 * np.sign(weights[used]), atol=1e-8)
    assert (np.abs(gradient[~used]) <= 0.3 + 1e-8).all()


@pytest.mark.parametrize(("penalty", "exact"), [("l2", Ridge()), ("l1", Lasso(**SEED))])
def test_sgd_comes_near_the_exact_solution(penalty, exact, data):
    inner = SGDRegressor(max_iter=3000, tol=None, power_t=0.5, **SEED)
    near, solution = (
        PenalizedRegressor(model, strength=0.2, penalty=penalty).fit(*data)
        for model in (inner, exact)
    )
    # The last of 180000 steps have a size of 0.01 / 424; a factor of 2 in the strength
    # moves the weights by more than 0.03.
    assert_allclose(near.estimator_.coef_, solution.estimator_.coef_, atol=0.01)


def test_sgd_with_a_loss_that_is_no_square(data):
    inner = SGDRegressor("epsilon_insensitive", **SEED)
    model = PenalizedRegressor(inner, strength=STRENGTH).fit(*data)
    assert model.parameters_ == {"alpha": 2 * STRENGTH, "penalty": "l2"}


def test_linear_svr(data):
    X, y = data
    inner = LinearSVR(
        loss="squared_epsilon_insensitive", fit_intercept=False, tol=1e-10, **SEED
    )
    model = PenalizedRegressor(inner.set_params(max_iter=100_000), strength=STRENGTH)
    # With epsilon=0 its loss is the square.
    gradient = slope(model.fit(X, y), X, y)
    assert_allclose(gradient, -2 * STRENGTH * model.estimator_.coef_, atol=1e-6)


def test_mlp(data):
    X, y = data
    inner = MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", max_iter=2000, **SEED)
    model = PenalizedRegressor(inner, strength=STRENGTH).fit(X, y)
    squares = sum(np.sum(coef**2) for coef in model.estimator_.coefs_)
    objective = np.mean((y - model.predict(X)) ** 2) + STRENGTH * squares
    # scikit-learn has half of the squared error.
    assert 2 * model.estimator_.loss_ == pytest.approx(objective, abs=1e-9)


def test_net(data):
    X, y = (part.astype(np.float32) for part in data)
    linear = {"hidden_units": ()}
    inner = NetRegressor(
        module_params=linear, max_epochs=300, batch_size=60, learning_rate=0.05, **SEED
    )
    model = PenalizedRegressor(inner, strength=0.1).fit(X, y)
    [weights] = next(model.estimator_.network_.parameters()).detach().numpy()
    assert_allclose(slope(model, X, y), -0.2 * weights, atol=5e-3)


def test_pipeline_and_outputs(data):
    X, y = data
    pipeline = make_pipeline(StandardScaler(), Ridge())
    model = PenalizedRegressor(pipeline, strength=STRENGTH)
    model.fit(X, np.column_stack([y, -y]))
    assert model.parameters_ == {"ridge__alpha": pytest.approx(60 * STRENGTH)}
    assert_allclose(model.predict(X) @ [1, 1], 0, atol=1e-9)


def test_a_penalty_is_added_to_the_weighted_mean(data):
    X, y = data
    counts = np.arange(60) % 3
    rows = np.repeat(np.arange(60), counts)
    model = PenalizedRegressor(Lasso(tol=1e-12, **SEED), strength=0.1, penalty="l1")
    repeated = model.fit(X[rows], y[rows]).estimator_.coef_
    for scale in (1, 1e3):
        model.fit(X, y, sample_weight=scale * counts)
        assert_allclose(model.estimator_.coef_, repeated, atol=1e-6)


@pytest.mark.parametrize(
    ("model", "penalty"),
    [
        (DecisionTreeRegressor(), "l2"),
        (LinearRegression(), "l2"),
        (RidgeCV(), "l2"),
        (Lasso(), "l2"),
        (Ridge(), "l1"),
        (MultiTaskLasso(), "l1"),
    ],
)
def test_models_without_the_penalty(model, penalty, data):
    served = "Ridge, LinearSVR" if penalty == "l2" else "Lasso, SGDRegressor"
    message = rf"must be a regressor .* {penalty} penalty: {served}, .* Got .* instead"
    with pytest.raises(TypeError, match=message):
        PenalizedRegressor(model, penalty=penalty).fit(*data)
