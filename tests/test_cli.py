"""The command ``skmia``: what it prints, what it writes, how it refuses."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import shuffle
from skops import io
from typer.testing import CliRunner

from skmia import __version__, audit
from skmia.attacks import get_attack_names
from skmia.cli import _printing
from skmia.cli._commands import app
from skmia.cli._named import DATASETS

TREE = "sklearn.tree._tree.Tree"
# Of the test's model: its trees, and in scikit-learn 1.6 what its columns are kept in.
TRUST = (
    *("--trust", TREE),
    *("--trust", "sklearn.compose._column_transformer._RemainderColsList"),
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Of subprocesses, and of this process, which may have imported skmia before.
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(_printing.out, "width", 140)


def skmia(*args, code=0):
    """Run a command; words of its output, standard error after standard output."""
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    if code:
        assert "Traceback" not in result.output
        assert isinstance(result.exception, SystemExit)
    return " ".join((result.stdout + " " + result.stderr).split())


@pytest.fixture
def people():
    """Records with words, numbers and a column that no model should see."""
    rng = np.random.default_rng(0)
    n = 120
    return pd.DataFrame(
        {
            "id": [f"p{i}" for i in range(n)],
            "town": rng.choice(["north", "east", "south"], n),
            "age": rng.integers(18, 80, n),
            "buys": rng.choice(["yes", "no"], n),
        }
    )


@pytest.fixture
def forest(people, tmp_path):
    """Fitted pipeline in model.skops, its records in all file types."""
    words = ColumnTransformer(
        [("town", OneHotEncoder(handle_unknown="ignore"), ["town"])],
        remainder="passthrough",
    )
    model = Pipeline(
        [("words", words), ("forest", RandomForestClassifier(5, random_state=0))]
    )
    model.fit(people[["town", "age"]][:60], people["buys"][:60])
    io.dump(model, "model.skops")
    for name, part in {"train": people[:60], "holdout": people[60:]}.items():
        part.to_csv(f"{name}.csv", index=False)
        part.to_parquet(f"{name}.parquet")
    return model


@pytest.fixture
def logistic():
    """Model without feature names, its records in npz files."""
    # In the file those of one writer come together.
    X, y = shuffle(*load_digits(return_X_y=True), random_state=0)
    model = LogisticRegression(C=1e-3, max_iter=1000).fit(X[:100], y[:100])
    io.dump(model, "model.skops")
    np.savez("train.npz", X=X[:100], y=y[:100])
    np.savez("holdout.npz", X=X[100:220], y=y[100:220])
    return model


def own(kind, *more):
    return (
        "audit", "--model", "model.skops", "--train", f"train.{kind}",
        "--holdout", f"holdout.{kind}", "--shadows", 4, *more,
    )  # fmt: skip


@pytest.mark.slow
def test_audit_without_fits():
    text = skmia("audit", "--references", "out-of-bag", "--json", "numbers.json")
    assert "Shadow models ━" not in text
    numbers = json.loads(Path("numbers.json").read_text())
    assert numbers["headline"]["attack"] == "rmia-offline"
    assert {attack["n_fits"] for attack in numbers["attacks"]} == {0}


def test_version():
    assert skmia("--version") == f"skmia {__version__}"


def test_audit_without_arguments(tmp_path):
    text = skmia("audit", "--shadows", 4, "--json", "numbers.json")
    assert text.startswith("Example: a random forest on half of scikit-learn's digits.")
    assert "Shadow models ━" in text
    assert "Attacks ━" in text
    assert "This model gives away who is in its training data." in text
    assert "TPR at 0.1 % FPR is not measurable with 899 holdout records" in text
    assert "Report: audit.html" in text
    assert "Your own model: skmia audit --model" in text
    assert (tmp_path / "audit.html").read_text(encoding="utf-8").endswith("</html>")
    numbers = json.loads((tmp_path / "numbers.json").read_text(encoding="utf-8"))
    assert numbers["model"] == "RandomForestClassifier"
    aucs = {attack["attack"]: attack["auc"] for attack in numbers["attacks"]}
    thresholds = {name for name in aucs if name.endswith("-threshold")}
    best = max(aucs[name] for name in thresholds)
    assert f"thresholds (best of 8) {best:.3f} [" in text
    for name in aucs.keys() - thresholds:
        assert f"{name} {aucs[name]:.3f} [" in text


@pytest.mark.slow
def test_audit_leaves_out_what_nobody_could_measure(forest):
    text = skmia(*own("csv", "--label", "buys", *TRUST, "--no-html"))
    assert " TPR at 10 % FPR" in text
    assert " balanced accuracy TPR at 10 % FPR" in text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_own_model_on_words(forest, tmp_path, kind):
    options = ("--label", "buys", *TRUST, "--no-html", "--json", "a.json")
    text = skmia(*own(kind, *options))
    assert "Your own model" not in text
    numbers = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert numbers["model"] == "Pipeline"
    assert all(attack["status"] == "ok" for attack in numbers["attacks"])
    people = pd.read_csv("train.csv")
    accuracy = forest.score(people[["town", "age"]], people["buys"])
    assert numbers["train_accuracy"] == accuracy
    assert not (tmp_path / "audit.html").exists()


@pytest.mark.slow
def test_intervals_are_whole_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setattr(_printing.out, "width", 80)
    text = skmia("audit", "--shadows", 4, "--no-html")
    assert "lira-augmented-" in text
    assert "…" not in text


def test_own_model_on_arrays(logistic, tmp_path):
    skmia(*own("npz", "--html", "mine.html", "--confidence", 0.9, "--seed", 3))
    text = (tmp_path / "mine.html").read_text(encoding="utf-8")
    assert "LogisticRegression" in text
    assert "90 %" in text


COLUMNS = ["attack", "AUC", "balanced accuracy", "TPR at 0.1 % FPR", "TPR at 10 % FPR"]


def without_rules(text):
    return " ".join(text.replace("─", "").split())


def test_columns_of_the_table(logistic):
    """In this order: scripts cut them out by it."""
    options = ("--no-html", "--attack", "gap", "--fprs", "0.001,0.1")
    text = skmia(*own("npz", *options))
    assert " attack AUC balanced accuracy TPR at 10 % FPR gap " in without_rules(text)
    for name in ("train", "holdout"):
        with np.load(f"{name}.npz") as arrays:
            X, y = (np.tile(arrays[k].T, 10).T for k in ("X", "y"))
        np.savez(f"{name}.npz", X=X, y=y)
    text = skmia(*own("npz", *options))
    assert f" {' '.join(COLUMNS)} gap " in without_rules(text)


def test_no_attack_could_be_run(logistic, tmp_path):
    """Reports are written; the exit code tells scripts that nothing was measured."""
    text = skmia(*own("npz", "--json", "a.json", "--attack", "salem2"), code=3)
    assert (
        "Not measurable: This audit could not have seen a leak. 0 of 1 attacks" in text
    )
    assert "no records of another task are given" in text
    numbers = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert numbers["headline"]["attack"] is None
    assert "0 of 1 attacks were run" in (tmp_path / "audit.html").read_text("utf-8")
    skmia(*own("npz", "--no-html", "--attack", "salem2", "--attack", "gap"))


def test_brackets_of_a_reason_are_printed(logistic, monkeypatch):
    """They are no markup of the terminal."""

    def failed(*args, **params):
        report = audit(*args, **params)
        results = [
            replace(r, score=None, status="failed: found ['a'][/bold]")
            for r in report.results
        ]
        return replace(report, results=results)

    monkeypatch.setattr("skmia.audit", failed)
    text = skmia(*own("npz", "--no-html", "--attack", "gap"), code=3)
    assert "0 of 1 attacks were run: found ['a'][/bold]." in text


@pytest.mark.slow
def test_arrays_for_a_model_that_knows_names(tmp_path):
    X, y = shuffle(*load_digits(return_X_y=True, as_frame=True), random_state=0)
    io.dump(
        LogisticRegression(C=1e-3, max_iter=1000).fit(X[:100], y[:100]), "model.skops"
    )
    np.savez("train.npz", X=X[:100], y=y[:100])
    np.savez("holdout.npz", X=X[100:220], y=y[100:220])
    assert "LogisticRegression: 100 training" in skmia(*own("npz", "--no-html"))


@pytest.mark.slow
def test_tables_for_a_model_that_knows_no_names(logistic):
    for name in ("train", "holdout"):
        with np.load(f"{name}.npz") as arrays:
            frame = pd.DataFrame(arrays["X"]).assign(digit=arrays["y"])
        frame.columns = frame.columns.astype(str)
        frame.to_csv(f"{name}.csv", index=False)
    text = skmia(*own("csv", "--label", "digit", "--no-html"))
    assert "LogisticRegression: 100 training" in text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_groups_are_a_column_and_no_feature(tmp_path, kind):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), np.tile([0, 1], 40)
    model = LogisticRegression().fit(X[:40], y[:40])
    io.dump(model, "model.skops")
    group = np.repeat(np.arange(20), 4)
    for name, rows in {"train": slice(40), "holdout": slice(40, 80)}.items():
        arrays = {"y": y[rows], "who": np.array([f"p{i}" for i in group[rows]])}
        if kind == "csv":
            table = pd.DataFrame(X[rows], columns=list("abc")).assign(**arrays)
            table.to_csv(f"{name}.csv", index=False)
        else:
            np.savez(f"{name}.npz", X=X[rows], **arrays)
    options = ("--groups", "who", "--json", "a.json", "--no-html")
    label = ("--label", "y") if kind == "csv" else ()
    text = skmia(*own(kind, *label, *options), code=3)
    assert "The 80 records are of 20 groups" in text
    assert "With 10 training and 10 holdout groups even an attack" in text
    numbers = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    parts = X[:40], y[:40], X[40:], y[40:]
    report = audit(model, *parts, groups=group, n_shadows=4, random_state=0)
    assert numbers["headline"] == report.to_dict()["headline"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_groups_are_the_same_in_files_of_numbers_and_of_names(kind):
    rng = np.random.default_rng(0)
    table, other = (
        pd.DataFrame(rng.normal(size=(40, 2)), columns=["a", "b"]).assign(y=[0, 1] * 20)
        for _ in range(2)
    )
    io.dump(LogisticRegression().fit(table[["a", "b"]], table.y), "model.skops")
    save = {"csv": pd.DataFrame.to_csv, "parquet": pd.DataFrame.to_parquet}[kind]
    save(table.assign(who=np.arange(40) // 4), f"train.{kind}", index=False)
    named = [f"{i // 4}" for i in range(36)] + ["ann"] * 4
    save(other.assign(who=named), f"holdout.{kind}", index=False)
    text = skmia(*own(kind, "--label", "y", "--groups", "who", "--no-html"), code=3)
    assert "The 80 records are of 11 groups" in text
    assert "9 groups have records in both sets" in text
    assert "9 of 10 groups of the holdout set have records in the training set" in text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_columns_in_any_order(tmp_path, kind):
    """A file may have its columns in another order, and more: the names count."""
    X, y = load_digits(return_X_y=True, as_frame=True)
    X, X_holdout, y, y_holdout = X[:150], X[150:300], y[:150], y[150:300]
    model = DecisionTreeClassifier(max_depth=6, random_state=0).fit(X, y)
    io.dump(model, "model.skops")
    for name, part, labels in (("train", X, y), ("holdout", X_holdout, y_holdout)):
        frame = part.assign(digit=labels, row=range(150)).iloc[:, ::-1]
        frame = frame.sample(frac=1, axis=1, random_state=len(name))
        write = frame.to_csv if kind == "csv" else frame.to_parquet
        write(f"{name}.{kind}", index=False)
    names = ["gap", "loss-threshold", "shokri"]
    options = [part for name in names for part in ("--attack", name)]
    skmia(
        *own(
            kind,
            "--label",
            "digit",
            "--no-html",
            "--json",
            "a.json",
            "--trust",
            TREE,
            *options,
        )
    )
    found = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    direct = audit(
        model,
        *(X, y, X_holdout, y_holdout),
        attacks=names,
        n_shadows=4,
        random_state=0,
    )
    expected = json.loads(direct.to_json())
    for attack, other in zip(found["attacks"], expected["attacks"], strict=True):
        assert (attack["attack"], attack["auc"]) == (other["attack"], other["auc"])
    assert found["train_accuracy"] == expected["train_accuracy"] == model.score(X, y)
    assert found["holdout_accuracy"] == model.score(X_holdout, y_holdout)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (["--model", "m.skops"], "--train and --holdout"),
        (["--train", "t.csv", "--holdout", "h.csv"], "--model"),
        (["--groups", "who"], "--model and --train and --holdout"),
        (["--groups", ""], "--model and --train and --holdout"),
        (["--label", "y"], "--model and --train and --holdout"),
        (["--trust", "a.B"], "--model and --train and --holdout"),
    ],
)
def test_incomplete_arguments(given, missing):
    text = skmia("audit", *given, code=2)
    assert text == f"Error: An audit of your own model also needs {missing}."


def test_types_to_trust_are_named(forest):
    text = skmia(*own("csv", "--label", "buys"), code=2)
    kinds = sorted(io.get_untrusted_types(file="model.skops"))
    assert f"by itself: {', '.join(kinds)}. If you" in text
    assert text.endswith("repeat the command with: --trust-sklearn")


@pytest.mark.parametrize("suffix", ["pkl", "pickle", "joblib"])
def test_pickles_are_refused(forest, suffix):
    text = skmia(*own("csv", "--model", f"model.{suffix}"), code=2)
    assert "is a pickle: loading it would run any code that it holds" in text


@pytest.fixture
def ridge():
    """Fitted regressor in model.skops, a number for the label in CSV files."""
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    model = Ridge(alpha=0.1).fit(X[:60], y[:60])
    io.dump(model, "model.skops")
    table = X.assign(progression=y)
    table[:60].to_csv("train.csv", index=False)
    table[60:120].to_csv("holdout.csv", index=False)
    return model


def test_a_regressor(ridge):
    text = skmia(*own("csv", "--label", "progression", "--json", "numbers.json"))
    assert text.startswith("Ridge: 60 training records (R² 0.")
    assert "accuracy 0" not in text
    numbers = json.loads(Path("numbers.json").read_text())
    assert numbers["errors"]["train"]["r2"] > 0.4
    assert {row["status"] for row in numbers["attacks"]} == {"ok"}
    page = Path("audit.html").read_text(encoding="utf-8")
    assert "regression; 10 features" in page
    skmia(*own("csv", "--label", "progression", "--fail-if", "auc > 0.4"), code=1)


def test_a_label_that_is_no_number_of_a_regressor(ridge):
    path = Path("train.csv")
    lines = path.read_text().splitlines()
    lines[2] = lines[2].rpartition(",")[0] + ",many"
    path.write_text("\n".join(lines))
    text = skmia(*own("csv", "--label", "progression"), code=2)
    assert "line 3" in text
    assert "column 'progression': 'many' is no number, as the model is a reg" in text


def test_attacks_on_regressors():
    rows = json.loads(skmia("attacks", "--of", "regressor", "--json"))
    assert {"lira-online", "gaussian-error"} <= {row["attack"] for row in rows}
    assert "gap" not in {row["attack"] for row in rows}


@pytest.fixture
def centres():
    """Fitted clusterer in model.skops, records without labels in two kinds of files."""
    X = load_diabetes(as_frame=True).data
    model = KMeans(25, n_init=1, random_state=0).fit(X[:60])
    io.dump(model, "model.skops")
    for name, part in {"train": X[:60], "holdout": X[60:120]}.items():
        part.assign(who=range(60)).to_csv(f"{name}.csv", index=False)
        np.savez(f"{name}.npz", X=part.to_numpy())
    return model


@pytest.mark.parametrize("suffix", ["csv", "npz"])
def test_records_without_labels(centres, suffix):
    if suffix == "npz":  # of arrays nobody knows the names
        del centres.feature_names_in_
        io.dump(centres, "model.skops")
    text = skmia(*own(suffix, "--json", "numbers.json"))
    assert text.startswith("KMeans: 60 training records (mean distance 0.")
    assert "accuracy 0" not in text
    numbers = json.loads(Path("numbers.json").read_text())
    assert numbers["scores"]["of"] == "clusterer"
    assert {row["status"] for row in numbers["attacks"]} == {"ok"}
    assert [one["rows"] for one in numbers["audited"]["files"]] == [None, 60, 60]
    page = Path("audit.html").read_text(encoding="utf-8")
    assert "clustering; 10 features" in page


@pytest.mark.slow
def test_a_column_that_no_clusterer_learns_from(centres):
    """It may be named as the label, and tells nothing."""
    with_label = skmia(*own("csv", "--label", "who"))
    assert with_label == skmia(*own("csv"))


def test_attacks_on_models_without_labels():
    for kind in ("clusterer", "outlier_detector", "density_estimator"):
        rows = json.loads(skmia("attacks", "--of", kind, "--json"))
        assert {"lira-online", "rmia-online"} <= {row["attack"] for row in rows}


def test_other_kinds_of_models_are_refused(forest):
    io.dump(StandardScaler().fit([[0], [1]]), "model.skops")
    text = skmia(*own("csv"), code=2)
    assert "model.skops must hold a classifier, a regressor, or a model that" in text
    assert "It holds a StandardScaler." in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "Name the column of train.csv that holds the labels: --label."),
        (("--label", "sells"), "train.csv has no column 'sells' for the labels. Its"),
        (("--label", "buys", "--groups", "who"), "no column 'who' for the groups."),
        (("--label", "buys", "--groups", "buys"), "cannot hold labels and groups."),
        (("--label", "buys", "--groups", "age"), "--groups cannot be 'age', a feature"),
        (("--train", "train.txt"), "train.txt must be a file of type .csv or"),
        (("--train", "nothing.csv"), "There is no file nothing.csv."),
        (("--model", "nothing.skops"), "There is no file nothing.skops."),
        (("--model", "model"), "model must be a file of type .skops. Got 'no suffix'"),
        (("--label", "color"), "None of the labels in --train is a class"),
        (("--shadows", 3, "--label", "buys"), "Error: --shadows must be an even int"),
        (("--confidence", 1, "--label", "buys"), "Error: --confidence must be a float"),
        (("--max-seconds", 0, "--label", "buys"), "Error: --max-seconds must be a f"),
        (("--holdout", "train.csv", "--label", "buys"), "--train and --holdout hold t"),
        (("--train", "X_train.csv"), "There is no file X_train.csv."),
    ],
)
def test_bad_input_is_one_line(forest, people, options, message):
    people.insert(0, "color", "red")
    people.loc[::2, "color"] = "blue"
    people[:60].to_csv("train.csv")
    people[60:].to_csv("holdout.csv")
    assert message in skmia(*own("csv", *TRUST, *options), code=2)


@pytest.mark.parametrize("level", [95, -0.1])
def test_a_level_is_a_fraction(level):
    text = skmia("audit", "--confidence", level, code=2)
    assert "Invalid value for '--confidence'" in text


def test_missing_columns_are_named(forest, people):
    people[60:].drop(columns="age").to_csv("holdout.csv", index=False)
    text = skmia(*own("csv", "--label", "buys", *TRUST), code=2)
    assert "holdout.csv lacks columns that the model was trained on: age." in text


@pytest.mark.parametrize(
    ("columns", "what"),
    [("bacd", "in another order"), ("abxd", "named otherwise"), ("abc", "named other")],
)
def test_columns_of_two_files_where_the_model_knows_no_names(columns, what):
    """It would take one column for another, and that would look like a leak."""
    rng = np.random.default_rng(0)
    people = pd.DataFrame(rng.normal(size=(80, 5)), columns=list("abcdx"))
    people["label"] = (people["a"] > 0).astype(int)
    model = LogisticRegression().fit(people[list("abcd")].to_numpy(), people["label"])
    io.dump(model, "model.skops")
    people[:40][[*"abcd", "label"]].to_csv("train.csv", index=False)
    people[40:][[*columns, "label"]].to_csv("holdout.csv", index=False)
    text = skmia(*own("csv", "--label", "label"), code=2)
    assert f"The columns of holdout.csv are {what}" in text
    people[40:][[*"abcd", "label"]].to_csv("holdout.csv", index=False)
    skmia(*own("csv", "--label", "label", "--attack", "gap", "--no-html"))


def test_wrong_number_of_features(logistic):
    np.savez("holdout.npz", X=np.zeros((20, 3)), y=np.zeros(20))
    text = skmia(*own("npz"), code=2)
    assert "The model was trained on 64 features. holdout.npz has 3." in text


def write_zip(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a", "b")


@pytest.mark.parametrize("name", ["train.parquet", "train.npz", "model.skops"])
@pytest.mark.parametrize("content", [b"junk", b"", None])
def test_unreadable_files(forest, tmp_path, name, content):
    path = tmp_path / name
    write_zip(path) if content is None else path.write_bytes(content)
    options = ("--train", name) if name.startswith("train") else ()
    text = skmia(*own("csv", "--label", "buys", *TRUST, *options), code=2)
    assert text.startswith(f"Error: {name} ")


def test_empty_csv(forest, tmp_path):
    (tmp_path / "train.csv").write_text("")
    text = skmia(*own("csv", "--label", "buys", *TRUST), code=2)
    assert "train.csv cannot be read: No columns to parse" in text


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({}, ("--groups", "y"), "The array 'y' cannot hold labels and groups."),
        ({}, ("--groups", "X"), "The array 'X' cannot hold records and groups."),
        (
            {},
            ("--groups", "who"),
            "'X', 'y' and 'who', none of them of Python objects: who is not a file in",
        ),
        (
            {"who": np.zeros((100, 2))},
            ("--groups", "who"),
            "The array 'who' of train.npz must have one value for each of 100 records, "
            "whose it is. Got an array of shape (100, 2).",
        ),
        ({"who": np.array(3)}, ("--groups", "who"), "Got an array of shape ()."),
        ({"who": np.zeros(99)}, ("--groups", "who"), "Got an array of shape (99,)."),
        ({"X": np.array(3.0)}, (), "The array 'X' of train.npz must hold records."),
        ({"X": np.zeros(100)}, (), "on 64 features. train.npz has none, but single"),
        ({"y": np.zeros((100, 2))}, (), "one output, and --train holds 2 labels per"),
        ({"y": np.array(1)}, (), "y"),
    ],
)
def test_arrays_that_do_not_fit(logistic, changes, options, message):
    with np.load("train.npz") as arrays:
        arrays = {**arrays, **changes}
    np.savez("train.npz", **arrays)
    assert message in skmia(*own("npz", *options), code=2)


def test_texts_in_npz(tmp_path):
    """They are one-dimensional, and the model says nothing of features."""
    words = np.array([f"{'blue' if i % 2 else 'red'} old {i}" for i in range(200)])
    y = np.array([0, 1] * 100)
    model = make_pipeline(TfidfVectorizer(dtype=np.float32), LogisticRegression())
    io.dump(model.fit(words[:100], y[:100]), "model.skops")
    for name, rows in (("train", slice(100)), ("holdout", slice(100, 200))):
        np.savez(f"{name}.npz", X=words[rows], y=y[rows])
    trust = [
        part
        for kind in io.get_untrusted_types(file="model.skops")
        for part in ("--trust", kind)
    ]
    assert "100 training" in skmia(*own("npz", "--no-html", "--attack", "gap", *trust))


def test_python_objects_in_npz_are_not_loaded(logistic):
    np.savez("train.npz", X=np.array([{}, {}]), y=np.zeros(2))
    text = skmia(*own("npz"), code=2)
    assert "train.npz must hold the arrays 'X' and 'y', none of them of" in text


def test_grid_prints_the_table_and_writes_all_metrics(tmp_path):
    text = skmia(
        "grid", "--models", "tree, nb", "--samples", 200, "--repeats", 2,
        "--shadows", 4, "--metric", "auc", "--csv", "grid.csv",
    )  # fmt: skip
    assert text.startswith("auc on digits, 200 records: mean ± std over repeats")
    assert "attack target shadows: tree shadows: nb" in text
    grid = pd.read_csv(tmp_path / "grid.csv")
    assert len(grid) == 2**3 * 2
    cell = grid.query("attack == 'nb' and target == 'tree' and generator == 'tree'")
    auc = cell["auc"]
    assert f"nb tree {auc.mean():.3f} ± {auc.std():.3f}" in text


def test_grid_resumes_from_its_cache(tmp_path):
    command = ("grid", "--models", "tree", "--samples", 200, "--repeats", 1,
               "--shadows", 4, "--cache", "cache", "--csv")  # fmt: skip
    skmia(*command, "first.csv")
    stored = sorted((tmp_path / "cache").glob("*.zip"))
    skmia(*command, "second.csv")
    assert stored == sorted((tmp_path / "cache").glob("*.zip")) != []
    pd.testing.assert_frame_equal(pd.read_csv("first.csv"), pd.read_csv("second.csv"))


def test_grid_without_a_measurable_metric():
    text = skmia("grid", "--models", "tree", "--samples", 100, "--repeats", 1,
                 "--shadows", 4, "--metric", "tpr_at_fpr")  # fmt: skip
    assert "tree tree not measurable" in text


def test_grid_refuses_unknown_models():
    text = skmia("grid", "--models", "svm", code=2)
    assert (
        text == "Error: The models of the grid are knn, lr, mlp, nb, tree. Got 'svm'."
    )


def test_grid_without_the_data(monkeypatch):
    def fetch(seed):
        raise FileNotFoundError("The adult data were not found: no connection.")

    monkeypatch.setitem(DATASETS, "adult", fetch)
    assert "Error: The adult data were not found" in skmia(
        "grid", "--dataset", "adult", code=2
    )


def test_entry_point_in_a_process_of_its_own():
    code = (
        "import sys; sys.argv = ['skmia', 'audit', '--train', 'a.csv']; "
        "from skmia.cli import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stderr.startswith("Error: An audit of your own model also needs --model")
    assert "Traceback" not in run.stderr


def test_python_runs_the_package():
    command = [sys.executable, "-m", "skmia"]
    run = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, f"skmia {__version__}\n"), run.stderr
    run = subprocess.run([*command, "--help"], capture_output=True, text=True)
    assert "Usage: skmia" in run.stdout


def test_attacks_are_listed_with_what_they_need():
    text = skmia("attacks")
    for name in get_attack_names():
        assert name in text
    assert "N. Carlini et al., IEEE S&P 2022" in text


@pytest.mark.slow
def test_audit_with_named_attacks():
    text = skmia(
        *("audit", "--shadows", 4, "--no-html"),
        *("--attack", "rmia-offline", "--attack", "salem2"),
    )
    assert "strongest of 1 attacks (rmia-offline)" in text
    assert "salem2: not run: no records of another task are given." in text
    assert "'lyra' is not the name of an attack" in skmia(
        "audit", "--attack", "lyra", code=2
    )
