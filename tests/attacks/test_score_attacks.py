"""LiRA and RMIA on scores: as they are written, and what changes nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from skmia.attacks import (
    LikelihoodRatioAttack,
    ScoreLikelihoodRatioAttack,
    ScoreRelativeAttack,
    ThresholdAttack,
    get_attack,
    get_attack_names,
)
from skmia.attacks.models._scores import _scale_of
from skmia.utils._reference_table import reference_table, split_table

N, N_REFERENCES = 60, 8
ATTACKS = (ScoreLikelihoodRatioAttack, ScoreRelativeAttack)
KINDS = ("clusterer", "density_estimator", "outlier_detector")
seeds = st.integers(0, 2**31 - 1)


def scores(seed):
    """Of a target and references, larger where these know the record; who that is."""
    rng = np.random.default_rng(seed)
    inside = np.tile(np.arange(N_REFERENCES) < N_REFERENCES / 2, (N, 1))
    inside = rng.permuted(inside, axis=1)
    member = np.arange(N) % 2
    known = np.column_stack([member == 1, inside])
    usual = 3 * rng.standard_t(2, size=(N, 1))
    return usual + 1.5 * known + rng.normal(size=known.shape), inside, member


def table(values, inside=None):
    values = np.asarray(values, dtype=float)
    return reference_table(
        ["score_samples"], values[:, :1], values[:, 1:, None], inside
    )


def judged(attack, Z, member):
    attack.fit(Z, member)
    return attack.decision_function(Z) + attack.threshold_


def on_scale(values, inside):
    """As written: arcsinh of deviations from the median, in spreads by quartiles."""
    outside = values[:, 1:][~inside]
    low, middle, high = np.quantile(outside, [0.25, 0.5, 0.75])
    return np.arcsinh((values - middle) / (high - low) * 1.349)


@given(seeds, st.sampled_from(["online", "offline"]))
def test_lira_is_that_of_other_signals_on_the_scale(seed, mode):
    values, inside, member = scores(seed)
    values = table(values, inside).to_numpy(dtype=float)[:, : N_REFERENCES + 1]
    found = judged(ScoreLikelihoodRatioAttack(mode=mode), table(values, inside), member)
    Z = table(on_scale(values, inside), inside)
    expected = judged(LikelihoodRatioAttack(mode=mode), Z, member)
    # Tables are in single precision, and a log ratio is the difference of two squares.
    assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


@given(seeds)
def test_rmia_counts_non_members_whose_ratio_is_smaller(seed):
    values, inside, member = scores(seed)
    found = judged(ScoreRelativeAttack(), table(values, inside), member)
    values = table(values, inside).to_numpy(dtype=float)[:, : N_REFERENCES + 1]
    p = np.exp(on_scale(values, inside))
    sides = [np.mean(p[:, 1:], axis=1, where=side) for side in (inside, ~inside)]
    ratio = p[:, 0] / np.mean(sides, axis=0)
    others = ratio[member == 0]
    dominated = (ratio[:, None] > others * (1 + 1e-9)).sum(axis=1)
    # Beyond the count it is a fraction of one, which tells equal counts apart.
    n_others = len(others)
    assert_array_equal(np.floor(found * (n_others + 1) + 1e-6), dominated)


@pytest.mark.parametrize("make", ATTACKS)
@given(seeds, st.floats(0.01, 100), st.floats(-100, 100))
def test_no_unit_of_a_score_counts(make, seed, factor, offset):
    values, inside, member = scores(seed)
    plain = judged(make(), table(values, inside), member)
    moved = judged(make(), table(factor * values + offset, inside), member)
    # Single precision: an offset of 1e4 units of noise costs four of seven digits.
    assert_allclose(moved, plain, atol=0.05 * (1 + np.abs(plain).max()))


@pytest.mark.parametrize("make", ATTACKS)
@given(seeds)
def test_distances_are_scores_turned_round(make, seed):
    values, inside, member = scores(seed)
    plain = judged(make(), table(values, inside), member)
    turned = judged(make(direction="lower"), table(-values, inside), member)
    assert_allclose(turned, plain, rtol=1e-4, atol=1e-4)


@given(seeds)
def test_monotone_transformations_leave_the_threshold_alone(seed):
    values, _, member = scores(seed)
    score = values[:, 0].astype(np.float32).astype(float)
    found = [
        roc_auc_score(
            member,
            ThresholdAttack(direction="higher")
            .fit(column[:, None], member)
            .decision_function(column[:, None]),
        )
        for column in (score, rankdata(score), np.arctan(score), score**3)
    ]
    assert found[0] == found[1]
    assert_allclose(found[2:], found[0], atol=1e-12)


@pytest.mark.parametrize("make", ATTACKS)
@pytest.mark.parametrize("mode", ["online", "offline"])
def test_members_are_found(make, mode):
    aucs = []
    for seed in range(20):
        values, inside, member = scores(seed)
        found = judged(make(mode=mode), table(values, inside), member)
        aucs.append(roc_auc_score(member, found))
    # Less the mean of four out models a score is 1.5 higher for members, with a noise
    # of variance 1 + 1/4: its AUC is Phi(1.5 / sqrt(2.5)) = .83. The mean of 20 tables
    # of 60 records has a standard error of about .05 / sqrt(20) = .012, and arcsinh
    # weighs that of records with scores far from the others less.
    assert 0.74 < np.mean(aucs) < 0.87


@pytest.mark.parametrize("make", ATTACKS)
def test_scores_without_end_are_told_apart(make):
    """Log densities of a narrow kernel: a few lie beyond all bounds."""
    values, inside, member = scores(0)
    values[0] = -1e30
    values[1] = 1e30
    found = judged(make(), table(values, inside), member)
    assert np.isfinite(found).all()


def test_scores_that_are_all_the_same():
    Z = table(np.zeros((N, 9)), scores(0)[1])
    for make in ATTACKS:
        assert len(np.unique(judged(make(), Z, np.arange(N) % 2))) == 1
    assert _scale_of(split_table(Z.to_numpy(), Z.columns)[0]) == (0, 1)


def test_names_that_mean_the_same():
    common = {"lira-online", "lira-offline", "rmia-online", "rmia-offline", "shadow"}
    common |= {"population", "qmia", "reference", "long", "mast"}
    common |= {"difficulty-calibration"}
    for kind in KINDS:
        names = set(get_attack_names(of=kind))
        assert common < names
        own = {"margin-threshold", "distance-threshold", "score-threshold", "gap"}
        own |= {"timing"}
        # One density less another: models that are none have no such score.
        own |= {"domias"} if kind == "density_estimator" else set()
        assert names - common <= own
        assert all(get_attack(name, of=kind).suits(kind) for name in names)
    assert common < set(get_attack_names())
    assert "gap" in get_attack_names(of="outlier_detector", access="label")
    assert get_attack_names(of="clusterer", access="label") == []
