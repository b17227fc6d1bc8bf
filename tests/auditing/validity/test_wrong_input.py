"""Two sets that cannot be compared: never a leak, and never none."""

import json
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from skops import io
from slow_cases import slow
from typer.testing import CliRunner

from skmia import audit
from skmia.cli._commands import app

N = 100
ATTACKS = ["gap", "loss-threshold"]
GAP = {"attacks": "gap", "random_state": 0}
TREE = "sklearn.tree._tree.Tree"


def people(n=4 * N, seed=0):
    """Ages, hours, and an income that follows them with many exceptions."""
    rng = np.random.default_rng(seed)
    age, hours = rng.uniform(18, 80, n), rng.normal(40, 10, n)
    rich = age / 20 + hours / 10 + rng.normal(size=n) > 6.5
    return pd.DataFrame(
        {"age": age, "hours": hours, "income": np.where(rich, ">50K", "<=50K")}
    )


def two(table=None):
    table = people() if table is None else table
    return table[:N].reset_index(drop=True), table[N : 2 * N].reset_index(drop=True)


def swapped():
    train, holdout = two()
    return holdout, train, train


def with_dots(n):
    train, holdout = two()
    holdout.loc[: n - 1, "income"] += "."
    return train, holdout, train


def half_copied():
    train, holdout = two()
    half = [train[: N // 2], holdout[N // 2 :]]
    return train, pd.concat(half, ignore_index=True), train


def same_but_in_another_order():
    train, _ = two()
    return train, train.sample(frac=1, random_state=0), train


def with_noise():
    train, _ = two()
    noisy = train.copy()
    noisy["age"] += np.random.default_rng(0).normal(0, 1, N)
    return train, noisy, train


def young_and_old():
    train, holdout = two(people(2 * N).sort_values("age"))
    return train, holdout, train


def shifted():
    train, holdout = two()
    holdout["hours"] += 15
    return train, holdout, train


def few(n):
    train, holdout = two()
    return train[:n], holdout[:n], train


INVALID = {
    "swapped": (swapped, "Are the two sets swapped?"),
    "half of the labels": (
        lambda: with_dots(N // 2),
        "labels of y_holdout are unknown",
    ),
    "half copied": (half_copied, "50 of 100 holdout records are copies"),
    "noisy copies": (with_noise, "altered copies of training records?"),
    "young and old": (young_and_old, "alone tell training from holdout records"),
    "shifted": (shifted, "alone tell training from holdout records"),
}
REFUSED = {
    "equal": (lambda: (two()[0], two()[0], two()[0]), "hold the same records"),
    "another order": (same_but_in_another_order, "hold the same records"),
    "all labels": (lambda: with_dots(N), "None of the labels in y_holdout is a class"),
}


def model_of(train):
    """A model that leaks, on the records that it is said to be trained on."""
    model = DecisionTreeClassifier(random_state=0)
    return model.fit(train.drop(columns="income"), train["income"])


def parts(*tables):
    return [part for one in tables for part in (one.drop(columns="income"), one.income)]


def python(train, holdout, fitted, **options):
    options = {"attacks": ATTACKS, "random_state": 0, **options}
    return audit(model_of(fitted), *parts(train, holdout), **options)


def shell(train, holdout, fitted, *options):
    io.dump(model_of(fitted), "model.skops")
    train.to_csv("train.csv", index=False)
    holdout.to_csv("holdout.csv", index=False)
    files = ["--train", "train.csv", "--holdout", "holdout.csv", "--model"]
    files += ["model.skops", "--trust", TREE, "--label", "income", "--json", "a.json"]
    names = [part for name in ATTACKS for part in ("--attack", name)]
    return CliRunner().invoke(app, ["audit", *files, *names, *options])


def words(text):
    return " ".join(text.split())


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", INVALID)
def test_invalid(case):
    make, reason = INVALID[case]
    report = python(*make())
    assert report.verdict == "invalid"
    assert any(reason in text for text in report.reasons)
    assert "Invalid: These numbers do not count" in repr(report)


@pytest.mark.parametrize("case", INVALID)
def test_invalid_in_the_shell(case):
    """The same sentences on the screen, in the page and in the numbers."""
    make, reason = INVALID[case]
    result = shell(*make())
    assert result.exit_code == 3, result.output
    numbers = json.loads(Path("a.json").read_text())
    assert numbers["verdict"] == "invalid"
    assert any(reason in text for text in numbers["reasons"])
    page = words(unescape(Path("audit.html").read_text()))
    assert "Invalid: These numbers do not count" in words(result.output)
    for text in (*numbers["reasons"], "Invalid", "These numbers do not count"):
        assert words(text) in words(result.output)
        assert text in page


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    make, reason = REFUSED[case]
    with pytest.raises(ValueError, match=reason):
        python(*make())
    result = shell(*make())
    assert result.exit_code == 2
    reason = reason.replace("X_train", "--train").replace("X_holdout", "--holdout")
    assert reason.replace("y_holdout", "--holdout") in words(result.stderr)
    assert not Path("a.json").exists()


def test_a_leak_and_none():
    """Of the same records, where nothing is amiss."""
    train, holdout = two()
    report = python(train, holdout, train)
    assert report.verdict == "leak"
    assert {check.outcome for check in report.checks} <= {"passed", "not run"}
    result = shell(train, holdout, train)
    assert result.exit_code == 0
    assert words(report.finding["headline"]) in words(result.output)
    others = people(6 * N)[4 * N :]
    none = python(train, holdout, others)
    assert none.verdict == "none-found"
    assert none.reasons[-1].startswith("If one of them were sure of")
    assert shell(train, holdout, others).exit_code == 0
    assert json.loads(Path("a.json").read_text())["verdict"] == "none-found"


@pytest.mark.parametrize("n", [1, 2, *slow(3, 5, 9)])
def test_few_records(n):
    """An error once; the model leaks, and nobody can know."""
    report = python(*few(n))
    assert report.verdict == "not-measurable"
    assert report.reasons[0].startswith(f"With {n} training and {n} holdout records")
    assert shell(*few(n)).exit_code == 3
    assert json.loads(Path("a.json").read_text())["verdict"] == "not-measurable"


def test_a_leak_proved_on_few_records_stays_one():
    train, holdout = two()
    fitted = make_pipeline(StandardScaler(), LogisticRegression())
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
    tree = DecisionTreeClassifier(random_state=0).fit(X[:30], y[:30])
    report = audit(tree, X[:30], y[:30], X[30:], y[30:], **GAP)
    assert report.verdict == "leak"
    said = "How much could not be measured: with 30 holdout records"
    assert any(said in reason for reason in report.reasons)
    calm = fitted.fit(*parts(train))
    report = audit(calm, *parts(train[:12], holdout[:12]), **GAP)
    assert report.verdict == "not-measurable"


def test_patients_on_both_sides():
    table = people(50).loc[np.repeat(np.arange(50), 4)].reset_index(drop=True)
    table["age"] += np.random.default_rng(0).normal(0, 1, 200)
    table["who"] = np.repeat(np.arange(50), 4)
    mixed = table.sample(frac=1, random_state=0)
    train, holdout = (
        part.reset_index(drop=True) for part in (mixed[:100], mixed[100:])
    )
    who = np.concatenate([train.pop("who"), holdout.pop("who")])
    report = python(train, holdout, train, groups=who)
    assert report.verdict == "invalid"
    assert (
        "groups of the holdout set have records in the training set"
        in report.reasons[0]
    )
    for part, names in ((train, who[:100]), (holdout, who[100:])):
        part["who"] = names
    io.dump(model_of(train.drop(columns="who")), "model.skops")
    result = shell_of_groups(train, holdout)
    assert result.exit_code == 3
    assert "have records in the training set, too: split by group." in words(
        result.output
    )


def shell_of_groups(train, holdout):
    train.to_csv("train.csv", index=False)
    holdout.to_csv("holdout.csv", index=False)
    command = "audit --model model.skops --train train.csv --holdout holdout.csv"
    more = f"--label income --groups who --attack gap --no-html --trust {TREE}"
    return CliRunner().invoke(app, [*command.split(), *more.split()])
