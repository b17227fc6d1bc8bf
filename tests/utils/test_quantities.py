"""Labels that are quantities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skmia.shadow import BalancedShuffleSplit
from skmia.utils._quantities import (
    FIFTHS,
    check_quantities,
    fifths_of,
    guessed_strata,
    label_codes,
    quantile_codes,
    strata_of,
)

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(numbers, st.integers(2, 12))
def test_parts_are_in_order_and_hold_equals_together(values, n_bins):
    codes = quantile_codes(values, n_bins)
    assert codes.min() >= 0
    assert codes.max() < n_bins
    order = np.argsort(values, kind="stable")
    assert (np.diff(codes[order]) >= 0).all()
    for value in set(values):
        assert len(set(codes[np.equal(values, value)])) == 1


@pytest.mark.parametrize("n_bins", [2, 5, 10])
def test_parts_hold_equally_many(n_bins):
    codes = quantile_codes(np.random.default_rng(0).permutation(100), n_bins)
    assert np.bincount(codes).tolist() == [100 // n_bins] * n_bins


def test_what_a_split_is_stratified_by():
    y = np.arange(50)
    assert strata_of(y, classes=np.unique(y)) is y
    assert np.bincount(strata_of(y, None)).tolist() == [5] * 10
    assert strata_of(None, None) is None
    several, words = np.zeros((4, 2)), np.array(["a", "b"])
    assert strata_of(several, None) is several
    assert strata_of(words, None) is words
    assert guessed_strata(y) is y
    assert guessed_strata(y + 0.5).max() == 9


def test_fifths_go_by_the_mean_of_the_outputs_in_spreads():
    y = np.arange(100.0)
    assert np.bincount(fifths_of(y)).tolist() == [20] * 5
    both = np.column_stack([y, 1e6 * y])
    assert fifths_of(both).tolist() == fifths_of(y).tolist()
    assert (fifths_of(np.ones(7)) == 0).all()
    assert sorted(FIFTHS) == list(FIFTHS)


def test_labels_are_numbered_also_of_several_outputs():
    y = np.array([3.5, 1.0, 3.5])
    assert label_codes(y, 3).tolist() == [1, 0, 1]
    assert label_codes(np.column_stack([y, y]), 3).tolist() == [1, 0, 1]


def test_numbers_may_come_as_objects():
    y = np.array([1, 2.5], dtype=object)
    assert check_quantities(y, "y").dtype == float
    with pytest.raises(ValueError, match="labels y_train must be numbers"):
        check_quantities(np.array(["many"], dtype=object), "y_train")


def test_halves_have_their_share_of_each_tenth():
    y = np.random.default_rng(0).normal(size=200)
    for train, test in BalancedShuffleSplit(4, random_state=0).split(y, y):
        for part in (train, test):
            assert np.bincount(quantile_codes(y, 10)[part]).tolist() == [10] * 10
