"""Notes of changes: a file for each, of a kind that towncrier knows."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
KINDS = {kind["directory"] for kind in SETTINGS["type"]}
NOTES = sorted(
    path
    for path in (ROOT / SETTINGS["directory"]).iterdir()
    if path.name not in SETTINGS["ignore"] and not path.name.startswith(".")
)


def test_the_place_for_notes_is_there():
    assert SETTINGS["start_string"] in (ROOT / SETTINGS["filename"]).read_text()
    assert (ROOT / SETTINGS["template"]).is_file()


@pytest.mark.parametrize("note", NOTES, ids=lambda path: path.name)
def test_a_note_has_a_known_kind_and_is_no_list(note):
    found = re.fullmatch(r"[a-z0-9-]+\.(\w+)\.md", note.name)
    assert found, f"name it changes/WHAT.KIND.md, not {note.name}"
    assert found[1] in KINDS
    text = note.read_text()
    assert text.strip()
    assert not text.startswith(("-", "*", "#"))
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    "document", ["CONTRIBUTING.md", ".github/pull_request_template.md"]
)
def test_the_kinds_are_said(document):
    text = (ROOT / document).read_text()
    assert all(f"`{kind}`" in text for kind in KINDS)


def test_one_version_is_stated():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    cited = (ROOT / "CITATION.cff").read_text().splitlines()
    assert f"version: {project['version']}" in cited


@pytest.fixture
def versions(tmp_path):
    """The script of a release, in a project of three files."""
    name = Path(".ci", "versions.py")
    (tmp_path / ".ci").mkdir()
    (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / "pyproject.toml").write_text('name = "a"\nversion = "0.1.0.dev0"\n')
    (tmp_path / "CITATION.cff").write_text("type: software\nversion: 0.1.0.dev0\n")
    notes = (
        "# Changes\n\n## 0.2.0 (2026-12-24)\n\n- new\n\n## 0.2.0 (unreleased)\n\nold\n"
    )
    (tmp_path / "CHANGES.md").write_text(notes)

    def run(*given):
        command = [sys.executable, tmp_path / name, *given]
        return subprocess.run(command, capture_output=True, text=True)

    return run


def test_versions_that_differ_are_named(versions):
    ended = versions()
    assert ended.returncode == 1
    assert "CITATION.cff: 0.1.0.dev0, CHANGES.md: 0.2.0" in ended.stderr


def test_a_release_is_named_in_all_files(versions, tmp_path):
    assert versions("0.2.0").returncode == 0
    assert versions().stdout == "0.2.0\n"
    text = (tmp_path / "CHANGES.md").read_text()
    assert text == "# Changes\n\n## 0.2.0 (2026-12-24)\n\n- new\n\nold\n"
