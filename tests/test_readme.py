"""What the README promises: its code runs, its links lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("catalogue", "signals")
def test_python_blocks_run():
    namespace = {}
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(block, "README.md", "exec"), namespace)
    assert namespace["report"].summary.loc["gap", "status"] == "ok"


def test_links_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert missing == []


def test_ci_runs_the_test_command_of_the_readme():
    extract = re.search(r"command=(\$\(.*\))", (ROOT / ".ci/run").read_text()).group(1)
    found = subprocess.run(
        ["bash", "-c", f"echo {extract}"], cwd=ROOT, capture_output=True, text=True
    )
    assert found.stdout.strip() in README
    assert "-m pytest" in found.stdout


def test_the_first_command_prints_what_is_shown(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from skmia.cli import _commands, _printing

    monkeypatch.chdir(tmp_path)  # it writes a report
    monkeypatch.setattr(_printing.out, "width", 100)
    run = CliRunner().invoke(_commands.app, ["audit"])
    shown = re.search(r"```text\n(RandomForest.*?)```", README, re.DOTALL).group(1)
    printed = [line.rstrip() for line in run.output.splitlines()]
    missing = [line for line in shown.splitlines() if line not in printed]
    assert len(shown.splitlines()) > 15
    assert not missing, f"README.md is to show what is printed now:\n{run.output}"


@pytest.mark.parametrize("command", ["audit", "grid"])
def test_documented_options_exist(command):
    from typer.testing import CliRunner

    from skmia.cli._commands import app

    text = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output
    documented = set(re.findall(rf"skmia {command} (.*)", README))
    options = {
        option for line in documented for option in re.findall(r"--[\w-]+", line)
    }
    assert not [option for option in options if option not in text]
