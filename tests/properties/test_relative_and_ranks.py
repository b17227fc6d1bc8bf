"""What always holds for RMIA and for attacks by rank: Attack-P, Attack-R, Long's."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.interpolate import PchipInterpolator
from scipy.stats import rankdata
from sklearn.base import clone
from strategies import membership_problems, values

from skmia.attacks import (
    HypothesisTestAttack,
    PopulationAttack,
    ReferenceQuantileAttack,
    RelativeAttack,
    combine_pvalues_kost,
    relative_score,
    select_vulnerable,
)
from skmia.attacks.models._one_sided import normal_pvalues, pchip_pvalues, rank_pvalues
from skmia.attacks.models._relative import mean_probability

levels = st.integers(-4, 4).map(float)
BY_RANK = [ReferenceQuantileAttack(), HypothesisTestAttack(cdf="ecdf")]
fractions = st.integers(0, 16).map(lambda k: k / 16)
fprs = st.fractions(0, 1, max_denominator=40).map(float)


def vectors(elements=levels, min_size=1, max_size=20):
    return st.lists(elements, min_size=min_size, max_size=max_size).map(np.array)


def tables(elements, n_columns, max_rows=10):
    shape = st.tuples(st.integers(2, max_rows), n_columns)
    return shape.flatmap(lambda shape: arrays(float, shape, elements=elements))


@given(vectors(), vectors(), st.sampled_from([0.25, 0.5, 1, 2, 4]))
def test_relative_score_counts_pairs(log_ratio, population, gamma):
    """In powers of two, with all differences exact."""
    score = relative_score(log_ratio * np.log(2), population * np.log(2), gamma)
    pairs = log_ratio[:, None] - population > np.log2(gamma)
    # Multiples of log 2 may differ by rounding where they are equal to gamma.
    equal = (log_ratio[:, None] - population == np.log2(gamma)).any(axis=1)
    assume(gamma == 1 or not equal.any())
    assert_array_equal(np.rint(score * len(population)), pairs.sum(axis=1))
    assert ((score >= 0) & (score <= 1)).all()


@given(vectors(values()), vectors(values()), st.floats(1e-3, 1e3), st.floats(1, 1e3))
def test_relative_score_is_monotone(log_ratio, population, gamma, factor):
    score = relative_score(np.sort(log_ratio), population, gamma)
    assert (np.diff(score) >= 0).all()
    stricter = relative_score(np.sort(log_ratio), population, gamma * factor)
    assert (stricter <= score).all()


@given(vectors(), vectors())
def test_relative_score_ends(log_ratio, population):
    assert_array_equal(relative_score(log_ratio, population, 1e-300), 1)
    assert_array_equal(relative_score(log_ratio, population, 1e300), 0)


@st.composite
def references(draw, elements=fractions):
    """Signals (n, N) of references, who is in, and none without an out model."""
    reference = draw(tables(elements, st.integers(1, 6)))
    inside = draw(arrays(bool, reference.shape))
    return reference, inside


@given(references(), fractions, st.booleans())
def test_normaliser_record_by_record(problem, a, online):
    reference, inside = problem
    p = mean_probability(reference, inside, a, online)
    for row, known, got in zip(reference, inside, p, strict=True):
        slope = a or 0.3
        if not known.all():
            p_out = row[~known].mean()
        else:
            p_out = max(0, (row.mean() + slope - 1) / slope)
        use_in = known.any() and (online or known.all())
        p_in = row[known].mean() if use_in else a * p_out + 1 - a
        assert_allclose(got, (p_in + p_out) / 2, atol=1e-12)


@given(references(), fractions, st.randoms(use_true_random=False))
def test_references_have_no_order_and_twice_is_once(problem, a, random):
    reference, inside = problem
    order = random.sample(range(reference.shape[1]), reference.shape[1])
    p = mean_probability(reference, inside, a)
    assert_allclose(mean_probability(reference[:, order], inside[:, order], a), p)
    twice = np.tile(reference, 2), np.tile(inside, 2)
    assert_allclose(mean_probability(*twice, a), p)


@given(
    membership_problems(n_columns=3), st.floats(1e-3, 1e3), st.sampled_from([0, 0.3, 1])
)
def test_relative_attack_scores_are_in_the_unit_interval(problem, gamma, a):
    Z, member = problem
    attack = RelativeAttack(gamma=gamma, a=a).fit(Z, member)
    score = attack._mean_score(attack._views(Z))
    assert ((score >= 0) & (score <= 1)).all()


@given(tables(fractions, st.just(4)), st.integers(1, 6), st.data())
def test_factors_of_the_target_cancel(Z, power, data):
    """Multiplying what the target says of everybody by one number, here 2 ** -k."""
    member = np.arange(len(Z)) % 2
    Z[:, 0] = np.maximum(Z[:, 0], 1 / 16)
    less = Z.copy()
    less[:, 0] *= 2.0**-power
    attacks = [RelativeAttack(a=0.3).fit(table, member) for table in (Z, less)]
    scores = [
        np.floor(attack._mean_score(attack._views(table)) * 1e6)
        for attack, table in zip(attacks, (Z, less), strict=True)
    ]
    ranks = [rankdata(score, method="dense") for score in scores]
    # Sums with log 2 ** -k round: what was equal may be told apart, nothing reversed.
    higher = ranks[0][:, None] > ranks[0]
    assert (ranks[1][:, None] >= ranks[1])[higher].all()


def as_target_in_turn(values):
    """Each value as the target beside the others as its out models."""
    n = len(values)
    reference = np.stack([np.delete(values, i) for i in range(n)])
    return values, reference, np.ones(reference.shape, dtype=bool)


@pytest.mark.parametrize("pvalues", [rank_pvalues, pchip_pvalues])
@given(vectors(values(), min_size=2))
def test_p_values_of_exchangeable_signals_are_valid(pvalues, values):
    """Among N + 1 signals in any order at most k have a p-value of k / (N + 1)."""
    n = len(values)
    p = pvalues(*as_target_in_turn(values))
    assert ((p > 0) & (p <= 1)).all()
    for k in range(n + 1):
        assert np.count_nonzero(p <= k / n * (1 + 1e-12)) <= k


@pytest.mark.parametrize("pvalues", [rank_pvalues, pchip_pvalues, normal_pvalues])
@given(vectors(min_size=1), vectors(st.floats(-5, 5), min_size=2), st.data())
def test_more_member_like_targets_have_smaller_p_values(pvalues, row, targets, data):
    outside = data.draw(arrays(bool, len(row)))
    targets = np.sort(targets)
    table = [np.tile(part, (len(targets), 1)) for part in (row, outside)]
    for ties in (0.5, 1):
        p = pvalues(targets, *table, ties)
        assert (np.diff(p) <= 1e-12).all()
        assert ((p > 0) & (p <= 1)).all()


@given(vectors(values(), min_size=2), vectors(values()), st.sampled_from([0.5, 1]))
def test_pchip_is_scipys(row, targets, ties):
    """At the distinct signals the ranks, between them SciPy's interpolation."""
    row, targets = np.clip(row, -1e9, 1e9), np.clip(targets, -1e9, 1e9)
    knots = np.unique(row)
    assume(len(knots) > 1 and np.diff(knots).min() > 1e-9)
    table = np.tile(row, (len(targets), 1))
    p = pchip_pvalues(targets, table, np.ones(table.shape, dtype=bool), ties)
    level = [
        (np.sum(row > x) + ties * (np.sum(row == x) + 1)) / (len(row) + 1)
        for x in knots
    ]
    expected = PchipInterpolator(knots, level)(np.clip(targets, *knots[[0, -1]]))
    expected[targets > knots[-1]] = ties / (len(row) + 1)
    expected[targets < knots[0]] = (len(row) + ties) / (len(row) + 1)
    assert_allclose(p, expected, rtol=1e-7, atol=1e-9)


@given(tables(levels, st.integers(2, 6)))
def test_p_values_by_rank_see_the_order_within_a_record_only(Z):
    member = np.arange(len(Z)) % 2
    attack = ReferenceQuantileAttack(direction="higher")
    p = attack.fit(Z, member).pvalues(Z)
    slopes = np.arange(1, len(Z) + 1)[:, None]
    other = (Z * slopes) ** 3 + 100 * slopes  # another map for each record
    assert_array_equal(attack.fit(other, member).pvalues(other), p)
    assert_array_equal(
        attack.set_params(direction="lower").fit(-Z, member).pvalues(-Z), p
    )


@pytest.mark.parametrize("attack", BY_RANK)
@given(tables(levels, st.integers(2, 6)), st.integers(-6, 6))
def test_scores_by_rank_have_no_units(attack, Z, power):
    """In powers of two, exactly."""
    member = np.arange(len(Z)) % 2
    attack = clone(attack).set_params(direction="higher").fit(Z, member)
    score = attack.decision_function(Z)
    other = Z * 2.0**power
    assert_array_equal(attack.fit(other, member).decision_function(other), score)
    attack.set_params(direction="lower").fit(-other, member)
    assert_array_equal(attack.decision_function(-other), score)


@pytest.mark.parametrize("attack", BY_RANK)
@given(tables(levels, st.integers(2, 6)))
def test_scores_by_rank_go_on_beyond_the_references(attack, Z):
    """Mid-ranks come first, then distances beyond all of them, on either side."""
    attack = clone(attack).set_params(direction="higher")
    score = attack.fit(Z, np.arange(len(Z)) % 2).decision_function(Z)
    parts = Z[:, 0], Z[:, 1:], np.ones((len(Z), Z.shape[1] - 1), dtype=bool)
    rank = -rank_pvalues(*parts, ties=0.5)
    beyond = Z[:, 0] - np.clip(Z[:, 0], Z[:, 1:].min(axis=1), Z[:, 1:].max(axis=1))
    assert_array_equal(rankdata(score), rankdata(rank + beyond / 1e6))


@pytest.mark.parametrize("attack", BY_RANK)
@given(tables(values(), st.integers(2, 4)))
def test_scores_by_rank_are_finite(attack, Z):
    score = clone(attack).fit(Z, np.arange(len(Z)) % 2).decision_function(Z)
    assert np.isfinite(score).all()


@given(vectors(values(), min_size=2), fprs)
def test_population_attack_is_valid_for_every_size(values, fpr):
    """Each of M + 1 exchangeable records in turn as the candidate."""
    n_called = 0
    attack = PopulationAttack(direction="higher", fpr=fpr)
    for i, candidate in enumerate(values):
        Z = np.append(np.delete(values, i), 0.0).reshape(-1, 1)
        member = np.append(np.zeros(len(values) - 1, dtype=int), 1)
        n_called += int(attack.fit(Z, member).predict([[candidate]])[0])
    assert n_called <= fpr * len(values) * (1 + 1e-9)


@given(membership_problems(), fprs)
def test_population_attack_calls_those_with_small_p_values(problem, fpr):
    Z, member = problem
    attack = PopulationAttack(fpr=fpr).fit(Z, member)
    called = attack.predict(Z)
    assert_array_equal(called, attack.pvalues(Z) <= fpr * (1 + 1e-12))
    assert_array_equal(called, attack.decision_function(Z) > 0)
    # It ranks as the signal does, to the rounding of neighbours.
    order = np.argsort(Z[:, 0] if attack.direction_ == "higher" else -Z[:, 0])
    assert (np.diff(attack.decision_function(Z)[order]) >= 0).all()


@given(membership_problems(), st.lists(fprs, min_size=2, max_size=4))
def test_population_decisions_are_nested(problem, fprs):
    Z, member = problem
    called = [
        PopulationAttack(fpr=fpr).fit(Z, member).predict(Z) for fpr in sorted(fprs)
    ]
    for fewer, more in pairwise(called):
        assert (fewer <= more).all()


@given(membership_problems())
def test_population_p_values_depend_on_the_order_only(problem):
    Z, member = problem
    ranks = rankdata(Z[:, 0], method="dense").reshape(-1, 1)
    p = PopulationAttack(direction="higher").fit(Z, member).pvalues(Z)
    for same in (ranks, ranks**3 - 7):
        attack = PopulationAttack(direction="higher").fit(same, member)
        assert_array_equal(attack.pvalues(same), p)


@given(
    tables(levels, st.just(3)),
    tables(levels, st.just(3)),
    st.integers(1, 20),
    st.lists(st.floats(0, 2), min_size=2, max_size=2),
    st.lists(st.floats(0, 5), min_size=2, max_size=2),
)
def test_selection_is_monotone(records, others, n_train, radii, limits):
    def select(radius, limit):
        return select_vulnerable(
            records, others, n_train=n_train, radius=radius, max_neighbors=limit
        )

    (near, far), (few, many) = sorted(radii), sorted(limits)
    assert (select(far, few) <= select(near, few)).all()
    assert (select(near, few) <= select(near, many)).all()


probabilities = st.floats(1e-6, 1)


@given(vectors(probabilities, max_size=5), tables(levels, st.just(1)), st.data())
def test_queries_that_say_the_same_add_nothing(p, losses, data):
    assume(np.ptp(losses) > 0)
    same = np.tile(losses, len(p))
    combined = combine_pvalues_kost(np.full(len(p), p[0]), same)
    assert_allclose(combined, p[0], rtol=1e-9)


@given(tables(levels, st.integers(1, 5)), st.data())
def test_combined_p_values(losses, data):
    n_queries = losses.shape[1]
    p = np.array(
        data.draw(st.lists(probabilities, min_size=n_queries, max_size=n_queries))
    )
    less = p * np.array(
        data.draw(st.lists(probabilities, min_size=n_queries, max_size=n_queries))
    )
    combined = combine_pvalues_kost(np.stack([p, less]), losses)
    assert ((combined >= 0) & (combined <= 1)).all()
    assert combined[1] <= combined[0]
    assert_allclose(combine_pvalues_kost(p, losses * 4 + 1), combined[0])
    assert_allclose(combine_pvalues_kost(p[::-1], losses[:, ::-1]), combined[0])
