"""What a report says first: the cases of its verdict, and the step that is proved."""

from dataclasses import replace

import numpy as np
import pytest
from case_reports import none_of, not_run, report_of, shifted, sure_of
from hypothesis import given, settings
from hypothesis import strategies as st

from skmia.auditing._epsilon import Declared
from skmia.auditing.validity._check import Check
from skmia.metrics import tpr_at_fpr_interval
from skmia.reporting._scale import step_of
from skmia.reporting._words import CASES_OF_CHECKS


@pytest.mark.parametrize(
    ("n_sure", "case"),
    [(100, "leak-2"), (350, "leak-3"), (900, "leak-4")],
)
def test_steps_of_the_share_that_is_named(n_sure, case):
    """The step is that of the lower end, at a level shared by two rates."""
    score = sure_of(n_sure)
    report = report_of(score)
    found = report.finding
    low, high = tpr_at_fpr_interval(
        report.member, score, fpr=0.01, confidence_level=0.975
    )
    assert found["case"] == case
    assert found["step"] == max(step_of(low / 0.01), 1)
    assert found["factor"] == max(low / 0.01, 1)
    assert found["counts"]["low"] == 100 * low
    assert found["counts"]["high"] == 100 * high
    assert found["not_ruled_out"]["factor"] == high / 0.01
    assert found["chip_more"] == f"step {found['step']} of 5"


def test_a_shift_is_a_trace():
    """Members are told in the mean, and nobody with certainty."""
    found = shifted().finding
    assert (found["case"], found["step"]) == ("leak-1", 1)
    assert found["sentences"][0].startswith("Nobody can be named")


def test_step_five_is_counted_by_the_thousand():
    found = report_of(sure_of(6000, 6000)).finding
    assert found["case"] == "leak-5"
    assert found["factor_from"] == "tpr_at_fpr_0.001"
    assert found["counts"]["of"] == 1000
    assert "can name 1,000 of 1,000 records" in found["sentences"][0]


def test_a_bound_of_epsilon_is_a_factor():
    report = report_of(sure_of(60), bets=True)
    found = report.finding
    assert found["factor_from"] == "epsilon"
    assert found["factor"] == pytest.approx(np.exp(report.epsilon.epsilon))
    assert found["step"] == step_of(found["factor"])


def test_a_bound_of_pairs_is_none():
    """It speaks of two records at once."""
    declared = Declared(1.0, 1e-5)
    report = report_of(sure_of(200), bets=True, declared=declared)
    assert report.epsilon.design == "pairs"
    assert report.epsilon.epsilon > 0
    assert report.finding["factor_from"] != "epsilon"


def test_few_people_stand_out():
    report = report_of(sure_of(25, 1000), bets=True)
    assert report.headline["auc_low"] < 0.5
    assert any("a few records stand out" in s for s in report.finding["sentences"])


def test_a_declaration_that_is_false():
    report = report_of(sure_of(100), bets=True, declared=Declared(0.1, 0.0))
    said = "The declaration is false (confidence 97.5 %)."
    assert any(said in s for s in report.finding["sentences"])


def test_a_declaration_for_a_record_bounds_no_group():
    few = none_of(declared=Declared(1, 0), groups=np.arange(2000) // 4)
    assert few.verdict == "none-found"
    assert few.finding["case"] == "none-found"


def test_nobody_is_said_to_be_named_who_is_not_shown_to_be():
    """An estimate above chance whose interval reaches down to it names nobody."""
    report = report_of(sure_of(25, 300), bets=True)
    found = report.finding
    assert found["counts"]["low"] <= 1 < found["counts"]["named"]
    assert "That anybody can be named is not shown" in found["sentences"][0]
    flat = np.r_[np.ones(1000), np.ones(500), np.zeros(500)]
    [text, *_] = report_of(flat, bets=True, n_members=1000).finding["sentences"]
    assert "can name nobody, but can rule some records out" in text


def test_people_are_counted_where_the_auditor_says_so():
    report = report_of(sure_of(900))
    assert report.with_about(unit="person").finding["unit"] == "people"
    groups = np.arange(4000) // 2
    of_groups = replace(report, groups=groups)
    assert of_groups.finding["unit"] == "records"
    assert of_groups.with_about(unit="person").finding["unit"] == "records"
    with pytest.raises(ValueError, match="must be 'record' or 'person'"):
        report.with_about(unit="people")


def test_few_holdout_records():
    score = np.r_[np.ones(500), np.zeros(60)]
    found = report_of(score, n_members=500).finding
    assert (found["case"], found["chip_more"]) == (
        "leak-unsized",
        "size not measurable",
    )
    assert found["step"] is None
    assert found["counts"] is None


def test_none_found():
    found = none_of().finding
    assert (found["case"], found["step"], found["factor"]) == ("none-found", 0, 1)
    text = " ".join(found["sentences"])
    assert "None of 1 attacks did better than guessing." in text
    assert "If one of them were sure of" in text
    assert "This is no proof that there is no leak." in text
    bound = found["not_ruled_out"]
    assert f"step {bound['step']}." in text
    assert none_of(declared=Declared(1, 0)).finding["case"] == "none-found-bounded"


def test_not_measurable():
    assert none_of(5).finding["case"] == "too-few"
    missed = [Check("positive control", "not-measurable", "Missed.")]
    assert none_of(checks=missed).finding["case"] == "positive-control"
    assert not_run(none_of()).finding["case"] == "no-attack"


@pytest.mark.parametrize(("name", "case"), CASES_OF_CHECKS.items())
def test_invalid(name, case):
    report = report_of(sure_of(900), checks=[Check(name, "invalid", "Amiss.")])
    found = report.finding
    assert found["case"] == case
    assert found["headline"].startswith("These numbers do not count: ")
    assert found["sentences"] == ["Amiss."]
    assert found["step"] is found["factor"] is found["counts"] is found["ppv"] is None
    # No number of an attack is told.
    assert "AUC" not in repr(report)


def test_chance_of_those_who_are_named():
    """Of 100 suspects as many are in as `prior` says; Bayes' rule, by counting."""
    report = report_of(sure_of(600))
    tpr = report.headline["auc"] and report.finding["counts"]["named"] / 100
    for row in report.finding["ppv"]:
        members, others = 1000 * row["prior"], 1000 * (1 - row["prior"])
        right = members * tpr / (members * tpr + others * 0.01)
        assert row["value"] == pytest.approx(right)
        assert row["low"] <= row["value"] <= row["high"]


def test_an_attack_named_before_needs_no_correction():
    scores = [sure_of(600), sure_of(650), sure_of(700, seed=1)]
    names = ("a", "b", "c")
    picked = report_of(*scores, names=names)
    named = report_of(*scores, names=names, headline_attack="a")
    assert picked.headline["attack"] == "c"
    assert picked.headline["confidence_level"] == pytest.approx(1 - 0.05 / 3)
    assert named.headline["attack"] == "a"
    assert named.headline["confidence_level"] == pytest.approx(0.95)
    assert "a, the attack named before, tells" in " ".join(named.reasons)
    alone = report_of(scores[0], names=("a",))
    assert named.finding["counts"] == alone.finding["counts"]


@pytest.mark.slow
def test_the_factor_is_proved():
    """One in 20 is wrong at most, where the truth is known.

    A member says 1 with probability .04, another record with .01: no rule multiplies
    the odds by more than 4. In 100 games 5 are wrong in the mean, if all of the level
    is used up; three deviations of a binomial count, 2.2 each, make it 12.
    """
    wrong = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        score = (rng.random(2000) < np.repeat([0.04, 0.01], 1000)).astype(float)
        report = report_of(score, bets=True, seed=seed)
        if report.verdict == "leak":
            wrong += report.finding["factor"] > 4
    assert wrong <= 12


@settings(max_examples=30)
@given(
    n_sure=st.integers(0, 400),
    n_holdout=st.integers(2, 400),
    bets=st.booleans(),
)
def test_sentences_and_numbers_agree(n_sure, n_holdout, bets):
    """Whatever is found, its step is that of its factor, and its words name it."""
    score = np.random.default_rng(0).normal(size=400 + n_holdout)
    score[:n_sure] += 100
    report = report_of(score, n_members=400, bets=bets)
    found = report.finding
    assert found["headline"] in repr(report)
    assert all(sentence in repr(report) for sentence in found["sentences"])
    if found["step"]:
        assert found["step"] == max(step_of(found["factor"]), 1)
        assert found["case"] == f"leak-{found['step']}"
    if found["counts"]:
        counts = found["counts"]
        assert 0 <= counts["low"] <= counts["named"] <= counts["high"] <= counts["of"]
