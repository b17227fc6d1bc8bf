"""What an audit could see: as simulated, and in the right direction."""

import numpy as np
import pytest
from scipy.stats import binom
from slow_cases import others_slow

from skmia.auditing import plan_audit
from skmia.metrics import (
    auc_interval,
    clopper_pearson,
    epsilon_ceiling,
    epsilon_lower_bound,
    tpr_at_fpr_interval,
)


def n_seen(metric, n_members, sizes, n_games, seed):
    """In how many splits the lower end is above the value without a leak."""
    member, rng = np.repeat([1, 0], sizes), np.random.default_rng(seed)
    seen = 0
    for game in range(n_games):
        score = rng.normal(size=len(member))
        score[:n_members] += 100
        if metric == "auc":
            seen += auc_interval(member, score)[0] > 0.5
        elif metric == "epsilon":
            bound = epsilon_lower_bound(member, score, alpha=0.025, random_state=game)
            seen += bound > 0
        else:
            seen += tpr_at_fpr_interval(member, score, fpr=0.1)[0] > 0.1
    return seen


SIZES = [[60, 60], [200, 200], [300, 80], [80, 300]]


@pytest.mark.parametrize("metric", ["auc", "tpr_at_fpr_0.1", "epsilon"])
@pytest.mark.parametrize("sizes", others_slow(SIZES, SIZES[:1]))
def test_a_planned_leak_is_seen_as_often_as_planned(metric, sizes, global_random_seed):
    """60 splits, the stated error of .04, binomial quantiles of 1e-4.

    Of four fifths of the members fewer than in `power` of the splits are seen.
    """
    plan = plan_audit(*sizes, fprs=0.1, power=0.8)
    k = int(plan.loc[metric, "n_members"])
    seen = n_seen(metric, k, sizes, 60, global_random_seed)
    assert seen >= binom.ppf(1e-4, 60, 0.76)
    fewer = n_seen(metric, 4 * k // 5, sizes, 60, global_random_seed)
    assert fewer <= binom.isf(1e-4, 60, 0.8)
    assert fewer < seen


def test_columns_by_hand():
    plan = plan_audit(500, 400, fprs=[0.01, 0.1])
    assert plan.index.tolist() == [
        "auc",
        "tpr_at_fpr_0.01",
        "tpr_at_fpr_0.1",
        "epsilon",
    ]
    assert plan["no_leak"].tolist() == [0.5, 0.01, 0.1, 0]
    k = plan["n_members"]
    assert plan.loc["auc", "detectable"] == 0.5 + k["auc"] / 1000
    share = k["tpr_at_fpr_0.1"] / 500
    assert plan.loc["tpr_at_fpr_0.1", "detectable"] == pytest.approx(0.1 + 0.9 * share)
    ceiling = plan["ceiling"]
    assert ceiling["epsilon"] == epsilon_ceiling(500, 400, alpha=0.025)
    # Its interval spends half of the error on the threshold.
    low, _ = clopper_pearson(500, 500, confidence_level=0.975)
    assert ceiling["tpr_at_fpr_0.1"] == pytest.approx(low)
    member = np.repeat([1, 0], [500, 400])
    assert ceiling["auc"] == auc_interval(member, member)[0]


def test_what_cannot_be_seen_is_nan():
    plan = plan_audit(100, 100, fprs=[0.001])
    assert plan.loc["tpr_at_fpr_0.001"].isna().tolist() == [
        False,
        True,
        True,
        True,
        False,
    ]
    few = plan_audit(3, 3, fprs=[0.1])
    assert few["n_members"].isna().all()


def test_n_needed_sees_one_in_a_hundred_and_a_hundred_less_do_not():
    needed = plan_audit(100, 100, fprs=[0.01])["n_needed"]
    assert (needed % 100 == 0).all()
    assert needed["auc"] > 10_000
    for metric, n in needed.drop("auc").items():
        at, below = (
            plan_audit(int(m), int(m), fprs=[0.01]).loc[metric, "n_members"]
            for m in (n, n - 100)
        )
        assert at <= n / 100
        assert below > n / 100 - 1


def test_more_power_or_a_smaller_level_takes_more_members():
    base = plan_audit(300, 300)["n_members"]
    surer = plan_audit(300, 300, power=0.95)["n_members"]
    stricter = plan_audit(300, 300, alpha=0.01)["n_members"]
    measured = base.notna()
    assert (surer >= base)[measured].all()
    assert surer["auc"] > base["auc"]
    assert (stricter.fillna(np.inf) >= base)[measured].all()
    assert stricter["epsilon"] > base["epsilon"]


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"n_train": 1}, "'n_train' parameter of plan_audit must be an int of at"),
        ({"n_holdout": 2.5}, "'n_holdout' parameter"),
        ({"fprs": [10]}, "'fprs' .* a fraction, not percent"),
        ({"alpha": 5}, "'alpha' parameter"),
        ({"power": 80}, "'power' .* a fraction, not percent"),
    ],
)
def test_what_is_refused(changed, match):
    with pytest.raises(ValueError, match=match):
        plan_audit(**{"n_train": 50, "n_holdout": 50} | changed)
