"""The command ``skmia audit-cv``: a cross-validation from files."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine
from sklearn.model_selection import cross_validate
from sklearn.naive_bayes import GaussianNB
from skops import io
from typer.testing import CliRunner

from skmia.auditing import audit_cv
from skmia.cli._commands import app

KEPT = {"return_estimator": True, "return_indices": True}


def skmia(*args, code=0):
    """Run a command; words of its output, standard error after standard output."""
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return " ".join((result.stdout + " " + result.stderr).split())


@pytest.fixture
def wine(tmp_path, monkeypatch):
    """Results and records in files, and what an audit of them finds."""
    monkeypatch.chdir(tmp_path)
    X, y = load_wine(as_frame=True, return_X_y=True)
    results = cross_validate(GaussianNB(), X, y, **KEPT)
    io.dump(results, "results.skops")
    X.assign(kind=y, grower=np.arange(len(y)) // 2).to_csv("wine.csv", index=False)
    np.savez("wine.npz", X=X.to_numpy(), y=y.to_numpy())
    return audit_cv(results, X, y, random_state=0)


@pytest.mark.slow
def test_the_numbers_are_those_of_the_function(wine, tmp_path):
    options = ["--data", "wine.csv", "--label", "kind", "--json", "found.json"]
    text = skmia("audit-cv", "results.skops", *options)
    assert "GaussianNB: 712 training pairs of a record and one of 5 models" in text
    assert "counted for each of 5 models" in text
    assert (tmp_path / "audit.html").exists()
    found = json.loads((tmp_path / "found.json").read_text())
    aucs = {row["attack"]: row["auc"] for row in found["attacks"]}
    assert aucs == pytest.approx(wine.summary["auc"].to_dict())
    assert all(row["n_fits"] == 0 for row in found["attacks"])


def test_arrays_groups_and_named_attacks(wine):
    text = skmia("audit-cv", "results.skops", "--data", "wine.npz", "--attack", "gap")
    assert "strongest of 1 attacks" in text
    whose = ["--data", "wine.csv", "--label", "kind", "--groups", "grower"]
    assert "gap" in skmia("audit-cv", "results.skops", *whose, "--no-html")


@pytest.mark.slow
def test_what_is_no_cross_validation(wine, tmp_path):
    X, y = load_wine(return_X_y=True)
    data = ["--data", "wine.csv", "--label", "kind"]
    io.dump(cross_validate(GaussianNB(), X, y), "bare.skops")
    assert "return_estimator=True" in skmia("audit-cv", "bare.skops", *data, code=2)
    io.dump(GaussianNB().fit(X, y), "model.skops")
    text = skmia("audit-cv", "model.skops", *data, code=2)
    assert "It holds a GaussianNB." in text
    (tmp_path / "results.pkl").write_bytes(b"")
    text = skmia("audit-cv", "results.pkl", *data, code=2)
    assert "is a pickle" in text
    pd.read_csv("wine.csv").head(20).to_csv("few.csv", index=False)
    few = ["--data", "few.csv", "--label", "kind"]
    assert "X has 20 records" in skmia("audit-cv", "results.skops", *few, code=2)


@pytest.mark.slow
def test_no_attack_could_be_run(wine):
    data = ["--data", "wine.csv", "--label", "kind"]
    text = skmia("audit-cv", "results.skops", *data, "--attack", "salem2", code=3)
    assert "no models of another task are given" in text


@pytest.mark.parametrize("shadows", ["some", "-2", "2.5"])
def test_number_of_shadow_models(shadows):
    text = skmia("audit", "--shadows", shadows, code=2)
    assert "must be a number, 0 or more, or 'auto'" in text
