"""What a verification of an unlearning found."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from skmia.metrics import auc_interval
from skmia.unlearning._display import UnlearningDisplay
from skmia.unlearning._findings import TESTS
from skmia.unlearning._words import headline_of, reasons_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class UnlearningReport:
    """Result of :func:`verify_unlearning`.

    .. versionadded:: 0.2

    Attributes
    ----------
    model : str
        Kind of the model.
    summary : DataFrame
        One row per way to tell forgotten records from unseen ones: "former-excess" of
        the former version; "excess", "lira" and "lira-exposed" of the later one, with
        intervals that hold together; the five forms of :func:`change_features` of both.
        "retained-before" and "retained-after" tell retained records from unseen ones,
        by the log odds of the label. Empty without unseen records.
    records : DataFrame
        One row per forgotten record: its label, the signal "before" and "after", what
        references say that do not have it ("retrained"), the "excess" over that, the
        likelihood ratio "lira", how much references react to it ("exposure"), and the
        "distance" from a model that was trained anew, where that is known.
    retained : dict
        Of the retained records: "n", "accuracy_before", "accuracy_after", how many are
        "n_worse" (answered rightly before and wrongly after) and "n_better", and the
        share of the former with an interval, "worse_low" and "worse_high"; the largest
        "distance" from a model that was trained anew, where that is known.
    confidence_level : float
        Of the verdict.
    tolerance : float
        Largest distance of an exact unlearning.
    n_unseen : int
        Unseen records that forgotten ones were compared with.
    former_distance : ndarray of shape (n_forgotten,) or None
        Distance of the former version from one that was trained anew.
    share : tuple of (float, float, float) or None
        Share of what training had changed that is there still, and an interval, which
        is an estimate. None where the former version shows no influence.
    notes : list of str
        What could not be measured, and why.
    """

    model: str
    summary: pd.DataFrame = field(repr=False)
    records: pd.DataFrame = field(repr=False)
    retained: dict
    confidence_level: float
    tolerance: float
    n_unseen: int = 0
    former_distance: np.ndarray | None = None
    share: tuple | None = None
    notes: list = field(default_factory=list)

    @property
    def exact(self) -> bool | None:
        """Whether the answers are those of retraining; None where that is not known."""
        if "distance" not in self.records:
            return None
        largest = max(self.records["distance"].max(), self.retained["distance"])
        return bool(largest <= self.tolerance)

    @property
    def verdict(self) -> str:
        """What is to be made of it, a name.

        "exact": as trained without the records. "not-exact": not so, and nothing more
        was found, or measured. "remembered": the later version tells who was forgotten.
        "over-unlearned": so it does, since it says less of them than of others.
        "none-found": no trace, which is no proof. "not-measurable": too few records.
        """
        if self.exact:
            return "exact"
        known = "not-exact" if self.exact is False else None
        return self._told_apart or known or self._nothing_found

    @property
    def _told_apart(self):
        """What the tests find, or None."""
        if self.summary.empty:
            return None
        tests = self.summary.loc[[*TESTS]].dropna(subset="auc")
        if tests.loc["excess", "auc_high"] < 0.5:
            return "over-unlearned"
        if ((tests["auc_low"] > 0.5) | (tests["auc_high"] < 0.5)).any():
            return "remembered"
        return None

    @property
    def _nothing_found(self):
        """What it means that nothing is found: sets told apart may be too small."""
        if self.summary.empty:
            return "not-measurable"
        n_gone = len(self.records)
        gone = np.arange(n_gone + self.n_unseen) < n_gone
        level = 1 - (1 - self.confidence_level) / len(TESTS)
        could_see = auc_interval(gone, gone, confidence_level=level)[0] > 0.5
        return "none-found" if could_see else "not-measurable"

    @property
    def reasons(self) -> list[str]:
        """What the verdict stands on, and what else was found, in sentences."""
        return reasons_of(self)

    def plot(self, ax: Axes | None = None) -> UnlearningDisplay:
        """Draw how well forgotten records are told, each way with its interval.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default.

        Returns
        -------
        display : UnlearningDisplay
        """
        return UnlearningDisplay.from_report(self, ax=ax)

    def _lines(self):
        yield f"{self.model}: {headline_of(self)}"
        yield from (f"  {reason}" for reason in self.reasons)
        yield from (f"  Note: {note}" for note in self.notes)

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        first, *others = self._lines()
        text = "".join(f"<p>{escape(line.strip())}</p>" for line in others)
        table = "" if self.summary.empty else self.summary.round(3).to_html()
        return f"<div><p><strong>{escape(first)}</strong></p>{text}{table}</div>"
