"""What always holds for attacks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from oracles import OBJECTIVES, best_cut, cut_quality, n_pairs_right
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from strategies import membership, membership_problems

from skmia.attacks import ClasswiseAttack, ThresholdAttack
from skmia.signals import get_signal
from skmia.utils._membership import membership_score

objectives = st.sampled_from(OBJECTIVES)
# Fractions: the bound allows k of n false alarms although k / n * n may be below k.
bounds = st.fractions(0, 1, max_denominator=40)
ATTACKS = [ThresholdAttack(), ClasswiseAttack(ThresholdAttack(), by=1, min_samples=1)]


def column(values):
    return np.asarray(values, dtype=float).reshape(-1, 1)


@given(membership_problems(), objectives, bounds)
@example(
    (column([0.1, np.nextafter(0.1, 1), 0.1, 7]), np.array([0, 1, 0, 1])), "accuracy", 0
)
@example((column([3.0, 3.0, 3.0]), np.array([0, 1, 0])), "advantage", 0)
def test_threshold_is_the_best_of_all_cuts(problem, objective, fpr):
    Z, member = problem
    attack = ThresholdAttack(objective=objective, fpr=float(fpr)).fit(Z, member)
    oriented = Z[:, 0] if attack.direction_ == "higher" else -Z[:, 0]
    reached = cut_quality(attack.predict(Z) == 1, member, objective, fpr)
    assert reached == best_cut(oriented, member, objective, fpr)


@given(membership_problems())
def test_auto_direction_is_the_better_one(problem):
    Z, member = problem
    score = ThresholdAttack().fit(Z, member).decision_function(Z)
    higher = n_pairs_right(Z[:, 0], member) >= 0
    # Subtracting the threshold may round neighbours together, never out of order.
    order = np.argsort(Z[:, 0])
    steps = np.diff(score[order])
    assert (steps >= 0).all() if higher else (steps <= 0).all()


@given(membership_problems())
def test_score_is_positive_for_those_called_members(problem):
    Z, member = problem
    attack = ThresholdAttack().fit(Z, member)
    assert_array_equal(attack.decision_function(Z) > 0, attack.predict(Z) == 1)


@pytest.mark.parametrize("attack", ATTACKS)
@given(
    problem=membership_problems(min_samples=3, n_columns=2),
    random=st.randoms(use_true_random=False),
)
def test_the_order_of_the_rows_means_nothing(attack, problem, random):
    Z, member = problem
    order = np.array(random.sample(range(len(Z)), len(Z)))
    score = clone(attack).fit(Z, member).decision_function(Z)
    permuted = clone(attack).fit(Z[order], member[order])
    assert_array_equal(permuted.decision_function(Z), score)
    assert_array_equal(permuted.decision_function(Z[order]), score[order])


@given(membership_problems(), objectives)
def test_decisions_depend_on_the_order_of_the_scores_only(problem, objective):
    Z, member = problem
    attack = ThresholdAttack(objective=objective, fpr=0.3)
    called = attack.fit(Z, member).predict(Z)
    ranks = column(rankdata(Z[:, 0], method="dense"))
    for same in (ranks, 2 * ranks, ranks**3, np.sqrt(ranks)):
        assert_array_equal(clone(attack).fit(same, member).predict(same), called)
    # At an AUC of one half both sides are equally good, and "higher" is taken.
    assume(n_pairs_right(ranks[:, 0], member) != 0)
    assert_array_equal(clone(attack).fit(-ranks, member).predict(-ranks), called)


@given(membership_problems(), objectives)
def test_swapping_members_and_others_reverses_the_ranking(problem, objective):
    Z, member = problem
    ranks = column(rankdata(Z[:, 0], method="dense"))
    assume(n_pairs_right(ranks[:, 0], member) != 0)
    attack = ThresholdAttack(objective=objective)
    score, swapped = (
        clone(attack).fit(ranks, bits).decision_function(ranks)
        for bits in (member, 1 - member)
    )
    assert_array_equal(rankdata(score), rankdata(-swapped))


@given(
    membership_problems(),
    st.lists(bounds.map(float), min_size=2, max_size=4),
    st.sampled_from(["higher", "lower"]),
)
def test_decisions_are_nested_in_the_bound(problem, fprs, direction):
    Z, member = problem
    called = [
        ThresholdAttack(objective="tpr_at_fpr", fpr=fpr, direction=direction)
        .fit(Z, member)
        .predict(Z)
        for fpr in sorted(fprs)
    ]
    for fewer, more in pairwise(called):
        assert (fewer <= more).all()


@st.composite
def binary_targets(draw):
    """Two-class posteriors in sixteenths, so that 1 - p is exact, and membership."""
    n = draw(st.integers(2, 20))
    p = np.array(draw(st.lists(st.integers(1, 15), min_size=n, max_size=n))) / 16
    y = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    return np.column_stack([p, 1 - p]), y, draw(membership(n_samples=n))


@given(binary_targets(), objectives)
def test_two_classes_have_one_attack(problem, objective):
    P, y, member = problem
    decisions = []
    for name in ("confidence", "loss", "scaled_logit", "modified_entropy"):
        values = get_signal(name).compute(y, P, 2)
        direction = "higher" if get_signal(name).greater_is_member else "lower"
        attack = ThresholdAttack(objective=objective, direction=direction)
        decisions.append(attack.fit(values, member).predict(values))
    for decision in decisions[1:]:
        assert_array_equal(decision, decisions[0])


@given(membership_problems(n_columns=2))
def test_classwise_with_one_class_is_the_model_itself(problem):
    Z, member = problem
    Z[:, 1] = 7
    alone = ThresholdAttack().fit(Z[:, :1], member)
    classwise = ClasswiseAttack(ThresholdAttack(), by=1, min_samples=1).fit(Z, member)
    assert_array_equal(classwise.predict(Z), alone.predict(Z[:, :1]))
    assert_array_equal(
        classwise.decision_function(Z), alone.decision_function(Z[:, :1])
    )


@pytest.mark.parametrize(
    "attack",
    [
        ThresholdAttack(),
        ThresholdAttack(objective="tpr_at_fpr", fpr=0.1),
        ClasswiseAttack(ThresholdAttack(), by=-1),
        LogisticRegression(),
        RandomForestClassifier(20, random_state=0),
    ],
)
def test_bits_that_mean_nothing_cannot_be_guessed(attack, global_random_seed):
    """AUC within four standard deviations of one half under the null.

    The variance is (m + n + 1) / (12 m n) for m members and n others without ties;
    ties make it smaller.
    """
    rng = np.random.RandomState(global_random_seed)
    Z = np.column_stack([rng.normal(size=(800, 2)), rng.randint(3, size=800)])
    member = rng.permutation(np.repeat([0, 1], 400))
    attack = clone(attack).fit(Z[:400], member[:400])
    auc = roc_auc_score(member[400:], membership_score(attack, Z[400:]))
    m = member[400:].sum()
    assert abs(auc - 0.5) < 4 * np.sqrt(401 / (12 * m * (400 - m)))
