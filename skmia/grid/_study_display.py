"""A study as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from skmia.utils._plotting import COLORS, GUESSING, axes_for

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Where a value stands, and what the axis is called.
_ALONG = {
    "size": ("n_records", "training records of the target"),
    "classes": ("n_classes", "classes"),
    "deviation": ("deviation", "standard deviation within a class"),
    "robustness": (None, "training"),
}


class StudyDisplay:
    """How a metric of an attack changes along a study, with intervals.

    Use :meth:`from_study`.

    .. versionadded:: 0.2

    Parameters
    ----------
    table : DataFrame
        Result of :func:`study`.
    metric : str, default="auc"
        What is drawn: "auc", "accuracy", or an accuracy of the target.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the points.
    figure_ : matplotlib Figure
        Figure that contains them.
    points_ : matplotlib Line2D
        The means.
    intervals_ : matplotlib LineCollection
        Intervals over repeats.

    See Also
    --------
    study : The numbers.

    Notes
    -----
    Level: records. Each interval holds by itself.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib.figure import Figure
    >>> from skmia.grid import StudyDisplay
    >>> table = pd.DataFrame(
    ...     {
    ...         "by": "size",
    ...         "n_records": [50, 100],
    ...         "auc": [0.75, 0.625],
    ...         "auc_low": [0.5, 0.5],
    ...         "auc_high": [1.0, 0.75],
    ...     }
    ... )
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = StudyDisplay.from_study(table, ax=axes)
    >>> display.points_.get_ydata().tolist()
    [0.75, 0.625]
    """

    def __init__(self, table: pd.DataFrame, metric: str = "auc") -> None:
        self.table = table
        self.metric = metric

    @classmethod
    def from_study(
        cls, table: pd.DataFrame, metric: str = "auc", *, ax: Axes | None = None
    ) -> Self:
        """Draw one metric of a study.

        Parameters
        ----------
        table : DataFrame
            Result of :func:`study`.
        metric : str, default="auc"
            What is drawn, as for the class.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : StudyDisplay

        Raises
        ------
        ValueError
            The study has no such metric.
        """
        if f"{metric}_low" not in table:
            known = [name[:-4] for name in map(str, table) if name.endswith("_low")]
            raise ValueError(
                f"The 'metric' parameter of {cls.__name__}.from_study must be one of "
                f"{known}. Got {metric!r}."
            )
        return cls(table, metric).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the means and their intervals.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default.

        Returns
        -------
        display : StudyDisplay
        """
        column, label = _ALONG[self.table["by"].iloc[0]]
        place = np.arange(len(self.table))
        place = place if column is None else self.table[column].to_numpy()
        self.ax_ = axes_for(ax, 6, 4)
        self.figure_ = self.ax_.figure
        mean, low, high = (
            self.table[f"{self.metric}{end}"] for end in ("", "_low", "_high")
        )
        self.intervals_ = self.ax_.vlines(place, low, high, color=COLORS[0], lw=2)
        (self.points_,) = self.ax_.plot(
            place, mean, "o" if column is None else "o-", color=COLORS[0]
        )
        if column is None:
            self.ax_.set_xticks(place, self.table["value"])
        if self.metric in GUESSING:
            self.ax_.axhline(GUESSING[self.metric], color="0.6", ls="--", lw=1)
        self.ax_.set(xlabel=label, ylabel=self.metric)
        return self
