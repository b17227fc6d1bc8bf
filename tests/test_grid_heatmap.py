"""The heat map of a grid shows the table of Truex et al., cell by cell."""

import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from skmia.grid import GridHeatmapDisplay, truex_table

KINDS = ["tree", "nb", "lr"]


@pytest.fixture(scope="module")
def grid():
    rng = np.random.RandomState(0)
    sides = [*product(KINDS[:2], KINDS, KINDS, [0, 1])]
    grid = pd.DataFrame(sides, columns=["attack", "target", "generator", "repeat"])
    return grid.assign(auc=rng.uniform(0.5, 1, len(grid)), tpr_at_fpr=np.nan)


@pytest.fixture
def axes():
    return Figure(layout="constrained").subplots()


def test_cells_are_those_of_the_table(grid, axes):
    display = GridHeatmapDisplay.from_grid(grid, "auc", ax=axes)
    mean, std = (truex_table(grid, "auc")[what] for what in ("mean", "std"))
    assert display.ax_ is axes
    assert display.figure_ is axes.figure
    assert plt.get_fignums() == []
    np.testing.assert_array_equal(display.image_.get_array(), mean)
    for (row, column), text in np.ndenumerate(display.text_):
        values = mean.iloc[row, column], std.iloc[row, column]
        assert text.get_text() == "{:.3f} ± {:.3f}".format(*values)
        assert text.get_position() == (column, row)
    rows = [label.get_text() for label in axes.get_yticklabels()]
    assert rows == [f"{attack} / {target}" for attack, target in mean.index]
    assert [label.get_text() for label in axes.get_xticklabels()] == KINDS
    # One line between the two attacks.
    assert [line.get_ydata()[0] for line in axes.lines] == [2.5]
    assert axes.get_title() == "auc"


def test_what_was_not_measured_is_a_dash(grid, axes):
    display = GridHeatmapDisplay.from_grid(grid, "tpr_at_fpr", ax=axes)
    assert {text.get_text() for text in display.text_.ravel()} == {"-"}
    axes.figure.draw_without_rendering()


def test_numbers_stand_out_from_their_cells(grid, axes):
    """Contrast of at least 4.5, what WCAG 2.1 asks of text."""
    display = GridHeatmapDisplay.from_grid(grid, ax=axes)
    cells = display.image_.cmap(display.image_.norm(display.image_.get_array()))
    for cell, text in zip(cells.reshape(-1, 4), display.text_.ravel(), strict=True):
        ink = {"black": 0.0, "white": 1.0}[text.get_color()]
        darker, lighter = sorted([ink, relative_luminance(cell[:3])])
        assert (lighter + 0.05) / (darker + 0.05) > 4.5


def relative_luminance(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def test_the_metric_is_a_column_of_the_grid(grid, axes):
    with pytest.raises(ValueError, match=r"from_grid must be a column .*Got 'f1'"):
        GridHeatmapDisplay.from_grid(grid, "f1", ax=axes)


def test_makes_a_figure(grid):
    display = GridHeatmapDisplay.from_grid(grid)
    assert plt.get_fignums() == [display.figure_.number]
    plt.close("all")


def test_the_extra_is_named_where_matplotlib_is_missing(grid, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "skmia\[report\]"'):
        GridHeatmapDisplay.from_grid(grid)
