"""Lists of recognised members: p-values by counting, and bounds that hold at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from skmia.metrics._discoveries import conformal_p_values, most_false, q_values

numbers = st.lists(st.integers(0, 5), min_size=1, max_size=12).map(np.array)


@given(numbers, numbers)
def test_p_values_count_non_members_that_are_as_high(score, others):
    found = conformal_p_values(score, others)
    counted = [(1 + sum(o >= s for o in others)) / (len(others) + 1) for s in score]
    assert found.tolist() == pytest.approx(counted)
    assert (conformal_p_values(np.exp(score), np.exp(others)) == found).all()


@given(numbers, numbers)
def test_a_bound_is_at_most_the_list_and_grows_with_it(score, others):
    p_values = conformal_p_values(score, others)
    bound = most_false(p_values, len(others), 0.05, np.random.RandomState(0))
    size = (p_values[None, :] <= p_values[:, None] + 1e-9).sum(axis=1)
    assert ((bound >= 0) & (bound <= size)).all()
    order = np.argsort(p_values)
    assert (np.diff(bound[order]) >= 0).all()
    assert (np.diff((size - bound)[order]) >= 0).all()


def planted(rng, n_members, n_others, n_known, *, shift=6.0, decimals=8):
    score = rng.normal(size=n_members)
    score[:n_known] += shift
    return score.round(decimals), rng.normal(size=n_others).round(decimals)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_members", "n_others", "n_known", "decimals"),
    [(30, 200, 5, 8), (100, 100, 20, 8), (200, 60, 100, 8), (100, 100, 0, 0)],
)
def test_no_list_has_more_false_ones_than_the_bound(
    n_members, n_others, n_known, decimals, global_random_seed
):
    """In 200 games at alpha = .1: binomial quantile of 1e-4."""
    rng = np.random.RandomState(global_random_seed)
    wrong = 0
    for _ in range(200):
        score, others = planted(rng, n_members, n_others, n_known, decimals=decimals)
        p_values = conformal_p_values(score, others)
        bound = most_false(p_values, n_others, 0.1, rng)
        by_chance = p_values[n_known:]
        n_false = (by_chance[None, :] <= p_values[:, None] + 1e-9).sum(axis=1)
        wrong += (n_false > bound).any()
    assert wrong <= binom.isf(1e-4, 200, 0.1)


def test_the_bound_is_attained_where_nobody_is_recognised(global_random_seed):
    """Of continuous scores a band at level 1/2 is left by about half of all paths.

    Knots are all thresholds here. 200 games: binomial quantiles of 1e-4 around the
    level, and around a quarter, as ranks of a path tie.
    """
    rng = np.random.RandomState(global_random_seed)
    wrong = 0
    for _ in range(200):
        score, others = planted(rng, 40, 40, 0)
        p_values = conformal_p_values(score, others)
        bound = most_false(p_values, 40, 0.5, rng)
        size = (p_values[None, :] <= p_values[:, None] + 1e-9).sum(axis=1)
        wrong += (size > bound).any()
    assert binom.ppf(1e-4, 200, 0.25) <= wrong <= binom.isf(1e-4, 200, 0.5)


def test_the_share_of_false_ones_is_at_most_its_level(global_random_seed):
    """Mean of 300 games plus four of its standard errors' allowance."""
    rng = np.random.RandomState(global_random_seed)
    shares = []
    for _ in range(300):
        score, others = planted(rng, 120, 150, 30, shift=2.5)
        listed = q_values(conformal_p_values(score, others)) <= 0.2
        shares.append(listed[30:].sum() / max(listed.sum(), 1))
    level = 0.2 * 90 / 120
    assert np.mean(shares) <= level + 4 * np.std(shares) / np.sqrt(300)
    assert np.mean(shares) > level / 2
