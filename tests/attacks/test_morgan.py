"""Three thresholds that must agree."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skmia.attacks import MorganAttack, ThresholdAttack


def problem(seed, n=200):
    """Members with losses in the middle and high ratios, with ties."""
    rng = np.random.RandomState(seed)
    member = rng.permutation(np.repeat([0, 1], n // 2))
    loss = np.where(member, rng.uniform(0.1, 0.6, n), rng.uniform(0, 1, n)).round(2)
    ratio = np.where(member, rng.binomial(50, 0.7, n), rng.binomial(50, 0.5, n)) / 50
    return pd.DataFrame({"loss": loss, "merlin_ratio": ratio}), member


def thresholds(Z, member, **params):
    attack = MorganAttack(**params).fit(Z, member)
    return attack.loss_low_, attack.loss_high_, attack.ratio_threshold_


@pytest.mark.parametrize("params", [{}, {"alpha_merlin": 0.1}, {"alpha_low": None}])
def test_conjunction_of_three_threshold_attacks(params, global_random_seed):
    Z, member = problem(global_random_seed)
    attack = MorganAttack(**params).fit(Z, member)

    def called(column, direction, fpr):
        objective = "advantage" if fpr is None else "tpr_at_fpr"
        rule = {"direction": direction, "objective": objective}
        one = ThresholdAttack(column, **rule, fpr=0.01 if fpr is None else fpr)
        return one.fit(Z, member).predict(Z) == 1

    expected = called("loss", "lower", 0.3)
    expected &= called("merlin_ratio", "higher", params.get("alpha_merlin"))
    if params.get("alpha_low", 0.22) is not None:
        expected &= ~called("loss", "lower", 0.22)
    assert_array_equal(attack.predict(Z) == 1, expected)
    assert 0 < expected.sum() < len(Z)


@pytest.mark.parametrize("alpha", [0, 0.05, 0.22, 0.5, 1])
def test_each_rate_keeps_its_bound(alpha, global_random_seed):
    Z, member = problem(global_random_seed)
    others = Z[member == 0]
    params = {"alpha_low": alpha, "alpha_high": alpha, "alpha_merlin": alpha}
    low, high, ratio = thresholds(Z, member, **params)
    assert low == high
    assert (others["loss"] <= high).mean() <= alpha
    assert (others["merlin_ratio"] >= ratio).mean() <= alpha


def test_thresholds_are_members():
    """At the upper threshold is within it, at a loss of 0 too."""
    Z = pd.DataFrame({"loss": [0.0, 0.5, 60], "merlin_ratio": [0.5, 0.9, 0.1]})
    attack = MorganAttack(alpha_low=None, alpha_high=0).fit(Z, [1, 1, 0])
    assert attack.loss_high_ == 0.5
    assert attack.ratio_threshold_ == 0.5
    assert_array_equal(attack.predict(Z), [1, 1, 0])
    attack.fit(Z[::2], [1, 0])
    assert attack.loss_high_ == 0
    assert_array_equal(attack.predict(Z), [1, 0, 0])


def test_nobody_is_between_equal_thresholds():
    Z, member = problem(0)
    attack = MorganAttack(alpha_low=0.2, alpha_high=0.2).fit(Z, member)
    assert not attack.predict(Z).any()


def test_a_bound_that_cannot_be_kept_calls_nobody():
    """The top is tied between a member and a non-member."""
    Z = pd.DataFrame({"loss": [1.0, 2, 3, 4], "merlin_ratio": [1.0, 1, 0, 0]})
    attack = MorganAttack(alpha_low=None, alpha_high=1, alpha_merlin=0)
    assert_array_equal(attack.fit(Z, [1, 0, 1, 0]).predict(Z), 0)


def test_the_surest_records_are_left_out():
    """Members and others are mixed at the smallest losses, but not just above."""
    Z = pd.DataFrame({"loss": [0.0, 0, 0, 0, 0.1, 0.3, 0.9, 0.9]})
    Z["merlin_ratio"] = [1.0, 1, 1, 1, 0.2, 0.9, 0.2, 0.9]
    member = np.array([1, 1, 0, 0, 0, 1, 0, 1])
    attack = MorganAttack(alpha_low=0.5, alpha_high=0.75).fit(Z, member)
    assert (attack.loss_low_, attack.loss_high_) == (0, 0.3)
    assert_array_equal(attack.predict(Z), [0, 0, 0, 0, 0, 1, 0, 0])


@pytest.mark.parametrize("shift", [0.0, 7.0])
def test_score_is_the_worst_of_three_margins(shift):
    Z = pd.DataFrame({"loss": [0.0, 2, 4, 10], "merlin_ratio": [0.2, 0.6, 0.8, 0.4]})
    Z["loss"] += shift
    attack = MorganAttack(alpha_low=None, alpha_high=1).fit(Z, [0, 1, 1, 0])
    assert (attack.loss_high_, attack.ratio_threshold_) == (4 + shift, 0.6)
    asked = pd.DataFrame({"loss": [3.0, 14, 0], "merlin_ratio": [0.72, 1, 0.3]})
    asked["loss"] += shift
    np.testing.assert_allclose(attack.decision_function(asked), [0.1, -1.0, -0.5])


def test_lower_rate_above_the_upper_one():
    message = "'alpha_low' parameter of MorganAttack must be at most alpha_high=0.1"
    with pytest.raises(ValueError, match=message):
        MorganAttack(alpha_high=0.1).fit(*problem(0))


def test_columns_that_are_not_there():
    Z, member = problem(0)
    with pytest.raises(ValueError, match="There is no column 'merlin'"):
        MorganAttack(ratio_column="merlin").fit(Z, member)
