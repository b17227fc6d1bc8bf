"""Is a set of records in: a test with a p-value."""

import numpy as np
import pytest
from scipy.stats import binom

from skmia.attacks import set_membership_test


def test_a_set_of_one_has_its_rank_as_p_value():
    others = [1.0, 2.0, 2.0, 5.0]
    for score, expected in [(0, 1), (2, 4 / 5), (3, 2 / 5), (9, 1 / 5)]:
        for statistic in ("rank", "mean"):
            result = set_membership_test([score], others, statistic=statistic)
            assert result.pvalue == pytest.approx(expected, rel=1e-12)
    assert set_membership_test([2], others).auc == 0.5
    assert set_membership_test([9], others).auc == 1


def test_the_rank_test_knows_no_units():
    score, others = np.array([3.0, 5, 9, 9]), np.array([1.0, 3, 4, 8, 9, 0])
    results = {
        set_membership_test(f(score), f(others)) for f in (np.exp, np.sqrt, np.arctan)
    }
    assert len(results) == 1


def test_random_permutations_are_seeded(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    score, others = rng.normal(0.3, size=40), rng.normal(size=60)
    first, second, other = (
        set_membership_test(score, others, n_resamples=199, random_state=seed).pvalue
        for seed in (1, 1, 2)
    )
    assert first == second
    # Two estimates of one p-value from 199 permutations: sd of the difference at most
    # sqrt(2 / 4 / 199) = 0.05.
    assert abs(first - other) < 4 * 0.05


@pytest.mark.parametrize("statistic", ["rank", "mean"])
@pytest.mark.parametrize("levels", [2, 1000])
def test_the_p_value_is_super_uniform_under_the_null(
    statistic, levels, global_random_seed
):
    """It is at most a in at most a share a of games without a leak, with ties too.

    The number of such games is binomial(400, a) at most; its 1e-4 quantile at three
    levels in four cases fails for fewer than one seed in 800.
    """
    rng = np.random.RandomState(global_random_seed)
    pvalues = np.array(
        [
            set_membership_test(
                rng.randint(levels, size=12),
                rng.randint(levels, size=20),
                statistic=statistic,
                n_resamples=99,
                random_state=rng,
            ).pvalue
            for _ in range(400)
        ]
    )
    for level in (0.01, 0.05, 0.2):
        assert np.sum(pvalues <= level) <= binom.isf(1e-4, 400, level)


def test_a_leak_is_found(global_random_seed):
    """Power at 40 + 200 records and d = 1: the z-score is about 5."""
    rng = np.random.RandomState(global_random_seed)
    result = set_membership_test(
        rng.normal(1, size=40), rng.normal(size=200), random_state=0, n_resamples=999
    )
    assert result.pvalue < 0.05
    assert result.auc > 0.6  # norm.cdf(1 / sqrt(2)) = 0.76, sd about 0.04


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: set_membership_test([], [1]), "minimum of 1 is required"),
        (lambda: set_membership_test([1], [np.nan]), "nonmember_score contains NaN"),
        (lambda: set_membership_test([1], [2], statistic="t"), "'statistic' parameter"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
