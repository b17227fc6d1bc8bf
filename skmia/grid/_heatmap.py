"""The grid as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from skmia.grid._model_grid import truex_table
from skmia.utils._plotting import axes_for

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class GridHeatmapDisplay:
    """Heat map of a grid of targets, generators and attacks, with its numbers.

    Use :meth:`from_grid`.

    .. versionadded:: 0.2

    Parameters
    ----------
    table : DataFrame
        Result of :func:`truex_table`: rows of attack and target, columns of "mean" and
        "std" and the generator.
    metric : str
        What the table is of.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the heat map.
    figure_ : matplotlib Figure
        Figure that contains it.
    image_ : matplotlib AxesImage
        The cells.
    text_ : ndarray of matplotlib Text of shape (n_rows, n_generators)
        What is written in them: the mean over the repeats, and the standard deviation
        where there is more than one; a dash where nothing was measured.

    See Also
    --------
    truex_table : The numbers.

    Notes
    -----
    Level: records. Colours go from the smallest to the largest mean of the table: those
    of two heat maps are not to be compared, their numbers are.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib.figure import Figure
    >>> from skmia.grid import GridHeatmapDisplay
    >>> roles = {"attack": "lr", "target": "tree"}
    >>> grid = pd.DataFrame(
    ...     [
    ...         roles | {"generator": "tree", "auc": 0.75},
    ...         roles | {"generator": "tree", "auc": 0.85},
    ...         roles | {"generator": "nb", "auc": 0.65},
    ...     ]
    ... )
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = GridHeatmapDisplay.from_grid(grid, "auc", ax=axes)
    >>> [text.get_text() for text in display.text_.ravel()]
    ['0.800 ± 0.071', '0.650']
    """

    def __init__(self, table: pd.DataFrame, metric: str) -> None:
        self.table = table
        self.metric = metric

    @classmethod
    def from_grid(
        cls, grid: pd.DataFrame, metric: str = "auc", *, ax: Axes | None = None
    ) -> Self:
        """Draw one metric of a grid.

        Parameters
        ----------
        grid : DataFrame
            Result of :func:`model_grid`.
        metric : str, default="auc"
            One of its columns.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : GridHeatmapDisplay

        Raises
        ------
        ValueError
            The grid has no such column.
        """
        if metric not in grid:
            raise ValueError(
                f"The 'metric' parameter of {cls.__name__}.from_grid must be a column "
                f"of the grid: {list(grid.columns)}. Got {metric!r}."
            )
        return cls(truex_table(grid, metric), metric).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the heat map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default.

        Returns
        -------
        display : GridHeatmapDisplay
        """
        mean, std = self.table["mean"], self.table["std"]
        n_rows, n_columns = mean.shape
        self.ax_ = axes_for(ax, 2 + 1.2 * n_columns, 1.2 + 0.4 * n_rows)
        self.figure_ = self.ax_.figure
        # Dark to light in grey as in colours, and the same to who is colour-blind.
        self.image_ = self.ax_.imshow(mean.to_numpy(), cmap="cividis", aspect="auto")
        self.text_ = self._write(mean.to_numpy(), std.to_numpy())
        self.ax_.set_xticks(range(n_columns), mean.columns)
        self.ax_.set_yticks(range(n_rows), [" / ".join(row) for row in mean.index])
        self.ax_.set(
            xlabel="generator of the shadow models",
            ylabel="attack / target",
            title=self.metric,
        )
        self.ax_.tick_params(length=0)
        self.ax_.spines[:].set_visible(False)
        self._part_attacks(mean.index.get_level_values("attack"))
        return self

    def _write(self, mean, std):
        """The numbers, dark on light cells and light on dark ones."""
        colors = self.image_.cmap(self.image_.norm(mean))
        # The luminance on which black and white stand out alike.
        is_light = colors[..., :3] ** 2.2 @ (0.2126, 0.7152, 0.0722) > 0.18
        written = np.empty(mean.shape, dtype=object)
        for row, column in np.ndindex(mean.shape):
            written[row, column] = self.ax_.text(
                column,
                row,
                _number(mean[row, column], std[row, column]),
                color="black" if is_light[row, column] else "white",
                ha="center",
                va="center",
                fontsize="small",
            )
        return written

    def _part_attacks(self, attacks):
        for row in range(1, len(attacks)):
            if attacks[row] != attacks[row - 1]:
                self.ax_.axhline(row - 0.5, color="white", lw=3)


def _number(mean, std):
    if np.isnan(mean):
        return "-"
    return f"{mean:.3f}" if np.isnan(std) else f"{mean:.3f} ± {std:.3f}"
