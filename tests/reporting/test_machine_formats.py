"""JUnit, SARIF and text: one outcome, the same numbers, and well-formed."""

import json
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from made_facts import EPSILON, check, facts, row

from skmia.auditing import Policy, judge
from skmia.reporting._junit import render_junit
from skmia.reporting._sarif import render_sarif

OUTCOMES = ["passed", "note", "not-measurable", "invalid", "not run"]
TAGS = {"failed": "failure", "not measurable": "error", "invalid": "error"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
CHECKS = st.lists(st.builds(check, outcome=st.sampled_from(OUTCOMES), text=TEXTS))
POLICIES = st.none() | st.builds(
    Policy,
    st.lists(
        st.sampled_from(["auc > 0.6", "tpr_at_fpr[0.01] >= 0.3", "epsilon > 3"]),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    min_holdout=st.sampled_from([None, 100, 10000]),
)


@given(
    st.builds(
        facts,
        verdict=st.sampled_from(["leak", "none-found", "not-measurable", "invalid"]),
        checks=CHECKS,
        reasons=st.lists(TEXTS),
        attacks=st.lists(st.builds(row, value=st.none() | st.floats(0, 1)), max_size=2),
        epsilon=st.sampled_from([None, EPSILON]),
    ),
    POLICIES,
)
def test_all_say_the_same(made, policy):
    decision = judge(made, policy)
    suite = ElementTree.fromstring(render_junit(made, decision)).find("testsuite")
    [run] = json.loads(render_sarif(made, decision))["runs"]
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert properties["outcome"] == decision.outcome == run["properties"]["outcome"]
    assert properties["exit_code"] == str(decision.exit_code)
    assert run["invocations"][0]["exitCode"] == decision.exit_code
    assert properties["summary"] == decision.paragraph == run["properties"]["summary"]

    cases = suite.findall("testcase")
    assert len(cases) == len(decision.rows) + len(made["checks"])
    for case, one in zip(cases, decision.rows, strict=False):
        assert case.get("name") == one.rule
        [said] = case
        if one.outcome == "passed":
            assert (said.tag, said.text) == ("system-out", one.text)
        else:
            assert said.tag == TAGS[one.outcome]
            assert (said.get("message"), said.get("type")) == (one.text, one.outcome)
    counts = {name: int(suite.get(name)) for name in ("tests", "failures", "errors")}
    assert counts["tests"] == len(cases)
    assert counts["failures"] == sum(one.outcome == "failed" for one in decision.rows)
    # An outcome that blocks is red, one that does not is not.
    broken = counts["failures"] + counts["errors"]
    red = [one for one in made["checks"] if one["outcome"] in OUTCOMES[2:4]]
    assert (broken > len(red)) == (decision.exit_code > 0)

    blocking = [one for one in decision.rows if one.outcome != "passed"]
    for result, one in zip(run["results"], blocking, strict=True):
        assert result["ruleId"] == one.rule
        assert one.text in result["message"]["text"]
        if decision.outcome == "failed":
            assert one.text in decision.paragraph


def test_sarif_has_what_is_required():
    made = facts()
    log = json.loads(
        render_sarif(made, judge(made, Policy(["auc > 0.6", "auc > 0.9"])))
    )
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "skmia"
    assert [rule["id"] for rule in driver["rules"]] == [
        "verdict",
        "auc > 0.6",
        "auc > 0.9",
    ]
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert run["invocations"][0]["executionSuccessful"] is True
    [result] = run["results"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] == "error"
    assert result["message"]["text"].endswith("0.65 > 0.6")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "model.skops"
    assert result["partialFingerprints"]


def test_a_file_name_is_an_address():
    made = facts()
    made["audited"]["files"][0]["name"] = "my model.skops"
    assert "my%20model.skops" in render_sarif(made, judge(made, Policy("auc > 0.6")))
    made["audited"]["files"] = []
    assert '"uri": "Pipeline"' in render_sarif(made, judge(made, Policy("auc > 0.6")))
