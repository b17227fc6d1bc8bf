"""Which groups of records are found better than others, as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from skmia.auditing._named import named_attack
from skmia.utils._plotting import COLORS, GUESSING, axes_for, legend_beside

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from skmia.auditing._report import AuditReport

_METRICS = {
    "auc": "AUC within the group",
    "advantage": "Advantage within the group (TPR - FPR)",
    "recall": "Share of the members found",
}


class GroupRiskDisplay:
    """Risk of each class or group, with intervals, beside the risk of all records.

    Use :meth:`from_report`.

    .. versionadded:: 0.2

    Parameters
    ----------
    groups : DataFrame
        One row per group, as of :meth:`AuditReport.by_group`.
    overall : float
        The metric on all records.
    metric : {"auc", "advantage", "recall"}, default="auc"
        What is drawn: "auc", how well records are told apart within the group;
        "recall" and "advantage", with one threshold for all groups.
    confidence_level : float, default=0.95
        Level of each interval.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the groups, one below the other in the order of the table.
    figure_ : matplotlib Figure
        Figure that contains them.
    points_ : list of two matplotlib Line2D
        Groups that are large enough, and small ones, hollow.
    intervals_ : matplotlib LineCollection
        One line per group; none where nothing was measured.

    See Also
    --------
    skmia.auditing.AuditReport.by_group : The table behind it, with p-values.

    Notes
    -----
    Level: records. Each interval holds by itself: among many groups some lie beside the
    line of all records by chance. "p_adjusted" of the table allows for that. Below a
    group stand its training and holdout records. Hollow are groups that are too small
    to prove much (``status`` of the table).

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib.figure import Figure
    >>> from skmia.auditing import GroupRiskDisplay
    >>> groups = pd.DataFrame(
    ...     {
    ...         "auc": [0.5, 0.75],
    ...         "auc_low": [0.375, 0.625],
    ...         "auc_high": [0.625, 0.875],
    ...         "n_members": [40, 50],
    ...         "n_nonmembers": [60, 50],
    ...         "status": "ok",
    ...     },
    ...     index=["old", "young"],
    ... )
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = GroupRiskDisplay(groups, overall=0.65).plot(ax=axes)
    >>> display.points_[0].get_xdata().tolist()
    [0.5, 0.75]
    """

    def __init__(
        self,
        groups: pd.DataFrame,
        overall: float,
        *,
        metric: Literal["auc", "advantage", "recall"] = "auc",
        confidence_level: float = 0.95,
    ) -> None:
        self.groups = groups
        self.overall = overall
        self.metric = metric
        self.confidence_level = confidence_level

    @classmethod
    def from_report(
        cls,
        report: AuditReport,
        columns: Literal["label"] | ArrayLike,
        attack: str | None = None,
        metric: Literal["auc", "advantage", "recall"] = "auc",
        *,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the groups of an audit.

        Parameters
        ----------
        report : AuditReport
            Of :func:`skmia.audit`.
        columns : "label" or array-like of shape (n_records,) or (n_records, n_columns)
            What each record belongs to, as for :meth:`AuditReport.by_group`.
        attack : str, default=None
            Whose scores; None as in :meth:`AuditReport.flag_members`.
        metric : {"auc", "advantage", "recall"}, default="auc"
            What is drawn, as for the class.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : GroupRiskDisplay

        Raises
        ------
        ValueError
            Another metric or attack, or groups that by_group refuses.
        """
        caller = f"{cls.__name__}.from_report"
        if metric not in _METRICS:
            raise ValueError(
                f"The 'metric' parameter of {caller} must be one of {list(_METRICS)}. "
                f"Got {metric!r}."
            )
        name = named_attack(report, attack, caller).name
        return cls(
            report.by_group(columns, name),
            report.summary.loc[name, metric],
            metric=metric,
            confidence_level=report.confidence_level,
        ).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the groups.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default. The legend is beside the axes: give
            your figure ``layout="constrained"``.

        Returns
        -------
        display : GroupRiskDisplay
        """
        place = np.arange(len(self.groups))
        self.ax_ = axes_for(ax, 8, 1.5 + 0.45 * len(place))
        self.figure_ = self.ax_.figure
        self._draw_lines()
        low, high = (self.groups[f"{self.metric}_{end}"] for end in ("low", "high"))
        level = f"{100 * self.confidence_level:.4g} %"
        self.intervals_ = self.ax_.hlines(
            place, low, high, color=COLORS[0], lw=1.5, label=f"{level} interval"
        )
        self.points_ = [*self._draw_points(place)]
        self.ax_.set_yticks(place, [*self._tick_labels()])
        self.ax_.tick_params(axis="y", length=0)
        # The first row of the table is the upper one.
        self.ax_.set_ylim(len(place) - 0.5, -0.5)
        self.ax_.set(xlabel=_METRICS[self.metric], title=self._title())
        legend_beside(self.ax_)
        return self

    def _draw_lines(self):
        label = f"all records: {self.overall:.3f}"
        self.ax_.axvline(self.overall, color="0.3", lw=1, ls="--", label=label)
        if self.metric in GUESSING:
            guess = GUESSING[self.metric]
            self.ax_.axvline(guess, color="0.6", lw=1, ls=":", label="guessing")

    def _draw_points(self, place):
        large = (self.groups["status"] == "ok").to_numpy()
        value = self.groups[self.metric].to_numpy()
        for which, face, label in (
            (large, COLORS[0], "group"),
            (~large, "white", "small group"),
        ):
            look = {"color": COLORS[0], "mfc": face, "marker": "o", "ls": "none"}
            # No legend for what is not there.
            label = label if which.any() else None
            yield from self.ax_.plot(value[which], place[which], label=label, **look)

    def _tick_labels(self):
        sizes = self.groups[["n_members", "n_nonmembers"]].to_numpy()
        for group, (n_in, n_out) in zip(self.groups.index, sizes, strict=True):
            parts = group if isinstance(group, tuple) else [group]
            yield f"{', '.join(map(str, parts))}\n{n_in:,} + {n_out:,}"

    def _title(self):
        attack = self.groups.attrs.get("attack")
        columns = [name for name in self.groups.index.names if isinstance(name, str)]
        by = f"by {', '.join(columns)}" if columns else ""
        return " ".join(filter(None, [attack, by]))
