"""Intervals of records that belong together: copies of a row, visits of a patient."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binom, norm, t
from sklearn.metrics import roc_auc_score
from slow_cases import slow

from skmia.metrics import auc_interval, membership_metrics, tpr_at_fpr_interval
from skmia.metrics._clusters import effective_counts
from skmia.metrics._intervals import _clustered_variance

LEVEL = 0.95
FPR = 0.2


def drawn(rng, sizes, alike, shift=0.0):
    """Members in front; scores N(shift * member, 1), correlated within a group."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    member = (group < len(sizes) // 2).astype(int)
    own, shared = rng.normal(size=len(group)), rng.normal(size=len(sizes))[group]
    score = shift * member + np.sqrt(alike) * shared + np.sqrt(1 - alike) * own
    return member, score, group


def measured(member, score, group):
    predicted = score > 0.3
    return membership_metrics(
        member, score, predicted=predicted, fprs=[FPR], groups=group
    )


def widths(metrics):
    lows = [name for name in metrics if name.endswith("_low")]
    return {low[:-4]: metrics[f"{low[:-4]}_high"] - metrics[low] for low in lows}


def test_groups_of_one_change_nothing(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    member, score, group = drawn(rng, [1] * 40, 0)
    names = np.array([f"person {i}" for i in rng.permutation(group)])
    assert measured(member, score, names) == measured(member, score, None)


@pytest.mark.parametrize("times", [2, 5])
def test_copies_count_once(times, global_random_seed):
    """Rates have the very interval of the different rows; so does a TPR, nearly."""
    rng = np.random.default_rng(global_random_seed)
    once = drawn(rng, [1] * 60, 0, shift=0.5)
    copies = [np.repeat(part, times) for part in once]
    one, many = measured(*once[:2], None), measured(*copies)
    for name in ("accuracy", "precision", "recall", "fpr", "advantage"):
        for end in ("", "_low", "_high"):
            assert_allclose(many[name + end], one[name + end])
    # With any number of copies the point estimates are those of the different rows.
    assert_allclose(many["auc"], one["auc"])
    name = f"tpr_at_fpr_{FPR}"
    assert_allclose(many[f"{name}_low"], one[f"{name}_low"])
    assert_allclose(many[f"{name}_high"], one[f"{name}_high"])
    # DeLong's variance gets its two more records, which are no copies, in another
    # proportion, and Student's quantile for 58 degrees of freedom is 2 % above that for
    # many.
    bounds = [many["auc_low"], many["auc_high"]]
    assert_allclose(bounds, [one["auc_low"], one["auc_high"]], atol=0.02)


@pytest.mark.parametrize("both_sides", [False, True])
def test_groups_narrow_no_interval(both_sides, global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    for _ in range(20):
        member, score, group = drawn(rng, rng.integers(1, 6, size=20), 0.2)
        member = rng.permutation(member) if both_sides else member
        of_groups = widths(measured(member, score, group))
        of_records = widths(measured(member, score, None))
        for name, width in of_groups.items():
            assert np.isnan(width) or width >= of_records[name] - 1e-12, name


def test_estimates_lie_inside_with_very_few_groups(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    for sizes in ([30, 1, 1, 30], [20, 20], [1, 40, 40, 1], [5, 5, 5, 5]):
        metrics = measured(*drawn(rng, sizes, 0.9))
        for name in widths(metrics):
            if not np.isnan(metrics[name]):
                low, high = metrics[f"{name}_low"], metrics[f"{name}_high"]
                assert low <= metrics[name] <= high


def obuchowski(member, score, group):
    """Variance of the AUC by its definition, over all pairs and groups."""
    wins = np.sign(score[member == 1][:, None] - score[member == 0]) / 2 + 0.5
    members = (wins.mean(1) - wins.mean()) / len(wins)
    nonmembers = (wins.mean(0) - wins.mean()) / wins.shape[1]
    return sum(
        (
            members[group[member == 1] == one].sum()
            + nonmembers[group[member == 0] == one].sum()
        )
        ** 2
        for one in np.unique(group)
    )


@pytest.mark.parametrize("both_sides", [False, True])
def test_variance_is_that_of_obuchowski(both_sides, global_random_seed):
    """AUC +- z standard errors, for many groups: all else is of order 1 / n_groups."""
    rng = np.random.default_rng(global_random_seed)
    member, score, group = drawn(rng, rng.integers(1, 5, size=600), 0.5)
    if both_sides:  # as many groups have more members as have more non-members
        member = (rng.random(len(member)) < np.where(group % 2, 0.9, 0.1)).astype(int)
    low, high = auc_interval(member, score, groups=group)
    error = np.sqrt(obuchowski(member, score, group))
    auc, half = roc_auc_score(member, score), norm.ppf(0.975) * error
    assert_allclose([low, high], [auc - half, auc + half], atol=0.1 * error)


CASES = [
    (60, [1, 2, 3, 6], 1),
    *slow((20, [4], 1), (60, [5], 1), (60, [5], 0.3)),
]


@pytest.mark.parametrize(("n_groups", "sizes", "alike"), CASES)
@pytest.mark.parametrize("shift", [0, 1])
def test_intervals_cover(n_groups, sizes, alike, shift, global_random_seed):
    """As in test_calibration.py: too few covered have a probability below 1e-4 each.

    By rows, five copies each, intervals are sqrt(5) times too narrow and cover in 62 %.
    """
    rng = np.random.default_rng(global_random_seed)
    n_games = 120
    recall, fpr = norm.sf(0.3 - shift), norm.sf(0.3)
    truth = {
        "auc": norm.cdf(shift / np.sqrt(2)),
        "recall": recall,
        "fpr": fpr,
        "advantage": recall - fpr,
        f"tpr_at_fpr_{FPR}": norm.sf(norm.isf(FPR) - shift),
    }
    covered = dict.fromkeys([*truth, "accuracy"], 0)
    for _ in range(n_games):
        game = drawn(rng, rng.choice(sizes, size=n_groups), alike, shift)
        share = game[0].mean()
        truth["accuracy"] = share * recall + (1 - share) * (1 - fpr)
        metrics = measured(*game)
        for name in covered:
            low, high = metrics[f"{name}_low"], metrics[f"{name}_high"]
            covered[name] += low - 1e-12 <= truth[name] <= high + 1e-12
    assert min(covered.values()) >= binom.ppf(1e-4, n_games, LEVEL)


def test_clustered_variance_of_single_records_is_that_of_delong():
    rng = np.random.default_rng(0)
    sides = rng.random(6), rng.random(9)
    codes = np.arange(4), np.arange(4, 11)  # the last two are the extremes
    expected = sum(side.var(ddof=1) / len(side) for side in sides)
    assert_allclose(_clustered_variance(sides, codes), expected)


def test_effective_counts_by_hand():
    """Five pairs, whose deviations from the rate of .4 are -.8, .2 or 1.2."""
    hit = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0], dtype=bool)
    k, n = effective_counts(hit, np.arange(10) // 2, LEVEL)
    squares = 1.2**2 + 0.2**2 + 0.8**2 + 0.2**2 + 0.8**2
    few = (t.ppf(0.975, 9) / t.ppf(0.975, 4)) ** 2
    assert_allclose([k, n], np.array([0.4, 1]) * max(4 * 6 / squares * few, 5))


def test_few_values_are_no_few_people(global_random_seed):
    """Equal rows by chance lie on both sides, and the AUC loses next to nothing.

    Sixteen different rows, each with a score, 200 members and 200 others at random.
    """
    rng = np.random.default_rng(global_random_seed)
    row = rng.integers(16, size=400)
    member = np.repeat([1, 0], 200)
    by_groups = np.diff(auc_interval(member, row, groups=row))
    assert by_groups < 1.5 * np.diff(auc_interval(member, row))


@pytest.mark.parametrize("interval", [auc_interval, tpr_at_fpr_interval])
def test_groups_have_one_value_per_record(interval):
    with pytest.raises(ValueError, match="'member' and 'groups' parameters of"):
        interval([1, 0] * 100, np.arange(200), groups=[1, 2, 3])


@pytest.mark.parametrize("missing", [None, np.nan])
@pytest.mark.parametrize("name", ["ann", 3])
def test_missing_groups_are_refused(missing, name):
    groups = [name, name, name, missing]
    with pytest.raises(ValueError, match=r"auc_interval must say .* Got 1 missing"):
        auc_interval([1, 1, 0, 0], [4, 3, 2, 1], groups=groups)


def test_a_group_on_both_sides_is_one():
    """Members and others of a group move apart together: five draws, not ten.

    An interval at 95 % leaves out the truth in binomial(1000, 0.05) games: more than 72
    with a probability below 0.001. Counted twice it was 11 %.
    """
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(5), 10)
    member = np.tile(np.repeat([1, 0], 5), 5)
    n_wrong = 0
    for _ in range(1000):
        apart = rng.normal(size=5)[groups] * np.where(member == 1, 1, -1)
        score = apart + 0.3 * rng.normal(size=len(groups))
        low, high = auc_interval(member, score, groups=groups)
        n_wrong += not low <= 0.5 <= high
    assert n_wrong <= 72
