"""What docs/gate.md and the examples for CI promise."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skmia.auditing import Policy
from skmia.cli._commands import app

ROOT = Path(__file__).parent.parent
GATE = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
POLICY = ROOT / "examples" / "ci" / "policy.toml"


def test_python_blocks_run(capsys):
    namespace = {}
    for block in re.findall(r"```python\n(.*?)```", GATE, flags=re.DOTALL):
        exec(compile(block, "gate.md", "exec"), namespace)
    assert "failed auc" in capsys.readouterr().out
    assert "Membership audit" in namespace["card"].render()


def test_the_paragraph_is_what_is_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = re.search(r"`skmia (audit --attack .*?) --fail-if \"(.*?)\"`", GATE)
    options = [*command[1].split(), "--fail-if", command[2]]
    printed = CliRunner().invoke(app, options)
    assert printed.exit_code == 1
    assert printed.stdout == re.search(r"```text\n(.*?)```", GATE, re.DOTALL)[1]


def test_the_example_has_every_key():
    policy = Policy.from_toml(POLICY)
    for key in fields(Policy):
        assert re.search(rf"^\[?{key.name}\b", POLICY.read_text(), re.MULTILINE)
        assert f"`{key.name}`" in GATE or f"`[{key.name}]`" in GATE
    policy.check_rates([0.001, 0.01, 0.1])


@pytest.mark.parametrize(
    "file", ["docs/gate.md", "examples/ci/github-actions.yml", ".pre-commit-hooks.yaml"]
)
def test_options_exist(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    found = CliRunner().invoke(app, ["audit", "--help"], env={"COLUMNS": "200"})
    named = set(re.findall(r"--[a-z][\w-]*", text))
    assert len(named) > 1
    assert not [option for option in named if option not in found.output]


def test_links_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", GATE)
    assert targets
    assert not [one for one in targets if not (ROOT / "docs" / one).exists()]


def test_the_plugin_is_announced_and_shipped():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    plugins = project["project"]["entry-points"]["pytest11"]
    assert plugins == {"pytest_skmia": "pytest_skmia"}
    targets = project["tool"]["hatch"]["build"]["targets"]
    assert "pytest_skmia.py" in targets["wheel"]["only-include"]
    assert "pytest_skmia.py" in targets["sdist"]["include"]
