"""The commands ``skmia cache``: what is kept, from the shell."""

import json
import os
import time
from pathlib import Path
from zipfile import ZipFile

import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from typer.testing import CliRunner

from skmia import ShadowModels, Store
from skmia.cli import _printing
from skmia.cli._cache import _age, _size
from skmia.cli._commands import app


def run(*args, code=0):
    result = CliRunner().invoke(app, ["cache", *args])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.stdout if not code else result.stderr


@pytest.fixture(autouse=True)
def _store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_printing.out, "width", 140)
    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier()
    ShadowModels(tree, n_shadows=2, memory=Path("kept"), random_state=0).fit(X, y)


def test_ls():
    lines = run("ls", "kept").split("\n")
    assert lines[1].split() == ["kind", "estimator", "size", "age", "versions"]
    rows = [line for line in lines if "DecisionTreeClassifier" in line]
    assert len(rows) == 4
    assert all("sklearn 1." in row and "skmia" in row for row in rows)
    entries = json.loads(run("ls", "kept", "--json"))
    assert [one["kind"] for one in entries] == Store("kept").entries().kind.tolist()


def test_ls_of_what_cannot_be_read():
    for path in Path("kept").glob("*.zip"):
        path.write_text("noise")
    assert run("ls", "kept").count("unreadable") == 4
    assert {one["age"] for one in json.loads(run("ls", "kept", "--json"))} == {None}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"kind": "[/red]"}, "[/red]"),
        ({"kind": ["model"]}, "unreadable"),
        ({"kind": "\x1b[2J"}, "unreadable"),
        ({"estimator": {"name": 1}}, "unreadable"),
        ({"estimator": None}, "model"),
        ({"versions": {"sklearn": 1}}, "unreadable"),
        ({"created": "today"}, "unreadable"),
    ],
)
def test_one_entry_that_says_other_things(told, shown):
    """Whoever wrote the file: it is shown, or that it cannot be read."""
    path = sorted(Path("kept").glob("*.zip"))[0]
    with ZipFile(path) as entry:
        head = json.loads(entry.read("entry.json"))
    with ZipFile(path, "w") as entry:
        entry.writestr("entry.json", json.dumps(head | told))
    for command in ("ls", "info"):
        assert shown in run(command, "kept")
    assert len(json.loads(run("ls", "kept", "--json"))) == 4


def test_folders_are_named_as_they_are():
    Path("kept").rename("[bold]kept")
    assert run("clear", "[bold]kept") == "4 entries removed from [bold]kept\n"


def test_an_entry_of_the_future_has_no_age(monkeypatch):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 1e6)
    assert (Store("kept").entries().age == 0).all()


def test_info():
    info = json.loads(run("info", "kept", "--json"))
    assert info == Store("kept").info()
    lines = run("info", "kept").splitlines()
    assert lines[0].startswith(f"{Path('kept').absolute()}: 4 entries, ")
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "about a model",
        "model",
    ]


def test_clear():
    Path("kept/notes.txt").write_text("mine")
    assert run("clear", "kept") == "4 entries removed from kept\n"
    assert sorted(os.listdir("kept")) == ["notes.txt", "skmia-store.json"]


@pytest.mark.parametrize("command", ["ls", "info", "clear"])
def test_a_folder_that_is_no_store(command):
    Path("folder").mkdir()
    for path in ("folder", "nowhere"):
        assert "is no store of skmia" in run(command, path, code=2)


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1.5e6, "1.5 MB"), (2e15, "2e+03 TB")],
)
def test_sizes(n_bytes, text):
    assert _size(n_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (2e5, "2 d")],
)
def test_ages(seconds, text):
    assert _age(seconds) == text
