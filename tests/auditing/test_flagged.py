"""Lists of recognised members: who is on them, at which price, and why."""

import numpy as np
import pandas as pd
import pytest
from made_reports import attack, report_of
from numpy.testing import assert_allclose
from scipy.stats import binom, false_discovery_control
from sklearn.datasets import load_digits
from sklearn.tree import DecisionTreeClassifier

from skmia import audit


def planted(seed, n_members=60, n_others=80, n_known=15, shift=8.0):
    score = np.random.default_rng(seed).normal(size=n_members + n_others)
    score[:n_known] += shift
    return score


def test_the_list_by_hand():
    score = planted(0)
    flagged = report_of(attack(score), n_members=60).flag_members(0.2)
    p_values = [(1 + (score[60:] >= s).sum()) / 81 for s in score[:60]]
    q_values = false_discovery_control(p_values)
    on_list = np.flatnonzero(q_values <= 0.2)
    assert set(range(15)) <= set(flagged["record"]) == set(on_list)
    rows = flagged["record"].to_numpy()
    assert_allclose(flagged["score"], score[rows])
    assert_allclose(flagged["p_value"], np.array(p_values)[rows])
    assert_allclose(flagged["q_value"], q_values[rows])
    assert flagged["score"].is_monotonic_decreasing
    assert flagged.attrs["n_shortest"] == 4  # 60 / (0.2 * 81) = 3.7
    assert (flagged["reason"] == "-").all()


@pytest.mark.slow
def test_false_ones_among_planted_members(global_random_seed):
    """Mean of 100 games, with four standard errors. 45 of 60 members are unknown."""
    shares = []
    for seed in range(100):
        score = planted((global_random_seed, seed), shift=3.0)
        records = report_of(attack(score), n_members=60).flag_members(0.2)["record"]
        shares.append((records >= 15).sum() / max(len(records), 1))
    assert np.mean(shares) <= 0.2 * 45 / 60 + 4 * np.std(shares) / 10
    assert np.mean(shares) > 0.02


def test_names_of_records_and_unanswered_ones():
    score = planted(0)
    score[[3, 70]] = np.nan
    names = [f"r{i}" for i in range(140)]
    report = report_of(attack(score), n_members=60, names=names)
    flagged = report.flag_members(0.2)
    assert {"r0", "r14"} <= set(flagged["record"])
    assert "r3" not in set(flagged["record"])
    assert (flagged.attrs["n_members"], flagged.attrs["n_nonmembers"]) == (59, 79)


def test_too_few_records_for_any_list():
    score = planted(0, n_others=8)
    report = report_of(attack(score), n_members=60)
    with pytest.raises(ValueError, match=r"With 60 training and 8 .* one and 9"):
        report.flag_members(0.1)
    report.flag_members(1 / 9)


@pytest.mark.parametrize("fdr", [0, 1, 10, "0.1"])
def test_the_rate_is_a_fraction(fdr):
    report = report_of(attack(planted(0)), n_members=60)
    with pytest.raises(ValueError, match=r"'fdr' parameter .* \(0, 1\)"):
        report.flag_members(fdr)


def test_which_attack_does_not_depend_on_the_scores():
    none, much = planted(0, n_known=0), planted(1)
    learned = attack(much, "qmia", uses_membership=True)
    weak, strong = attack(none, "lira-online"), attack(much, "loss-threshold")
    report = report_of(learned, strong, weak, n_members=60)
    assert report.flag_members().attrs["attack"] == "lira-online"
    assert len(report.flag_members(attack="loss-threshold")) >= 15
    own = report_of(learned, attack(much, "own"), n_members=60)
    assert own.flag_members().attrs["attack"] == "own"
    with pytest.raises(ValueError, match="'qmia' learned from known members"):
        report.flag_members(attack="qmia")
    with pytest.raises(ValueError, match="'attack' parameter of flag_members must be"):
        report.flag_members(attack="gap")
    with pytest.raises(ValueError, match="'qmia' learned from known members"):
        report_of(learned, n_members=60).flag_members()


def test_attacks_that_agree_are_counted():
    score = planted(0)
    half = score.copy()
    half[:7] = -1
    others = [attack(score, "a"), attack(half, "b"), attack(-score, "c")]
    report = report_of(attack(score), *others, n_members=60)
    flagged = report.flag_members(0.2).set_index("record")["n_agreeing"]
    assert (flagged.loc[range(7)] == 1).all()
    assert (flagged.loc[range(7, 15)] == 2).all()


def test_records_of_a_group_are_recognised_together_or_not_judged():
    score = planted(0)
    groups = np.arange(140) // 3
    groups[59] = groups[60]  # one of four, in both sets; two pairs are left
    report = report_of(attack(score), n_members=60, groups=groups)
    flagged = report.flag_members(0.2).set_index("record")
    assert set(range(15)) <= set(flagged.index)
    means = score[:15].reshape(5, 3).mean(axis=1)
    assert flagged.loc[range(15), "score"].tolist() == pytest.approx(
        np.repeat(means, 3).tolist()
    )
    assert not {57, 58, 59} & set(flagged.index)
    assert flagged.attrs["n_members"] == 20
    assert flagged.attrs["n_nonmembers"] == 25  # triples compare with triples


@pytest.mark.slow
def test_copies_that_were_dealt_row_by_row(global_random_seed):
    """Easy records are there three times, hard ones once; nobody is a member.

    Of 80 % of the rows most triples are members or in both sets. Compared with single
    records they would be on a list in half of the games.
    """
    groups = np.r_[np.repeat(np.arange(66), 3), 66 + np.arange(200)]
    n_games, n_lists, n_broken = 100, 0, 0
    for seed in range(n_games):
        rng = np.random.default_rng([global_random_seed, seed])
        score = np.r_[np.repeat(3 + rng.normal(size=66), 3), rng.normal(size=200)]
        order = rng.permutation(len(score))
        report = report_of(attack(score[order]), n_members=318, groups=groups[order])
        n_lists += len(report.flag_members(0.2)) > 0
        n_broken += (report.flag_members(0.999)["fdp_high"] < 1 - 1e-9).any()
    # More than the quantiles with a probability of 1e-5.
    assert n_lists <= binom.isf(1e-5, n_games, 0.2)
    assert n_broken <= binom.isf(1e-5, n_games, 0.05)


def test_reasons_are_words_of_the_traits():
    traits = pd.DataFrame(
        {"outlier": np.arange(140) < 2, "mislabelled": np.arange(140) == 0}
    )
    report = report_of(attack(planted(0)), n_members=60, traits=traits)
    reason = report.flag_members(0.2).set_index("record")["reason"]
    assert reason.loc[[0, 1, 2]].tolist() == ["outlier, mislabelled", "outlier", "-"]


def test_of_an_audit_mislabelled_records_are_recognised(global_random_seed):
    X, y = load_digits(return_X_y=True)
    rng = np.random.default_rng(global_random_seed)
    order = rng.permutation(1000)
    X, y = X[order], y[order]
    y[:60] = (y[:60] + 1) % 10  # records of digits are near their own kind
    model = DecisionTreeClassifier(random_state=0).fit(X[:500], y[:500])
    sets = X[:500], y[:500], X[500:], y[500:]
    report = audit(model, *sets, attacks="rmia-online", n_shadows=4, random_state=0)
    again = report.flag_members(0.2)
    assert again.equals(report.flag_members(0.2))
    named = report.traits["mislabelled"].to_numpy()
    assert named[:60].mean() > 0.8
    assert named[60:].mean() < 0.1
    found = again["record"] < 60
    assert found.sum() > 20
    assert again.loc[found, "reason"].str.contains("mislabelled").mean() > 0.8
