"""Difficulty calibration, midpoints and the Bayes-optimal attack."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skmia.attacks import (
    BayesOptimalAttack,
    CalibratedAttack,
    LikelihoodRatioAttack,
    MidpointAttack,
)
from skmia.utils._reference_table import reference_table

LOSS = np.array([[1.0, 2.0, 5.0, 0.5], [3.0, 3.5, 1.0, 1.5], [2.0, 4.0, 8.0, 0.25]])
INSIDE = np.array([[0, 0, 0, 1], [0, 1, 1, 0], [0, 0, 1, 1]], dtype=bool)
TARGET = np.array([0.5, 3.0, 1.0])
MEMBER = [1, 0, 1]


def table(target=TARGET, loss=LOSS, inside=INSIDE):
    return reference_table(["loss"], target[:, None], loss[:, :, None], inside)


def score_of(attack, Z):
    return attack.decision_function(Z) + attack.threshold_


def test_only_out_models_are_subtracted():
    expected = {
        "mean": np.array([8 / 3, 2.25, 3.0]),
        "median": np.array([2.0, 2.25, 3.0]),
        "max": np.array([5.0, 3.0, 4.0]),
        "min": np.array([1.0, 1.5, 2.0]),
    }
    for aggregation, usual in expected.items():
        attack = CalibratedAttack(aggregation=aggregation, direction="lower")
        score = score_of(attack.fit(table(), MEMBER), table())
        assert_allclose(score, usual - TARGET, rtol=1e-6)


def test_midpoint_of_in_and_out_models():
    middle = (np.array([0.5, 2.25, 4.125]) + np.array([8 / 3, 2.25, 3.0])) / 2
    attack = MidpointAttack(direction="lower").fit(table(), MEMBER)
    assert_allclose(score_of(attack, table()), middle - TARGET, rtol=1e-6)


@pytest.mark.parametrize("attack", [CalibratedAttack, MidpointAttack])
def test_direction(attack):
    Z = table()
    learned = attack().fit(Z, MEMBER)
    lower, higher = (attack(direction=d).fit(Z, MEMBER) for d in ("lower", "higher"))
    assert_array_equal(learned.decision_function(Z), lower.decision_function(Z))
    assert_allclose(score_of(higher, Z), -score_of(lower, Z))
    turned = attack().fit(table(-TARGET, -LOSS), MEMBER)
    assert_allclose(score_of(turned, table(-TARGET, -LOSS)), score_of(lower, Z))


def test_record_without_out_models():
    """Its out models are the usual offset from its in models."""
    offset = np.mean([0.5 - 8 / 3, 0.0, 4.125 - 3.0])
    Z = table(inside=np.ones_like(INSIDE))
    attack = CalibratedAttack(direction="lower").fit(table(), MEMBER)
    expected = LOSS.mean(axis=1) - offset - TARGET
    assert_allclose(score_of(attack, Z), expected, rtol=1e-6)


def test_midpoint_without_in_models_is_calibration():
    Z = np.column_stack([TARGET, LOSS])
    scores = [
        score_of(attack.fit(Z, MEMBER), Z)
        for attack in (MidpointAttack(), CalibratedAttack())
    ]
    assert_allclose(*scores)


def test_bayes_rule():
    p = np.exp(-LOSS)
    p_in = np.array([p[0, 3], p[1, 1:3].mean(), p[2, 2:].mean()])
    p_out = np.array([p[0, :3].mean(), p[1, [0, 3]].mean(), p[2, :2].mean()])
    online = BayesOptimalAttack().fit(table(), MEMBER)
    expected = -TARGET - np.log((p_in + p_out) / 2)
    assert_allclose(score_of(online, table()), expected, rtol=1e-6)
    offline = BayesOptimalAttack(mode="offline").fit(table(), MEMBER)
    expected = -TARGET - 0.33 * np.log(p_out)
    assert_allclose(score_of(offline, table()), expected, rtol=1e-6)


def test_bayes_rule_of_losses_that_underflow():
    """exp(-2000) is 0 in floats."""
    attack = BayesOptimalAttack(offline_scale=1.0)
    Z = np.array([[1.0, 2000.0, 2000.0], [2000.0, 1990.0, 3000.0]])
    score = score_of(attack.fit(Z, [1, 0]), Z)
    assert_allclose(score, [1999.0, -10 + np.log(2)])


def test_number_of_in_models_says_nothing():
    """A pseudo-target takes a model from its own side: the score must not see it."""
    loss = np.array([[1.0, 1.0, 3.0, 3.0], [1.0, 3.0, 3.0, 3.0]])
    inside = loss == 1.0
    Z = table(np.array([2.0, 2.0]), loss, inside)
    score = BayesOptimalAttack().fit(Z, [1, 0]).decision_function(Z)
    assert_allclose(score[0], score[1])


@pytest.mark.parametrize("make", [BayesOptimalAttack, LikelihoodRatioAttack])
def test_what_was_learned_with_in_models_is_not_for_strangers(make):
    """The score of in models, and a threshold for it, on records that have none."""
    online, strangers = table(), table(inside=None)
    with pytest.raises(ValueError, match=rf"Fit {make.__name__}\(mode='offline'\)"):
        make().fit(online, MEMBER).predict(strangers)
    make(mode="offline").fit(online, MEMBER).predict(strangers)
    make().fit(strangers, MEMBER).predict(online)


def test_a_midpoint_of_in_and_out_is_not_for_strangers():
    online, strangers = table(), table(inside=None)
    with pytest.raises(ValueError, match=r"Fit CalibratedAttack\(\)"):
        MidpointAttack().fit(online, MEMBER).predict(strangers)
    MidpointAttack().fit(strangers, MEMBER).predict(online)
