"""Attacks on residuals: LiRA, RMIA and Yeom's, against what they are written as."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.metrics import roc_auc_score

from skmia.attacks import (
    GaussianErrorAttack,
    ResidualLikelihoodRatioAttack,
    ResidualRelativeAttack,
    gaussian_error_advantage,
    get_attack,
    get_attack_names,
    register_attack,
)
from skmia.metrics import advantage_score
from skmia.utils._reference_table import reference_table

N, N_REFERENCES = 60, 8
NAMES = ("residual_0", "residual_1")
seeds = st.integers(0, 2**31 - 1)


def tables(seed, n_outputs=1, n_references=N_REFERENCES, online=True):
    """Residuals of a target and of references, smaller where these know the record."""
    rng = np.random.default_rng(seed)
    inside = rng.permuted(np.arange(n_references)[None] < n_references / 2, axis=1)
    inside = rng.permuted(np.repeat(inside, N, axis=0), axis=1)
    member = np.arange(N) % 2
    usual = rng.normal(size=(N, 1, n_outputs))
    noise = rng.normal(size=(N, n_references + 1, n_outputs))
    known = np.column_stack([member == 1, inside])[:, :, None]
    values = np.where(known, 0.3, 1) * usual + 0.4 * noise
    names = ["residual"] if n_outputs == 1 else list(NAMES)
    sides = inside if online else None
    Z = reference_table(names, values[:, 0], values[:, 1:], sides)
    return Z, member, values, inside


def whitened(values, inside):
    """Residuals by the second moment of those of out models."""
    outside = values[:, 1:][~inside]
    moments = outside.T @ outside / len(outside)
    lengths, axes = np.linalg.eigh(moments)
    return values @ (axes / np.sqrt(lengths)) @ axes.T


def written(values, member, inside, df=None, floor=1e-3):
    """Online score, record by record, with one variance for each side."""
    target, models = values[:, 0], values[:, 1:]
    sides = {}
    for name, side, known in (("in", inside, 1), ("out", ~inside, 0)):
        centre = np.array([models[i][side[i]].mean() for i in range(len(models))])
        strays = (target - centre)[member == known]
        sides[name] = centre, np.sqrt(np.mean(strays**2)) + floor
    law = stats.norm if df is None else stats.t(df)

    def density(name):
        centre, spread = sides[name]
        return law.logpdf((target - centre) / spread) - np.log(spread)

    return density("in") - density("out"), sides["out"]


def score(attack, Z, member):
    fitted = attack.fit(Z, member)
    return fitted.decision_function(Z) + fitted.threshold_


@given(seeds, st.sampled_from([None, 3.0]))
def test_lira_is_a_ratio_of_densities(seed, df):
    Z, member, values, inside = tables(seed)
    expected, _ = written(whitened(values, inside)[..., 0], member, inside, df)
    found = score(ResidualLikelihoodRatioAttack(df=df), Z, member)
    # Tables are in single precision; a tenth of a spread is a hundredth of a score.
    assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


@given(seeds)
def test_lira_offline_is_how_unlikely_so_small_an_error_is(seed):
    Z, member, values, inside = tables(seed)
    values = whitened(values, inside)[..., 0]
    _, (centre, spread) = written(values, member, inside)
    size = np.abs(values[:, 0])
    # Of a centre above 0: the tails are those of one below, and differ exactly.
    law = stats.norm(np.abs(centre), spread)
    expected = -np.log(law.cdf(size) - law.cdf(-size))
    found = score(ResidualLikelihoodRatioAttack(mode="offline"), Z, member)
    assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_lira_offline_is_exact_in_both_tails():
    attack = ResidualLikelihoodRatioAttack()
    target, ones = np.array([0.0, 1e-30, 40.0]), np.ones(3)
    none, small, large = attack._tail(target, 0 * ones, ones)
    assert none == pytest.approx(300 * np.log(10))
    assert small == pytest.approx(-np.log(2e-30 * stats.norm.pdf(0)))
    assert large == pytest.approx(2 * stats.norm.sf(40), rel=1e-9)
    above, below = (attack._tail(target, side * ones, ones) for side in (1, -1))
    assert_array_equal(above, below)


@given(seeds, st.sampled_from(["online", "offline"]))
def test_outputs_may_be_mixed(seed, mode):
    """Of several outputs any invertible mixture gives the same scores."""
    Z, member, values, inside = tables(seed, n_outputs=2)
    mixed = values @ np.array([[2.0, 1.0], [-1.0, 30.0]])
    M = reference_table(list(NAMES), mixed[:, 0], mixed[:, 1:], inside)
    attack = ResidualRelativeAttack(mode=mode)
    # Ranks: single precision may exchange neighbours.
    assert_allclose(score(attack, Z, member), score(attack, M, member), atol=0.05)
    # Lira looks at the directions one by one, and these turn: the units do not.
    scaled = values * np.array([0.01, 30])
    S = reference_table(list(NAMES), scaled[:, 0], scaled[:, 1:], inside)
    attack = ResidualLikelihoodRatioAttack(mode=mode)
    one, other = (roc_auc_score(member, score(attack, T, member)) for T in (Z, S))
    assert one == pytest.approx(other, abs=0.05)


@given(seeds, st.floats(1e-3, 1e3))
def test_the_unit_of_a_label_changes_no_score(seed, unit):
    Z, member, _, _ = tables(seed)
    columns = [name for name in Z if name.startswith("residual")]
    scaled = Z.copy()
    scaled[columns] *= np.float32(unit)
    for attack in (ResidualLikelihoodRatioAttack(), ResidualRelativeAttack()):
        own, other = score(attack, Z, member), score(attack, scaled, member)
        assert_allclose(own, other, rtol=2e-3, atol=2e-3)


@given(seeds)
def test_rmia_compares_laplace_likelihoods(seed):
    Z, member, values, inside = tables(seed)
    p = np.exp(-np.abs(whitened(values, inside)[..., 0]))
    sides = [np.average(p[:, 1:], weights=one, axis=1) for one in (inside, ~inside)]
    ratio = np.log(p[:, 0]) - np.log(np.mean(sides, axis=0))
    found = score(ResidualRelativeAttack(), Z, member)
    assert stats.spearmanr(ratio, found).statistic > 0.999
    others = ratio[member == 0]
    dominated = (ratio[:, None] > others[None, :]).sum(axis=1)
    expected = (dominated + 0.5) / (len(others) + 1)
    assert_allclose(found, expected, atol=1.5 / len(others))


def test_members_without_an_error_are_told_by_their_floor():
    """In models of a tree that is grown to the end err by nothing at all."""
    Z, member, values, inside = tables(0)
    values = np.where(np.column_stack([member == 1, inside])[..., None], 0, values)
    Z = reference_table(["residual"], values[:, 0], values[:, 1:], inside)
    found = score(ResidualLikelihoodRatioAttack(), Z, member)
    assert np.isfinite(found).all()
    assert roc_auc_score(member, found) == 1


def test_one_reference_has_the_spread_of_what_others_answer():
    rng = np.random.default_rng(0)
    usual, member = rng.normal(size=200), np.arange(200) % 2
    target = np.where(member, 0.2, 1) * usual + 0.3 * rng.normal(size=200)
    Z = pd.DataFrame({"residual|target": target, "residual|0": usual})
    attack = ResidualLikelihoodRatioAttack(mode="offline")
    assert roc_auc_score(member, score(attack, Z, member)) > 0.75


def test_gaussian_errors_have_the_advantage_that_is_proved():
    """Of 20,000 draws a rate has a standard error of .005 at most: four of them."""
    rng = np.random.default_rng(0)
    member = np.arange(20_000) % 2
    error = rng.normal(size=20_000) * np.where(member, 1, 2)
    Z = pd.DataFrame({"squared_error": error**2})
    attack = GaussianErrorAttack("squared_error").fit(Z, member)
    found = advantage_score(member, attack.predict(Z))
    assert found == pytest.approx(gaussian_error_advantage(1, 2), abs=0.02)
    known = GaussianErrorAttack("squared_error", train_std=1.0, test_std=2.0)
    assert known.fit(Z, member).threshold_ == pytest.approx(1.359556)
    assert attack.train_std_ < attack.threshold_ < attack.test_std_


def test_gaussian_errors_of_models_that_interpolate_or_err_alike():
    Z = pd.DataFrame({"squared_error": [0.0, 0.0, 1.0, 4.0]})
    attack = GaussianErrorAttack("squared_error").fit(Z, [1, 1, 0, 0])
    assert attack.predict(Z).tolist() == [1, 1, 0, 0]
    alike = GaussianErrorAttack("squared_error").fit(Z[2:], [1, 0])
    assert alike.train_std_ == 1
    swapped = GaussianErrorAttack("squared_error").fit(Z[2:], [0, 1])
    assert swapped.train_std_ == swapped.test_std_ == swapped.threshold_ == 2


def test_a_name_is_of_a_kind():
    both = {*get_attack_names()} & {*get_attack_names(of="regressor")}
    assert {"loss-threshold", "shadow", "qmia", "lira-online", "rmia-offline"} < both
    assert "timing" in both
    assert "gap" not in get_attack_names(of="regressor")
    for name in get_attack_names(of="regressor"):
        recipe = get_attack(name, of="regressor")
        assert recipe.suits("regressor")
        assert recipe.name == name
        assert recipe.paper
    assert get_attack("lira-online").signals == ("scaled_logit",)
    assert get_attack("lira-online", of=None).signals == ("scaled_logit",)
    assert get_attack("lira-online", of="regressor").signals == ("residual",)
    # Where there is none on this kind: who runs it is told why it cannot be.
    assert get_attack("gap", of="regressor").of == "classifier"
    assert get_attack("gaussian-error").of == "regressor"
    assert {*get_attack_names(of=None)} > both | {"gap", "gaussian-error"}


@pytest.mark.usefixtures("catalogue")
def test_one_name_for_each_kind():
    recipe = get_attack("gaussian-error", of="regressor")
    with pytest.raises(ValueError, match="name 'gaussian-error' already"):
        register_attack("gaussian-error", recipe.attack)
    register_attack("gap", recipe.attack, "members", "own")
    assert get_attack("gap").paper != "own"
    assert get_attack("gap", of="regressor").paper == "own"
