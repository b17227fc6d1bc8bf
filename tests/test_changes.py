"""Notes of changes: a file for each, of a kind that towncrier knows."""

import re
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
