"""Studies: what changes does, the table says with what, and the plot shows it."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from typer.testing import CliRunner

from skmia.cli._commands import app
from skmia.grid import StudyDisplay, study
from skmia.metrics import in_class_deviation

X, Y = load_digits(return_X_y=True)
UNFIT = DecisionTreeClassifier(max_depth=-1)
TREE = DecisionTreeClassifier(random_state=0)
SHORT = {"n_repeats": 2, "n_shadows": 2, "random_state": 0, "attack": "gap"}


def test_size_and_accuracies():
    table = study(X, Y, TREE, values=[25, 200], **SHORT)
    assert table["n_records"].tolist() == [25, 200]
    # A tree of more records errs less, and members are told apart less.
    assert table["target_test_accuracy"].is_monotonic_increasing
    assert table["accuracy"].is_monotonic_decreasing
    assert (table["auc_low"] <= table["auc"]).all()
    assert_allclose(table["target_train_accuracy"], 1)
    again = study(X, Y, TREE, values=[25, 200], **SHORT)
    pd.testing.assert_frame_equal(table, again)


def test_classes_and_deviation():
    table = study(X, Y, TREE, by="classes", values=[2, 5], n_records=50, **SHORT)
    assert table["n_classes"].tolist() == [2, 5]
    assert table["n_records"].tolist() == [50, 50]
    table = study(X, Y, TREE, by="deviation", values=[1, 2], n_records=50, **SHORT)
    # Of 20 records a class, the deviation of a feature is known to 1 in the root of 40,
    # and the mean over 64 features of 10 classes far better.
    ratio = table["deviation"][1] / table["deviation"][0]
    assert ratio == pytest.approx(2, rel=0.05)
    assert table["deviation"][0] == pytest.approx(in_class_deviation(X, Y), rel=0.1)
    # What differs more is harder to learn: the class is not written into the values.
    assert table["target_test_accuracy"].is_monotonic_decreasing


def test_nothing_to_find_in_a_constant():
    table = study(X, Y, DummyClassifier(), values=[100], **SHORT)
    assert table.loc[0, "auc_low"] <= 0.5 <= table.loc[0, "auc_high"]


def test_targets_by_name():
    values = {"shallow": DecisionTreeClassifier(max_depth=2), "deep": TREE}
    table = study(X, Y, by="robustness", values=values, n_records=100, **SHORT)
    assert table["value"].tolist() == ["shallow", "deep"]
    assert table["auc"].is_monotonic_increasing
    axes = Figure(layout="constrained").subplots()
    display = StudyDisplay.from_study(table, "accuracy", ax=axes)
    assert [label.get_text() for label in axes.get_xticklabels()] == [*values]
    assert_allclose(display.points_.get_ydata(), table["accuracy"])
    ends = np.array([line[:, 1] for line in display.intervals_.get_segments()])
    assert_allclose(ends, table[["accuracy_low", "accuracy_high"]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"by": "colour"}, "must be a str among"),
        ({"model": None}, "needs a model"),
        ({"n_repeats": 1}, "'n_repeats' parameter of study must be an int in"),
        ({"confidence_level": 95}, "'confidence_level' parameter of study must be"),
        ({"y": Y[:-1]}, "inconsistent numbers of samples"),
        ({"y": np.where(np.arange(len(Y)) == 3, np.nan, Y)}, "(?i)nan|missing"),
        ({"y": Y + 0.5}, "Unknown label type: continuous"),
        ({"values": [1000]}, "needs 4000 records"),
        ({"values": [20, 20]}, "must be different"),
        ({"values": []}, "must not be empty"),
        ({"values": [0]}, "ints of at least 1"),
        ({"values": [20, -5]}, "ints of at least 1"),
        ({"values": [20.5]}, "ints of at least 1"),
        ({"by": "deviation", "values": [0.5]}, "finite and at least 1"),
        ({"by": "deviation", "values": [np.nan]}, "finite and at least 1"),
        ({"by": "deviation", "values": [1], "n_records": 450}, "needs 1800 records"),
        ({"by": "classes", "values": [1]}, "ints of at least 2"),
        ({"by": "classes", "values": [2, 11]}, "needs 11 classes"),
        ({"by": "classes", "values": [10, 2], "n_records": 100}, "needs 400 records"),
    ],
)
def test_bad_input(change, message):
    # Nothing is fitted before: the target could not be.
    given = {"X": X, "y": Y, "model": UNFIT, "values": [20]} | SHORT | change
    with pytest.raises(ValueError, match=message):
        study(**given)


@pytest.mark.parametrize(
    "change",
    [
        {"model": DecisionTreeRegressor()},
        {"by": "robustness", "values": {"a": TREE, "b": DecisionTreeRegressor()}},
    ],
)
def test_targets_are_classifiers(change):
    with pytest.raises(TypeError, match=r"classifiers\. Got \['DecisionTreeRegressor'"):
        study(X, Y, **{"values": [20]} | SHORT | change)


def test_robustness_is_of_targets_by_name():
    with pytest.raises(TypeError, match="a dict of targets by name"):
        study(X, Y, by="robustness", values=[TREE], **SHORT)


def test_display_of_what_was_not_measured():
    with pytest.raises(ValueError, match="must be one of"):
        StudyDisplay.from_study(pd.DataFrame({"by": ["size"], "auc_low": [0]}), "f1")


def test_the_command(tmp_path):
    csv, plot = tmp_path / "study.csv", tmp_path / "study.png"
    words = (
        "study digits --by classes --values 2,4 --repeats 2 --shadows 2 --samples 400"
    )
    done = CliRunner().invoke(
        app, [*words.split(), "--csv", str(csv), "--plot", str(plot), "--jobs", "1"]
    )
    assert done.exit_code == 0, done.output
    assert pd.read_csv(csv)["n_classes"].tolist() == [2, 4]
    assert plot.stat().st_size > 0
    wrong = CliRunner().invoke(app, ["study", "digits", "--values", "a"])
    assert wrong.exit_code == 2
    wrong = CliRunner().invoke(app, ["study", "digits", "--plot", "a.zzz"])
    assert wrong.exit_code == 2
    assert "--plot must be a file that ends with one of" in wrong.output
