"""Signals of regressors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skmia import observe
from skmia.attacks.evidence import Signals
from skmia.signals import get_signal
from skmia.targets import Session
from skmia.utils._quantities import spread_of_labels

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = np.column_stack([X[:, 0] + RNG.normal(size=40), 100 * X[:, 1]])
TREE = DecisionTreeRegressor(random_state=0)
ERRORS = ["absolute_error", "squared_error", "log_error"]


def test_one_output():
    model = Ridge().fit(X, Y[:, 0])
    residual = model.predict(X) - Y[:, 0]
    seen = observe(model, X, Y[:, 0], ["residual", "prediction", *ERRORS])
    assert list(seen) == ["residual", "prediction", *ERRORS]
    assert_allclose(seen["residual"], residual)
    assert_allclose(seen["prediction"], model.predict(X))
    assert_allclose(seen["absolute_error"], np.abs(residual))
    assert_allclose(seen["squared_error"], residual**2)
    assert_allclose(seen["log_error"], np.log(np.maximum(np.abs(residual), 1e-3)))


def test_several_outputs_have_a_column_each_and_one_error():
    model = Ridge().fit(X, Y)
    residual = model.predict(X) - Y
    seen = observe(model, X, Y, ["residual", "prediction", *ERRORS])
    columns = ["residual_0", "residual_1", "prediction_0", "prediction_1"]
    assert list(seen) == [*columns, *ERRORS]
    assert_allclose(seen[columns[:2]], residual)
    assert_allclose(seen["absolute_error"], np.abs(residual).mean(axis=1))
    assert_allclose(seen["squared_error"], (residual**2).mean(axis=1))
    root = np.sqrt((residual**2).mean(axis=1))
    assert_allclose(seen["log_error"], np.log(root))


def test_one_wrong_label_changes_the_unit_little():
    y = RNG.normal(size=1001)
    (spread,), (beside,) = spread_of_labels(y), spread_of_labels([1e9, *y[1:]])
    # A quartile is .043 standard deviations from its place, as it is the 251st value
    # of 1001; it moves by one place of the order, each about .003 of them.
    assert_allclose(spread, 1, atol=0.15)
    assert_allclose(beside, spread, atol=0.02)
    mostly = np.r_[np.zeros(90), np.ones(10)]
    assert_allclose(spread_of_labels(mostly), 0.3)
    assert_allclose(spread_of_labels([[5.0, 1], [5.0, 2]]), [1, 0.5 / 1.349])


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_an_attack_sees_no_units(one, other):
    """Residuals in standard deviations of the labels: each output in any unit."""
    signals = ["residual", *ERRORS]
    tables = []
    for units in (np.ones(2), np.array([one, other])):
        # Predictions are what they are in these units.
        model = DecisionTreeRegressor(max_depth=2, random_state=0).fit(X, Y)
        scaled = _Scaled(model, units)
        session = Session(scaled, X, Y * units)
        tables.append(Signals(signals).fit_transform(session).to_numpy())
    assert_allclose(*tables, rtol=1e-9, atol=1e-9)


class _Scaled(DummyRegressor):
    def __init__(self, model, units):
        self.model, self.units = model, units

    def predict(self, X):
        return self.model.predict(X) * self.units


def test_the_unit_is_the_spread_of_the_attacks_labels():
    session = Session(Ridge().fit(X, Y), X, Y)
    seen = session.observe("residual").to_numpy()
    low, high = np.quantile(Y, [0.25, 0.75], axis=0)
    assert_allclose(seen * (high - low) / 1.349, session.predict(X) - Y)
    some = Signals("residual").fit(session).transform(session[:5]).to_numpy()
    assert_allclose(some, seen[:5])


def test_labels_that_are_all_the_same_have_a_unit():
    model = DummyRegressor().fit(X, np.full(40, 3.0))
    session = Session(model, X, np.full(40, 3.0))
    assert (session.observe("log_error")["log_error"] == np.log(1e-3)).all()


def test_other_outputs_than_the_labels_are_refused():
    """numpy would lay one column beside two."""
    model = Ridge().fit(X, Y)
    with pytest.raises(ValueError, match="Got 2 of 1"):
        observe(model, X, Y[:, 0], "squared_error")


def test_no_label_is_needed_for_the_prediction():
    model = Ridge().fit(X, Y[:, 0])
    seen = observe(model, X, signals="prediction")["prediction"]
    assert_allclose(seen, model.predict(X))
    with pytest.raises(ValueError, match="needs the true labels"):
        observe(model, X, signals="residual")


def test_the_gradient_of_the_last_layer():
    """2 |r| sqrt(|a|² + 1), with what that layer is given; 0 without an error."""
    network = MLPRegressor(hidden_layer_sizes=(5,), max_iter=20, random_state=0)
    model = make_pipeline(StandardScaler(), network)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        model.fit(X, Y[:, 0])
    scaled, (weights, _) = model[0].transform(X), network.coefs_
    hidden = np.maximum(scaled @ weights + network.intercepts_[0], 0)
    error = np.abs(model.predict(X) - Y[:, 0])
    seen = observe(model, X, Y[:, 0], "error_gradient")
    expected = 2 * error * np.sqrt((hidden**2).sum(axis=1) + 1)
    assert_allclose(seen["error_gradient_last_layer"], expected)
    assert (seen["error_gradient_all_layers"] >= expected * (1 - 1e-9)).all()
    assert (observe(model, X, model.predict(X), "error_gradient") == 0).all(axis=None)


def test_the_gradient_of_a_linear_model_is_that_of_one_layer():
    model = Ridge().fit(X, Y)
    error = model.predict(X) - Y
    length = np.sqrt((X**2).sum(axis=1) + 1)
    expected = 2 * np.linalg.norm(error, axis=1) * length
    seen = observe(model, X, Y, "error_gradient").to_numpy()
    assert_allclose(seen, np.column_stack([expected, expected]))
    single = Ridge().fit(X, Y[:, 0])
    expected = 2 * np.abs(single.predict(X) - Y[:, 0]) * length
    seen = observe(single, X, Y[:, 0], "error_gradient").to_numpy()
    assert_allclose(seen[:, 0], expected)


def test_leaves():
    tree = DecisionTreeRegressor(min_samples_leaf=4, random_state=0).fit(X, Y[:, 0])
    seen = observe(tree, X, signals="leaf")
    at = tree.apply(X)
    for row in range(40):
        others = Y[at == at[row], 0]
        assert seen["leaf_size"][row] == len(others)
        assert seen["leaf_impurity"][row] == pytest.approx(others.var())
    assert seen["leaf_depth"].max() == tree.get_depth()
    forest = RandomForestRegressor(3, random_state=0).fit(X, Y[:, 0])
    each = [observe(one, X, signals="leaf").to_numpy() for one in forest.estimators_]
    assert_allclose(observe(forest, X, signals="leaf"), np.mean(each, axis=0))


@pytest.mark.parametrize(
    ("name", "model", "why"),
    [
        ("error_gradient", TREE, "gradients of this DecisionTree"),
        ("leaf", Ridge(), "this Ridge is no tree or forest"),
    ],
)
def test_models_that_have_none(name, model, why):
    with pytest.raises(ValueError, match=why):
        observe(model.fit(X, Y[:, 0]), X, Y[:, 0], name)
    assert get_signal(name).access == "white-box"
