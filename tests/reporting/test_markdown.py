"""A section of a model card."""

import pytest
from made_facts import EPSILON, facts, not_run, row
from sklearn.dummy import DummyClassifier
from skops.card import Card

from skmia.reporting._markdown import render_markdown


def test_what_is_said_of_a_leak():
    text = render_markdown(facts())
    assert text.startswith(
        "**▲ Leak found, step 4 of 5.** This model gives away who is in its training "
        "data.\n\nSomebody can name 22 of 100 records"
    )
    assert "| records | 2,500 training, 2,500 holdout |" in text
    assert "| epsilon | at least 3.47 (confidence 97.5 %) |" in text
    assert "| validity | 1 check passed, 1 note (groups) |" in text
    assert "| loss-threshold | scores | 0.600 \\[0.550, 0.650\\] |" in text
    assert "| attack | access | AUC | TPR at 0.1 % FPR |" in text
    assert "95 % intervals of one attack each" in text
    assert text.endswith("- Attacks that are not known today may find more.\n")


def test_numbers_that_do_not_count_are_not_shown():
    text = render_markdown(facts(verdict="invalid"))
    assert "These numbers do not count." in text
    assert "AUC" not in text
    assert "epsilon" not in text


@pytest.mark.parametrize(
    "changes",
    [
        {"created": None},
        {"epsilon": None},
        {"epsilon": EPSILON | {"epsilon": None}},
        {"attacks": [not_run()]},
        {"attacks": []},
        {"train_accuracy": None, "holdout_accuracy": None},
        {"limitations": []},
        {"checks": []},
    ],
)
def test_what_is_missing_is_left_out(changes):
    text = render_markdown(facts(**changes))
    assert "None" not in text
    assert "nan" not in text


def test_only_the_strongest_attacks():
    attacks = [row(f"a{i}", value=i / 10) for i in range(8)]
    text = render_markdown(facts(attacks=attacks))
    assert "| a7 |" in text
    assert "| a2 |" not in text
    assert "3 weaker attacks are left out." in text


def test_text_of_others_is_no_mark():
    about = {
        "name": "a|b <script> [x](y) `c`\n# d $e$",
        "kind": "*Forest*",
        "files": [],
    }
    text = render_markdown(facts(audited=about | {"declared": None}))
    line = next(line for line in text.splitlines() if line.startswith("| model |"))
    assert line == (
        "| model | a\\|b \\<script\\> \\[x\\](y) \\`c\\` \\# d \\$e\\$, \\*Forest\\* |"
    )


def test_a_declared_guarantee():
    declared = {"epsilon": 1.5, "delta": 1e-6}
    text = render_markdown(facts(audited=facts()["audited"] | {"declared": declared}))
    assert "| declared | epsilon 1.5, delta 1e-06 |" in text


def test_it_is_a_section_of_a_card():
    card = Card(DummyClassifier())
    card.add(**{"Membership audit": render_markdown(facts())})
    assert "# Membership audit\n\n**▲ Leak found" in card.render()
