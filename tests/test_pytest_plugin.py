"""The plugin of pytest, in processes of its own."""

import os
import subprocess
import sys
from pathlib import Path

import skmia

ROOT = Path(skmia.__file__).parents[1]
PROPERTIES = ROOT / "tests" / "properties"

TESTS = """
import sys

import pytest
from made_facts import facts

from skmia.auditing import Policy


class Report:
    def to_dict(self):
        return facts()


def test_the_policy_of_the_ini_file(assert_private, membership_policy):
    assert membership_policy == Policy("auc > 0.9")
    assert_private(Report())


def test_another_policy(assert_private):
    with pytest.raises(AssertionError, match=r"skmia: FAIL \\(exit 1\\)"):
        assert_private(Report(), "auc > 0.6")
    with pytest.raises(AssertionError, match=r"skmia: NOT MEASURABLE \\(exit 3\\)"):
        assert_private(Report(), ["auc > 0.9", "epsilon > 20"])


def test_that_fails(assert_private):
    assert_private(Report(), Policy("auc > 0.6"))
"""
AT_START = """
import sys

def pytest_sessionfinish(session):
    heavy = {"skmia", "sklearn", "numpy"} & sys.modules.keys()
    assert not heavy, heavy
"""


def run_pytest(folder, *args):
    path = os.pathsep.join(map(str, (ROOT, PROPERTIES)))
    env = os.environ | {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "pytest_skmia", *args]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


def test_fixtures(tmp_path):
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "policy.toml").write_text('conditions = "auc > 0.9"')
    (tmp_path / "pytest.ini").write_text("[pytest]\nskmia_policy = policy.toml\n")
    text = run_pytest(tmp_path, "--strict-config").stdout
    assert "1 failed, 2 passed" in text
    assert "AssertionError: skmia: FAIL (exit 1). Leak found in income" in text
    assert "_assert_private.py" not in text  # the traceback ends in the test


def test_a_policy_that_nobody_named(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_it(membership_policy):\n    pass\n")
    text = run_pytest(tmp_path).stdout
    assert "Name a policy, or set the ini option skmia_policy." in text


def test_it_costs_nothing_where_it_is_not_used(tmp_path):
    (tmp_path / "conftest.py").write_text(AT_START)
    (tmp_path / "test_it.py").write_text("def test_it():\n    pass\n")
    found = run_pytest(tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "1 passed" in found.stdout
