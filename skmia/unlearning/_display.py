"""How well forgotten records are told, as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from skmia.utils._plotting import COLORS, axes_for, legend_beside

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from skmia.unlearning._report import UnlearningReport

_OF_AFTER = ("excess", "lira", "lira-exposed")
_OF_RETAINED = ("retained-before", "retained-after")


class UnlearningDisplay:
    """AUC of each way to tell forgotten records from unseen ones, with its interval.

    Use :meth:`from_report`.

    .. versionadded:: 0.2

    Parameters
    ----------
    summary : DataFrame
        As of :class:`UnlearningReport`.
    title : str, default=None
        What is above.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the rows, from top to bottom.
    figure_ : matplotlib Figure
        Figure that contains them.
    points_ : dict of str to matplotlib Line2D
        The AUCs of the rows "after", which the verdict stands on, "with before", of
        those who have the former version, and "retained".

    See Also
    --------
    verify_unlearning : The numbers.

    Notes
    -----
    Level: records. Left of the line at 0.5 lie records of which the model says less
    than of others.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib.figure import Figure
    >>> from skmia.unlearning import UnlearningDisplay
    >>> summary = pd.DataFrame({"auc": [0.75], "auc_low": [0.5], "auc_high": [0.875]})
    >>> summary.index = ["lira"]
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = UnlearningDisplay(summary).plot(ax=axes)
    >>> display.points_["after"].get_xdata().tolist()
    [0.75]
    """

    def __init__(self, summary: pd.DataFrame, title: str | None = None) -> None:
        self.summary = summary
        self.title = title

    @classmethod
    def from_report(cls, report: UnlearningReport, *, ax: Axes | None = None) -> Self:
        """Draw what a verification found.

        Parameters
        ----------
        report : UnlearningReport
            Of records that were compared with unseen ones.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : UnlearningDisplay

        Raises
        ------
        ValueError
            There were no unseen records: there is nothing to draw.
        """
        if report.summary.empty:
            raise ValueError(
                "There is nothing to draw without unseen records: give 'X_unseen' and "
                "'y_unseen' to verify_unlearning."
            )
        return cls(report.summary, f"{report.model}: {report.verdict}").plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the rows.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default. The legend is beside the axes: give
            your figure ``layout="constrained"``.

        Returns
        -------
        display : UnlearningDisplay
        """
        rows = self.summary.dropna(subset=["auc"])
        place = np.arange(len(rows))
        self.ax_ = axes_for(ax, 8, 1.5 + 0.4 * len(rows))
        self.figure_ = self.ax_.figure
        self.ax_.axvline(0.5, color="0.6", lw=1, ls=":", label="guessing")
        after, kept = rows.index.isin(_OF_AFTER), rows.index.isin(_OF_RETAINED)
        self.points_ = {}
        for (name, chosen), color, marker in zip(
            (("after", after), ("with before", ~after & ~kept), ("retained", kept)),
            COLORS,
            "osD",
            strict=False,
        ):
            if chosen.any():
                part = rows[chosen]
                self.ax_.hlines(
                    place[chosen], part["auc_low"], part["auc_high"], color=color
                )
                (self.points_[name],) = self.ax_.plot(
                    part["auc"],
                    place[chosen],
                    ls="none",
                    marker=marker,
                    color=color,
                    label=name,
                )
        self.ax_.set_yticks(place, list(rows.index))
        self.ax_.tick_params(axis="y", length=0)
        self.ax_.set(xlim=(-0.02, 1.02), ylim=(len(rows) - 0.5, -0.5), xlabel="AUC")
        self.ax_.set_title(self.title or "", fontsize="small", loc="left")
        legend_beside(self.ax_)
        return self
