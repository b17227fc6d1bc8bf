"""The plot of privacy and utility shows every candidate, and the front."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame
from skmia.metrics import game_scorer
from skmia.model_selection import PrivacyUtilityDisplay, pareto_front

UTILITY = [0.9, 0.8, 0.7]
LEAKAGE = [0.4, 0.1, 0.2]


@pytest.fixture
def axes():
    return Figure(layout="constrained").subplots()


@pytest.fixture(scope="module")
def search():
    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier()
    return GridSearchCV(
        MembershipGame(tree, n_shadows=2, random_state=0),
        [
            {"target": [tree], "target__max_depth": [1, None]},
            {"target": [GaussianNB()]},
        ],
        scoring=game_scorer("auc", "target_test_accuracy"),
        refit=False,
        cv=StratifiedShuffleSplit(1, test_size=0.5, random_state=0),
    ).fit(X, y)


def texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


numbers = st.integers(0, 6).map(lambda number: number / 8)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12))
def test_every_candidate_is_drawn_once_and_the_front_is_a_stair(candidates):
    utility, leakage = np.transpose(candidates)
    axes = Figure().subplots()
    display = PrivacyUtilityDisplay.from_values(utility, leakage, ax=axes)
    front, others = (set(map(tuple, line.get_xydata())) for line in display.points_)
    on_front = pareto_front(utility, leakage)
    assert front == set(zip(leakage[on_front], utility[on_front], strict=True))
    assert others == set(zip(leakage[~on_front], utility[~on_front], strict=True))
    x, y = display.front_.get_data()
    assert len(x) == on_front.sum()
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()
    # Left of the next point nothing more useful is known than the one before.
    assert display.front_.get_drawstyle() == "steps-post"


def test_numbers_at_the_points_are_those_of_the_names(axes):
    PrivacyUtilityDisplay.from_values(UTILITY, LEAKAGE, ["a", "b", "c"], ax=axes)
    drawn = {text.get_text(): text.xy for text in axes.texts}
    assert drawn == {"1": (0.1, 0.8), "2": (0.2, 0.7), "3": (0.4, 0.9)}
    assert texts(axes) == ["front", "b", "c", "a"]
    markers = [line.get_marker() for line in axes.lines if line.get_label() in "abc"]
    assert markers == ["$1$", "$2$", "$3$"]


def test_draws_into_given_axes_and_leaves_pyplot_alone(axes):
    display = PrivacyUtilityDisplay.from_values(UTILITY, LEAKAGE, ax=axes)
    assert display.ax_ is axes
    assert display.figure_ is axes.figure
    assert plt.get_fignums() == []
    assert texts(axes) == ["front"]
    assert axes.get_xlabel() == "Leakage: leakage (left is private)"


def test_legend_hides_nothing():
    display = PrivacyUtilityDisplay.from_values(UTILITY, LEAKAGE, ["a", "b", "c"])
    assert plt.get_fignums() == [display.figure_.number]
    display.figure_.draw_without_rendering()
    legend = display.ax_.get_legend().get_window_extent()
    assert legend.x0 >= display.ax_.get_window_extent().x1
    plt.close("all")


@pytest.mark.parametrize(
    "as_given",
    [
        lambda search: search,
        lambda s: s.cv_results_,
        lambda s: pd.DataFrame(s.cv_results_),
    ],
)
def test_a_search(search, as_given, axes):
    display = PrivacyUtilityDisplay.from_search(as_given(search), ax=axes)
    results = search.cv_results_
    np.testing.assert_array_equal(display.leakage, results["mean_test_auc"])
    np.testing.assert_array_equal(
        display.utility, results["mean_test_target_test_accuracy"]
    )
    assert display.names == [
        "DecisionTreeClassifier, max_depth=1",
        "DecisionTreeClassifier, max_depth=None",
        "GaussianNB",
    ]
    assert axes.get_xlabel() == "Leakage: auc (left is private)"
    assert axes.get_ylabel() == "Utility: target_test_accuracy"
    (guessing,) = [line for line in axes.lines if line.get_label() == "guessing"]
    assert guessing.get_xdata() == [0.5, 0.5]


def test_names_of_a_search_may_be_given(search, axes):
    display = PrivacyUtilityDisplay.from_search(search, names=list("abc"), ax=axes)
    assert set(texts(axes)) == {"guessing", "front", "a", "b", "c"}
    assert display.names == ["a", "b", "c"]


@pytest.mark.parametrize("parameter", ["privacy", "utility"])
def test_metrics_of_a_search_are_checked(parameter, search, axes):
    words = f"'{parameter}' parameter of .*'auc', 'target_test_accuracy'.*Got 'f1'"
    with pytest.raises(ValueError, match=words):
        PrivacyUtilityDisplay.from_search(search, **{parameter: "f1"}, ax=axes)


def test_candidates_without_numbers_are_refused():
    with pytest.raises(ValueError, match="two finite numbers for every candidate"):
        PrivacyUtilityDisplay(UTILITY, [0.1, np.nan, 0.2])


def test_the_extra_is_named_where_matplotlib_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "skmia\[report\]"'):
        PrivacyUtilityDisplay.from_values(UTILITY, LEAKAGE)
