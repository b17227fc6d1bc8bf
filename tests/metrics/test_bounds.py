"""What no attack can exceed on a differentially private model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skmia.metrics import (
    gdp_max_advantage,
    gdp_max_auc,
    gdp_max_tpr,
    max_accuracy,
    max_advantage,
    max_auc,
    max_precision,
    max_tpr,
)

fractions = st.floats(0, 1)
epsilons = st.one_of(st.floats(0, 50), st.sampled_from([800.0, np.inf]))
GRID = np.linspace(0, 1, 41)


@pytest.mark.parametrize(
    ("epsilon", "advantage", "accuracy", "at_1_percent", "at_1_per_mille"),
    [
        (0.1, 0.0500, 0.5250, 0.0111, 0.0011),
        (0.5, 0.2449, 0.6225, 0.0165, 0.0017),
        (1, 0.4621, 0.7311, 0.0272, 0.0027),
        (2, 0.7616, 0.8808, 0.0739, 0.0074),
        (4, 0.9640, 0.9820, 0.5460, 0.0546),
        (8, 0.9993, 0.9997, 0.9997, 0.9997),
    ],
)
def test_reference_values(epsilon, advantage, accuracy, at_1_percent, at_1_per_mille):
    assert round(max_advantage(epsilon, 1e-5), 4) == advantage
    assert round(max_accuracy(epsilon, 1e-5), 4) == accuracy
    assert round(max_tpr(0.01, epsilon, 1e-5), 4) == at_1_percent
    assert round(max_tpr(0.001, epsilon, 1e-5), 4) == at_1_per_mille


@pytest.mark.parametrize(
    ("mu", "advantage", "auc", "at_1_percent"),
    [
        (0.5, 0.1974, 0.6382, 0.0339),
        (1, 0.3829, 0.7602, 0.0924),
        (2, 0.6827, 0.9214, 0.3721),
    ],
)
def test_gaussian_reference_values(mu, advantage, auc, at_1_percent):
    assert round(gdp_max_advantage(mu), 4) == advantage
    assert round(gdp_max_auc(mu), 4) == auc
    assert round(gdp_max_tpr(0.01, mu), 4) == at_1_percent


@given(epsilon=epsilons, more=epsilons, delta=fractions, more_delta=fractions)
def test_bounds_grow_with_what_may_be_lost(epsilon, more, delta, more_delta):
    for bound in (max_advantage, max_accuracy, max_auc, lambda *g: max_tpr(GRID, *g)):
        less = bound(epsilon, delta)
        assert np.all(less <= bound(max(epsilon, more), delta) + 1e-12)
        assert np.all(less <= bound(epsilon, max(delta, more_delta)) + 1e-12)
    for bound in (gdp_max_advantage, gdp_max_auc, lambda mu: gdp_max_tpr(GRID, mu)):
        assert np.all(bound(epsilon) <= np.add(bound(max(epsilon, more)), 1e-12))
    precision = max_precision(GRID, max(epsilon, more))
    assert np.all(max_precision(GRID, epsilon) <= precision)


@given(epsilon=epsilons, delta=fractions)
def test_order_of_the_bounds(epsilon, delta):
    erlingsson = 1 - np.exp(-epsilon) * (1 - delta)
    advantage = max_advantage(epsilon, delta)
    assert 0 <= advantage <= erlingsson + 1e-12 <= 1 + 1e-12
    assert max_accuracy(epsilon, delta) == pytest.approx((1 + advantage) / 2)
    tpr = max_tpr(GRID, epsilon, delta)
    assert np.all((tpr >= GRID) & (tpr <= 1))
    assert np.all(tpr - GRID <= advantage + 1e-12)
    precision = max_precision(GRID, epsilon)
    assert np.all((precision >= GRID) & (precision <= 1))


@given(epsilon=epsilons, delta=fractions, fpr=fractions, other=fractions)
def test_curves_are_concave(epsilon, delta, fpr, other):
    for curve in (
        lambda fpr: max_tpr(fpr, epsilon, delta),
        lambda fpr: gdp_max_tpr(fpr, epsilon),
    ):
        middle = curve((fpr + other) / 2)
        assert middle >= (curve(fpr) + curve(other)) / 2 - 1e-12


@given(epsilon=st.floats(0, 30), delta=st.floats(0, 0.999), mu=st.floats(0, 4))
def test_curves_are_symmetric(epsilon, delta, mu):
    """With its two errors swapped, a point of the curve is on it."""
    fpr = (1 - delta) / (1 + np.exp(epsilon)) * GRID
    # 1 - tpr has the rounding of 1, and the curve a slope of exp(epsilon) there.
    back = max_tpr(1 - max_tpr(fpr, epsilon, delta), epsilon, delta)
    assert_allclose(back, 1 - fpr, rtol=0, atol=1e-15 * np.exp(epsilon) + 1e-12)
    # 1 - tpr is 1e-10 at least, with the rounding of 1: six digits.
    fpr = GRID[1:-1]
    back = gdp_max_tpr(1 - gdp_max_tpr(fpr, mu), mu)
    assert_allclose(back, 1 - fpr, rtol=0, atol=1e-5)


def test_advantage_is_the_largest_of_the_curve():
    fpr = np.linspace(0, 1, 100_001)
    for epsilon, delta in [(0.5, 0), (1, 0.01), (3, 0.2)]:
        # The curve is steeper than 1 by exp(3) at most: half a step of 1e-5 is 1e-4.
        largest = (max_tpr(fpr, epsilon, delta) - fpr).max()
        assert largest == pytest.approx(max_advantage(epsilon, delta), abs=2e-4)
        area = np.trapezoid(max_tpr(fpr, epsilon, delta), fpr)
        assert area == pytest.approx(max_auc(epsilon, delta), abs=1e-4)
    for mu in (0.5, 2):
        # Twice differentiable at its maximum, but steep at 0.
        curve = gdp_max_tpr(fpr, mu)
        assert (curve - fpr).max() == pytest.approx(gdp_max_advantage(mu), abs=1e-8)
        assert np.trapezoid(curve, fpr) == pytest.approx(gdp_max_auc(mu), abs=1e-4)


def test_precision_is_that_of_the_curve():
    """At small rates the curve is ``exp(epsilon) * fpr``: the odds grow by that."""
    tpr = max_tpr(0.001, 1.5)
    precision = 0.2 * tpr / (0.2 * tpr + 0.8 * 0.001)
    assert max_precision(0.2, 1.5) == pytest.approx(precision)


def test_ends():
    assert max_tpr(0, 5) == 0
    assert max_tpr(0, 5, 0.25) == 0.25
    assert max_tpr(0, 1000) == 0
    assert max_tpr(1e-300, 1000) == 1
    assert max_tpr(0, np.inf) == gdp_max_tpr(0, np.inf) == 1
    assert max_precision([0, 0.5, 1], np.inf).tolist() == [0, 1, 1]
    assert max_precision([0, 0.5, 1], 0).tolist() == [0, 0.5, 1]
    assert max_advantage(0) == gdp_max_advantage(0) == 0
    assert max_auc(0) == gdp_max_auc(0) == 0.5
    assert max_advantage(0, 1) == max_auc(0, 1) == 1


def test_shapes():
    assert isinstance(max_tpr(0.1, 1), float)
    assert max_tpr([[0.1], [0.2]], [1, 2, 3], 1e-5).shape == (2, 3)
    assert max_advantage([1, 2], [[0], [0.5]]).shape == (2, 2)
    assert gdp_max_tpr([[0.1], [0.2]], [1, 2, 3]).shape == (2, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: max_tpr(1, -1), "'epsilon' parameter of max_tpr must be at least 0"),
        (lambda: max_tpr(5, 1), r"'fpr' parameter of max_tpr must be in \[0, 1\]"),
        (lambda: max_auc(1, 2), r"'delta' parameter of max_auc .* Got 2 instead"),
        (lambda: max_advantage(np.nan), "'epsilon' parameter of max_advantage"),
        (lambda: max_accuracy(1, -0.1), "'delta' parameter of max_accuracy"),
        (lambda: max_precision(50, 1), "'prior' parameter of max_precision"),
        (lambda: gdp_max_tpr(2, 1), "'fpr' parameter of gdp_max_tpr"),
        (lambda: gdp_max_advantage(-1), "'mu' parameter of gdp_max_advantage"),
        (lambda: gdp_max_auc(-1), "'mu' parameter of gdp_max_auc must be at least 0"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
