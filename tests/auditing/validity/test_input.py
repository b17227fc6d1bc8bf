"""What the two sets say without the model: labels, copies, neighbours, groups."""

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import binom

from skmia.auditing._copies import find_copies
from skmia.auditing.validity._check import LEVEL
from skmia.auditing.validity._labels import check_labels, check_shares
from skmia.auditing.validity._same_rows import (
    check_copies,
    check_groups_apart,
    check_neighbours,
    refuse_equal_sets,
)
from skmia.auditing.validity._split import Split


def split_of(X, y, member, groups=None, seed=0):
    X, y = np.asarray(X), np.asarray(y)
    return Split(X, y, np.asarray(member), find_copies(X, y), groups, seed)


def normal(n, seed=0, n_features=4):
    return np.random.default_rng(seed).normal(size=(n, n_features))


def halves(n):
    return np.repeat([1, 0], n)


def labels(y_train, y_holdout, classes, groups=None):
    y = [*y_train, *y_holdout]
    member = np.repeat([1, 0], [len(y_train), len(y_holdout)])
    return check_labels(split_of(normal(len(y)), y, member, groups), classes)


def test_known_labels():
    assert labels("ab" * 10, "ab" * 10, ["a", "b"])[0] == "passed"


def test_half_of_the_labels_with_a_dot():
    outcome, text, p_value = labels(["a"] * 20, ["a"] * 10 + ["a."] * 10, ["a"])
    assert outcome == "invalid"
    assert text.startswith("10 of 20 labels of y_holdout are unknown to the model")
    assert "namely 'a.'. A trailing dot" in text
    # All ten among twenty of forty: 2e-4, and one of 1,000 is the least that is told.
    assert p_value == 0.001


def test_a_rare_class_may_be_in_the_holdout_set_alone():
    """Of 20 + 20 records four are in one set with probability 4845 / 91390 = .053.

    In 999 draws that has a deviation of .007, and less: 50 are enough.
    """
    outcome, text, p_value = labels("a" * 20, "a" * 16 + "b" * 4, ["a"])
    assert outcome == "note"
    assert p_value == pytest.approx(0.053, abs=4 * 0.0075)
    assert text.startswith("4 of 20 labels of y_holdout are unknown")
    # Eight of them: .0016.
    assert labels("a" * 20, "a" * 12 + "b" * 8, ["a"])[0] == "invalid"


def test_many_classes_of_one_record_are_no_wonder():
    """Half of the classes that have one record are in the holdout set."""
    y_train = ["a"] * 20 + [f"t{i}" for i in range(30)]
    y_holdout = ["a"] * 20 + [f"h{i}" for i in range(30)]
    outcome, text, p_value = labels(y_train, y_holdout, sorted(set(y_train)))
    assert outcome == "note"
    assert p_value > 0.2
    assert (
        "30 of 50 labels of y_holdout are unknown to the model, the first are" in text
    )


@pytest.mark.parametrize("n_each", [1, 2])
def test_many_rare_classes_that_are_all_in_the_holdout_set_are_one(n_each):
    """Each of them by itself is no wonder: a dot behind some labels of every class."""
    new = [f"h{i}." for i in range(12) for _ in range(n_each)]
    y_holdout = ["a"] * (100 - len(new)) + new
    outcome, text, p_value = labels(["a"] * 100, y_holdout, ["a"])
    # 2^-12 and less.
    assert (outcome, p_value) == ("invalid", 0.001)
    assert text.startswith(f"{len(new)} of 100 labels of y_holdout are unknown")


@pytest.mark.parametrize("sizes", [(60, 60), (100, 30)])
def test_shares_of_labels(sizes):
    n_train, n_holdout = sizes
    y = ["a", "b", "b", "c"] * 40
    same = y[:n_train] + y[:n_holdout]
    member = np.repeat([1, 0], sizes)
    X = np.zeros((len(same), 1))
    assert check_shares(split_of(X, np.array(same), member))[0] == "passed"
    other = y[:n_train] + ["b"] * n_holdout
    outcome, text, p_value = check_shares(split_of(X, np.array(other), member))
    assert (outcome, p_value) == ("invalid", 0.001)
    label, train, holdout = ("'a'", 25, 0) if n_train == n_holdout else ("'b'", 50, 100)
    assert f"sets: {label} is the label of {train} % of the training" in text
    assert text.endswith(f"and {holdout} % of the holdout records.")


@pytest.mark.slow
def test_shares_of_labels_keep_their_level(global_random_seed):
    """Of classes large and small; more than the quantile with a probability of 1e-5."""
    rng = np.random.default_rng(global_random_seed)
    n_games, n_alarms = 300, 0
    member = np.repeat([1, 0], [60, 30])
    for _ in range(n_games):
        y = rng.choice(5, 90, p=[0.6, 0.3, 0.06, 0.02, 0.02])
        split = split_of(np.zeros((90, 1)), y, rng.permutation(member))
        n_alarms += check_shares(split)[2] <= LEVEL
    assert n_alarms <= binom.isf(1e-5, n_games, LEVEL)


def test_records_of_a_group_are_unknown_together():
    groups = np.r_[np.arange(20), 20 + np.arange(20) // 10]
    outcome, *_ = labels("a" * 20, "a" * 10 + "b" * 10, ["a"], groups)
    assert outcome == "note"


def test_a_model_knows_the_labels_of_its_training_records():
    outcome, text = labels("a" * 19 + "b", "a" * 20, ["a"])
    assert outcome == "invalid"
    assert "1 of 20 labels of y_train are unknown to the model, namely 'b'." in text
    assert text.endswith("It was not trained on them.")


@pytest.mark.parametrize("noise", [0, 1e-4])
def test_equal_sets_are_refused(noise):
    X = normal(30)
    member, y = halves(30), np.tile(np.arange(30) % 2, 2)
    other = np.random.default_rng(1).permutation(X + noise * normal(30, 2))
    with pytest.raises(ValueError, match="the same records, or nearly"):
        refuse_equal_sets(find_copies(np.vstack([X, X + noise]), y), member)
    y[30:] = 0
    refuse_equal_sets(find_copies(np.vstack([X, other]), y), member)


def test_all_but_one_record_equal():
    X = normal(31)
    both = np.vstack([X[:30], X[1:31]])
    y = np.zeros(60)
    refuse_equal_sets(find_copies(both, y), halves(30))
    outcome, text, p_value = check_copies(split_of(both, y, halves(30)))
    assert (outcome, p_value) == ("invalid", 0.001)
    assert text.startswith("29 of 30 holdout records are copies of training records")


def test_half_of_the_holdout_copied():
    X = normal(150)
    both = np.vstack([X[:100], X[:50], X[100:]])
    outcome, text, _ = check_copies(split_of(both, np.zeros(200), halves(100)))
    assert outcome == "invalid"
    assert text.startswith("50 of 100 holdout records are copies")


def test_few_copies_are_a_note():
    X = normal(990)
    both = np.vstack([X[:500], X[:10], X[500:]])
    outcome, text, _ = check_copies(split_of(both, np.zeros(1000), halves(500)))
    assert outcome == "note"
    assert text.startswith("10 of 500")


def test_copies_within_the_sets_excuse_those_across(global_random_seed):
    """Twenty rows of three values, dealt at random, are equal wherever they are.

    Wrong at most once in a hundred: of 20 splits more than 4 are with 3e-6.
    """
    rng = np.random.default_rng(global_random_seed)
    wrong = 0
    for seed in range(20):
        X = rng.integers(0, 3, size=(80, 2)).astype(float)
        found = check_copies(split_of(X, np.zeros(80), halves(40), seed=seed))
        assert "of 40 holdout records are copies" in found[1]
        wrong += found[0] != "passed"
    assert wrong <= binom.isf(1e-5, 20, 0.01)


@pytest.mark.parametrize("n_features", [2, 30])
def test_altered_copies(n_features):
    X = normal(60, n_features=n_features)
    near = X + 0.05 * normal(60, 1, n_features)
    both = np.vstack([X, near])
    # With labels of their own they are no copies of each other.
    outcome, text, _ = check_neighbours(split_of(both, np.arange(120), halves(60)))
    assert outcome == "invalid"
    assert "nearest to a holdout record is a training record in" in text
    assert "and by chance in 50 %: altered copies" in text


def test_neighbours_of_one_population(global_random_seed):
    """At .01 each, more than the quantile of 40 splits with a probability of 1e-5."""
    wrong = 0
    for seed in range(40):
        X = normal(60, 100 * global_random_seed + seed)
        wrong += check_neighbours(split_of(X, np.arange(60), halves(30)))[0] != "passed"
    assert wrong <= binom.isf(1e-5, 40, 0.01)


@pytest.mark.parametrize(
    "X",
    [
        sparse.csr_array(np.eye(20)),
        np.array([["a"], ["b"]] * 10),
        np.full((20, 3), np.nan),
        np.ones((20, 3)),
    ],
)
def test_no_neighbours_of_records_without_distances(X):
    split = Split(X, np.zeros(20), halves(10), np.arange(20), None, 0)
    assert check_neighbours(split)[0] == "not run"


def test_groups_in_both_sets():
    X, y = normal(80), np.zeros(80)
    apart = split_of(X, y, halves(40), np.arange(80) // 4)
    assert check_groups_apart(apart)[0] == "passed"
    mixed = split_of(X, y, halves(40), np.arange(80) % 20)
    outcome, text = check_groups_apart(mixed)
    assert outcome == "invalid"
    assert text.startswith("20 of 20 groups of the holdout set have records in the")
    one = np.arange(80) // 2
    one[-1] = 0
    few = split_of(X, y, halves(40), one)
    assert check_groups_apart(few)[0] == "note"
