"""At most the average training loss."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skmia.attacks import AverageLossAttack


def column(values):
    return np.asarray(values, dtype=float).reshape(-1, 1)


def test_mean_of_the_members_only():
    attack = AverageLossAttack().fit(column([1, 2, 6, 100, 0]), [1, 1, 1, 0, 0])
    assert attack.average_loss_ == 3
    assert_array_equal(attack.predict(column([2.9, 3, np.nextafter(3, 4)])), [1, 1, 0])


def test_given_average_is_taken_whatever_the_members():
    attack = AverageLossAttack(average_loss=0.5).fit(column([9, 9, 0]), [1, 1, 0])
    assert attack.average_loss_ == 0.5
    assert_array_equal(attack.predict(column([0.5, 0.6])), [1, 0])


@pytest.mark.parametrize("n_members", [3, 6, 7, 10, 49])
@pytest.mark.parametrize("loss", [0.0, 0.1, 0.7, 1e-17])
def test_equal_losses_are_at_most_their_mean(loss, n_members):
    Z = column([loss] * n_members + [loss + 1])
    attack = AverageLossAttack().fit(Z, [1] * n_members + [0])
    assert_array_equal(attack.predict(Z), [1] * n_members + [0])


def test_zero_one_loss_of_a_perfect_model_is_the_gap_attack():
    """With no error on members the rule is: a member where the label is right."""
    wrong = np.array([0, 0, 0, 0, 1, 1])
    attack = AverageLossAttack().fit(column(wrong), [1, 1, 1, 0, 0, 0])
    assert_array_equal(attack.predict(column(wrong)), 1 - wrong)


def test_score_ranks_by_the_loss():
    attack = AverageLossAttack("loss").fit(pd.DataFrame({"loss": [1, 2, 3]}), [1, 1, 0])
    score = attack.decision_function(pd.DataFrame({"loss": [0.0, 1.5, 5.0]}))
    assert_array_equal(np.argsort(-score), [0, 1, 2])
    np.testing.assert_allclose(score, [1.5, 0, -3.5], atol=1e-15)


def test_negative_average_loss():
    with pytest.raises(ValueError, match=r"'average_loss' parameter .* \[0.0, inf\)"):
        AverageLossAttack(average_loss=-1).fit(np.eye(4), [0, 1, 0, 1])
