"""What always holds for groups of records and groups of attacks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata
from sklearn.base import clone
from strategies import membership_problems

from skmia.attacks import (
    AttackEnsemble,
    ThresholdAttack,
    group_observations,
    group_scores,
    set_membership_test,
)
from skmia.metrics import attack_agreement, attack_coverage, flag_at_fpr, tpr_at_fpr

HOW = ["mean", "sum", "max", "top_k", "trimmed"]
hows = st.sampled_from(HOW)
shuffles = st.randoms(use_true_random=False)
# Sums of small integers are exact, in any order.
integers = st.integers(-50, 50).map(float)


def shuffled(random, n):
    return np.array(random.sample(range(n), n))


@st.composite
def grouped(draw, *, values=integers):
    """Scores of at most 30 records, and their groups."""
    n = draw(st.integers(1, 30))
    score = draw(st.lists(values, min_size=n, max_size=n))
    groups = draw(st.lists(st.sampled_from("abcd"), min_size=n, max_size=n))
    return np.array(score), np.array(groups)


floats = st.floats(-1e100, 1e100)


@given(grouped(values=floats), hows, shuffles)
def test_the_order_of_the_records_means_nothing(problem, how, random):
    score, groups = problem
    order = shuffled(random, len(score))
    index, scores = group_scores(score, groups, how=how)
    permuted, others = group_scores(score[order], groups[order], how=how)
    assert list(permuted) == list(index)
    assert_array_equal(others, scores)
    pd.testing.assert_frame_equal(
        group_observations(score[order], groups[order]),
        group_observations(score, groups),
        check_exact=True,
    )


@given(grouped())
def test_the_sum_is_additive_over_disjoint_unions(problem):
    score, groups = problem
    _, sums = group_scores(score, groups, how="sum")
    _, [total] = group_scores(score, np.zeros(len(score)), how="sum")
    assert sums.sum() == total == score.sum()


@given(
    grouped(values=floats),
    hows.filter(lambda how: how != "sum"),
    st.tuples(st.floats(0, 0.49), st.floats(0, 0.49)),
    st.integers(1, 5),
)
def test_means_lie_between_the_extremes(problem, how, trim, top_k):
    score, groups = problem
    index, scores = group_scores(score, groups, how=how, trim=trim, top_k=top_k)
    for group, value in zip(index, scores, strict=True):
        own = score[groups == group]
        assert own.min() <= value <= own.max()


@given(grouped(values=floats))
def test_means_of_everything(problem):
    mean = group_scores(*problem)[1]
    everything = [{"how": "trimmed", "trim": (0, 0)}, {"how": "top_k", "top_k": 30}]
    for params in everything:
        assert_array_equal(group_scores(*problem, **params)[1], mean)
    assert_array_equal(group_observations(*problem)["score_mean"], mean)


@given(grouped(), st.integers(2, 4))
def test_repeating_all_records_leaves_the_mean(problem, times):
    score, groups = problem
    _, repeated = group_scores(np.tile(score, times), np.tile(groups, times))
    assert_array_equal(repeated, group_scores(score, groups)[1])


@given(grouped(), st.integers(1, 5))
def test_higher_scores_of_records_are_higher_scores_of_groups(problem, up):
    score, groups = problem
    raised = score.copy()
    raised[0] += up
    for how in HOW:
        before = group_scores(score, groups, how=how)[1]
        assert (group_scores(raised, groups, how=how)[1] >= before).all()


@given(grouped(values=floats))
def test_quantiles_are_numpys(problem):
    score, groups = problem
    Z = group_observations(score, groups)
    for group in Z.index:
        expected = np.quantile(score[groups == group], [0, 0.25, 0.5, 0.75, 1])
        own = Z.loc[group].to_numpy()[:5]
        assert_allclose(own, expected, rtol=1e-12, atol=1e-12 * np.abs(score).max())
    assert (Z["score_std"] >= 0).all()


samples = st.lists(integers, min_size=1, max_size=4).map(np.array)


@pytest.mark.parametrize("statistic", ["rank", "mean"])
@given(score=samples, others=samples, random=shuffles)
def test_p_values_of_sets(statistic, score, others, random):
    result = set_membership_test(score, others, statistic=statistic)
    assert 0 < result.pvalue <= 1
    assert 0 <= result.auc <= 1
    order = shuffled(random, len(score))
    assert set_membership_test(score[order], others, statistic=statistic) == result
    higher = set_membership_test(score + 1, others, statistic=statistic)
    assert higher.pvalue <= result.pvalue
    assert higher.auc >= result.auc
    assert set_membership_test(others, score).auc == pytest.approx(1 - result.auc)
    shifted = set_membership_test(score + 7, others + 7, statistic=statistic)
    assert shifted.pvalue == result.pvalue


@st.composite
def calibrated(draw):
    """Observations in two columns with two of each kind in each half."""
    Z, _ = draw(membership_problems(min_samples=8, n_columns=2))
    return Z, np.arange(len(Z)) % 2


def ensemble(**params):
    attacks = [("a", ThresholdAttack(), 0), ("b", ThresholdAttack(), 1)]
    return AttackEnsemble(attacks, cv=2, **params)


combinations = st.sampled_from(["mean", "max", "stouffer"])


@given(calibrated(), combinations, st.sampled_from(["advantage", "tpr_at_fpr"]))
def test_increasing_maps_of_a_score_change_nothing(problem, combine, objective):
    Z, member = problem
    # Small integers, of which cubes and multiples are as distinct as they are.
    Z = np.column_stack([rankdata(column, method="dense") for column in Z.T])
    attack = ensemble(combine=combine, objective=objective)
    score = attack.fit(Z, member).decision_function(Z)
    for f in (np.exp, lambda z: z**3, lambda z: 1e9 * z - 5):
        other = np.column_stack([f(Z[:, 0]), Z[:, 1]])
        mapped = clone(attack).fit(other, member).decision_function(other)
        assert_array_equal(mapped, score)


@given(calibrated(), combinations)
def test_ranks_are_inside_and_scores_agree_with_decisions(problem, combine):
    Z, member = problem
    attack = ensemble(combine=combine).fit(Z, member)
    ranks = attack.ranks(Z).to_numpy()
    assert ((ranks > 0) & (ranks < 1)).all()
    score = attack.decision_function(Z)
    assert_array_equal(score > 0, attack.predict(Z) == 1)
    # Raising both ranks of a record never lowers its score.
    above = (ranks[:, None] >= ranks).all(axis=2)
    assert (score[:, None] >= score - 1e-12)[above].all()


@given(calibrated(), combinations)
def test_the_order_of_the_attacks_means_nothing(problem, combine):
    Z, member = problem
    attack = ensemble(combine=combine)
    swapped = clone(attack).set_params(attacks=attack.attacks[::-1])
    assert_array_equal(
        swapped.fit(Z, member).decision_function(Z),
        attack.fit(Z, member).decision_function(Z),
    )


@st.composite
def decisions(draw):
    n, k = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    rows = st.lists(st.integers(0, 1), min_size=k, max_size=k)
    return pd.DataFrame(draw(st.lists(rows, min_size=n, max_size=n)))


@given(decisions())
def test_agreement_is_a_similarity(table):
    agreement = attack_agreement(table).to_numpy()
    flags_any = table.any().to_numpy()
    assert_array_equal(agreement, agreement.T)
    assert_array_equal(np.diag(agreement), np.where(flags_any, 1, np.nan))
    defined = ~np.isnan(agreement)
    assert_array_equal(defined, flags_any[:, None] | flags_any)
    assert ((agreement[defined] >= 0) & (agreement[defined] <= 1)).all()


@given(decisions(), shuffles)
def test_coverage_bounds_every_attack(table, random):
    found = attack_coverage(table)
    rates = table.mean()
    assert found.intersection <= rates.min() + 1e-12
    assert rates.max() <= found.union + 1e-12 <= rates.sum() + 1e-9
    assert found.n_flagging.sum() == table.to_numpy().sum()
    order = shuffled(random, table.shape[1])
    permuted = attack_coverage(table.iloc[:, order])
    assert_array_equal(np.hstack(permuted), np.hstack(found))
    agreement = attack_agreement(table).to_numpy()
    if found.union and table.any().all():
        assert found.stability <= agreement.min() + 1e-12


@given(membership_problems(), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_flags_are_nested_and_are_the_tpr(problem, fprs):
    Z, member = problem
    low, high = np.maximum(sorted(fprs), 1 / np.sum(member == 0)).tolist()
    few, many = (flag_at_fpr(member, Z[:, 0], fpr=fpr) for fpr in (low, high))
    assert (few <= many).all()
    n_members = member.sum()
    assert few[member == 1].sum() / n_members == tpr_at_fpr(member, Z[:, 0], fpr=low)
