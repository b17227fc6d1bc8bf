"""Features of the answers before and after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from skmia.unlearning import change_features

BEFORE = [[0.25, 0.75, 0.0], [0.5, 0.25, 0.25]]
AFTER = [[0.5, 0.25, 0.25], [0.5, 0.5, 0.0]]


@pytest.mark.parametrize(
    ("form", "first"),
    [
        ("direct_concat", [0.25, 0.75, 0, 0.5, 0.25, 0.25]),
        # In the order of the answer before, for both.
        ("sorted_concat", [0.75, 0.25, 0, 0.25, 0.5, 0.25]),
        ("direct_diff", [-0.25, 0.5, -0.25]),
        ("sorted_diff", [0.5, -0.25, -0.25]),
        ("l2_distance", [np.sqrt(0.375)]),
    ],
)
def test_forms_by_hand(form, first):
    assert_allclose(change_features(BEFORE, AFTER, form)[0], first, rtol=1e-15)


answers = arrays(float, (3, 4), elements=st.floats(0, 1))


@given(before=answers, after=answers)
def test_distance_is_the_norm_of_either_difference(before, after):
    distance = change_features(before, after, "l2_distance")[:, 0]
    for form in ("direct_diff", "sorted_diff"):
        norm = np.linalg.norm(change_features(before, after, form), axis=1)
        # Sums of four squares in another order: a few roundings.
        assert_allclose(norm, distance, rtol=1e-14)


@given(before=answers)
def test_no_change_is_no_difference(before):
    assert_array_equal(change_features(before, before), 0)


def test_answers_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"Got shapes \(2, 3\) and \(1, 3\)"):
        change_features(BEFORE, AFTER[:1])
