"""Masks of predictions: what each does to numbers; what all share is next door."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest
from sklearn.datasets import load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor

from skmia.defenses import ClippedPrediction, NoisyPrediction, RoundedPrediction
from skmia.shadow import other_side
from skmia.utils._quantities import spread_of_labels

X, Y = load_diabetes(return_X_y=True)
TWO = np.column_stack([Y, 1000 - 10 * Y])
IDENTITY = KNeighborsRegressor(1)  # what was learned comes out, here

values = arrays(float, st.integers(2, 20), elements=st.floats(-1e6, 1e6))
steps = st.floats(1e-2, 1e3)


def released(mask, values):
    rows = np.arange(len(values))[:, None]
    return mask.fit(rows, values).predict(rows)


@given(values, steps)
def test_rounding_moves_by_half_a_step_at_most(values, step):
    rounded = released(RoundedPrediction(IDENTITY, step=step, unit=1), values)
    assert (np.abs(rounded - values) <= step / 2 * (1 + 1e-9)).all()
    # On the grid, up to the digits of a double of that size.
    places = rounded / step
    assert_allclose(places, np.round(places), rtol=0, atol=1e-6)
    again = released(RoundedPrediction(IDENTITY, step=step, unit=1), rounded)
    assert_allclose(again, rounded)


def test_rounding_is_never_to_even():
    found = released(RoundedPrediction(IDENTITY, step=1, unit=1), [0.5, 1.5, 2.5, -0.5])
    assert_array_equal(found, [1, 2, 3, 0])


@given(values, st.floats(-100, 100), st.floats(1e-3, 1e3))
def test_clipping(values, low, width):
    bounds = (low, low + width)
    found = released(ClippedPrediction(IDENTITY, bounds=bounds), values)
    assert_array_equal(found, np.clip(values, *bounds))


def test_bounds_of_each_output():
    model = ClippedPrediction(Ridge(), bounds=([100, 0], [200, 50])).fit(X, TWO)
    predicted = model.predict(X)
    assert_allclose(predicted.min(axis=0), [100, 0])
    assert_allclose(predicted.max(axis=0), [200, 50])


@pytest.mark.parametrize(("noise", "law"), [("gaussian", "norm"), ("laplace",) * 2])
def test_noise_has_its_law(noise, law):
    """One test of 2,000 records at a level of 1e-6, with a fixed key."""
    constant = DummyRegressor(strategy="constant", constant=5.0)
    mask = NoisyPrediction(constant, scale=3, noise=noise, unit=2, random_state=0)
    rows = np.arange(2000)[:, None]
    found = mask.fit(rows, np.zeros(2000)).predict(rows)
    assert kstest((found - 5) / 6, law).pvalue > 1e-6


def test_noise_of_outputs_is_independent():
    mask = NoisyPrediction(Ridge(), scale=1, unit=[1, 10], random_state=0).fit(X, TWO)
    noise = mask.predict(X) - mask.estimator_.predict(X)
    # Of 442 independent pairs a correlation has a deviation of .048: five of these.
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.24
    assert_allclose(noise.std(axis=0), [1, 10], rtol=0.2)


@pytest.mark.parametrize("kind", [float, object, str, "float32"])
def test_the_same_noise_however_a_record_is_written(kind):
    records = np.round(100 * X)
    mask = NoisyPrediction(
        DummyRegressor(strategy="constant", constant=0.0), random_state=0
    )
    mask.fit(records, Y)
    assert_array_equal(mask.predict(records.astype(kind)), mask.predict(records))


def test_keys():
    one, again, other, secret, another = (
        NoisyPrediction(Ridge(), random_state=seed).fit(X, Y).predict(X)
        for seed in (0, 0, 1, None, None)
    )
    assert_array_equal(one, again)
    for here, there in ((one, other), (secret, another), (one, secret)):
        assert (here != there).mean() > 0.99


def test_none_is_none():
    mask = NoisyPrediction(Ridge(), scale=0, random_state=0).fit(X, Y)
    assert_array_equal(mask.predict(X), Ridge().fit(X, Y).predict(X))


@pytest.mark.parametrize("mask", [RoundedPrediction, NoisyPrediction])
def test_units(mask):
    """Relative to the spread of the labels, no unit of theirs counts."""
    known = {"random_state": 0} if mask is NoisyPrediction else {}
    one, other = (mask(Ridge(), **known).fit(X, y).predict(X) for y in (Y, 1024 * Y))
    assert_allclose(other, 1024 * one)
    relative = mask(Ridge(), **known).fit(X, TWO)
    assert_array_equal(relative.unit_, spread_of_labels(TWO))
    declared = mask(Ridge(), unit=relative.unit_, **known).fit(X, TWO)
    assert_array_equal(declared.predict(X), relative.predict(X))
    # A wrong label with zeros too many makes no difference.
    wrong = mask(Ridge(), **known).fit(X, [1e9, *Y[1:]]).unit_
    assert_allclose(wrong, spread_of_labels(Y), rtol=0.02)
    weights = np.r_[0, np.ones(len(Y) - 1)]
    absent = mask(Ridge(), **known).fit(X[1:], Y[1:])
    weighted = mask(Ridge(), **known).fit(X, Y, sample_weight=weights)
    assert_array_equal(weighted.unit_, absent.unit_)


@pytest.mark.parametrize("mask", [RoundedPrediction, NoisyPrediction])
@pytest.mark.parametrize("unit", [0, -1, np.inf, [1, 2, 3], [1, np.nan], "large"])
def test_units_that_are_refused(mask, unit):
    with pytest.raises(ValueError, match=f"'unit' parameter of {mask.__name__} must"):
        mask(Ridge(), unit=unit).fit(X, TWO)


@pytest.mark.parametrize("bounds", [None, (1, 1), (0, [1, 2, 3]), (0, np.inf), 3])
def test_bounds_that_are_refused(bounds):
    with pytest.raises(ValueError, match="'bounds' parameter of ClippedPrediction"):
        ClippedPrediction(Ridge(), bounds=bounds).fit(X, TWO)


@pytest.mark.parametrize(
    "mask",
    [
        ClippedPrediction(Ridge(), bounds=(100, 150)),
        RoundedPrediction(Ridge(), step=20, unit=1),
        NoisyPrediction(Ridge(), scale=20, unit=1, random_state=0),
    ],
    ids=lambda mask: type(mask).__name__,
)
def test_masks_with_declared_units_answer_for_both_sides(mask):
    """What the mask would release of a model without the record, or with it."""
    inside = np.arange(len(Y)) % 2 == 0
    mask.fit(X[inside], Y[inside])
    plain = other_side(mask.estimator_, X, Y, inside)
    assert_array_equal(other_side(mask, X, Y, inside), mask._release(plain, X))


def test_masks_with_learned_units_do_not():
    mask = RoundedPrediction(Ridge()).fit(X, Y)
    with pytest.raises(ValueError, match="RoundedPrediction is not a kind of model"):
        other_side(mask, X, Y, np.ones(len(Y), dtype=bool))
