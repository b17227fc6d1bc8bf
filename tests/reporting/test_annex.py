"""Evidence annexes: every attack is named, and nothing is said that was not seen."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from case_reports import not_run, of_each_case, report_of, sure_of
from former_report import FORMER
from sklearn.datasets import load_iris
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.attacks import get_attack_names
from skmia.auditing import AuditReport, audit_cv
from skmia.auditing._epsilon import Declared
from skmia.reporting.annex._annex import STANDARDS
from skmia.reporting.annex._release import RELEASES

REPORTS = of_each_case()


def plain(markdown):
    return re.sub(r"\\(.)", r"\1", markdown)


@pytest.fixture(scope="module")
def report():
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
        assert "| epsilon |" not in text
        assert "at least" not in text.split("## Limits")[0]
        assert "Tested: attackers" not in text


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
        (Declared(0.1, 0.0), "The declaration is false (confidence 97.5 %)."),
        (Declared(50.0, 0.0), "The declaration is not contradicted."),
        (None, "Nothing to compare."),
    ],
)
def test_a_guarantee_is_refuted_or_not_but_never_proved(declared, said):
    caught = report_of(sure_of(1000, 2000), bets=True, declared=declared)
    text = plain(caught.annex("nist-sp-800-226", release="public-api"))
    assert said in text
    assert "never prove" in text


def test_a_saved_report_has_the_same_annex(report, tmp_path):
    path = tmp_path / "audit.json"
    report.to_json(path)
    saved = AuditReport.from_json(path)
    texts = [one.annex("five-safes", release="internal") for one in (report, saved)]
    assert texts[0] == texts[1]
    report.annex("five-safes", release="internal", path=tmp_path / "annex.md")
    assert (tmp_path / "annex.md").read_text(encoding="utf-8") == texts[0]


def test_what_a_file_of_the_former_version_does_not_tell():
    saved = AuditReport.from_json(json.dumps(FORMER))
    for standard in STANDARDS:
        text = plain(saved.annex(standard, release="internal"))
        assert "This report does not say which other attacks there are." in text
        assert "Every attack" not in text.split("## Attacks that were not run")[1]
        assert "| made | skmia 0.1.0 |" in text
        assert "None" not in text
    assert "on 100 training and 90 holdout records; once. Validity" in plain(
        saved.annex("edpb-28-2024", release="internal")
    )
    assert "does not say which other attacks" in saved.to_text()


def test_attackers_know_what_their_attacks_need(report):
    text = plain(report.annex("edpb-28-2024", release="internal"))
    assert "kind of model; references on random halves of these records" in text
    assert "They train up to 4 models of their own." in text
    alone = report_of(sure_of(100), names=["gap"])
    text = plain(alone.annex("edpb-28-2024", release="internal"))
    assert "What some of them have besides: nothing." in text
    assert "They train" not in text
    none = not_run(alone)
    text = plain(none.annex("edpb-28-2024", release="internal"))
    assert "are taken into account. | No attack was run. |" in text


def test_models_of_a_cross_validation():
    """Nothing is trained, and yet attacks compare; a record counts for each model."""
    X, y = load_iris(return_X_y=True)
    X, y = X[:, :2], y  # without copies of whole rows there are fewer
    folds = RepeatedStratifiedKFold(n_splits=2, n_repeats=3, random_state=0)
    kept = {"return_estimator": True, "return_indices": True}
    tree = DecisionTreeClassifier(random_state=0)
    results = cross_validate(tree, X, y, cv=folds, **kept)
    report = audit_cv(results, X, y, attacks=["gap", "rmia-online"], random_state=0)
    assert report.summary["n_fits"].sum() == 0
    safes = plain(report.annex("five-safes", release="internal"))
    assert "Attackers who compared the model with others: rmia-online." in safes
    text = plain(report.annex("edpb-28-2024", release="internal"))
    pairs = "pairs of a record and one of 6 models"
    assert f"450 training {pairs} were audited" in text
    assert f"on 450 training and 450 holdout {pairs}; once" in text
    assert f"| records | 450 training, 450 holdout: {pairs} |" in text
    assert "Validity of the audit itself: no checks were made." in text
    assert "| attacks run | 2 of the 2 that were chosen |" in text
    assert f"450 training and 450 holdout {pairs}" in repr(report)


def test_an_attacker_with_the_model_alone_compares_with_none():
    alone = report_of(sure_of(100), names=["gap"])
    result = replace(alone.results[0], family="The decision only")
    alone = replace(alone, results=[result])
    text = plain(alone.annex("five-safes", release="internal"))
    assert "No attacker here compared the model with others." in text


def test_groups_that_are_left_out_are_counted():
    label = np.where(np.arange(4000) < 4, 2, np.arange(4000) % 2)
    report = report_of(sure_of(100), label=label)
    text = plain(report.annex("five-safes", release="internal"))
    said = "2 groups by label; 1 of fewer than 10 training records left out: p = "
    assert said in text
    whole = plain(report.annex("five-safes", release="internal", safe=False))
    assert "3 groups by label: p = " in whole


def test_an_error_names_the_path_of_the_user(report):
    path = "/nonexistent/x.md"
    with pytest.raises(FileNotFoundError) as caught:
        report.annex("five-safes", release="internal", path=path)
    assert caught.value.filename == path
    assert ".part" not in str(caught.value)


def test_names_that_are_none(report):
    with pytest.raises(ValueError, match="'edpb' is not the name of a standard"):
        report.annex("edpb", release="internal")
    with pytest.raises(ValueError, match="'public' is not the name of a release"):
        report.annex("five-safes", release="public")


def test_what_is_held_is_structure_and_no_comparison_with_other_models():
    from sklearn.datasets import load_iris
    from sklearn.neighbors import KNeighborsClassifier

    X, y = load_iris(return_X_y=True)
    model = KNeighborsClassifier().fit(X[::2], y[::2])
    sets = X[::2], y[::2], X[1::2], y[1::2]
    attacks = ["gap", "stored-rows"]
    held = audit(model, *sets, attacks=attacks, access="white-box", random_state=0)
    text = plain(held.annex("five-safes", release="open-weights"))
    assert "Training rows: stored-rows. Degrees of freedom not examined." in text
    assert "Stored rows flagged. 75 of 75 training records stand in the model" in text
    alone = plain(
        replace(held, structure=None).annex("five-safes", release="open-weights")
    )
    assert "Training rows: stored-rows. All else was not examined." in alone
    assert "No attacker here compared the model with others." in text
