"""What a gate decides: never in favour of what was not measured."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_facts import EPSILON, FINDING, FPRS, check, facts, group, not_run, row

from skmia.auditing import Policy, judge
from skmia.reporting._conditions import parse_condition

RULES = ["auc", "balanced_accuracy", "advantage", *(f"tpr_at_fpr[{x}]" for x in FPRS)]


def decided(policy, **changes):
    policy = Policy(policy) if isinstance(policy, str | list) else policy
    return judge(facts(**changes), policy)


def test_a_leak_without_a_condition_is_no_failure():
    decision = judge(facts())
    assert (decision.outcome, decision.exit_code) == ("no gate", 0)
    assert decision.paragraph.startswith(
        "skmia: NO GATE (exit 0). Leak found in income-forest, step 4 of 5 (odds x32 "
        "or more, epsilon >= 3.47 at 97.5 %): loss-threshold names 22.4 of 100 records "
    )


@pytest.mark.parametrize(
    ("condition", "use", "outcome"),
    [
        ("auc > 0.64", "upper", "failed"),
        ("auc > 0.66", "upper", "passed"),
        ("auc > 0.59", "estimate", "failed"),
        ("auc > 0.61", "estimate", "passed"),
        ("auc >= 0.6", "estimate", "failed"),
        ("auc > 0.6", "estimate", "passed"),
        ("auc > 0.54", "lower", "failed"),
        ("auc > 0.56", "lower", "passed"),
        ("tpr_at_fpr[0.01] > 0.05", "upper", "failed"),
        ("epsilon > 3", "upper", "failed"),
        ("epsilon > 3", "lower", "failed"),
        ("epsilon > 3.5", "upper", "passed"),
    ],
)
def test_the_worst_attack_is_judged(condition, use, outcome):
    decision = decided(Policy(condition, use=use))
    assert decision.outcome == outcome
    found = decision.rows[-1]
    assert found.attack == "loss-threshold"
    assert found.end == ("proved" if "epsilon" in condition else use)
    assert found.limit == parse_condition(condition).limit


def test_the_paragraph_says_rule_value_and_end():
    text = decided("tpr_at_fpr[0.01] > 0.05").paragraph
    assert text.startswith("skmia: FAIL (exit 1). Leak found in income-forest")
    assert "Failed: tpr_at_fpr[0.01] (loss-threshold, upper end): 0.65 > 0.05." in text
    assert (
        "Validity: 1 check passed, 1 note (groups). 2 attacks run, 1 not run." in text
    )
    assert text.endswith("Seed 7, model sha256 e3be6c09a438.")


def test_epsilon_is_said_to_be_a_bound():
    text = decided("epsilon > 3").paragraph
    assert "proved lower bound, corrected for the number of attacks): 3.47 > 3." in text


def test_a_remedy_is_to_be_audited_again():
    rows = [
        {"defense": "Rounded", "step": 4, "accuracy_change": 0.0},
        {"defense": "Noisy", "step": 1, "accuracy_change": -0.1},
        {"defense": "SplitAI", "step": 1, "accuracy_change": 0.002},
        {"defense": "Failing", "step": None, "accuracy_change": None},
    ]
    text = judge(facts(defenses=rows)).paragraph
    assert "Try SplitAI (step 1 here, accuracy +0.2 points): audit it again." in text
    assert "Try" not in judge(facts(defenses=rows[:1])).paragraph


def test_text_of_others_stays_on_the_line():
    audited = facts()["audited"] | {"name": "a\n::error::\x1b[31mforest"}
    text = judge(facts(audited=audited)).paragraph
    assert "Leak found in a ::error:: [31mforest, step 4" in text
    assert text.isprintable()


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [("invalid", "invalid"), ("not-measurable", "not measurable"), ("new", "invalid")],
)
@pytest.mark.parametrize("policy", [None, Policy("auc > 0.99"), Policy("auc > 0.5")])
def test_an_audit_that_does_not_count_is_no_verdict(verdict, outcome, policy):
    made = facts(verdict=verdict) if verdict != "new" else facts()
    decision = judge(made | {"verdict": verdict}, policy)
    assert (decision.outcome, decision.exit_code) == (outcome, 3)


def test_nothing_is_compared_where_numbers_do_not_count():
    decision = decided("auc > 0.5", verdict="invalid")
    assert [one.value for one in decision.rows] == [None, None]
    assert "0.65" not in decision.paragraph
    assert "epsilon" not in decision.paragraph


def test_a_rate_that_the_audit_does_not_look_at():
    with pytest.raises(ValueError, match=r"It looks at 0\.001, 0\.01, 0\.1"):
        decided("tpr_at_fpr[0.05] > 0.1")


def test_too_few_records_for_a_rate():
    nothing = {f"tpr_at_fpr_0.001{end}": None for end in ("", "_low", "_high")}
    attacks = [row(**nothing), row("gap", "label", **nothing)]
    decision = decided("tpr_at_fpr[0.001] > 0.1", attacks=attacks, n_holdout=899)
    assert decision.exit_code == 3
    assert "it takes 1,000 holdout records" in decision.paragraph


def test_one_attack_that_was_not_measured_could_be_the_worst():
    attacks = [row(), row("odd", auc_high=None)]
    decision = decided("auc > 0.9", attacks=attacks)
    assert decision.outcome == "not measurable"
    assert "auc: not measured for odd." in decision.paragraph
    assert decided("auc > 0.6", attacks=attacks).outcome == "failed"


def test_no_attack_was_run():
    decision = decided("auc > 0.9", attacks=[not_run()])
    assert "auc: no attack was run that counts here." in decision.paragraph
    assert decision.exit_code == 3


def test_what_the_audit_did_not_begin_may_be_worse():
    spared = [not_run("rmia-online") | {"spared": True}]
    for condition in ("auc > 0.9", "epsilon > 4"):
        decision = decided(condition, attacks=[row(), *spared])
        assert decision.outcome == "not measurable"
        assert "stopped before it was the turn of rmia-online." in decision.paragraph
    assert decided("epsilon > 3", attacks=[row(), *spared]).outcome == "failed"


@pytest.mark.parametrize(
    "evidence",
    [
        None,
        EPSILON | {"epsilon": None},
        EPSILON | {"epsilon": nan},
        EPSILON | {"epsilon": 0.0, "ceiling": None},
        EPSILON | {"epsilon": 0.0, "ceiling": nan},
    ],
)
def test_epsilon_that_nobody_could_prove(evidence):
    decision = decided("epsilon > 3", epsilon=evidence)
    assert decision.outcome == "not measurable"
    assert decision.rows[-1].value in (None, 0.0)


def test_a_limit_above_the_ceiling_is_not_kept_but_out_of_reach():
    assert decided("epsilon > 6.1").outcome == "passed"
    decision = decided("epsilon > 6.13")
    assert decision.outcome == "not measurable"
    assert "could have proved that much on these records (6.13 is" in decision.paragraph


def test_a_failure_beside_something_unmeasured_is_no_plain_failure():
    decision = decided(["auc > 0.6", "epsilon > 6.13"])
    assert [one.outcome for one in decision.rows] == [
        "passed",
        "failed",
        "not measurable",
    ]
    assert decision.exit_code == 3
    assert "Failed: auc" in decision.paragraph


def test_limits_by_access_count_attacks_of_that_access_or_less():
    attacks = [row("a", "label", 0.5), row("b", "top-k", 0.6), row("c", value=0.7)]
    for access, failing in (("label", 0.5), ("top-k", 0.6), ("white-box", 0.7)):
        for limit, outcome in ((failing - 0.01, "failed"), (failing + 0.01, "passed")):
            policy = Policy(access={access: f"auc > {limit}"}, use="estimate")
            decision = decided(policy, attacks=attacks)
            assert decision.outcome == outcome
            assert decision.rows[-1].rule == f"{access}: auc > {limit}"
    policy = Policy(access={"label": "auc > 0.9"})
    assert decided(policy, attacks=attacks[1:]).outcome == "not measurable"


@pytest.mark.parametrize(
    ("granted", "access", "outcome"),
    [
        (["label"], "label", "passed"),
        (["label"], "scores", "not measurable"),
        (["label"], "white-box", "not measurable"),
        (["scores"], "top-k", "passed"),
        (["scores"], "explanations", "not measurable"),
        (["timing", "white-box"], "scores", "passed"),
        (None, "white-box", "passed"),  # of a file that does not say
    ],
)
def test_what_was_not_granted_cannot_have_been_measured(granted, access, outcome):
    attacks = [row("gap", "label", value=0.6)]
    changes = {"attacks": attacks, "run": {"access": granted}}
    decision = decided(Policy(access={access: "auc > 0.9"}), **changes)
    assert decision.outcome == outcome
    if outcome != "passed":
        said = f"auc: '{access}' was not granted to the attackers here, who see"
        assert said in decision.paragraph
    # Who is granted more has this attack, too.
    decision = decided(Policy(access={access: "auc > 0.5"}), **changes)
    assert decision.outcome == "failed"


def test_the_paragraph_says_what_attackers_see():
    text = judge(facts(run={"access": ["label"]})).paragraph
    assert "1 not run. Attackers see what it predicts. Seed 7" in text
    assert "Attackers see" not in judge(facts(run={"access": ["scores"]})).paragraph


def test_the_worst_group_is_judged():
    groups = [group("a", 0.6), group("b", 0.8, by="town")]
    decision = decided(Policy(groups="auc > 0.85"), groups=groups)
    assert decision.outcome == "failed"
    assert "auc of the group town b (loss-threshold, upper end)" in decision.paragraph
    assert decided(Policy(groups="auc > 0.95"), groups=groups).outcome == "passed"
    groups.append(group("c", None))
    decision = decided(Policy(groups="auc > 0.95"), groups=groups)
    assert "not measured for label c" in decision.paragraph
    assert decided(Policy(groups="auc > 0.85"), groups=groups).outcome == "failed"
    decision = decided(Policy(groups="auc > 0.95"))
    assert "No groups were asked for." in decision.paragraph
    assert decision.exit_code == 3


@pytest.mark.parametrize(
    ("power", "outcome"),
    [
        ({"min_holdout": 2500}, "passed"),
        ({"min_holdout": 2501}, "not measurable"),
        ({"min_provable_factor": 459}, "passed"),  # exp(6.13) = 459.4
        ({"min_provable_factor": 460}, "not measurable"),
        ({"attacks": "gap"}, "passed"),
        ({"attacks": ["gap", "rmia-online"]}, "not measurable"),
        ({"attacks": "lyra"}, "not measurable"),
        ({"allow_notes": ["groups"]}, "passed"),
        ({"allow_notes": ["copies"]}, "invalid"),
        ({"allow_notes": []}, "invalid"),
    ],
)
def test_an_audit_must_be_as_thorough_as_the_policy_says(power, outcome):
    decision = decided(Policy("auc > 0.9", **power))
    assert decision.outcome == outcome
    assert decided(Policy("auc > 0.6", **power)).exit_code in (1, 3)


def test_nothing_is_provable_without_bets():
    policy = Policy("auc > 0.9", min_provable_factor=2)
    assert decided(policy, epsilon=None).outcome == "not measurable"


def test_an_invalid_check_is_never_allowed():
    policy = Policy("auc > 0.9", allow_notes=["copies"])
    checks = [check(outcome="invalid")]
    assert decided(policy, verdict="invalid", checks=checks).outcome == "invalid"


@pytest.mark.parametrize("metric", ["auc", "epsilon"])
def test_an_attack_that_failed_is_not_measured(metric):
    attacks = [row("a", value=0.5), row("b", value=None, status="failed: ValueError")]
    evidence = EPSILON | {"epsilon": 0.0, "ceiling": 5.0}
    decision = decided(f"{metric} > 0.9", attacks=attacks, epsilon=evidence)
    assert decision.exit_code == 3
    assert "it failed: b." in decision.rows[-1].text
    passes = decided(f"{metric} > 0.9", attacks=attacks[:1], epsilon=evidence)
    assert passes.exit_code == 0


VALUES = st.none() | st.just(nan) | st.floats(0, 1)
STATUSES = st.sampled_from(["ok", "partial: 5 of 9", "not run: why", "failed: what"])
ATTACKS = st.lists(
    st.builds(
        row,
        name=st.sampled_from("abcd"),
        access=st.sampled_from(["label", "top-k", "scores", "white-box", "-"]),
        value=VALUES,
        status=STATUSES,
        spared=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda one: one["attack"],
)
ENDS = st.sampled_from(["upper", "estimate", "lower"])
LIMITS = st.floats(0, 0.99)
EVIDENCE = st.none() | st.builds(
    lambda epsilon, ceiling: EPSILON | {"epsilon": epsilon, "ceiling": ceiling},
    st.none() | st.floats(0, 5),
    st.none() | st.floats(0, 5),
)


@given(ATTACKS, st.sampled_from(RULES), LIMITS, ENDS)
def test_nothing_passes_that_was_not_measured(attacks, metric, limit, use):
    ran = [one for one in attacks if one["status"][:2] in ("ok", "pa")]
    decision = decided(Policy(f"{metric} > {limit}", use=use), attacks=attacks)
    unmeasured = [one for one in ran if one["auc"] is None or isnan(one["auc"])]
    if not ran or unmeasured:
        assert decision.exit_code in (1, 3)
    if len(unmeasured) == len(ran):
        assert decision.exit_code == 3


@given(EVIDENCE, st.floats(0, 5))
def test_no_epsilon_passes_that_could_not_have_failed(evidence, limit):
    decision = decided(f"epsilon > {limit}", epsilon=evidence)
    passes = (
        evidence is not None
        and None not in (evidence["epsilon"], evidence["ceiling"])
        and evidence["epsilon"] <= limit < evidence["ceiling"]
    )
    assert (decision.outcome == "passed") == passes


@given(
    ATTACKS,
    EVIDENCE,
    st.sampled_from([*RULES, "epsilon"]),
    st.sampled_from([">", ">="]),
    st.tuples(LIMITS, LIMITS),
    ENDS,
)
def test_a_stricter_limit_fails_what_fails(attacks, epsilon, metric, op, limits, use):
    strict, lax = (
        judge(
            facts(attacks=attacks, epsilon=epsilon),
            Policy(f"{metric} {op} {limit}", use=use),
        )
        for limit in sorted(limits)
    )
    if lax.outcome == "failed":
        assert strict.outcome == "failed"
    if strict.outcome == "passed":
        assert lax.outcome != "failed"


@given(ATTACKS, st.sampled_from(RULES), LIMITS, ENDS, VALUES)
def test_one_more_attack_never_helps(attacks, metric, limit, use, value):
    policy = Policy(f"{metric} > {limit}", use=use)
    more = [*attacks, row("e", value=value)]
    if decided(policy, attacks=more).outcome == "passed":
        ran = [one for one in attacks if one["status"][:2] in ("ok", "pa")]
        assert not ran or decided(policy, attacks=attacks).outcome == "passed"


def test_a_leak_of_few_records_is_named_without_its_size():
    about = {"chip_more": "size not measurable", "step": None, "factor": None}
    found = FINDING | about | {"counts": None}
    text = judge(facts(finding=found, epsilon=None)).paragraph
    assert "Leak found in income-forest, size not measurable." in text
