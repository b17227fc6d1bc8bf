"""What an audit comes to, and why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skmia.auditing import AuditReport
from skmia.auditing._findings import AttackResult
from skmia.auditing.validity._check import Check
from skmia.metrics import epsilon_ceiling

OUTCOMES = ("passed", "note", "not-measurable", "invalid", "not run")


def report_of(score, n_members, checks=(), groups=None):
    """Of an attack that gives these scores to members first."""
    score = np.asarray(score, dtype=float)
    member = (np.arange(len(score)) < n_members).astype(int)
    found = AttackResult("gap", "label", "-", "", score, (score > 0).astype(int))
    return AuditReport(
        model="Tree",
        results=[found],
        member=member,
        label=member,
        index=pd.MultiIndex.from_arrays(
            [member, range(len(member))], names=["set", "row"]
        ),
        correct=member.astype(float),
        fprs=(0.1,),
        confidence_level=0.95,
        seed=0,
        groups=groups,
        checks=list(checks),
    )


def perfect(n):
    return np.repeat([1, 0], n)


def check(outcome):
    return Check("name", outcome, f"Text of {outcome}.")


@pytest.mark.slow
@given(
    outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=4),
    n=st.integers(1, 60),
    leaks=st.booleans(),
    ran=st.booleans(),
)
def test_what_comes_first(outcomes, n, leaks, ran):
    """Invalid, then that nothing ran, a leak, that none could be seen, and none."""
    score = perfect(n) if leaks else np.zeros(2 * n)
    report = report_of(score, n, map(check, outcomes))
    if not ran:
        report = replace(report, results=[replace(report.results[0], score=None)])
    if "invalid" in outcomes:
        expected = "invalid"
    elif not ran:
        expected = "not-measurable"
    elif report.headline["auc_low"] > 0.5:
        expected = "leak"
    elif "not-measurable" in outcomes or n < 10:
        expected = "not-measurable"
    else:
        expected = report.verdict
        assert expected in ("none-found", "not-measurable")
    assert report.verdict == expected
    assert report.reasons
    assert all(text.endswith((".", "?")) for text in report.reasons)
    for outcome in ("invalid", "not-measurable"):
        if expected == outcome and outcome in outcomes and ran:
            assert f"Text of {outcome}." in report.reasons
    assert ("Text of note." in report.notes) == ("note" in outcomes)
    found = report.to_dict()
    assert (found["verdict"], found["reasons"]) == (report.verdict, report.reasons)
    assert [one["outcome"] for one in found["checks"]] == outcomes


def test_a_clear_case_of_each():
    assert report_of(perfect(30), 30).verdict == "leak"
    assert report_of(np.zeros(200), 100).verdict == "none-found"
    assert report_of(np.zeros(20), 10).verdict == "not-measurable"
    assert report_of(perfect(30), 30, [check("invalid")]).verdict == "invalid"
    missed = report_of(perfect(30), 30, [check("not-measurable")])
    assert missed.verdict == "leak"


@pytest.mark.slow
@pytest.mark.parametrize("bets", [False, True])
def test_a_leak_as_small_as_was_said_is_found(bets):
    """By the AUC, or by the bound of epsilon where there is one: in four of five."""
    n_members, n_others, n_games = 150, 200, 60
    n = n_members + n_others
    order = np.random.RandomState(0).permutation(n) if bets else None

    def report(score):
        one = report_of(score, n_members)
        return replace(one, label=np.zeros(n), order=order)

    def share(k):
        """Of games in which an attack is sure of `k` members that is a leak."""
        scores = np.random.RandomState(k).normal(size=(n_games, n))
        scores[:, :k] = 9
        return np.mean([report(score).verdict == "leak" for score in scores])

    words = report(np.zeros(n)).reasons[-1]
    k = int(words.split("sure of ")[1].split(" of the 150")[0])
    assert k < 10 if bets else k > 20
    # Three standard errors of the share: sqrt(.8 * .2 / 60) = .052.
    assert share(k) >= 0.8 - 0.155
    assert share(k // 2) < 0.8 - 0.155


def test_groups_are_what_counts():
    groups = np.arange(200) // 10
    report = report_of(np.zeros(200), 100, groups=groups)
    assert report.verdict == "not-measurable"
    assert "With 10 training and 10 holdout groups" in report.reasons[0]


@pytest.mark.parametrize(("n_holdout", "told"), [(99, True), (100, False)])
def test_the_size_of_a_leak_takes_a_hundred_others(n_holdout, told):
    report = report_of(np.repeat([1, 0], [200, n_holdout]), 200)
    assert report.verdict == "leak"
    assert report.reasons[-1].startswith("How much could not be measured") == told


def test_attacks_that_were_spared_count_in_what_could_have_been_proved():
    """As in the bound of epsilon, which is divided among all that were planned."""
    report = report_of(np.zeros(30), 15)
    spared = AttackResult("loss-threshold", "scores", "-", "", spared=True)
    late = replace(report, results=[*report.results, *[spared] * 12])
    for one, n in ((report, 1), (late, 13)):
        factor = np.exp(epsilon_ceiling(15, 15, alpha=0.025, n_attacks=n))
        said = f"no more than a factor of {factor:.1f} between"
        assert any(said in text for text in one.reasons) == (factor < 5)
    assert report.verdict == "none-found"
    assert late.verdict == "not-measurable"
