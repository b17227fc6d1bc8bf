"""Whatever is made of a report says the same verdict and the same numbers."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from case_reports import of_each_case

from skmia.auditing import AuditReport, Policy, judge
from skmia.reporting._junit import render_junit
from skmia.reporting._sarif import render_sarif
from skmia.reporting.annex._annex import STANDARDS

REPORTS = of_each_case()
POLICY = Policy(["auc > 0.6", "tpr_at_fpr[0.01] > 0.05"])


class Text(HTMLParser):
    """What a page says, without its style."""

    def __init__(self, html):
        super().__init__()
        self.words, self.silent = [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.silent = tag == "style"

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def squeezed(text):
    """In one line; thousands and blanks before % as in plain text."""
    return " ".join(re.sub(r"[\u00a0\u202f]", " ", text).split())


@pytest.fixture(params=REPORTS)
def report(request):
    return REPORTS[request.param]


def page_of(report, folder):
    report.to_html(folder / "page.html")
    html = (folder / "page.html").read_text("utf-8")
    return squeezed("".join(Text(html).words))


def unmarked(markdown):
    return squeezed(re.sub(r"\\(.)", r"\1", markdown))


def markdowns_of(report):
    """The section of a card, and all annexes."""
    annexes = (report.annex(one, release="open-weights") for one in STANDARDS)
    return [unmarked(text) for text in (report.to_markdown(), *annexes)]


def test_every_case_is_there():
    cases = {report.finding["case"] for report in REPORTS.values()}
    assert cases == {
        *("leak-1", "leak-2", "leak-3", "leak-4", "leak-5", "leak-unsized"),
        *("none-found", "none-found-bounded"),
        *("too-few", "no-attack", "positive-control"),
        *("population", "same-rows", "labels", "swapped", "groups"),
        "negative-control",
    }
    assert len(REPORTS) >= 19


def test_the_verdict_in_words(report, tmp_path):
    found = report.finding
    whole = squeezed(report.to_text())
    page = page_of(report, tmp_path)
    markdown = squeezed(re.sub(r"[\\*`]", "", report.to_markdown()))
    for text in (repr(report), whole, page, markdown):
        assert found["headline"] in squeezed(text)
        assert found["chip"] in text
    for sentence in found["sentences"]:
        assert squeezed(sentence) in whole
        assert squeezed(sentence) in page
    if found["step"]:
        assert f"step {found['step']} of 5" in whole
        assert f"step {found['step']} of 5" in page


def test_the_numbers_of_the_attacks(report, tmp_path):
    """To the digits that are shown; of an invalid audit none is."""
    page = page_of(report, tmp_path)
    aucs = [f"{auc:.3f}" for auc in report.summary["auc"].dropna()]
    markdowns = markdowns_of(report)
    if report.verdict == "invalid":
        html = report._repr_html_()
        for text in (page, report.to_text(), html, *markdowns):
            assert not [auc for auc in aucs if auc in text]
            assert not re.search(r"psilon\W+(is )?at least|ε ≥|epsilon >=", text)
            assert "Tested: attackers who see" not in text
        return
    for auc in aucs:
        assert auc in page
        assert all(auc in text for text in markdowns)
        assert auc in repr(report)
        assert auc.replace("0.", ".") in report.to_text()


def test_what_is_declared(report, tmp_path):
    """False, not contradicted, or not to be compared: one of them, everywhere."""
    evidence, declared = report.epsilon, report.declared
    nist = unmarked(report.annex("nist-sp-800-226", release="internal"))
    texts = [squeezed(repr(report)), page_of(report, tmp_path), nist]
    said = {
        "The declaration is false (confidence 97.5 %).": 0,
        "The declaration is not contradicted.": 0,
        "the two cannot be compared.": 0,
    }
    if None not in (evidence, declared) and report.verdict != "invalid":
        false = evidence.epsilon > declared.epsilon
        kind = 2 if evidence.unit == "group" else 1 - false
        said[[*said][kind]] = 1
    for text in texts:
        assert {one: int(one in text) for one in said} == said


def test_whose_epsilon_it_is():
    report = REPORTS["groups"]
    card, *annexes = markdowns_of(report)
    shown = f"{report.epsilon.epsilon:.2f}"
    assert f"| epsilon | at least {shown} for one group (confidence 97.5 %) |" in card
    assert f"epsilon for one group is at least {shown} (rmia-online" in annexes[1]
    assert "A declaration here is for one record." in annexes[1]
    assert "protected less. Measured was a group:" in annexes[1]
    assert f"at least {shown} for one group (rmia-online)" in report.to_text()
    said = f"epsilon >= {report.epsilon.epsilon:.3g} for one group at 97.5 %"
    assert said in judge(report.to_dict()).paragraph


def test_machines_are_told_the_same(report):
    facts = json.loads(report.to_json())
    decision = judge(facts, POLICY)
    assert facts["verdict"] == report.verdict
    assert facts["finding"] == report.finding
    saved = AuditReport.from_json(json.dumps(facts))
    assert judge(saved.to_dict(), POLICY) == decision
    suite = ElementTree.fromstring(render_junit(facts, decision))
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert properties["verdict"] == report.verdict
    sarif = json.loads(render_sarif(facts, decision))
    [run] = sarif["runs"]
    assert run["properties"]["verdict"] == report.verdict
    assert run["properties"]["outcome"] == decision.outcome
    told = " ".join(" ".join(one.attrib.values()) for one in suite.iter())
    for row in decision.rows:
        if row.outcome != "passed":
            assert row.text in told
    if report.verdict in ("invalid", "not-measurable"):
        assert decision.exit_code == 3
    worst = max(report.summary["auc_high"].dropna(), default=None)
    if report.verdict == "leak" and worst > 0.6:
        assert decision.exit_code in (1, 3)
    if decision.exit_code == 0:
        assert worst <= 0.6
