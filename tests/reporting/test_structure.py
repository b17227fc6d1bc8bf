"""Structural flags are told alike wherever a report is shown."""

import json
import re
from dataclasses import replace
from html import unescape
from importlib.resources import files

import pytest
from case_reports import of_each_case
from jsonschema import Draft202012Validator

from skmia.auditing import AuditReport
from skmia.reporting._structure import NO_MEASUREMENT

FLAGS = [
    ("degrees of freedom", True, -5, 10, "15 records less 20 numbers leave -5."),
    ("k-anonymity", False, 12, 10, "All 3 leaves hold 10 training records or more."),
    ("stored rows", None, None, 0, "Not examined: what <b>X</b> holds is not known."),
]
NAMES = ("name", "flagged", "value", "limit", "reason")
STRUCTURE = {"flags": [dict(zip(NAMES, row, strict=True)) for row in FLAGS]}
STRUCTURE |= {"why": None}
NOTHING = {"flags": [], "why": "Not examined: the model counts its queries."}
REPORTS = of_each_case()
INVALID = [case for case, report in REPORTS.items() if report.verdict == "invalid"]


def with_structure(case, structure):
    return replace(REPORTS[case], structure=structure)


def squeezed(text):
    return " ".join(text.split())


def shown(report, folder):
    """Text, page, card and annex, without their marks."""
    report.to_html(folder / "page.html")
    page = re.sub(r"<[^>]*>", "", (folder / "page.html").read_text("utf-8"))
    cards = report.to_markdown(), report.annex("five-safes", release="internal")
    texts = [report.to_text(), unescape(page)]
    texts += [unescape(re.sub(r"\\(.)", r"\1", one)) for one in cards]
    return [squeezed(text) for text in texts]


def test_every_rendering_tells_all_flags(tmp_path):
    report = with_structure("leak-2", STRUCTURE)
    for text in shown(report, tmp_path):
        for name, *_, reason in FLAGS:
            assert name in text.lower()
            assert reason in text
    for text in shown(report, tmp_path)[:3]:
        assert NO_MEASUREMENT in text
    line = (
        "Structure of the model: flagged for degrees of freedom (2 of 3 risks were "
        "examined); no measurement of leakage."
    )
    assert line in repr(report)
    assert line in report._repr_html_()
    assert report.finding == REPORTS["leak-2"].finding


def test_why_there_is_none_is_told(tmp_path):
    for text in shown(with_structure("leak-2", NOTHING), tmp_path)[:3]:
        assert NOTHING["why"] in text
    assert NOTHING["why"] in repr(with_structure("leak-2", NOTHING))


@pytest.mark.parametrize("case", INVALID)
def test_where_numbers_do_not_count_no_flag_does(case, tmp_path):
    """The records may not be those of the training."""
    report = with_structure(case, STRUCTURE)
    for text in (*shown(report, tmp_path), repr(report)):
        for *_, reason in FLAGS:
            assert reason not in text


@pytest.mark.parametrize("structure", [STRUCTURE, NOTHING])
def test_the_file(structure):
    report = with_structure("leak-2", structure)
    text = files("skmia.reporting").joinpath("skmia-audit-2.schema.json").read_text()
    validator = Draft202012Validator(json.loads(text))
    validator.validate(report.to_dict())
    saved = AuditReport.from_json(report.to_json())
    assert saved.verify()
    assert saved.to_dict()["structure"] == structure
    assert repr(saved) == repr(report)
    assert saved.to_text() == report.to_text()
    wrong = report.to_dict() | {"structure": {"flags": None, "why": None}}
    assert not validator.is_valid(wrong)


def test_a_report_without_them_does_not_speak_of_them(tmp_path):
    report = REPORTS["leak-2"]
    assert "structure" not in report.to_dict()
    text, page, card, _ = shown(report, tmp_path)
    assert "STRUCTURE" not in text
    assert "structure" not in card.lower()
    assert "Not examined: attackers were not granted the model itself." in page
