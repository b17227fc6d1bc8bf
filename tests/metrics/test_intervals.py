import math

import numpy as np
import pytest
from scipy.stats import beta, binomtest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import roc_auc_score

from skmia.metrics import auc_interval, clopper_pearson, tpr_at_fpr_interval


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [
        (0, 10, (0, 0.308497)),
        (5, 10, (0.187086, 0.812914)),
        (10, 10, (0.691503, 1)),
        (0, 100, (0, 0.036217)),
        (0, 1000, (0, 0.003682)),
        (1, 1000, (0.000025, 0.005559)),
        (10, 1000, (0.004806, 0.018313)),
        (84, 1000, (0.067553, 0.102943)),
        (500, 1000, (0.468549, 0.531451)),
        (1000, 1000, (0.996318, 1)),
    ],
)
def test_clopper_pearson_reference_values(k, n, expected):
    # The reference values are rounded to six decimals.
    np.testing.assert_allclose(clopper_pearson(k, n), expected, rtol=0, atol=5e-7)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.999])
def test_clopper_pearson_agrees_with_scipy_and_is_vectorised(level):
    k = np.arange(18)
    low, high = clopper_pearson(k, 17, confidence_level=level)
    for successes in k:
        expected = binomtest(successes, 17).proportion_ci(level, method="exact")
        np.testing.assert_allclose(
            [low[successes], high[successes]], expected, rtol=1e-9
        )


def test_clopper_pearson_shapes():
    low, high = clopper_pearson([[1], [2]], [5, 6, 7])
    assert low.shape == high.shape == (2, 3)
    assert all(type(bound) is float for bound in clopper_pearson(1, 5))
    assert clopper_pearson(0, 0) == (0, 1)


def test_auc_interval_agrees_with_delong_for_many_records(global_random_seed):
    # DeLong's standard error by its definition, over all pairs. The interval differs
    # from AUC +- z se by the two extra records and by being exact rather than normal,
    # both of order 1 / n, against a width of order 1 / sqrt(n).
    rng = np.random.default_rng(global_random_seed)
    n = 2000
    members, nonmembers = rng.normal(1, 1, n), rng.normal(0, 1, n)
    wins = members[:, None] > nonmembers
    error = np.sqrt(wins.mean(1).var(ddof=1) / n + wins.mean(0).var(ddof=1) / n)
    expected = wins.mean() + np.array([-1, 1]) * 1.959964 * error
    member = np.repeat([1, 0], n)
    interval = auc_interval(member, np.concatenate([members, nonmembers]))
    np.testing.assert_allclose(interval, expected, rtol=0, atol=3 / n)


def test_auc_interval_of_an_ordinary_sample():
    """Members 3, 5, 6 and non-members 1, 2, 4, by hand.

    3 is above two of three non-members, 5 and 6 above all: the AUC is 8 of 9 pairs.
    With one record above and one below all others in either group (these tie with each
    other), a member is above 3, 4, 4, 4.5 and 0.5 of five non-members, a non-member
    above 1, 1, 2, 4.5 and 0.5 of five members. Either has the sample variance
    2.575 / 25, hence DeLong's is 2 * 0.103 / 5 = 0.0412 about an AUC of 16 / 25. That
    is the variance of 0.64 * 0.36 / 0.0412 = 5.592233 pairs, of which 8 / 9 are
    successes; Clopper and Pearson's bounds are quantiles of beta distributions.
    """
    n = 0.64 * 0.36 / 0.0412
    k = n * 8 / 9
    expected = (beta.ppf(0.025, k, n - k + 1), beta.ppf(0.975, k + 1, n - k))
    assert expected == pytest.approx((0.393016, 0.999617), abs=5e-7)
    found = auc_interval([1, 1, 1, 0, 0, 0], [3, 5, 6, 1, 2, 4])
    assert found == pytest.approx(expected, rel=1e-9)


def test_auc_interval_of_separated_groups_is_the_exact_binomial():
    member = [1] * 10 + [0] * 30
    assert auc_interval(member, member) == clopper_pearson(10, 10)
    assert auc_interval(member, [-label for label in member]) == clopper_pearson(0, 10)


def test_auc_interval_of_constant_scores():
    # 10 tied pairs of 10: a pair is tied with probability 0.05 ** 0.1 = 0.741 at least.
    low, high = auc_interval([1] * 10 + [0] * 30, [3.5] * 40)
    assert low == pytest.approx(0.5 - 0.25887 / 2, abs=5e-6)
    assert high == pytest.approx(0.5 + 0.25887 / 2, abs=5e-6)


def test_auc_interval_of_one_and_one_says_next_to_nothing():
    np.testing.assert_allclose(auc_interval([1, 0], [2, 1]), (0.025, 1))
    np.testing.assert_allclose(auc_interval([1, 0], [1, 1]), (0.025, 0.975))


def test_auc_interval_of_one_group_on_a_side_says_nothing():
    member = np.repeat([1, 0], 10)
    for groups in (np.where(member, 0, range(20)), np.where(member, range(20), 0)):
        assert auc_interval(member, member, groups=groups) == (0, 1)


def test_auc_interval_mirrors_when_the_score_is_negated(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    member, score = np.repeat([1, 0], [20, 50]), rng.integers(0, 30, 70)
    low, high = auc_interval(member, score)
    assert roc_auc_score(member, score) == pytest.approx(
        1 - roc_auc_score(member, -score)
    )
    np.testing.assert_allclose(auc_interval(member, -score), (1 - high, 1 - low))


@pytest.mark.parametrize("interval", [auc_interval, tpr_at_fpr_interval])
def test_higher_confidence_is_wider(interval, global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    member = np.repeat([1, 0], 1000)
    score = rng.normal(member)
    low, high = np.transpose(
        [interval(member, score, confidence_level=level) for level in (0.5, 0.95, 0.99)]
    )
    assert (np.diff(low) < 0).all()
    assert (np.diff(high) > 0).all()


def test_tpr_interval_of_a_perfect_attack():
    # With 1000 non-members and fpr = 0.01 the stricter cut is among the non-members:
    # all members are above both cuts, each Clopper-Pearson tail being 0.0125.
    member = np.repeat([1, 0], 1000)
    low, high = tpr_at_fpr_interval(member, member + np.linspace(0, 0.5, 2000))
    assert low == pytest.approx(0.0125 ** (1 / 1000))
    assert high == 1


def test_tpr_interval_has_no_lower_bound_for_few_nonmembers():
    # P(no non-member beyond the true cut) = 0.9 ** n is 0.0148 and 0.0120 here,
    # against the 0.0125 of its tail.
    for n, informative in [(40, False), (42, True)]:
        member = np.repeat([1, 0], n)
        low, high = tpr_at_fpr_interval(member, np.arange(2 * n)[::-1], fpr=0.1)
        assert (low > 0) == informative
        assert high == 1


def test_tpr_interval_below_resolution_is_nan_with_reason():
    member = [1] * 30 + [0] * 30
    reason = "undefined at fpr=0.01 with 30 non-members.*at least 100"
    with pytest.warns(UndefinedMetricWarning, match=reason) as record:
        low, high = tpr_at_fpr_interval(member, range(60))
    assert math.isnan(low)
    assert math.isnan(high)
    assert record[0].filename == __file__
