"""What the contributing pages promise: their code works, their links lead somewhere."""

import importlib
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.attacks import (
    ClasswiseAttack,
    ThresholdAttack,
    make_attack,
    register_attack,
)
from skmia.attacks._published import _side
from skmia.attacks.evidence import Signals
from skmia.defenses._base import OutputDefense
from skmia.signals import register_signal, signal
from skmia.testing import check_defense, check_signal
from skmia.utils._card import DefenseCard
from skmia.utils._typing import Classifier

ROOT = Path(__file__).parent.parent
PAGES = ("CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md")
GUIDE = (ROOT / PAGES[0]).read_text(encoding="utf-8")


def block(start):
    """Code of the guide that begins with some text."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
    (found,) = [text for text in map(textwrap.dedent, blocks) if text.startswith(start)]
    return found


def run(text, **names):
    """What a block yields or defines."""
    body = textwrap.indent(text, "    ")
    exec(f"def added():\n{body}\n    yield dict(locals())", names)
    return list(names["added"]())


@pytest.fixture
def purity(signals, tmp_path, monkeypatch):
    """The worked signal, under its name, from a module that workers can import."""
    (tmp_path / "worked_scores.py").write_text(block("def purity"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    given = {
        "signal": signal,
        "_scores": importlib.import_module("worked_scores"),
        "proba": "predict_proba",
        "up": {"greater_is_member": True},
        "mean": {"outputs": "mean"},
        "unlabelled": {"needs_y": False},
    }
    made = run(block("yield signal"), **given)[0]
    return register_signal(made)


def test_the_worked_signal(purity):
    check_signal(purity)
    posterior = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert_allclose(purity.func(None, posterior), [1, 0.5])


def test_the_worked_attack(purity, catalogue):
    given = {
        "Signals": Signals,
        "ClasswiseAttack": ClasswiseAttack,
        "ThresholdAttack": ThresholdAttack,
        "_side": _side,
    }
    name, evidence, model, fitted_on, paper = run(block("pure = "), **given)[0]
    register_attack(name, make_attack(evidence, model), fitted_on, paper)
    X, y = load_digits(return_X_y=True)
    forest = RandomForestClassifier(10, random_state=0).fit(X[:600], y[:600])
    sets = X[:600], y[:600], X[600:1200], y[600:1200]
    report = audit(forest, *sets, attacks=[name], n_shadows=4, random_state=0)
    # Nearly two thirds of the trees were trained on a member, and agree about it.
    assert report.summary.loc[name, "auc_low"] > 0.5


def test_the_worked_defense():
    given = {
        "Classifier": Classifier,
        "DefenseCard": DefenseCard,
        "OutputDefense": OutputDefense,
    }
    flattened = run(block("class Flattened"), **given)[0]["Flattened"]
    check_defense(flattened(DecisionTreeClassifier(random_state=0)))


@pytest.mark.parametrize("page", PAGES)
def test_links_and_paths_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    paths = re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", text)
    paths += re.findall(r"(?<![\w/.])(?:tests|skmia|benchmarks|docs)/[\w/]+\.\w+", text)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_commands_are_those_of_the_readme_and_of_ci():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    install = re.search(r"python3 -m venv .*? -e \"\.\[test\]\"", GUIDE).group()
    assert install in readme
    assert ".ci/run" in GUIDE
