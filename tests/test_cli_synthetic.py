"""The command ``skmia audit-synthetic``."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KernelDensity
from skops import io
from typer.testing import CliRunner

from skmia import audit_synthetic
from skmia.cli._commands import app

FILES = ["table.csv", "train.csv", "holdout.csv"]


def skmia(*args, code=0):
    """Run a command; words of its output, standard error after standard output."""
    result = CliRunner().invoke(app, ["audit-synthetic", *map(str, args)])
    assert result.exit_code == code, result.output
    return " ".join((result.stdout + " " + result.stderr).split())


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Records of two sets, and a table with copies of the first, also in files."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.RandomState(0)
    people = pd.DataFrame(
        {
            "age": rng.randint(18, 80, 300),
            "income": rng.lognormal(10, 1, 300).round(2),
            "town": rng.choice(["Bonn", "Ulm", "Rom"], 300),
        }
    )
    people.loc[rng.rand(300) < 0.1, "income"] = np.nan
    train, holdout = people[:150], people[150:].reset_index(drop=True)
    table = train.sample(200, replace=True, random_state=0).reset_index(drop=True)
    for name, frame in (("table", table), ("train", train), ("holdout", holdout)):
        frame.to_csv(f"{name}.csv", index=False)
    return table, train, holdout


def test_it_is_what_the_function_finds(tables):
    text = skmia(*FILES, "--no-html", "--json", "report.json")
    report = audit_synthetic(*tables, random_state=0)
    assert "Leak found" in text
    assert "DCR:" in text
    saved = json.loads(Path("report.json").read_text(encoding="utf-8"))
    found = {row["attack"]: row["auc"] for row in saved["attacks"]}
    for name, auc in report.summary["auc"].items():
        assert found[name] == pytest.approx(auc)


def test_the_gate(tables, tmp_path):
    skmia(*FILES, "--fail-if", "auc>0.7", "--quiet", code=1)
    assert (tmp_path / "audit.html").exists()


def test_whose_records_they_are(tables):
    for name, frame in zip(("train", "holdout"), tables[1:], strict=True):
        persons = np.arange(len(frame)) // 2 + 1000 * (name == "holdout")
        frame.assign(person=persons).to_csv(f"{name}.csv", index=False)
    assert "group" in skmia(*FILES, "--groups", "person", "--no-html")


def test_a_generator(tables):
    for name, frame in zip(("table", "train", "holdout"), tables, strict=True):
        frame[["age"]].assign(more=frame.index).to_csv(f"{name}.csv", index=False)
    io.dump(KernelDensity(), "density.skops")
    text = skmia(*FILES, "--shadow-model", "density.skops", "--no-html")
    assert "lira-online" in text


def test_the_generator_by_its_former_name(tables):
    former = "--generator", "gone.skops", "--no-html"
    with pytest.warns(FutureWarning, match="--generator .* use --shadow-model"):
        text = skmia(*FILES, *former, "--shadow-model", "own.skops", code=2)
    assert "former name of --shadow-model" in text
    with pytest.warns(FutureWarning, match="--generator .* use --shadow-model"):
        text = skmia(*FILES, *former, code=2)
    assert "gone.skops" in text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda S: S.drop(columns="town"), r"It lacks ['town']"),
        (lambda S: S.assign(age="old"), "'age' holds categories"),
        (lambda S: S.assign(income=S.income / 1000), "'income' seems to be in another"),
    ],
)
def test_other_columns_are_named(tables, change, error):
    change(tables[0]).to_csv("table.csv", index=False)
    assert error in skmia(*FILES, "--no-html", code=2)


def test_dates_of_csv_are_dates(tables, monkeypatch):
    """Text has no type for them; a day that no record has is no unknown category."""
    days = pd.date_range("2020-01-01", periods=500).astype(str).to_numpy()
    for i, (file, frame) in enumerate(zip(FILES, tables, strict=True)):
        born = days[2 * np.arange(len(frame)) + (i == 0)].astype(object)
        born[0] = None
        frame.assign(born=born).to_csv(file, index=False)
    assert "Leak found" in skmia(*FILES, "--no-html")


def test_what_names_rows_is_to_be_left_out(tables):
    for file, frame in zip(FILES, tables, strict=True):
        names = [f"{file} {i}" for i in range(len(frame))]
        frame.assign(person=names).to_csv(file, index=False)
    text = skmia(*FILES, "--no-html", code=2)
    assert "'person' shares no category" in text
    assert "leave such columns out" in text
