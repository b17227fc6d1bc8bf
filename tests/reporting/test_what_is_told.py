"""What a report that may be forwarded tells of its records, and of what it lacks."""

import json

import numpy as np
import pandas as pd
import pytest
from case_reports import report_of as report_of_scores
from case_reports import sure_of
from made_reports import attack, report_of

from skmia.auditing import AuditReport
from skmia.auditing._described import _shown
from skmia.auditing._findings import failure
from skmia.reporting._plain_page import render_text


def of_people():
    """Ten of 60 are recognised; rows have the names of people."""
    score = np.random.default_rng(0).normal(size=140)
    score[20:30] += 8
    names = [f"Jane Doe {i}" for i in range(140)]
    label = np.arange(140) % 2
    return report_of(attack(score), n_members=60, names=names, label=label)


def test_row_names_may_be_those_of_people():
    report = of_people()
    text = report.to_json()
    assert "Jane" not in text + report.to_text() + report.to_markdown()
    assert set(map(str, range(20, 30))) <= set(json.loads(text)["recognised"]["rows"])
    told = report.to_dict(safe=False)["recognised"]["rows"]
    assert set(told) == set(report.flag_members(0.1)["record"])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([{"name": "Jane", "age": 34.0}], "list of 1"),
        ([["Jane", 34]], "list of 1"),
        ([[np.int64(3), np.float32(4.5)]], "list of 1"),
        ([(None, 2.0)], "list of 1"),
        ({"age": [34, 41]}, "{'age': list of 2}"),
        ({0: 1, 1: 5}, "{0: 1, 1: 5}"),
        ([("a", "passthrough", ["b"])], "[['a', 'passthrough', ['b']]]"),
        ([0.2, 0.8], "[0.2, 0.8]"),
    ],
)
def test_parameters_that_may_be_records(value, told):
    assert _shown(value) == told


def test_measurements_in_an_error_are_not_quoted():
    error = ValueError("no kernel for -1.84874 or 2.5e-3, use scipy 1.11.4 or C=0.5")
    told = "no kernel for [...] or 2.5e-3, use scipy 1.11.4 or C=0.5"
    assert failure(error, np.zeros((3, 2))) == told


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(5), "Of 'sex': .* 140 in all. Got 5"),
        ("Jane", "Of 'sex': .* hold a value for each record"),
        (pd.Series("m", index=[f"J{i}" for i in range(140)]), "It lacks 'Jane Doe 0'"),
    ],
)
def test_columns_that_are_none_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        of_people().with_about(by={"sex": values})


def test_a_column_of_one_group_is_said_to_be_none(tmp_path):
    report = of_people().with_about(by={"site": ["north"] * 140})
    facts = report.to_dict()
    assert [table["by"] for table in facts["groups"]] == ["label"]
    assert facts["groups_why"].startswith("By site: ")
    why = " ".join(facts["groups_why"].split())
    assert why in " ".join(report.to_text().split())
    report.to_html(tmp_path / "audit.html")
    assert "By site: " in (tmp_path / "audit.html").read_text("utf-8")


def test_groups_that_are_too_small_are_counted_in_the_text():
    family = [f"family {i % 40}" for i in range(140)]
    text = of_people().with_about(by={"family": family}).to_text()
    assert "  family                40 left out: too small\n" in text


def test_text_obeys_no_name():
    """80 columns whatever classes are called, and no sign that a terminal obeys."""
    facts = of_people().with_about(name="Model " * 20).to_dict()
    long, red = facts["groups"][0]["rows"]
    long["group"], red["group"] = "long" * 60, "\x1b[31mred\nline"
    text = render_text(facts)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "label [31mred line" in text
    assert "longlonglong" in text


def test_a_leak_that_names_nobody_does_not_give_away_who_is_in():
    """The answers rule some out: that is a large factor, and names nobody."""
    score = np.r_[np.ones(1000), np.ones(500), np.zeros(500)]
    rules_out = report_of_scores(score, bets=True, n_members=1000).finding
    assert rules_out["step"] >= 4
    assert "who is, or is not, in its training data" in rules_out["headline"]
    names = report_of_scores(sure_of(900)).finding
    assert "who is in its training data" in names["headline"]


def test_reports_that_are_not_to_be_forwarded_can_be_compared():
    report = of_people()
    saved = AuditReport.from_json(report.to_json(safe=False))
    pd.testing.assert_frame_equal(saved.diff(saved), report.diff(report))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"schema": "skmia-audit/2"}', "must have 'created'"),
        (b'{"schema": "skmia-audit/2", "seed": NaN}', "is no JSON: it holds NaN"),
        (b"PK\x03\x04\x87\xff", "is no JSON: "),
    ],
)
def test_files_that_hold_no_report(content, message, tmp_path):
    path = tmp_path / "audit.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        AuditReport.from_json(path)
