"""What always holds for attacks that compare the target with reference models."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from slow_cases import others_slow
from strategies import membership

from skmia.attacks import (
    BayesOptimalAttack,
    CalibratedAttack,
    LabelRatioAttack,
    LikelihoodRatioAttack,
    MidpointAttack,
    RelativeAttack,
    leave_one_out_likelihood_ratio,
)
from skmia.utils._reference_table import reference_table

PURE = [
    LikelihoodRatioAttack(variance="per-example"),
    LikelihoodRatioAttack(variance="global", centre="median"),
    LikelihoodRatioAttack(scale="arcsine"),
    CalibratedAttack(direction="lower"),
    CalibratedAttack(direction="lower", aggregation="median", clip=4.6),
    MidpointAttack(direction="lower"),
    BayesOptimalAttack(),
    BayesOptimalAttack(mode="offline"),
]
ATTACKS = [
    *PURE,
    LikelihoodRatioAttack(),
    LikelihoodRatioAttack(mode="offline"),
    LabelRatioAttack(),
    RelativeAttack(),
]
# Sums in another order: relative to values up to (8 / floor) ** 2.
CLOSE = {"rtol": 1e-6, "atol": 1e-6}
every_attack = pytest.mark.parametrize(
    "attack", others_slow(ATTACKS, ATTACKS[::2]), ids=repr
)


@st.composite
def games(draw):
    """Target (n,), references (n, N), mask (n, N) and membership.

    Quarters, so that ties are common and float32 is exact. The first record has in and
    out models, without which no attack is online; others may lack either.
    """
    n, n_models = draw(st.integers(2, 8)), draw(st.integers(2, 6))
    quarters = st.integers(-32, 32).map(lambda k: k / 4)
    rows = st.lists(quarters, min_size=n_models + 1, max_size=n_models + 1)
    values = np.array(draw(st.lists(rows, min_size=n, max_size=n)))
    bits = st.lists(st.booleans(), min_size=n_models, max_size=n_models)
    inside = np.array(draw(st.lists(bits, min_size=n, max_size=n)))
    inside[0, :2] = [True, False]
    return values[:, 0], values[:, 1:], inside, draw(membership(n_samples=n))


def table(target, reference, inside):
    return reference_table(["s"], target[:, None], reference[:, :, None], inside)


def score(attack, target, reference, inside, member):
    attack = clone(attack).fit(table(target, reference, inside), member)
    return (
        attack.decision_function(table(target, reference, inside)) + attack.threshold_
    )


@every_attack
@given(game=games())
def test_scores_are_finite_and_one_record_does_not_depend_on_others(attack, game):
    Z = table(*game[:3])
    attack = clone(attack).fit(Z, game[3])
    together = attack.decision_function(Z)
    assert np.isfinite(together).all()
    alone = [attack.decision_function(Z.iloc[[i]])[0] for i in range(len(Z))]
    assert_array_equal(alone, together)


@every_attack
@given(game=games(), random=st.randoms(use_true_random=False))
def test_the_order_of_references_means_nothing(attack, game, random):
    target, reference, inside, member = game
    order = random.sample(range(reference.shape[1]), reference.shape[1])
    permuted = score(attack, target, reference[:, order], inside[:, order], member)
    assert_allclose(permuted, score(attack, *game), **CLOSE)


@pytest.mark.parametrize("attack", PURE, ids=repr)
@given(game=games())
def test_every_reference_twice_is_no_news(attack, game):
    target, reference, inside, member = game
    doubled = score(attack, target, np.tile(reference, 2), np.tile(inside, 2), member)
    assert_allclose(doubled, score(attack, *game), **CLOSE)


@pytest.mark.parametrize("mode", ["online", "offline"])
@pytest.mark.parametrize("variance", ["per-example", "global", "shrunk"])
@given(game=games(), slope=st.sampled_from([0.25, 1.0, 4.0]), shift=st.integers(-3, 3))
def test_likelihood_ratio_has_no_unit(mode, variance, game, slope, shift):
    target, reference, inside, member = game
    attack = LikelihoodRatioAttack(mode=mode, variance=variance)
    scaled = LikelihoodRatioAttack(
        mode=mode, variance=variance, floor=attack.floor * slope
    )
    moved = slope * target + shift, slope * reference + shift, inside, member
    assert_allclose(score(scaled, *moved), score(attack, *game), **CLOSE)


@pytest.mark.parametrize("variance", ["per-example", "global", "shrunk"])
@given(game=games())
def test_exchanging_in_and_out_models_negates_the_ratio(variance, game):
    target, reference, inside, member = game
    attack = LikelihoodRatioAttack(mode="online", variance=variance)
    exchanged = score(attack, target, reference, ~inside, member)
    assert_allclose(exchanged, -score(attack, *game), **CLOSE)


@given(game=games())
def test_offline_with_one_variance_ranks_as_calibration(game):
    target, reference, _, member = game
    nobody = np.zeros_like(reference, dtype=bool)
    given = target, reference, nobody, member
    ratio = score(LikelihoodRatioAttack(variance="global"), *given)
    calibrated = score(CalibratedAttack(direction="higher"), *given)
    spread = np.sqrt(reference.var(axis=1).mean()) + LikelihoodRatioAttack().floor
    assert_allclose(ratio * spread, calibrated, **CLOSE)


@pytest.mark.parametrize(
    "attack", [CalibratedAttack(direction="lower"), MidpointAttack(direction="lower")]
)
@given(game=games(), shift=st.integers(-8, 8))
def test_what_all_models_find_hard_is_not_counted(attack, game, shift):
    target, reference, inside, member = game
    steps = shift * np.arange(len(target))
    harder = target + steps, reference + steps[:, None], inside, member
    # The offset of records with one side only is a mean over the other records.
    assert_allclose(score(attack, *harder), score(attack, *game), **CLOSE)


@given(game=games())
def test_calibration_by_many_is_the_mean_of_calibrations_by_one(game):
    target, reference, _, member = game
    attack = CalibratedAttack(direction="lower")
    nobody = np.zeros_like(reference, dtype=bool)
    each = [
        score(attack, target, reference[:, [i]], nobody[:, [i]], member)
        for i in range(reference.shape[1])
    ]
    together = score(attack, target, reference, nobody, member)
    assert_allclose(together, np.mean(each, axis=0), **CLOSE)


@pytest.mark.parametrize(
    "attack", [CalibratedAttack(), BayesOptimalAttack(offline_scale=1.0)], ids=repr
)
@given(game=games())
def test_references_that_are_the_target_say_nothing(attack, game):
    target, reference, _, member = game
    same = np.repeat(target[:, None], reference.shape[1], axis=1)
    nobody = np.zeros_like(same, dtype=bool)
    assert_allclose(score(attack, target, same, nobody, member), 0, atol=1e-12)


@given(game=games())
def test_bayes_optimal_bounds_and_slopes(game):
    target, reference, _, member = game
    attack = BayesOptimalAttack(offline_scale=1.0)
    target, reference = np.abs(target), np.abs(reference)  # losses
    nobody = np.zeros_like(reference, dtype=bool)
    first = score(attack, target, reference, nobody, member)
    mean = np.exp(-reference).mean(axis=1)
    assert (np.exp(first) <= (1 + 1e-6) / mean).all()
    assert (score(attack, target / 2, reference, nobody, member) >= first - 1e-9).all()
    assert (score(attack, target, reference / 2, nobody, member) <= first + 1e-9).all()
    more = np.column_stack([reference, -np.log(mean)])
    nobody = np.zeros_like(more, dtype=bool)
    assert_allclose(score(attack, target, more, nobody, member), first, **CLOSE)


@pytest.mark.parametrize("mode", ["auto", "offline"])
@given(game=games())
def test_leave_one_out_scores_are_finite(mode, game):
    _, reference, inside, _ = game
    assert np.isfinite(
        leave_one_out_likelihood_ratio(reference, inside, mode=mode)
    ).all()
