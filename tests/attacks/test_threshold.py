"""One number, one cut."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from oracles import OBJECTIVES, best_cut, cut_quality
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from slow_cases import slow

from skmia.attacks import ThresholdAttack


def column(values):
    return np.asarray(values, dtype=float).reshape(-1, 1)


def fit(values, member, **params):
    return ThresholdAttack(**params).fit(column(values), np.asarray(member))


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("direction", ["auto", "higher", "lower"])
@pytest.mark.parametrize(
    ("n", "expected"), [(2, 9 * 2), (3, 27 * 6), *slow((4, 81 * 14))]
)
def test_best_of_all_cuts_on_everything_small(n, expected, objective, direction):
    """All scores with three values and all memberships of up to four records."""
    n_cases = 0
    for scores in product([0.0, 1.0, 2.0], repeat=n):
        for member in product([0, 1], repeat=n):
            if 0 < sum(member) < n:
                n_cases += 1
                check_best_cut(scores, member, objective, direction)
    assert n_cases == expected


def check_best_cut(scores, member, objective, direction, fpr=0.4):
    scores, member = np.array(scores), np.array(member)
    attack = ThresholdAttack(direction=direction, objective=objective, fpr=fpr)
    attack = fit(scores, member, **attack.get_params())
    called = attack.predict(column(scores)) == 1
    oriented = scores if attack.direction_ == "higher" else -scores
    reached = cut_quality(called, member, objective, fpr)
    assert reached == best_cut(oriented, member, objective, fpr)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_constant_score_calls_nobody(objective):
    attack = fit([0.3] * 4, [1, 0, 1, 0], objective=objective)
    assert_array_equal(attack.predict(column([0.3] * 3)), 0)
    assert len(set(attack.decision_function(column([0.3] * 3)))) == 1


def test_adjacent_floats_are_told_apart():
    low = 0.7
    high = np.nextafter(low, 1)
    attack = fit([low, high, low, high], [0, 1, 0, 1])
    assert_array_equal(attack.predict(column([low, high])), [0, 1])
    assert attack.decision_function(column([high]))[0] > 0


def test_ties_count_as_members():
    attack = fit([1, 2, 2, 3], [0, 1, 0, 1], objective="advantage", direction="higher")
    assert attack.threshold_ < 3
    attack = fit([1, 2, 2, 2, 3], [0, 1, 1, 0, 1], direction="higher")
    assert_array_equal(attack.predict(column([1, 2, 3])), [0, 1, 1])
    assert_array_equal(attack.predict(column([np.nextafter(2, 0)])), 0)


def test_among_equals_the_strictest():
    """Cuts at 4 and at 2 have an advantage of one half: the higher one is taken."""
    attack = fit([4, 3, 2, 1], [1, 0, 1, 0], direction="higher")
    assert_array_equal(attack.predict(column([4, 3, 2, 1])), [1, 0, 0, 0])


@pytest.mark.parametrize(
    ("values", "member", "direction"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], "higher"),
        ([1, 2, 3, 4], [1, 1, 0, 0], "lower"),
        ([1, 2, 2, 1], [0, 1, 0, 1], "higher"),  # AUC of one half
        ([1, 1, 1, 1], [0, 1, 0, 1], "higher"),
    ],
)
def test_learned_direction(values, member, direction):
    attack = fit(values, member)
    assert attack.direction_ == direction
    score = attack.decision_function(column(values))
    assert roc_auc_score(member, score) == max(
        roc_auc_score(member, values), 1 - roc_auc_score(member, values)
    )


def test_given_direction_is_kept():
    """Even where it is wrong: then calling nobody is best."""
    attack = fit([1, 2, 3, 4], [0, 0, 1, 1], direction="lower")
    assert_array_equal(attack.predict(column([1, 2, 3, 4])), 0)
    assert_array_equal(
        np.argsort(attack.decision_function(column([1, 2, 3]))), [2, 1, 0]
    )


@pytest.mark.parametrize("fpr", [0, 0.01, 0.07, 0.29, 0.5, 1])
def test_fpr_bound_is_respected_and_used(fpr, global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    member = np.repeat([1, 0], 100)
    values = rng.permutation(200)
    attack = fit(values, member, direction="higher", objective="tpr_at_fpr", fpr=fpr)
    called = attack.predict(column(values)) == 1
    n_false = called[member == 0].sum()
    assert n_false <= round(fpr * 100)
    # One step further there is no member, or the bound is broken: nothing was left.
    lower = np.sort(values[~called])[::-1]
    gained = np.cumsum(np.isin(lower, values[member == 1]))
    wrong = n_false + np.cumsum(np.isin(lower, values[member == 0]))
    assert not (gained[wrong <= round(fpr * 100)] > 0).any()


def test_a_bound_met_exactly_is_allowed():
    """0.07 * 100 is 7.000000000000001, and 7 false alarms in 100 are 7 %."""
    values = np.arange(200)[::-1]
    member = np.repeat([0, 1, 0], [7, 100, 93])
    attack = fit(values, member, direction="higher", objective="tpr_at_fpr", fpr=0.07)
    assert attack.predict(column(values))[member == 1].all()


def test_accuracy_and_advantage_differ_when_members_are_rare():
    member = [1] * 2 + [0] * 8
    values = [9, 4, 8, 7, 6, 5, 3, 2, 1, 0]
    by = {
        objective: fit(values, member, objective=objective, direction="higher")
        for objective in ("accuracy", "advantage")
    }
    assert by["accuracy"].predict(column(values)).sum() == 1
    assert by["advantage"].predict(column(values)).sum() == 1
    values = [9, 4, 8, 7, 6, 3, 3, 2, 1, 0]
    attack = fit(values, [1, 1] + [0] * 8, objective="advantage", direction="higher")
    assert attack.predict(column(values)).sum() == 5
    attack = fit(values, [1, 1] + [0] * 8, objective="accuracy", direction="higher")
    assert attack.predict(column(values)).sum() == 1


def test_column_by_name_and_index():
    Z = pd.DataFrame({"noise": [3.0, 1, 2, 4], "loss": [0.1, 0.2, 0.8, 0.9]})
    member = [1, 1, 0, 0]
    by_name = ThresholdAttack("loss").fit(Z, member)
    assert by_name.column_ == 1
    assert_array_equal(by_name.predict(Z), member)
    for index in (1, -1, np.int64(1)):
        by_index = ThresholdAttack(index).fit(Z.to_numpy(), member)
        assert by_index.column_ == 1
        assert_array_equal(
            by_index.decision_function(Z.to_numpy()), by_name.decision_function(Z)
        )


@pytest.mark.parametrize(
    ("attack", "Z", "message"),
    [
        (ThresholdAttack(2), np.eye(4)[:, :2], r"no column 2: the observations have 2"),
        (ThresholdAttack(-3), np.eye(4)[:, :2], r"no column -3: the observations ha"),
        (ThresholdAttack("loss"), np.eye(4), "observations have no column names: pass"),
        (
            ThresholdAttack("los"),
            pd.DataFrame(np.eye(4)[:, :1], columns=["loss"]),
            r"There is no column 'los'\. The observations have \['loss'\]",
        ),
        (ThresholdAttack(), [[0], [np.nan], [1], [2]], "contains NaN"),
        (ThresholdAttack(fpr=5), np.eye(4), r"'fpr' parameter .* in the range \[0"),
        (ThresholdAttack(objective="auc"), np.eye(4), "'objective' parameter of Thres"),
    ],
)
def test_bad_input(attack, Z, message):
    with pytest.raises(ValueError, match=message):
        attack.fit(Z, [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ([1, 1, 1, 1], r"ThresholdAttack needs members and non-members.*class: \[1\]"),
        ([0, 1, 2, 1], "Only binary classification is supported"),
        ([0.1, 0.5, 0.2, 0.3], "Unknown label type: continuous. Membership has two"),
    ],
)
def test_bad_membership(member, message):
    with pytest.raises(ValueError, match=message.replace(". M", r"\. M")):
        ThresholdAttack().fit(np.eye(4), member)


@pytest.mark.parametrize("labels", [("in", "out"), (-1, 1), (False, True)])
def test_any_two_labels_the_larger_is_member(labels):
    labels = np.array(labels)
    attack = ThresholdAttack().fit(column([1, 2, 3, 4]), labels[[0, 0, 1, 1]])
    assert_array_equal(attack.classes_, labels)
    assert_array_equal(attack.predict(column([0, 9])), labels)


def test_objective_is_tuned_in_a_search(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    member = rng.randint(2, size=60)
    Z = np.column_stack([rng.normal(size=60), member + 0.5 * rng.normal(size=60)])
    grid = {"column": [0, 1], "objective": list(OBJECTIVES)}
    search = GridSearchCV(
        ThresholdAttack(), grid, scoring="roc_auc", error_score="raise"
    )
    assert search.fit(Z, member).best_params_["column"] == 1
