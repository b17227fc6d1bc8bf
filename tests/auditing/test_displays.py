"""Displays of an audit draw the numbers that they hold, where they are told to."""

import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.attacks import make_attack
from skmia.attacks.evidence import Signals
from skmia.auditing import (
    AuditReport,
    BeforeAfterDisplay,
    GroupRiskDisplay,
    LogRocDisplay,
    SavedReport,
    ScoreHistogramDisplay,
)
from skmia.shadow import ShadowModels

X, Y = make_classification(400, flip_y=0.3, n_informative=5, random_state=0)
SEX = np.resize(["f", "f", "m"], 400)
MEMBER = np.repeat([1, 0], [6, 4])
SCORE = np.array([9.0, 8, 7, 3, 2, 2, 5, 3, 2, 0])


def audited(model):
    model.fit(X[:200], Y[:200])
    sets = X[:200], Y[:200], X[200:], Y[200:]
    attacks = ["loss-threshold", "gap"]
    return audit(model, *sets, attacks=attacks, random_state=0)


@pytest.fixture(scope="module")
def report():
    return audited(DecisionTreeClassifier(min_samples_leaf=2, random_state=0))


@pytest.fixture(scope="module")
def defended():
    return audited(DecisionTreeClassifier(max_depth=2, random_state=0))


@pytest.fixture
def axes():
    return Figure(layout="constrained").subplots()


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


DRAW = {
    "roc": lambda report, ax: LogRocDisplay.from_predictions(MEMBER, SCORE, ax=ax),
    "scores": lambda report, ax: ScoreHistogramDisplay.from_report(report, ax=ax),
    "groups": lambda report, ax: GroupRiskDisplay.from_report(report, SEX, ax=ax),
    "before": lambda report, ax: BeforeAfterDisplay.from_reports(report, report, ax=ax),
}


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_draws_into_given_axes_and_leaves_pyplot_alone(draw, report, axes):
    before = dict(mpl.rcParams)
    display = draw(report, axes)
    assert display.ax_ is axes
    assert display.figure_ is axes.figure
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_makes_one_figure_and_hides_nothing_behind_the_legend(draw, report):
    display = draw(report, None)
    assert plt.get_fignums() == [display.figure_.number]
    display.figure_.draw_without_rendering()
    legend = display.ax_.get_legend().get_window_extent()
    assert legend.x0 >= display.ax_.get_window_extent().x1
    assert legend.x1 <= display.figure_.bbox.x1
    assert not display.ax_.spines["top"].get_visible()


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_the_extra_is_named_where_matplotlib_is_missing(draw, report, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "skmia\[report\]"'):
        draw(report, None)


def test_roc_of_predictions_is_that_of_scores(axes):
    display = LogRocDisplay.from_predictions(MEMBER, SCORE, name="mine", ax=axes)
    drawn = display.lines_[0].get_xydata()
    other = LogRocDisplay.from_scores(MEMBER, {"mine": SCORE})
    other.plot(Figure().subplots())
    np.testing.assert_array_equal(drawn, other.lines_[0].get_xydata())
    auc = roc_auc_score(MEMBER, SCORE)
    assert display.lines_[0].get_label() == f"mine (AUC {auc:.3f})"


def test_roc_of_an_attack(axes):
    shadows = ShadowModels(DecisionTreeClassifier(), n_shadows=2, random_state=0).fit(
        X, Y
    )
    pairs, member, _ = shadows.pairs()
    attack = make_attack(Signals(["loss", "entropy"]), LogisticRegression())
    attack.fit(pairs, member)
    display = LogRocDisplay.from_estimator(attack, pairs, member, ax=axes)
    auc = roc_auc_score(member, attack.decision_function(pairs))
    assert display.lines_[0].get_label() == f"LogisticRegression (AUC {auc:.3f})"
    # An attack model is asked about observations.
    observed = attack[:-1].transform(pairs)
    other = LogRocDisplay.from_estimator(attack[-1], observed, member, name="a")
    assert other.curves["a"][2] == pytest.approx(auc)


def test_roc_needs_both_sides(axes):
    with pytest.raises(ValueError, match="from_predictions needs at least one member"):
        LogRocDisplay.from_predictions(np.ones(10, dtype=int), SCORE, ax=axes)


def test_histograms_are_shares_of_each_side(axes):
    edges = [0, 2.5, 5, 9]
    display = ScoreHistogramDisplay.from_predictions(
        MEMBER, SCORE, bins=edges, name="mine", ax=axes
    )
    members, nonmembers = display.bars_
    # Members: 2, 2; 3; 7, 8, 9. Others: 0, 2; 3; 5.
    np.testing.assert_allclose(members.get_data().values, [2 / 6, 1 / 6, 3 / 6])
    np.testing.assert_allclose(nonmembers.get_data().values, [2 / 4, 1 / 4, 1 / 4])
    np.testing.assert_array_equal(members.get_data().edges, edges)
    assert display.overlap == pytest.approx(2 / 6 + 1 / 6 + 1 / 4)
    assert display.medians == (5.0, 2.5)
    assert [line.get_xdata()[0] for line in axes.lines] == [5.0, 2.5]
    assert texts(axes)[:2] == ["members", "non-members"]
    assert axes.get_legend().get_title().get_text() == "overlap 0.750"
    assert axes.get_title() == "mine"


def test_one_outlier_does_not_squeeze_the_others(axes):
    score = np.append(np.linspace(0, 1, 99), -1e30)
    member = np.arange(100) % 2
    display = ScoreHistogramDisplay.from_predictions(member, score, ax=axes)
    assert display.edges[0] > 0
    assert np.count_nonzero(display.members) > 20
    assert display.members.sum() == pytest.approx(1)
    assert display.nonmembers.sum() == pytest.approx(1)


def test_records_without_a_score_are_left_out(axes):
    score = np.append(SCORE, np.nan)
    display = ScoreHistogramDisplay.from_predictions([*MEMBER, 1], score, ax=axes)
    other = ScoreHistogramDisplay.from_predictions(MEMBER, SCORE, ax=axes)
    np.testing.assert_array_equal(display.members, other.members)


@given(
    st.lists(st.integers(-5, 5), min_size=4, max_size=30),
    st.integers(1, 12),
)
def test_overlap_is_what_no_rule_on_the_bins_exceeds(scores, bins):
    member, score = np.arange(len(scores)) % 2, np.array(scores, dtype=float)
    axes = Figure().subplots()
    display = ScoreHistogramDisplay.from_predictions(member, score, bins=bins, ax=axes)
    inside = np.clip(score, display.edges[0], display.edges[-1])
    place = np.clip(np.searchsorted(display.edges, inside, "right") - 1, 0, bins - 1)
    called = (display.members > display.nonmembers)[place]
    advantage = called[member == 1].mean() - called[member == 0].mean()
    assert advantage == pytest.approx(1 - display.overlap)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (SCORE[1:], "same length"),
        (np.append(SCORE[1:], np.inf), "must be finite"),
        ([["a"]] * 10, "must hold real numbers"),
    ],
)
def test_scores_that_are_none_are_refused(score, words, axes):
    with pytest.raises(ValueError, match=words):
        ScoreHistogramDisplay.from_predictions(MEMBER, score, ax=axes)


@pytest.mark.parametrize("metric", ["auc", "advantage", "recall"])
def test_groups_are_those_of_the_table(metric, report, axes):
    table = report.by_group(SEX, "gap")
    display = GroupRiskDisplay.from_report(report, SEX, "gap", metric, ax=axes)
    points = np.concatenate([line.get_xydata() for line in display.points_])
    points = points[np.argsort(points[:, 1])]
    np.testing.assert_array_equal(points[:, 0], table[metric])
    ends = [segment[:, 0] for segment in display.intervals_.get_segments()]
    np.testing.assert_array_equal(ends, table[[f"{metric}_low", f"{metric}_high"]])
    sizes = zip(table.index, table["n_members"], table["n_nonmembers"], strict=True)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [f"{group}\n{n} + {m}" for group, n, m in sizes]
    overall = report.summary.loc["gap", metric]
    assert axes.lines[0].get_xdata() == [overall, overall]
    assert texts(axes)[0] == f"all records: {overall:.3f}"
    # Whoever guesses finds as many members as he is bold.
    assert ("guessing" in texts(axes)) == (metric != "recall")
    assert "95 % interval" in texts(axes)
    assert axes.get_title() == "gap"


def test_the_first_group_is_on_top(report, axes):
    GroupRiskDisplay.from_report(report, SEX, ax=axes)
    bottom, top = axes.get_ylim()
    assert bottom > top


def test_small_groups_and_those_without_numbers(axes):
    groups = pd.DataFrame(
        {
            "auc": [0.6, 0.7, np.nan],
            "auc_low": [0.5, 0.1, np.nan],
            "auc_high": [0.7, 1.0, np.nan],
            "n_members": [1000, 3, 2],
            "n_nonmembers": [1000, 3, 0],
            "status": ["ok", "small: ...", "not measurable: no holdout records"],
        },
        index=pd.MultiIndex.from_tuples(
            [("f", 1), ("f", 2), ("m", 1)], names=["sex", "ward"]
        ),
    )
    display = GroupRiskDisplay(groups, 0.6).plot(axes)
    large, small = display.points_
    assert large.get_xdata().tolist() == [0.6]
    np.testing.assert_array_equal(small.get_xdata(), [0.7, np.nan])
    assert small.get_markerfacecolor() == "white" != large.get_markerfacecolor()
    assert texts(axes)[-2:] == ["group", "small group"]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["f, 1\n1,000 + 1,000", "f, 2\n3 + 3", "m, 1\n2 + 0"]
    assert axes.get_title() == "by sex, ward"


def test_metrics_and_attacks_of_groups_are_checked(report, axes):
    with pytest.raises(ValueError, match=r"'metric'.* must be one of .*Got 'f1'"):
        GroupRiskDisplay.from_report(report, SEX, metric="f1", ax=axes)
    with pytest.raises(ValueError, match="'attack' parameter of GroupRiskDisplay"):
        GroupRiskDisplay.from_report(report, SEX, "lira", ax=axes)


def test_a_saved_report_has_no_scores(report, axes):
    saved = AuditReport.from_json(report.to_json())
    for draw in (
        lambda: ScoreHistogramDisplay.from_report(saved, ax=axes),
        lambda: GroupRiskDisplay.from_report(saved, SEX, ax=axes),
    ):
        with pytest.raises(TypeError, match=r"AuditReport.*Got a SavedReport"):
            draw()


def test_before_and_after_are_those_of_diff(report, defended, axes):
    changes = defended.diff(report)
    display = BeforeAfterDisplay.from_reports(report, defended, ax=axes)
    drawn = changes.loc[["train_accuracy", "holdout_accuracy", "auc"]]
    for when, apart in (("before", -1), ("after", 1)):
        points = display.points_[when]
        np.testing.assert_array_equal(points.get_xdata()[:3], drawn[when])
        assert (np.sign(points.get_ydata() - [0, 1, 2, 3]) == apart).all()
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[2] == "AUC of the headline"
    assert texts(axes) == ["before", "after"]
    segments = [lines.get_segments()[0] for lines in axes.collections]
    ends = {tuple(segment[:, 0]) for segment in segments}
    for one in (report, defended):
        assert (one.headline["auc_low"], one.headline["auc_high"]) in ends


def test_what_is_unlike_is_said_and_what_does_not_count_is_not_drawn(axes):
    changes = pd.DataFrame({"before": [1.0, np.nan], "after": [0.9, 0.7]})
    changes.index = ["holdout_accuracy", "auc"]
    changes.attrs["notes"] = ["The audit before is invalid."]
    intervals = {"before": {"auc": (0.6, 0.8)}, "after": {"auc": (0.65, 0.75)}}
    BeforeAfterDisplay(changes, intervals).plot(axes)
    assert axes.get_title(loc="left") == "The audit before is invalid."
    (lines,) = axes.collections
    np.testing.assert_array_equal(lines.get_segments()[0][:, 0], [0.65, 0.75])


def test_a_report_of_the_first_schema_has_fewer_rates(report, axes):
    facts = report.to_dict() | {"schema": "skmia-audit/1"}
    display = BeforeAfterDisplay.from_reports(SavedReport(facts), report, ax=axes)
    assert display.intervals["before"].keys() == {"auc"}
    drawn = ~np.isnan(display.points_["before"].get_xdata())
    assert drawn.tolist() == [True, True, True, False]


def test_saved_reports_are_compared(report, defended, axes):
    saved = [AuditReport.from_json(one.to_json()) for one in (report, defended)]
    display = BeforeAfterDisplay.from_reports(*saved, ax=axes)
    other = BeforeAfterDisplay.from_reports(report, defended, ax=axes)
    pd.testing.assert_frame_equal(display.changes, other.changes)
    assert display.intervals == other.intervals
