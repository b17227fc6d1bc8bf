"""Files of the command line, read as the model takes them."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from skops import io
from typer.testing import CliRunner

from skmia.cli._commands import app

AUDIT = ("audit", "--model", "model.skops", "--trust-sklearn", "--no-html")
LABEL = ("--label", "y")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def skmia(*args, code=0):
    """Run a command; its output, standard error after standard output."""
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return result.stdout + result.stderr


def refused(*options, train="train.csv", holdout="holdout.csv", label=LABEL):
    """The one line of an audit that is refused."""
    sets = ("--train", train, "--holdout", holdout)
    text = skmia(*AUDIT, *sets, *label, *options, code=2)
    assert text.startswith("Error: ")
    assert text.count("\n") == 1
    return text[len("Error: ") : -1]


def accuracies(*options, train="train.csv", holdout="holdout.csv", code=0):
    """Those of a real audit, with its numbers."""
    sets = ("--train", train, "--holdout", holdout)
    quick = ("--attack", "gap", "--shadows", 0, "--json", "a.json")
    skmia(*AUDIT, *sets, *LABEL, *quick, *options, code=code)
    numbers = json.loads(Path("a.json").read_text(encoding="utf-8"))
    return numbers["train_accuracy"], numbers["holdout_accuracy"]


@pytest.fixture
def taken(monkeypatch):
    """A command that says what the audit would be given, and does not begin it."""
    given = []

    def stop(model, *sets, **options):
        given.append((*sets, options["groups"]))
        raise typer.Exit(0)

    monkeypatch.setattr("skmia.audit", stop)

    def run(*options, train="train.csv", holdout="holdout.csv"):
        skmia(*AUDIT, "--train", train, "--holdout", holdout, *LABEL, *options)
        return given.pop()

    return run


def shown(X):
    """Values with their kinds."""
    return [[repr(value) for value in row] for row in X.tolist()]


def write(name, *rows):
    Path(name).write_text("\n".join(rows) + "\n", encoding="utf-8")


def knows_numbers(*names, classes=(0, 1)):
    """A model of some columns, in model.skops."""
    X = np.zeros((len(classes), len(names)))
    model = DecisionTreeClassifier(random_state=0)
    io.dump(model.fit(pd.DataFrame(X, columns=names), list(classes)), "model.skops")


def knows_no_names(n_features):
    X = np.zeros((2, n_features))
    io.dump(DecisionTreeClassifier(random_state=0).fit(X, [0, 1]), "model.skops")


@pytest.fixture
def towns():
    """A model that is always right, of a category that is called "NA"."""
    X = pd.DataFrame({"land": ["NA", "DE", "None", "FR"] * 20})
    y = X["land"].isin(["NA", "None"]).astype(int)
    words = make_column_transformer((OneHotEncoder(), ["land"]))
    model = make_pipeline(words, DecisionTreeClassifier(random_state=0))
    io.dump(model.fit(X, y), "model.skops")
    for name, rows in (("train", slice(60)), ("holdout", slice(60, 80))):
        X[rows].assign(y=y[rows]).to_csv(f"{name}.csv", index=False)


def test_a_category_of_the_name_na_is_none_that_is_missing(towns):
    # Two sets that hold the same rows are an audit that does not count: exit code 3.
    assert accuracies(code=3) == (1.0, 1.0)


def test_cells_that_are_missing_by_the_options():
    X = pd.DataFrame({"a": [1, np.nan, 3, np.nan] * 20, "b": np.arange(80) / 7})
    y = X["a"].isna().astype(int)
    io.dump(
        HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(X, y),
        "model.skops",
    )
    words = X.astype({"a": object})
    words.fillna({"a": "?"}).assign(y=y).to_csv("train.csv", index=False)
    words.fillna({"a": "NA"}).assign(y=y, b=-X["b"]).to_csv("holdout.csv", index=False)
    assert refused() == (
        "train.csv, row 2 (line 3), column 'a': '?' is no number, as all other cells "
        "are. Give --na-values '?' if it is missing, --string-columns a if the column "
        "is text."
    )
    assert refused("--na-values", "?") == (
        "holdout.csv, row 2 (line 3), column 'a': 'NA' is no number, as in the "
        "training file. Give --na-values NA if it is missing, --string-columns a if "
        "the column is text."
    )
    options = ("--na-values", "?", "--na-values", "NA")
    assert accuracies(*options, code=3) == (1.0, 1.0)


@pytest.mark.parametrize("word", ["NA", "nan", "NaN", "n/a", "null", "-", " ? "])
def test_numbers_with_a_word_for_missing(word):
    knows_numbers("a", "b")
    write("train.csv", "b,id,a,y", "1,?,2.5,0", "2,7,,1", f"3,8,{word},1")
    write("holdout.csv", "b,a,y", "1,2,0")
    assert refused().startswith(f"train.csv, row 3 (line 4), column 'a': {word!r} is")


def test_a_column_is_in_the_holdout_file_what_it_is_in_the_training_file(taken):
    knows_no_names(6)
    write(
        "train.csv",
        "code,zip,count,share,yes,none,y",
        "A12,00123,1,0.5,True,,0",
        "0042,1,2,7,false,,1",
    )
    write(
        "holdout.csv",
        "code,zip,count,share,yes,none,y",
        "0042,7,3,4,TRUE,1,0",
        "0007,08,,1e3,False,,1",
    )
    X, _, other, *_ = taken("--string-columns", "zip")
    assert shown(X) == [
        ["'A12'", "'00123'", "1.0", "0.5", "True", "nan"],
        ["'0042'", "'1'", "2.0", "7.0", "False", "nan"],
    ]
    assert shown(other) == [
        ["'0042'", "'7'", "3.0", "4.0", "True", "1.0"],
        ["'0007'", "'08'", "nan", "1000.0", "False", "nan"],
    ]


def test_whole_numbers_stay_what_the_training_file_has(taken):
    knows_numbers("a", "b", "c")
    write("train.csv", "a,b,c,y", "1,2,3,0", "2,3,4,1")
    write("holdout.csv", "a,b,c,y", "1,2.5,3.0,0", "3,1,,1")
    X, _, other, *_ = taken()
    assert list(X.dtypes) == [np.int64, np.float64, np.float64]
    assert list(other.dtypes) == [np.int64, np.float64, np.float64]


def test_whole_numbers_that_are_no_floats_are_not_rounded():
    knows_numbers("a")
    write("train.csv", "a,y", f"{2**60 + 1},0", "2,1")
    write("holdout.csv", "a,y", "1,0", ",1")
    assert "other dtypes in the columns a (int64, float64)" in refused()


@pytest.mark.parametrize(
    ("train", "holdout", "message"),
    [
        ("1", "A12", "'A12' is no number, as in the training file. Give --string-c"),
        ("1", "True", "'True' is no number, as in the training file. Give --string-c"),
        ("True", "0", "'0' is no truth value, as in the training file. Give --stri"),
    ],
)
def test_cells_of_another_kind_than_in_the_training_file(train, holdout, message):
    knows_numbers("a")
    write("train.csv", "a,y", f"{train},0", f"{train},1")
    write("holdout.csv", "a,y", f'"{train}",0', "", f"{holdout},1")
    assert f"holdout.csv, row 2 (line 4), column 'a': {message}" in refused()


def test_a_table_of_parquet_says_what_columns_of_text_files_are(taken):
    knows_no_names(2)
    train = pd.DataFrame({"zip": ["01", "02"], "big": ["b", "a"], "y": [0, 1]})
    train.astype({"big": "category"}).to_parquet("train.parquet")
    write("holdout.csv", "zip,big,y", "03,4,0")
    assert taken(train="train.parquet")[2].tolist() == [["03", "4"]]


@pytest.mark.parametrize("given", [("zip,code",), ("zip", " code")])
def test_columns_of_text(taken, given):
    knows_no_names(3)
    write("train.csv", "zip,code,a,y", "01,NA,1,0", "02,2,2,1")
    write("holdout.csv", "zip,code,a,y", "03,1,1,0")
    options = [part for one in given for part in ("--string-columns", one)]
    X, _, other, *_ = taken(*options)
    assert X.tolist() == [["01", "NA", 1], ["02", "2", 2]]
    assert other.tolist() == [["03", "1", 1]]


def test_labels_are_text_where_classes_are(taken):
    knows_numbers("a", classes=("0", "1"))
    write("train.csv", "a,y", "1,0", "2,1")
    write("holdout.csv", "a,y", "1,1")
    _, y, _, y_other, _ = taken()
    assert y.tolist() == ["0", "1"]
    assert y_other.tolist() == ["1"]


def test_labels_that_are_called_na(taken):
    knows_numbers("a", classes=("NA", "None"))
    write("train.csv", "a,y", "NA,NA", "2,None")
    write("holdout.csv", "a,y", "1,NA")
    X, y, *_ = taken("--na-values", "NA")
    assert y.tolist() == ["NA", "None"]
    assert X["a"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("classes", "cells", "labels"),
    [
        ((0, 1), ("0", "1.0"), [0, 1]),
        ((1.0, 2.0), ("1", "2.0"), [1, 2]),
        ((False, True), ("False", "true"), [False, True]),
    ],
)
def test_labels_are_numbers_where_classes_are(taken, classes, cells, labels):
    knows_numbers("a", classes=classes)
    write("train.csv", "a,y", *(f"1,{cell}" for cell in cells))
    write("holdout.csv", "a,y", f"1,{cells[1]}")
    _, y, _, y_other, _ = taken()
    assert y.dtype.kind in "bif"
    assert y.tolist() == labels
    assert y_other.tolist() == labels[1:]


@pytest.mark.parametrize(
    ("classes", "cell", "message"),
    [
        ((0, 1), "NA", "'NA' is none like the model's classes: 0, 1"),
        (range(9), "x", "'x' is none like the model's classes: 0, 1, 2, 3, 4, ..."),
        ((False, True), "x", "'x' is none like the model's classes: False, True"),
        ((0, 1), "", "the label is missing."),
        (("0", "1"), "", "the label is missing."),
        (("0", "1"), "?", "the label is missing."),
    ],
)
def test_labels_that_are_none(classes, cell, message):
    knows_numbers("a", classes=classes)
    write("train.csv", "a,y", "1,0", "2,1")
    first, last = classes[0], classes[-1]
    rows = f"1,{first}", f"2,{last}", f"3,{cell}", f"4,{cell}"
    write("holdout.csv", "a,y", *rows)
    place = "holdout.csv, row 3 (line 4), column 'y': "
    assert refused("--na-values", "?") == place + message


def test_groups_keep_their_zeros(taken):
    knows_numbers("a")
    write("train.csv", "a,y,who", "1,0,007", "2,1,NA")
    write("holdout.csv", "a,y,who", "1,0,7")
    assert taken("--groups", "who")[4].tolist() == ["007", "NA", "7"]


TABLE = "a{0}b{0}y\n1{0}é{0}0\n2{0}x{0}1\n"


@pytest.mark.parametrize(
    ("suffix", "sep", "encoding", "options"),
    [
        ("csv", ",", "utf-8", ()),
        ("csv", ",", "utf-8-sig", ()),
        ("csv.gz", ",", "utf-8", ()),
        ("tsv", "\t", "utf-8", ()),
        ("tsv.gz", "\t", "utf-8", ()),
        ("csv", ";", "utf-8", ("--sep", ";")),
        ("csv", "\t", "utf-8", ("--sep", r"\t")),
        ("tsv", "|", "cp1252", ("--sep", "|", "--encoding", "cp1252")),
        ("csv", ",", "utf-16", ("--encoding", "utf-16")),
        ("csv.gz", ",", "utf-16", ("--encoding", "utf-16")),
    ],
)
def test_separators_encodings_and_suffixes(taken, suffix, sep, encoding, options):
    knows_no_names(2)
    content = TABLE.format(sep).encode(encoding)
    name = f"records.{suffix}"
    Path(name).write_bytes(gzip.compress(content) if "gz" in suffix else content)
    X, y, *_ = taken(*options, train=name, holdout=name)
    assert X.tolist() == [[1, "é"], [2, "x"]]
    assert y.tolist() == [0, 1]
    # Places are found in such files, too.
    content = TABLE.format(sep).replace("1\n", "no\n").encode(encoding)
    Path(name).write_bytes(gzip.compress(content) if "gz" in suffix else content)
    message = refused(*options, train=name, holdout=name)
    assert message.startswith(f"{name}, row 2 (line 3), column 'y': 'no' is none like")


GOOD = "a,b,y\n1,2,0\n2,3,1\n"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", (), "train.csv cannot be read: No columns to parse from file"),
        ("\n\n", (), "train.csv cannot be read: No columns to parse from file"),
        ("a,b,y\n", (), "train.csv holds no records, only a header."),
        ("a,b,a,y\n1,2,3,0\n", (), "train.csv has several columns of one name: a."),
        (
            "a;b;y\n1,5;2;0\n",
            (),
            "train.csv has one column, 'a;b;y', where ',' separates cells. Name what "
            "separates them: --sep ';'",
        ),
        ("a\tb\ty\n1\t2\t0\n", (), r"Name what separates them: --sep '\t'"),
        (GOOD, ("--sep", ";"), "'a,b,y', where ';' separates cells. Name what sep"),
        ("ab\n1\n", (), "has one column, 'ab', where ',' separates cells. Name"),
        ("a,b,y\n1,2\n3,4,5,6\n", (), "Expected 3 fields in line 3, saw 4"),
        ("a,b,y\n1,2,3,4\n5,6,7,8\n", (), "Expected 3 fields in line 2, saw 4"),
        ('a,b,y\n1,"2,3\n', (), "train.csv cannot be read: "),
        ("a,b\n1,2\n", (), "has no column 'y' for the labels. Its columns are a, b."),
        (GOOD, ("--groups", "who"), "has no column 'who' for the groups. Its col"),
        (
            GOOD,
            ("--string-columns", "b,zip"),
            "train.csv has no column 'zip', of --string-columns. Its columns are a, b",
        ),
        ("b,y\n1,0\n", (), "train.csv lacks columns that the model was trained on: a"),
        (b"a,b,y\n1,\xe9,0\n", (), "train.csv is not written in utf-8: "),
        (GOOD.encode("utf-16"), (), "Name its encoding, such as --encoding cp1252"),
        (b"a,b,y\n1,\xe9,0\n", ("--encoding", "ascii"), "is not written in ascii: "),
        (GOOD, ("--encoding", "latin-99"), "name of an encoding, such as utf-8 or"),
        (GOOD, ("--encoding", "base64"), "--encoding must be the name of an encod"),
        (GOOD, ("--sep", ";;"), "--sep must be one character, such as ';' or '\\t'."),
        (GOOD, ("--sep", ""), "--sep must be one character, such as ';' or '\\t'. "),
        (GOOD, ("--sep", '"'), "--sep must be one character, such as ';' or '\\t'. "),
    ],
)
def test_text_files_that_are_refused(content, options, message):
    knows_numbers("a", "b")
    write("holdout.csv", *GOOD.split())
    content = content if isinstance(content, bytes) else content.encode()
    Path("train.csv").write_bytes(content)
    assert message in refused(*options)


@pytest.mark.parametrize("content", [b"", b"junk", None])
def test_gzipped_files_that_are_refused(content):
    knows_numbers("a", "b")
    torn = gzip.compress(GOOD.encode())[:-9]
    Path("train.csv.gz").write_bytes(torn if content is None else content)
    message = refused(train="train.csv.gz", holdout="train.csv.gz")
    assert message.startswith("train.csv.gz cannot be read: ")


def test_other_files_have_no_separators():
    knows_numbers("a")
    pd.DataFrame({"a": [1], "y": [0]}).to_parquet("train.parquet")
    names = {"train": "train.parquet", "holdout": "train.parquet"}
    assert refused("--sep", ";", "--na-values", "NA", **names).startswith(
        "--sep, --na-values can be given for files of type .csv or .csv.gz or .tsv or "
    )
    pd.DataFrame({"a": [], "y": []}).to_parquet("train.parquet")
    assert refused(**names) == "train.parquet holds no records."


@pytest.mark.parametrize(
    "option",
    [
        ("--sep", ";"),
        ("--encoding", "cp1252"),
        ("--na-values", "NA"),
        ("--string-columns", "zip"),
        ("--trust-sklearn",),
    ],
)
def test_options_of_reading_are_of_an_audit_of_ones_own(option):
    text = skmia("audit", *option, code=2)
    assert "also needs --model and --train and --holdout." in text


def test_a_cross_validation_with_files_like_those():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    y = np.array(["1", "NA"] * 30)
    kept = {"return_estimator": True, "return_indices": True}
    found = cross_validate(DecisionTreeClassifier(random_state=0), X, y, **kept)
    io.dump(found, "results.skops")
    X.assign(y=y).to_csv("all.tsv.gz", index=False, sep="|")
    quick = ("--attack", "gap", "--no-html", *LABEL)
    command = ("audit-cv", "results.skops", "--data", "all.tsv.gz", *quick)
    options = ("--sep", "|", "--trust-sklearn")
    text = skmia(*command, *options, "--json", "a.json")
    assert "240 training pairs of a record and one of 5 models (accuracy" in " ".join(
        text.split()
    )
    assert "--sep '|'" in skmia(*command, "--trust-sklearn", code=2)
    assert "command with: --trust-sklearn" in skmia(*command, *options[:2], code=2)


def foreign():
    """A model of scikit-learn with a part that is none of its own."""
    X = np.arange(20.0).reshape(10, 2)
    model = KNeighborsClassifier(2, algorithm="kd_tree").fit(X, [0, 1] * 5)
    model.extra_ = Path("x")
    return model


def test_types_of_scikit_learn_are_trusted_together():
    io.dump(foreign(), "model.skops")
    types = io.get_untrusted_types(file="model.skops")
    others = [name for name in types if not name.startswith("sklearn.")]
    assert 0 < len(others) < len(types)
    np.savez("a.npz", X=np.zeros((4, 2)), y=[0, 1, 0, 1])
    command = ("audit", "--model", "model.skops", "--train", "a.npz", "--holdout")
    text = skmia(*command, "a.npz", code=2)
    named = " ".join(f"--trust {name}" for name in others)
    assert text.endswith(f"repeat the command with: --trust-sklearn {named}\n")
    text = skmia(*command, "a.npz", "--trust-sklearn", code=2)
    assert text.endswith(f"repeat the command with: {named}\n")
