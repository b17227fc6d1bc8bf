"""The other side of regressors equals refits, record by record."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.shadow import ShadowModels, other_side
from skmia.signals import get_signal

X, Y = (part[:60] for part in load_diabetes(return_X_y=True))
INSIDE = np.arange(60) % 2 == 0


def refits(model, y):
    """Answers of a model trained anew for every record."""
    answers = []
    for row in range(len(y)):
        rows = INSIDE.copy()
        rows[row] = not rows[row]
        anew = clone(model).fit(X[rows], y[rows])
        answers.append(np.ravel(anew.predict(X[[row]])))
    return np.array(answers)


@pytest.mark.parametrize(
    "model",
    [
        Ridge(alpha=0.01),
        Ridge(alpha=2, fit_intercept=False),
        Ridge(alpha=0.1, solver="svd"),
        KNeighborsRegressor(3),
        KNeighborsRegressor(4, weights="distance", p=1),
    ],
)
def test_exact(model):
    fitted = clone(model).fit(X[INSIDE], Y[INSIDE])
    found = other_side(fitted, X, Y, INSIDE)
    assert found.shape == (60, 1)
    # The largest rounding seen is 1e-15 of a label.
    assert_allclose(found, refits(model, Y), rtol=1e-9)


def test_several_outputs():
    several = np.column_stack([Y, Y**2])
    fitted = Ridge(alpha=0.1).fit(X[INSIDE], several[INSIDE])
    found = other_side(fitted, X, several, INSIDE)
    assert_allclose(found, refits(Ridge(alpha=0.1), several), rtol=1e-9)
    fitted = KNeighborsRegressor(3).fit(X[INSIDE], several[INSIDE])
    with pytest.raises(ValueError, match="it learned several outputs"):
        other_side(fitted, X, several, INSIDE)


def test_steps_before_stay_as_they_were_fitted():
    model = make_pipeline(StandardScaler(), Ridge()).fit(X[INSIDE], Y[INSIDE])
    found = other_side(model, X, Y, INSIDE)
    scaled = other_side(model[-1], model[0].transform(X), Y, INSIDE)
    assert_allclose(found, scaled)


def test_shadow_models_answer_for_both_sides(tmp_path):
    """Also where they and their answers come from a store."""
    how = {"n_shadows": 4, "both_sides": True, "random_state": 0}
    for memory in (None, tmp_path, tmp_path):
        shadows = ShadowModels(Ridge(), memory=memory, **how).fit(X, Y)
        assert shadows.operated_.all()
        assert shadows.tells_both_sides([get_signal("residual")])
        Z = shadows.reference_observations(Ridge().fit(X, Y), "residual")
        inside = Z[[f"in|{i}" for i in range(8)]].to_numpy()
        assert (inside.sum(axis=1) == 4).all()
        assert_allclose(inside[:, :4] + inside[:, 4:], 1)


def test_other_records_are_noticed():
    fitted = Ridge(alpha=0.1).fit(X[INSIDE], Y[INSIDE])
    with pytest.raises(ValueError, match="was not trained on the records"):
        other_side(fitted, X, Y, ~INSIDE)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (Ridge(alpha=0), "alpha is 0"),
        (Ridge(solver="lsqr"), "stops before the solution"),
        (Ridge(positive=True), "kept positive"),
        (KNeighborsRegressor(weights=np.ones_like), "weights is a function"),
    ],
)
def test_what_is_not_operated_on(model, why):
    model.fit(X[INSIDE], Y[INSIDE])
    with pytest.raises(ValueError, match=why):
        other_side(model, X, Y, INSIDE)
