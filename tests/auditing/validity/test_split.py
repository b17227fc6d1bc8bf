"""The law of chance that judges the checks, and what is dealt as one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, rankdata

from skmia.auditing.validity._split import Split, chance, rank_sums, unit_means


def split_of(member, groups=None, seed=0):
    n = len(member)
    return Split(np.zeros((n, 1)), np.zeros(n), member, np.arange(n), groups, seed)


def exact(score, member):
    """Share of all deals with a rank sum at least as large."""
    ranks = rankdata(score)
    rows = range(len(member))
    sums = [ranks[list(one)].sum() for one in combinations(rows, member.sum())]
    return np.mean(np.array(sums) >= ranks[member == 1].sum() - 1e-9)


@given(
    score=st.lists(st.integers(0, 3), min_size=6, max_size=9),
    n_members=st.integers(1, 5),
    seed=st.integers(0, 1000),
)
def test_as_all_deals_together(score, n_members, seed):
    """Within 5 standard deviations of 999 draws, or of those that came to 50.

    The rank sum of one score is largest where the standardised one is, unless below its
    mean: those are all one.
    """
    member = (np.arange(len(score)) < n_members).astype(int)
    p_value = chance(rank_sums([score]), member, np.random.RandomState(seed))
    truth = exact(score, member)
    if np.dot(rankdata(score) - np.mean(rankdata(score)), member) <= 0:
        assert p_value >= 0.5
        return
    # Of 50 successes the number of draws has a relative deviation of sqrt(1 / 50).
    allowed = max(np.sqrt(truth * (1 - truth) / 999), truth * np.sqrt(1 / 50))
    assert abs(p_value - truth) <= 5 * allowed + 2 / 1000


@pytest.mark.slow
@pytest.mark.parametrize("values", [np.arange(30), np.arange(30) // 12, np.zeros(30)])
def test_a_level_is_kept_whatever_the_ties(values):
    """At .05 of 1,000 splits; more than the quantile with a probability of 1e-5."""
    member = np.repeat([0, 1], [18, 12])
    rng = np.random.default_rng(1)
    deals = [rng.permutation(member) for _ in range(1000)]
    statistic = rank_sums([values])
    found = [chance(statistic, deal, np.random.RandomState(7)) for deal in deals]
    assert np.sum(np.array(found) <= 0.05) <= binom.isf(1e-5, 1000, 0.05)


@pytest.mark.slow
def test_the_best_of_several_is_judged_as_such():
    """Of twenty scores without meaning some are as good as one in twenty, or better."""
    rng = np.random.default_rng(0)
    member = np.repeat([0, 1], 30)
    alone, best = [], []
    for _ in range(100):
        scores = rng.normal(size=(20, 60))
        chosen = max(scores, key=lambda score: rank_sums([score])(member))
        alone.append(chance(rank_sums([chosen]), member, np.random.RandomState(0)))
        best.append(chance(rank_sums(scores), member, np.random.RandomState(0)))
    # 1 - .95^20 = .64 of them, with a deviation of .048.
    assert np.sum(np.array(alone) <= 0.05) > 40
    assert np.sum(np.array(best) <= 0.05) <= binom.isf(1e-5, 100, 0.05)


def test_scores_that_do_not_move_are_no_evidence():
    member = np.array([1, 1, 0, 0])
    assert chance(rank_sums([np.ones(4)]), member, np.random.RandomState(0)) == 1


def test_groups_count_once_and_parts_in_two_sets_twice():
    member = np.array([1, 1, 1, 0, 0, 0])
    groups = np.array([0, 0, 1, 1, 2, 2])
    unit, of_unit, size = split_of(member, groups).units()
    assert len(of_unit) == 4
    assert size.tolist() == [2, 2, 2, 2]
    assert unit[0] == unit[1] != unit[2] != unit[3]
    assert unit[4] == unit[5]
    assert of_unit[unit].tolist() == member.tolist()
    values = np.array([1.0, 3, 5, 7, 9, 9])
    assert unit_means(unit, values)[unit].tolist() == [2, 2, 5, 7, 9, 9]
    unit, of_unit, size = split_of(member, groups).units([2, 5])
    assert unit.tolist() == [0, 1]
    assert of_unit.tolist() == [1, 0]
    assert size.tolist() == [2, 2]  # of the whole pool


def test_units_of_other_sizes_do_not_compare():
    member = np.array([1, 1, 0, 0])
    assert split_of(member).units().are_comparable
    assert not split_of(member, np.array([0, 0, 1, 2])).units().are_comparable


@pytest.mark.slow
@pytest.mark.parametrize("dealt", ["rows", "groups"])
def test_copies_are_dealt_as_rows_or_as_groups(dealt):
    """Triples differ from the others, and most of 80 % of the rows are in both sets.

    At .05 of 400 splits; more than the quantile with a probability of 1e-5.
    """
    rng = np.random.RandomState(0)
    groups = np.r_[np.arange(100), 100 + np.repeat(np.arange(33), 3)]
    by_row = np.r_[rng.random_sample(100), np.repeat(2 + rng.random_sample(33), 3)]
    found = []
    for _ in range(400):
        if dealt == "rows":
            member = (rng.permutation(len(groups)) < 0.8 * len(groups)).astype(int)
        else:
            member = (rng.random_sample(133) < 0.8)[groups].astype(int)
        units = split_of(member, groups).units()
        values = unit_means(units.of_row, by_row)
        found.append(
            [
                chance(lambda m, v=v: v @ m, units.member, rng, units.size)
                for v in (values, -values)
            ]
        )
    n_alarms = (np.array(found) <= 0.05).sum(axis=0)
    assert (n_alarms <= binom.isf(1e-5, 400, 0.05)).all()


def test_checks_have_streams_of_their_own():
    split = split_of(np.array([0, 1]), seed=3)
    draws = [split.rng(check).randint(2**31) for check in (1, 2, 1)]
    assert draws[0] == draws[2] != draws[1]
