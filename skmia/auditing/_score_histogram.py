"""How far the scores of members lie from those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from skmia.auditing._named import named_attack
from skmia.metrics._validation import check_member, check_scores_by_class
from skmia.utils._one_each import one_each
from skmia.utils._plotting import COLORS, axes_for, legend_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skmia.auditing._report import AuditReport

# One floored logarithm would squeeze all others into one bin.
_MIDDLE = 0.025, 0.975


class ScoreHistogramDisplay:
    """Histograms of the scores of members and of non-members, on common bins.

    Use :meth:`from_predictions` or :meth:`from_report`.

    .. versionadded:: 0.2

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Edges of the bins.
    members, nonmembers : ndarray of shape (n_bins,)
        Share of the members, and of the non-members, in each bin: fractions that sum
        to 1.
    medians : tuple of (float, float)
        Median score of the members, and of the non-members.
    name : str, default=None
        Name of the attack.

    Attributes
    ----------
    overlap : float
        What the histograms have in common, from 0 to 1.
    ax_ : matplotlib Axes
        Axes with the histograms.
    figure_ : matplotlib Figure
        Figure that contains them.
    bars_ : tuple of two matplotlib StepPatch
        Members, filled, and non-members, an outline.

    See Also
    --------
    LogRocDisplay : What comes of the scores where few false alarms are allowed.

    Notes
    -----
    Level: observations. Who knew both histograms, and could call any set of bins
    members, had an advantage (TPR - FPR) of 1 - overlap on these records. On few
    records and many bins the overlap is too small by chance. A histogram says little
    of its ends: a few records that are recognised for sure are a bar that one does not
    see.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from skmia.auditing import ScoreHistogramDisplay
    >>> member, score = [1, 1, 1, 1, 0, 0, 0, 0], [9, 8, 4, 1, 5, 4, 2, 0]
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = ScoreHistogramDisplay.from_predictions(member, score, bins=3, ax=axes)
    >>> display.members.tolist(), display.nonmembers.tolist(), display.overlap
    ([0.25, 0.25, 0.5], [0.5, 0.5, 0.0], 0.5)
    """

    def __init__(
        self,
        edges: np.ndarray,
        members: np.ndarray,
        nonmembers: np.ndarray,
        medians: tuple[float, float],
        name: str | None = None,
    ) -> None:
        self.edges = edges
        self.members = members
        self.nonmembers = nonmembers
        self.medians = medians
        self.name = name

    @classmethod
    def from_predictions(
        cls,
        member: ArrayLike,
        score: ArrayLike,
        *,
        bins: int | str | ArrayLike = 30,
        name: str | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the scores of one attack.

        Parameters
        ----------
        member : array-like of {0, 1} of shape (n_records,)
            1 = member, 0 = non-member.
        score : array-like of shape (n_records,)
            Higher = more likely a member. Records whose score is nan are left out.
        bins : int, str or array-like, default=30
            As for :func:`numpy.histogram_bin_edges`, of the middle 95 % of all scores.
            Those beyond the edges are counted in the first and the last bin.
        name : str, default=None
            Name of the attack, the title.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : ScoreHistogramDisplay

        Raises
        ------
        ValueError
            Not one finite score or nan for each record, or records of one side only.
        """
        caller = f"{cls.__name__}.from_predictions"
        member, score = check_member(caller, member), one_each(caller, "score", score)
        if len(score) == len(member) and score.dtype.kind == "f":
            there = ~np.isnan(score)
            member, score = member[there], score[there]
        sides = check_scores_by_class(caller, member, score)
        edges = np.histogram_bin_edges(score, bins, range=np.quantile(score, _MIDDLE))
        ins, outs = (_shares(side, edges) for side in sides)
        medians = (float(np.median(sides[0])), float(np.median(sides[1])))
        return cls(edges, ins, outs, medians, name).plot(ax=ax)

    @classmethod
    def from_report(
        cls,
        report: AuditReport,
        attack: str | None = None,
        *,
        bins: int | str | ArrayLike = 30,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the scores of one attack of an audit.

        Parameters
        ----------
        report : AuditReport
            Of :func:`skmia.audit`.
        attack : str, default=None
            Whose scores; None as in :meth:`AuditReport.flag_members`.
        bins : int, str or array-like, default=30
            As for :meth:`from_predictions`.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : ScoreHistogramDisplay
        """
        result = named_attack(report, attack, f"{cls.__name__}.from_report")
        return cls.from_predictions(
            report.member, result.score, bins=bins, name=result.name, ax=ax
        )

    @property
    def overlap(self) -> float:
        """What the histograms have in common, from 0 to 1."""
        return float(np.minimum(self.members, self.nonmembers).sum())

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the histograms.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default. The legend is beside the axes: give
            your figure ``layout="constrained"``.

        Returns
        -------
        display : ScoreHistogramDisplay
        """
        self.ax_ = axes_for(ax, 8, 4)
        self.figure_ = self.ax_.figure
        inside, outside = self.medians
        # Filled and outlined, solid and dashed: they differ without their colours, too.
        members = self.ax_.stairs(
            self.members, self.edges, fill=True, color=COLORS[4], label="members"
        )
        nonmembers = self.ax_.stairs(
            self.nonmembers, self.edges, color=COLORS[1], lw=1.8, label="non-members"
        )
        for median, whose, look in (
            (inside, "members", {"color": COLORS[0], "ls": "-"}),
            (outside, "non-members", {"color": COLORS[1], "ls": "--"}),
        ):
            label = f"median of {whose}: {median:.3g}"
            self.ax_.axvline(median, label=label, **look)
        self.bars_ = members, nonmembers
        self.ax_.set(
            xlabel="Score (higher = more likely a member)",
            ylabel="Share of each side",
            title=self.name or "",
        )
        legend_beside(self.ax_, title=f"overlap {self.overlap:.3f}")
        return self


def _shares(score, edges):
    """Share of the scores in each bin; what lies beyond is in the outermost ones."""
    counts, _ = np.histogram(np.clip(score, edges[0], edges[-1]), edges)
    return counts / len(score)
