"""LogRocDisplay draws the measured points, as steps, and nothing else."""

import sys

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score

from skmia.auditing import LogRocDisplay

MEMBER = np.repeat([1, 0], [6, 4])
SCORE = np.array([9, 8, 7, 3, 2, 2, 5, 3, 2, 0])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_curve_holds_every_threshold():
    display = LogRocDisplay.from_scores(MEMBER, {"loss": SCORE}).plot()
    (line,) = display.lines_
    # Axes end at half of a non-member: rates of 0 are drawn there.
    fprs = {0.125} | {np.mean(SCORE[MEMBER == 0] >= cut) for cut in SCORE} - {0.0}
    assert set(line.get_xdata()) == fprs
    assert line.get_drawstyle() == "steps-post"
    assert line.get_label() == f"loss (AUC {roc_auc_score(MEMBER, SCORE):.3f})"
    assert display.ax_.get_xlim() == display.ax_.get_ylim() == (0.125, 1.0)
    assert display.ax_.get_xscale() == display.ax_.get_yscale() == "log"


def test_finest_level_is_marked():
    display = LogRocDisplay.from_scores(MEMBER, {"loss": SCORE}).plot()
    marked = {line.get_label(): line for line in display.ax_.lines}
    assert set(marked["one of 4 non-members"].get_xdata()) == {0.25}
    np.testing.assert_array_equal(*marked["guessing"].get_data())


def test_equal_curves_are_drawn_once():
    scores = {"a": SCORE, "b": 0.0 - SCORE, "c": SCORE * 2.0, "d": np.exp(SCORE)}
    display = LogRocDisplay.from_scores(MEMBER, scores).plot()
    labels = [line.get_label() for line in display.lines_]
    assert [label.partition(" (")[0] for label in labels] == ["a,\nc,\nd", "b"]


def test_limits_are_drawn_and_are_no_attacks():
    limits = {"declared: epsilon 1": lambda fpr: np.minimum(1, np.e * fpr)}
    display = LogRocDisplay.from_scores(MEMBER, {"loss": SCORE}, limits).plot()
    (line,) = [
        one for one in display.ax_.lines if one.get_label() == "declared: epsilon 1"
    ]
    fpr, tpr = line.get_data()
    assert (fpr[0], fpr[-1]) == pytest.approx((0.125, 1))
    np.testing.assert_allclose(tpr, np.minimum(1, np.e * fpr))
    assert line not in display.lines_


def test_thirty_attacks_look_different():
    rng = np.random.default_rng(0)
    scores = {f"attack {i}": rng.normal(size=10) + i for i in range(30)}
    display = LogRocDisplay.from_scores(MEMBER, scores).plot()
    looks = {(line.get_color(), line.get_linestyle()) for line in display.lines_}
    assert len(looks) == len(display.lines_) > 20


def test_draws_into_given_axes():
    axes = Figure().subplots()
    display = LogRocDisplay.from_scores(MEMBER, {"constant": np.ones(10)}).plot(axes)
    assert display.ax_ is axes
    assert display.figure_ is axes.figure
    assert plt.get_fignums() == []


def test_matplotlib_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    display = LogRocDisplay.from_scores(MEMBER, {"loss": SCORE})
    with pytest.raises(ImportError, match=r'pip install "skmia\[report\]"'):
        display.plot()
