"""Plots of an audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.pipeline import Pipeline

from skmia.metrics._validation import check_member
from skmia.utils._membership import membership_score
from skmia.utils._plotting import COLORS, STYLES, axes_for, legend_beside
from skmia.utils._typing import FittedClassifier

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session


class LogRocDisplay:
    """ROC of membership attacks on log-log axes.

    On linear axes an attack that is sure of a few members looks like guessing; here
    the left end of the curve, where few false alarms are allowed, fills the plot
    (Carlini et al. 2022). Use :meth:`from_estimator` or :meth:`from_predictions` for
    one attack, :meth:`from_scores` or ``AuditReport.plot_roc`` for several.

    Parameters
    ----------
    curves : dict of str to (fpr, tpr, auc)
        ROC of every attack: false and true positive rates (fractions), and the area
        under the curve.
    n_nonmembers : int
        Non-members that the false positive rates were measured on.
    limits : dict of str to callable, default=None
        What no attack exceeds in the mean: from a label to the largest true positive
        rate at an array of false positive rates.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curves.
    figure_ : matplotlib Figure
        Figure that contains them.
    lines_ : list of matplotlib Line2D
        One line per distinct curve; none where no attack was run.

    See Also
    --------
    sklearn.metrics.RocCurveDisplay : The same on linear axes.

    Notes
    -----
    Level: observations. Curves are steps: between two measured points no rate is
    invented. Left of the marked line at ``1 / n_nonmembers`` the false positive rate
    is 0, as far as the data can show. Attacks that rank the records alike share one
    line.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles",
    IEEE S&P 2022. :arxiv:`2112.03570`

    Examples
    --------
    >>> from skmia.auditing import LogRocDisplay
    >>> scores = {"loss": [9, 8, 4, 1, 5, 4, 2, 0]}
    >>> display = LogRocDisplay.from_scores([1, 1, 1, 1, 0, 0, 0, 0], scores).plot()
    >>> [line.get_label() for line in display.lines_]
    ['loss (AUC 0.719)']

    Of one attack, drawn at once:

    >>> from matplotlib.figure import Figure
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = LogRocDisplay.from_predictions([1, 1, 0, 0], [4, 2, 3, 1], ax=axes)
    >>> display.lines_[0].get_label()
    'attack (AUC 0.750)'
    """

    def __init__(
        self,
        curves: dict[str, tuple[np.ndarray, np.ndarray, float]],
        n_nonmembers: int,
        limits: dict[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.curves = curves
        self.n_nonmembers = n_nonmembers
        self.limits = limits

    @classmethod
    def from_scores(
        cls,
        member: ArrayLike,
        scores: dict[str, ArrayLike],
        limits: dict[str, Callable[..., Any]] | None = None,
    ) -> Self:
        """Display of the scores of some attacks on the same records.

        Parameters
        ----------
        member : array-like of {0, 1} of shape (n_records,)
            1 = member, 0 = non-member.
        scores : dict of str to array-like of shape (n_records,)
            Score of each attack: higher = more likely a member. Records whose score is
            nan are left out.
        limits : dict of str to callable, default=None
            As for the class.

        Returns
        -------
        display : LogRocDisplay
        """
        curves, member = {}, np.asarray(member)
        for name, score in scores.items():
            there = ~np.isnan(score)
            truth, score = member[there], np.asarray(score)[there]
            fpr, tpr, _ = roc_curve(truth, score, drop_intermediate=False)
            curves[name] = fpr, tpr, roc_auc_score(truth, score)
        return cls(curves, int(np.sum(member == 0)), limits)

    @classmethod
    def from_predictions(
        cls,
        member: ArrayLike,
        score: ArrayLike,
        *,
        name: str | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the ROC of one attack, from its scores.

        Parameters
        ----------
        member : array-like of {0, 1} of shape (n_records,)
            1 = member, 0 = non-member.
        score : array-like of shape (n_records,)
            Higher = more likely a member. Records whose score is nan are left out.
        name : str, default=None
            Name of the attack; "attack" by default.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : LogRocDisplay
        """
        member = check_member("LogRocDisplay.from_predictions", member)
        name = "attack" if name is None else name
        return cls.from_scores(member, {name: score}).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        attack: FittedClassifier,
        pairs: Session | Pairs | pd.DataFrame | np.ndarray,
        member: ArrayLike,
        *,
        name: str | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the ROC of a fitted attack, from pairs with known membership.

        Parameters
        ----------
        attack : fitted classifier
            A whole attack, or an attack model; ``classes_[1]`` is "member".
        pairs : Session, Pairs, or {DataFrame, ndarray} of shape (n_records, n_columns)
            What the attack is asked about, none of which it was fitted on: pairs of a
            model and a record, or observations if it is an attack model.
        member : array-like of {0, 1} of shape (n_records,)
            1 = member, 0 = non-member.
        name : str, default=None
            Name of the attack; by default the class of its last step.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : LogRocDisplay
        """
        if name is None:
            last = attack[-1] if isinstance(attack, Pipeline) else attack
            name = type(last).__name__
        score = membership_score(attack, pairs)
        return cls.from_predictions(member, score, name=name, ax=ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default. The legend is beside the axes: give
            your figure ``layout="constrained"``.

        Returns
        -------
        display : LogRocDisplay
        """
        self.ax_ = axes_for(ax, 9, 6.4)
        self.figure_ = self.ax_.figure
        finest = 1 / self.n_nonmembers
        lowest = finest / 2
        self._draw_frame(lowest, finest)
        self.lines_ = [
            self._draw(i, label, curve, lowest)
            for i, (label, curve) in enumerate(self._distinct())
        ]
        self._draw_limits(lowest)
        if not self.lines_:
            self.ax_.set_title("no attack could be run")
        legend_beside(self.ax_)
        return self

    def _draw_frame(self, lowest, finest):
        self.ax_.set(
            xscale="log",
            yscale="log",
            xlim=(lowest, 1),
            ylim=(lowest, 1),
            xlabel="False positive rate",
            ylabel="True positive rate",
            aspect="equal",
        )
        self.ax_.plot([lowest, 1], [lowest, 1], color="0.6", lw=1, label="guessing")
        self.ax_.axvspan(lowest, finest, color="0.93", lw=0)
        self.ax_.axvline(
            finest,
            color="0.6",
            ls=":",
            lw=1,
            label=f"one of {self.n_nonmembers:,} non-members",
        )

    def _draw(self, i, label, curve, lowest):
        fpr, tpr, _ = curve
        (line,) = self.ax_.plot(
            np.maximum(fpr, lowest),
            np.maximum(tpr, lowest),
            drawstyle="steps-post",
            color=COLORS[i % len(COLORS)],
            linestyle=STYLES[i % len(STYLES)],
            label=label,
        )
        return line

    def _draw_limits(self, lowest):
        fpr = np.geomspace(lowest, 1, 200)
        for i, (label, largest) in enumerate((self.limits or {}).items()):
            look = {"color": "0.3", "lw": 2.5, "ls": STYLES[i % len(STYLES)]}
            tpr = np.maximum(largest(fpr), lowest)
            self.ax_.plot(fpr, tpr, label=label, **look)

    def _distinct(self):
        """Legend label and curve, attacks with equal curves joined."""
        names = {}
        for name, (fpr, tpr, _) in self.curves.items():
            names.setdefault((tuple(fpr), tuple(tpr)), []).append(name)
        for alike in names.values():
            curve = self.curves[alike[0]]
            yield ",\n".join(alike) + f" (AUC {curve[2]:.3f})", curve
