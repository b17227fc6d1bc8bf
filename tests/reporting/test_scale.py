"""Steps of the scale: of factors, and what an even guess becomes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skmia.reporting._scale import NAMES, chance, factor_of, scale, step_of

FACTORS = st.floats(1, 1e6)


@pytest.mark.parametrize("step", range(6))
def test_where_steps_begin(step):
    ends = [(0.5, 1), (1.001, 1.99), (2, 4.99), (5, 19.9), (20, 99.9), (100, 1e9)]
    assert [step_of(factor) for factor in ends[step]] == [step, step]


@given(FACTORS, FACTORS)
def test_steps_grow_with_the_factor(one, other):
    low, high = sorted([one, other])
    assert step_of(low) <= step_of(high)
    assert chance(low) <= chance(high)


@given(FACTORS, st.floats(0.001, 0.999))
def test_chance_multiplies_the_odds(factor, prior):
    after = chance(factor, prior)
    assert after / (1 - after) == pytest.approx(factor * prior / (1 - prior), rel=1e-6)


def test_the_scale_says_the_usual_levels():
    """2/3, 5/6, 20/21 and 100/101 of an even guess."""
    rows = scale()
    assert [row["name"] for row in rows] == list(NAMES)
    assert [row["of_even"] for row in rows] == [
        *("50", "up to 67", "67 to 83", "83 to 95", "95 to 99", "99 or more")
    ]
    assert rows[3]["factor"] == "×5 to ×20"


@given(
    st.floats(0, 8) | st.just(math.nan),
    st.dictionaries(st.sampled_from([0.01, 0.001]), st.floats(0, 1)),
)
def test_the_factor_is_the_largest_that_is_proved(epsilon, rates):
    factor, by = factor_of(epsilon, rates)
    shown = [tpr / fpr for fpr, tpr in rates.items()]
    if not math.isnan(epsilon):
        shown.append(math.exp(epsilon))
    assert factor == max([1.0, *shown])
    assert (by is None) == (factor == 1)
    if by not in (None, "epsilon"):
        assert factor == rates[float(by[11:])] / float(by[11:])
