"""A coin that knows the loss."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skmia.attacks import BoundedLossAttack


def column(values):
    return np.asarray(values, dtype=float).reshape(-1, 1)


def fit(values, member, **params):
    return BoundedLossAttack(random_state=0, **params).fit(column(values), member)


def test_probability_is_linear_and_clipped():
    attack = fit([0, 1], [1, 0], bound=4)
    inside = attack.predict_proba(column([-1, 0, 1, 2, 4, 9]))[:, 1]
    assert_array_equal(inside, [1, 1, 0.75, 0.5, 0, 0])


def test_half_the_bound_is_no_member():
    assert_array_equal(fit([0, 1], [1, 0], bound=4).predict(column([1.9, 2])), [1, 0])


def test_bound_is_the_largest_loss_seen():
    assert fit([0.5, 3, 2], [1, 0, 0]).bound_ == 3


@pytest.mark.parametrize("values", [[0, 0], [-2, -1]])
def test_no_positive_loss_is_certain_membership(values):
    attack = fit(values, [1, 0])
    assert_array_equal(attack.predict_proba(column(values))[:, 1], 1)
    assert_array_equal(attack.sample(column(values)), 1)


def test_zero_one_loss_leaves_nothing_to_chance():
    """Then it is the gap attack."""
    wrong = np.tile([0, 1], 50)
    attack = fit(wrong, np.tile([1, 0], 50))
    assert_array_equal(attack.sample(column(wrong)), 1 - wrong)
    assert_array_equal(attack.predict(column(wrong)), 1 - wrong)


def test_coins_are_repeated_and_no_two_rows_share_one():
    Z = column([0.5] * 60)
    attack = fit([0, 1], [1, 0])
    decisions = attack.sample(Z)
    assert_array_equal(attack.sample(Z), decisions)
    assert set(decisions) == {0, 1}
    other = BoundedLossAttack(random_state=1).fit(column([0, 1]), [1, 0])
    assert (other.sample(Z) != decisions).any()


def test_decisions_have_the_probability_of_their_loss(global_random_seed):
    """4,000 coins each: within 5 standard deviations, 5 * sqrt(0.25 / 4000) = 0.04."""
    attack = BoundedLossAttack(bound=1, random_state=global_random_seed)
    attack.fit(column([0, 1]), [1, 0])
    for loss in (0.1, 0.5, 0.8):
        share = attack.sample(column([loss] * 4000)).mean()
        assert abs(share - (1 - loss)) < 5 * np.sqrt(loss * (1 - loss) / 4000)


def test_labels_of_any_kind():
    attack = fit([0, 1], ["in", "out"])
    assert_array_equal(attack.sample(column([0, 1])), ["out", "in"])


@pytest.mark.parametrize("bound", [0, -1])
def test_bound_must_be_positive(bound):
    with pytest.raises(ValueError, match=r"'bound' parameter .* in the range \(0"):
        fit([0, 1], [1, 0], bound=bound)
