"""Two reports side by side, as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from skmia.utils._plotting import COLORS, axes_for, legend_beside

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from skmia.auditing._report import AuditReport
    from skmia.reporting._saved_report import SavedReport

# What is a fraction; the other rows of a comparison have units of their own.
_RATES = {
    "train_accuracy": "Accuracy, training records",
    "holdout_accuracy": "Accuracy, holdout records",
    "auc": "AUC of the headline",
    "tpr_at_fpr_0.01": "Members found at 1 % false alarms",
    "tpr_at_fpr_0.001": "Members found at 0.1 % false alarms",
}
# Hollow and filled, above and below: the two differ without their colours, too.
_LOOKS = {
    "before": {"color": COLORS[1], "mfc": "white", "marker": "o"},
    "after": {"color": COLORS[0], "marker": "s"},
}
_APART = {"before": -0.12, "after": 0.12}


class BeforeAfterDisplay:
    """What has changed between two audits: a dumbbell for each rate.

    Use :meth:`from_reports`.

    .. versionadded:: 0.2

    Parameters
    ----------
    changes : DataFrame
        Rates "before" and "after", as of :meth:`AuditReport.diff`.
    intervals : dict of {"before", "after"} to dict of str to (float, float), \
default=None
        Lower and upper end of what was measured with an interval, by its row.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the rates, those that were measured in either audit.
    figure_ : matplotlib Figure
        Figure that contains them.
    points_ : dict of {"before", "after"} to matplotlib Line2D
        The values, from top to bottom.

    See Also
    --------
    skmia.auditing.AuditReport.diff : The numbers.

    Notes
    -----
    Level: records. Only fractions are drawn; the step, the factor and epsilon are in
    `changes`. Intervals are those of the headlines, which allow for having picked the
    attack among all. Two that have something in common prove no change. Where the two
    audits are not alike, the title says in what.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib.figure import Figure
    >>> from skmia.auditing import BeforeAfterDisplay
    >>> changes = pd.DataFrame({"before": [1.0, 0.8], "after": [0.9, 0.6]})
    >>> changes.index = ["train_accuracy", "auc"]
    >>> intervals = {"before": {"auc": (0.75, 0.85)}, "after": {"auc": (0.5, 0.7)}}
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = BeforeAfterDisplay(changes, intervals).plot(ax=axes)
    >>> display.points_["after"].get_xdata().tolist()
    [0.9, 0.6]
    """

    def __init__(
        self,
        changes: pd.DataFrame,
        intervals: dict[str, dict[str, tuple[float, float]]] | None = None,
    ) -> None:
        self.changes = changes
        self.intervals = intervals

    @classmethod
    def from_reports(
        cls,
        before: AuditReport | SavedReport,
        after: AuditReport | SavedReport,
        *,
        ax: Axes | None = None,
    ) -> Self:
        """Draw two reports side by side.

        Parameters
        ----------
        before, after : AuditReport or SavedReport
            Of the same records, with the same attacks.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : BeforeAfterDisplay
        """
        intervals = {"before": _intervals(before), "after": _intervals(after)}
        return cls(after.diff(before), intervals).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the rates.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default. The legend is beside the axes: give
            your figure ``layout="constrained"``.

        Returns
        -------
        display : BeforeAfterDisplay
        """
        rates = self.changes.reindex(list(_RATES))[list(_LOOKS)].dropna(how="all")
        place = np.arange(len(rates))
        self.ax_ = axes_for(ax, 8, 1.5 + 0.5 * len(place))
        self.figure_ = self.ax_.figure
        ends = np.array([*_APART.values()])
        self.ax_.plot(rates.T, place + ends[:, np.newaxis], color="0.6", lw=1)
        self.points_ = {
            when: self._draw(when, rates[when], place + _APART[when]) for when in _LOOKS
        }
        self.ax_.set_yticks(place, [_RATES[name] for name in rates.index])
        self.ax_.tick_params(axis="y", length=0)
        self.ax_.set(xlim=(-0.02, 1.02), ylim=(len(place) - 0.5, -0.5))
        self._say_what_is_unlike()
        legend_beside(self.ax_)
        return self

    def _draw(self, when, value, place):
        look = _LOOKS[when]
        within = (self.intervals or {}).get(when, {})
        for name, height in zip(value.index, place, strict=True):
            # Of an audit that is not valid there are intervals, and no values.
            if name in within and not np.isnan(value[name]):
                self.ax_.hlines(height, *within[name], color=look["color"], lw=2)
        (points,) = self.ax_.plot(value, place, ls="none", label=when, **look)
        return points

    def _say_what_is_unlike(self):
        notes = self.changes.attrs.get("notes", [])
        self.ax_.set_title("\n".join(notes), fontsize="small", loc="left")


def _intervals(report):
    """Ends of the intervals of a headline, of those that it has."""
    best = report.to_dict()["headline"]
    ends = {"auc": (best["auc_low"], best["auc_high"])}
    for fpr, rate in best["tpr_at_fpr"].items():
        ends[f"tpr_at_fpr_{fpr}"] = rate["low"], rate["high"]
    return {name: pair for name, pair in ends.items() if None not in pair}
