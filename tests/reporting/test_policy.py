"""Policies: from conditions, from files, and what is refused."""

import re
from pathlib import Path

import pytest

from skmia.auditing import Policy
from skmia.reporting._policy import as_policy

TOML = """
conditions = ["tpr_at_fpr[0.01] > 0.05", "epsilon > 3"]
use = "lower"
groups = "auc > 0.7"
attacks = ["rmia-online"]
min_holdout = 1000
min_provable_factor = 20
allow_notes = ["copies"]

[access]
label = ["auc > 0.55"]
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_is_the_policy_of_its_values(file):
    assert Policy.from_toml(file(TOML)) == Policy(
        ["tpr_at_fpr[0.01] > 0.05", "epsilon > 3"],
        use="lower",
        access={"label": "auc > 0.55"},
        groups=["auc > 0.7"],
        attacks="rmia-online",
        min_holdout=1000,
        min_provable_factor=20,
        allow_notes=("copies",),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("condition = ['auc > 0.6']", "'condition' is not a key of a policy. Keys are"),
        ("conditions = ['auc < 0.6']", "a low value is no leak"),
        ("conditions = ['auc > 0.6', 'auc < 0.6']", "a low value is no leak"),
        ("conditions = 'auc > 0.6'\ngroups = 'f1 > 0.6'", "must be one of auc, recall"),
        ("conditions = [", "Invalid value"),
        ("conditions = 3", "'conditions' parameter of Policy must be a str"),
        ("conditions = [0.6]", "'conditions' parameter of Policy must be a str"),
        ("min_holdout = 1000", "must have a condition"),
        ("", "must have a condition"),
        ("conditions = []", "must have a condition"),
        ("[access]\nlabel = []", "must have a condition"),
        (
            "[access]\nscore = 'auc > 0.6'",
            "must be one of label, top-k",
        ),
        ("access = 'auc > 0.6'", "must have conditions by access"),
        ("[access]\nlabel = 'epsilon > 1'", "must be one of auc, balanced_accuracy"),
        ("groups = 'advantage > 0.1'", "must be one of auc, recall here"),
        (
            "conditions = 'auc > 0.6'\nuse = 'mean'",
            "must be one of estimate",
        ),
        ("conditions = 'auc > 0.6'\nmin_holdout = 0", "'min_holdout' parameter of Pol"),
        ("conditions = 'auc > 0.6'\nmin_holdout = 1e3", "must be an int, 1 or more"),
        ("conditions = 'auc > 0.6'\nmin_holdout = true", "must be an int, 1 or more"),
        ("conditions = 'auc > 0.6'\nmin_provable_factor = nan", "must be a number, 1"),
        ("conditions = 'auc > 0.6'\nallow_notes = true", "'allow_notes' parameter of"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name(file, text, message):
    path = file(text)
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        Policy.from_toml(path)
    assert str(raised.value).startswith(f"{path}: ")


def test_bytes_that_are_no_text(file):
    path = file("")
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match=re.escape(f"{path}: ")):
        Policy.from_toml(path)


def test_a_file_that_is_not_there():
    with pytest.raises(FileNotFoundError, match=r"nothing\.toml"):
        Policy.from_toml("nothing.toml")


def test_rates_are_those_of_the_audit():
    policy = Policy(["tpr_at_fpr[0.01] > 0.1"], access={"label": "auc > 0.6"})
    policy.check_rates([0.01])
    with pytest.raises(ValueError, match=r"not look at. It looks at 0.001, 0.1\."):
        policy.check_rates([0.001, 0.1])


def test_what_stands_for_a_policy(file):
    path = file("conditions = 'auc > 0.6'")
    policy = Policy("auc > 0.6")
    for one in (policy, "auc > 0.6", ["auc > 0.6"], path, str(path), Path(path)):
        assert as_policy(one) == policy


def test_it_is_frozen():
    with pytest.raises(AttributeError):
        Policy("auc > 0.6").use = "lower"
