"""What always holds for the sampling designs."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import labels

from skmia.shadow import BalancedShuffleSplit, BootstrapSplit, DisjointSplit

seeds = st.integers(0, 2**31 - 1)
DESIGNS = [BalancedShuffleSplit(4), DisjointSplit(3), BootstrapSplit(3)]


def splits_of(cv, y, groups=None):
    return list(cv.split(np.zeros((len(y), 1)), y, groups))


@given(labels(), st.integers(1, 4).map(lambda half: 2 * half), seeds)
def test_balanced_is_fair_to_records_and_labels(y, n_splits, seed):
    splits = splits_of(BalancedShuffleSplit(n_splits, random_state=seed), y)
    counts = np.zeros(len(y), dtype=int)
    for train, test in splits:
        counts[train] += 1
        assert_array_equal(np.union1d(train, test), np.arange(len(y)))
        assert abs(len(train) - len(test)) == len(y) % 2
        for label in set(y.tolist()):
            assert abs(sum(y[train] == label) - sum(y[test] == label)) <= 1
    assert_array_equal(counts, n_splits // 2)


@given(labels(min_samples=8), st.integers(1, 6), seeds)
def test_disjoint_parts(y, n_splits, seed):
    splits = splits_of(DisjointSplit(n_splits, random_state=seed), y)
    parts = [train for train, _ in splits] + [splits[0][1]]
    size = len(y) // (n_splits + 1)
    assert {len(part) for part in parts} == {size}
    assert len(np.unique(np.concatenate(parts))) == size * (n_splits + 1)
    for label in set(y.tolist()):
        shares = [sum(y[part] == label) for part in parts]
        # Dealt to within one of each other; then one record at most was left out.
        assert max(shares) - min(shares) <= 2


@given(labels(), st.lists(st.integers(0, 6), min_size=40, max_size=40), seeds)
@pytest.mark.parametrize("design", [BalancedShuffleSplit, DisjointSplit])
def test_groups_stay_together(design, y, groups, seed):
    groups = np.array(groups[: len(y)])
    assume(len(set(groups.tolist())) >= 3)
    for train, test in splits_of(design(2, random_state=seed), y, groups):
        assert len(train)
        assert len(test)
        assert not set(groups[train]) & set(groups[test])


@given(labels(), seeds)
def test_bootstrap(y, seed):
    for train, test in splits_of(BootstrapSplit(3, random_state=seed), y):
        assert len(train) == len(y)
        assert_array_equal(np.union1d(train, test), np.arange(len(y)))
        assert not np.isin(test, train).any()


@pytest.mark.parametrize("cv", DESIGNS, ids=repr)
@given(y=labels(min_samples=4), seed=seeds)
def test_the_seed_is_everything(cv, y, seed):
    cv.random_state = seed
    for one, other in zip(splits_of(cv, y), splits_of(cv, y), strict=True):
        assert_array_equal(one[0], other[0])
        assert_array_equal(one[1], other[1])


@pytest.mark.parametrize("cv", DESIGNS, ids=repr)
@given(y=labels(min_samples=4), seed=seeds)
def test_names_of_labels_mean_nothing_but_their_order(cv, y, seed):
    cv.random_state = seed
    codes = np.unique(y, return_inverse=True)[1]
    for one, other in zip(splits_of(cv, y), splits_of(cv, codes), strict=True):
        assert_array_equal(one[0], other[0])
