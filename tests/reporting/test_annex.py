"""Evidence annexes: every attack is named, and nothing is said that was not seen."""

import re

import pytest
from case_reports import of_each_case, report_of, sure_of

from skmia import audit
from skmia.attacks import get_attack_names
from skmia.auditing import AuditReport
from skmia.auditing._epsilon import Declared
from skmia.reporting.annex._annex import STANDARDS
from skmia.reporting.annex._release import RELEASES

REPORTS = of_each_case()


def plain(markdown):
    return re.sub(r"\\(.)", r"\1", markdown)


@pytest.fixture(scope="module")
def report():
    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier

    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    data = X[::2], y[::2], X[1::2], y[1::2]
    return audit(tree, *data, attacks=["gap", "rmia-online"], n_shadows=4)


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("release", RELEASES)
def test_every_attack_is_named_as_run_or_not(report, standard, release):
    text = plain(report.annex(standard, release=release))
    ran, others = text.split("## Attacks that were not run")
    ran = ran.split("## Attacks that were run")[1]
    assert "| gap | label |" in ran
    assert "| rmia-online | scores |" in ran
    named = set(re.findall(r"[\w-]+", others))
    assert {*get_attack_names()} - {"gap", "rmia-online"} <= named
    assert "no legal advice" in text
    assert release in text


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("name", REPORTS)
def test_of_every_case(name, standard):
    case = REPORTS[name]
    text = plain(case.annex(standard, release="internal"))
    assert case.finding["headline"] in text
    assert "None" not in text.replace("None found", "")
    assert "nan" not in text
    if case.verdict == "invalid":
        assert "| AUC |" not in text
        assert "epsilon is at least" not in text


def test_the_paragraphs_of_the_opinion(report):
    text = plain(report.annex("edpb-28-2024", release="public-api"))
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    where = [row[0].removeprefix("| ") for row in rows]
    for paragraph in ("43", "46", "55", "58"):
        assert paragraph in where
    # What it names beside membership inference was not tested, and is said so.
    for kind in ("55 (ii)", "55 (iii)", "55 (iv)", "55 (v)"):
        (row,) = [row for row in rows if row[0] == f"| {kind}"]
        assert row[2] == "Not examined by this audit. |"
    assert "insignificant for any data subject" in text
    assert "all the means reasonably likely to be used" in text.lower()
    assert "can only be evidence for the resistance to those attacks" in text


def test_a_release_says_what_was_not_tested(report):
    public = plain(report.annex("edpb-28-2024", release="public-api"))
    assert "the model itself (white-box)" not in public
    weights = plain(report.annex("edpb-28-2024", release="open-weights"))
    assert "Not tested: attackers who see" in weights
    assert "the model itself (white-box)" in weights


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Declared(0.1, 0.0), "The declaration is false"),
        (Declared(50.0, 0.0), "Not refuted."),
        (None, "Nothing to compare."),
    ],
)
def test_a_guarantee_is_refuted_or_not_but_never_proved(declared, said):
    caught = report_of(sure_of(1000, 2000), bets=True, declared=declared)
    text = plain(caught.annex("nist-sp-800-226", release="public-api"))
    assert said in text
    assert "never prove" in text or declared == Declared(0.1, 0.0)


def test_a_saved_report_has_the_same_annex(report, tmp_path):
    path = tmp_path / "audit.json"
    report.to_json(path)
    saved = AuditReport.from_json(path)
    texts = [one.annex("five-safes", release="internal") for one in (report, saved)]
    assert texts[0] == texts[1]
    report.annex("five-safes", release="internal", path=tmp_path / "annex.md")
    assert (tmp_path / "annex.md").read_text(encoding="utf-8") == texts[0]


def test_names_that_are_none(report):
    with pytest.raises(ValueError, match="'edpb' is not the name of a standard"):
        report.annex("edpb", release="internal")
    with pytest.raises(ValueError, match="'public' is not the name of a release"):
        report.annex("five-safes", release="public")
