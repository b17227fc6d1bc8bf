"""The report as plain text: every section, within 80 columns."""

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from skmia import audit
from skmia.reporting._plain_page import render_text


@pytest.fixture(scope="module")
def facts():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X_train, X_holdout, y_train, y_holdout = train_test_split(X, y, random_state=0)
    forest = RandomForestClassifier(10, random_state=0).fit(X_train, y_train)
    sets = X_train, y_train, X_holdout, y_holdout
    attacks = ["gap", "lira-online", "rmia-online", "salem2"]
    return audit(forest, *sets, attacks=attacks, n_shadows=4, random_state=0).to_dict()


def squeezed(text):
    return " ".join(text.split())


def test_it_is_80_columns_wide(facts):
    lines = render_text(facts).splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line != line.rstrip()]


def test_it_says_what_the_facts_say(facts):
    text = squeezed(render_text(facts))
    found = facts["finding"]
    for said in (found["headline"], *found["sentences"], *facts["notes"]):
        assert squeezed(said) in text
    for check in facts["checks"]:
        assert f"{check['outcome']} {check['name']}: {check['text']}" in text
    for row in facts["groups"][0]["rows"]:
        assert f"label {row['group']} AUC {row['auc']:.3f}" in text
    assert f"at least {facts['epsilon']['epsilon']:.2f}" in text
    for row in facts["not_run"]:
        assert row["what"] in text


def test_numbers_that_do_not_count_are_not_told(facts):
    finding = facts["finding"] | {"step": None, "ppv": None}
    text = render_text(facts | {"verdict": "invalid", "finding": finding})
    assert "ATTACKS\n" not in text
    assert "EPSILON\n" not in text
    assert "HOW MUCH SURER" not in text


def test_a_section_that_was_not_computed_says_how(facts):
    text = squeezed(render_text(facts))
    assert "Not computed: suggest_defenses(report, model, ...) does." in text
    row = {
        "defense": "LabelOnly",
        "auc": 0.6,
        "factor": 4.3,
        "accuracy_change": -0.004,
        "train_seconds_ratio": 1.0,
        "status": "ok",
    }
    failed = {"defense": "Selena", "auc": None, "status": "failed: ValueError"}
    text = squeezed(render_text(facts | {"defenses": [row, failed]}))
    assert "LabelOnly ×4.3 at least, AUC 0.600, accuracy -0.4 points" in text
    assert "Selena failed: ValueError" in text
