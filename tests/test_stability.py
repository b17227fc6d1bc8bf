"""Each public name says since when it is there, and whether it may change."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIRST = {
    path.rpartition(".")[2]
    for path in HERE.joinpath("public_api_0.1.txt").read_text().split()
}
MARK = re.compile(
    r"^( *)\.\. versionadded:: (\d+\.\d+)\n(?:\1   (Experimental: .*)\n)?", re.M
)
MAY_CHANGE = "Experimental: it may change in any release, see docs/stability.md."
EXPERIMENTAL_PARTS = ("skmia.federated.", "skmia.integrations.")
# Of other parts: synthetic tables, and evidence of federations.
EXPERIMENTAL = {
    "ActiveRounds",
    "AskedScores",
    "Coverage",
    "PartyAnswers",
    "Rounds",
    "SharedScores",
    "SyntheticTable",
    "Synthesizer",
    "audit_synthetic",
}


def public_objects():
    """Functions and classes by their public paths."""
    for path in (HERE / "public_api.txt").read_text().split():
        module, _, name = path.rpartition(".")
        value = getattr(import_module(module), name)
        if callable(value):
            yield path, value


OBJECTS = dict(public_objects())


def marked(value):
    """Version and experimental mark of a docstring; None without."""
    found = MARK.search(inspect.cleandoc(value.__doc__) + "\n")
    return found and found.groups()[1:]


@pytest.mark.parametrize("path", OBJECTS)
def test_a_name_says_since_when_it_is_there(path):
    """Names that stood in 0.1 say nothing; they may have moved since."""
    name = path.rpartition(".")[2]
    found = marked(OBJECTS[path])
    assert (found is None) == (name in FIRST)
    if found:
        version, may_change = found
        experimental = path.startswith(EXPERIMENTAL_PARTS) or name in EXPERIMENTAL
        assert tuple(map(int, version.split("."))) >= (0, 2)
        assert may_change == (MAY_CHANGE if experimental else None)


def test_there_are_names_of_both_kinds():
    marks = [marked(value) for value in OBJECTS.values()]
    assert None in marks
    assert ("0.2", None) in marks
    assert ("0.2", MAY_CHANGE) in marks
