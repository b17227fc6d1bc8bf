"""Sampling designs: who is a member of which shadow model."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.shadow import BalancedShuffleSplit, BootstrapSplit, DisjointSplit

SPLITTERS = [BalancedShuffleSplit(4), DisjointSplit(3), BootstrapSplit(3)]


def records(n_samples):
    return np.zeros((n_samples, 1))


def membership(cv, n_samples, y=None, groups=None):
    matrix = []
    for train, _ in cv.split(records(n_samples), y, groups):
        row = np.zeros(n_samples, dtype=int)
        row[train] = 1
        matrix.append(row)
    return np.array(matrix)


@pytest.mark.parametrize("n_samples", [2, 7, 40, 41])
def test_balanced_every_record_is_in_half_of_the_models(n_samples, global_random_seed):
    cv = BalancedShuffleSplit(6, random_state=global_random_seed)
    bits = membership(cv, n_samples)
    assert_array_equal(bits.sum(axis=0), 3)
    assert_array_equal(bits[::2] + bits[1::2], 1)
    assert set(bits.sum(axis=1)) <= {n_samples // 2, n_samples - n_samples // 2}


def test_balanced_halves_are_stratified(global_random_seed):
    y = np.repeat(["a", "b", "c"], [21, 6, 2])
    cv = BalancedShuffleSplit(10, random_state=global_random_seed)
    for row in membership(cv, len(y), y):
        shares = [row[y == label].sum() for label in "abc"]
        assert abs(shares[0] - 10.5) == 0.5
        assert shares[1:] == [3, 1]


def test_odd_record_changes_sides():
    """With an odd number of records the larger half is not always the first."""
    sizes = {
        membership(BalancedShuffleSplit(2, random_state=seed), 5)[0].sum()
        for seed in range(20)
    }
    assert sizes == {2, 3}


def test_no_two_labels_are_tied_together():
    """Three labels of one record each: any two may be on one side, or not."""
    y = np.array(["a", "b", "c"])
    rows = np.array(
        [
            membership(BalancedShuffleSplit(2, random_state=seed), 3, y)[0]
            for seed in range(30)
        ]
    )
    for one, other in [(0, 1), (0, 2), (1, 2)]:
        assert {True, False} == set((rows[:, one] == rows[:, other]).tolist())


def test_groups_are_dealt_by_label_and_size(global_random_seed):
    """Each half gets half of the groups of every label, of large and of small ones."""
    rng = np.random.default_rng(global_random_seed)
    sizes = rng.permutation(np.repeat([1, 5], 12))
    label = rng.permutation(np.repeat([0, 1, 2], [14, 8, 2]))
    groups = np.repeat(np.arange(24), sizes)
    y = label[groups]
    y[np.searchsorted(groups, sizes.argmax())] = 7  # one of five
    for row in membership(BalancedShuffleSplit(6, random_state=0), len(y), y, groups):
        inside = np.array([row[groups == one].any() for one in range(24)])
        for one in range(3):
            assert 2 * inside[label == one].sum() == (label == one).sum()
            of_five = inside[(label == one) & (sizes == 5)]
            assert abs(2 * of_five.sum() - len(of_five)) <= 1


@pytest.mark.parametrize("cv", [BalancedShuffleSplit(4), DisjointSplit(3)])
def test_groups_are_never_split(cv, global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    groups = rng.choice(["ann", "bob", "cy", "di", "eve"], size=30)
    cv.random_state = global_random_seed
    for train, test in cv.split(records(30), groups=groups):
        assert not set(groups[train]) & set(groups[test])
    parts = [
        set(groups[np.flatnonzero(row)]) for row in membership(cv, 30, None, groups)
    ]
    assert parts[0] | parts[1]
    assert not parts[0] & parts[1]


@pytest.mark.parametrize(("n_samples", "size"), [(8, 2), (11, 2), (40, 10)])
def test_disjoint_parts_are_equal_and_share_the_nonmembers(n_samples, size):
    splits = list(DisjointSplit(3, random_state=0).split(records(n_samples)))
    parts = [train for train, _ in splits] + [splits[0][1]]
    assert [len(part) for part in parts] == [size] * 4
    assert len(set(np.concatenate(parts))) == 4 * size
    for _, test in splits:
        assert_array_equal(test, splits[0][1])


def test_attack_training_set_of_a_partition():
    """Truex et al.: 2 |D'_test| q rows, half of them in."""
    X, y = np.random.RandomState(0).normal(size=(62, 2)), np.arange(62) % 2
    cv = DisjointSplit(4, random_state=0)
    shadows = ShadowModels(DecisionTreeClassifier(), cv=cv, random_state=0).fit(X, y)
    Z, member, shadow = shadows.observations("loss")
    n_test = len(next(cv.split(X, y))[1])
    assert len(Z) == len(member) == 2 * n_test * 4
    assert_array_equal([member[shadow == i].sum() for i in range(4)], n_test)


def test_bootstrap_draws_with_replacement():
    for train, test in BootstrapSplit(5, random_state=0).split(records(30)):
        assert len(train) == 30
        assert 1 < len(set(train)) < 30
        assert_array_equal(np.union1d(train, test), np.arange(30))
        assert not set(train) & set(test)
    with pytest.raises(ValueError, match="draws single records: groups must be None"):
        next(BootstrapSplit().split(records(4), groups=[0, 0, 1, 1]))


@pytest.mark.parametrize("cv", SPLITTERS, ids=repr)
def test_seeded_and_repeatable(cv):
    cv.random_state = 3
    assert_array_equal(membership(cv, 20), membership(cv, 20))
    first = membership(cv, 20)
    cv.random_state = 4
    assert (membership(cv, 20) != first).any()


@pytest.mark.parametrize("cv", SPLITTERS, ids=repr)
def test_is_a_cv_object_of_scikit_learn(cv):
    cv.random_state = 0
    X = np.random.RandomState(0).normal(size=(30, 2))
    scores = cross_val_score(
        DecisionTreeClassifier(random_state=0), X, X[:, 0] > 0, cv=cv
    )
    assert len(scores) == cv.get_n_splits() == cv.n_splits


def test_repr():
    assert repr(DisjointSplit(3)) == "DisjointSplit(n_splits=3, random_state=None)"


@pytest.mark.parametrize("X", [[[0]] * 9, sparse.csr_array((9, 2))], ids=type)
def test_whatever_has_rows_is_split(X):
    expected = DisjointSplit(2, random_state=0).split(records(9))
    found = DisjointSplit(2, random_state=0).split(X)
    for splits in zip(expected, found, strict=True):
        for part in zip(*splits, strict=True):
            assert_array_equal(*part)


def test_one_model_is_enough():
    ((train, test),) = DisjointSplit(1, random_state=0).split(records(9))
    assert len(train) == len(test) == 4
    assert not set(train) & set(test)


@pytest.mark.parametrize("n_splits", [0, -2, 2.5, "4", None])
@pytest.mark.parametrize(
    "splitter", [BalancedShuffleSplit, DisjointSplit, BootstrapSplit]
)
def test_bad_number_of_splits(splitter, n_splits):
    message = f"'n_splits' parameter of {splitter.__name__} must be an int >= 1. Got"
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        next(splitter(n_splits).split(records(9)))


def test_balanced_needs_an_even_number():
    with pytest.raises(ValueError, match=r"must be an even int: .* Got 5 instead"):
        next(BalancedShuffleSplit(5).split(records(9)))
    X, y = np.arange(18.0).reshape(9, 2), np.arange(9) % 3
    with pytest.raises(ValueError, match="'n_shadows' parameter of ShadowModels"):
        ShadowModels(DecisionTreeClassifier(), n_shadows=5, random_state=0).fit(X, y)
    cv = DisjointSplit(3, random_state=0)
    own = ShadowModels(DecisionTreeClassifier(), n_shadows=5, cv=cv, random_state=0)
    assert len(own.fit(X, y).estimators_) == 3


def test_too_few_records():
    with pytest.raises(ValueError, match=r"Cannot deal 3 records .* to 4 parts"):
        next(DisjointSplit(3).split(records(3)))
    with pytest.raises(ValueError, match=r"Cannot deal 1 records \(or groups\) to 2"):
        next(BalancedShuffleSplit(2).split(records(4), groups=[1, 1, 1, 1]))
