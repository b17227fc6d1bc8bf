"""What an attribute inference found, beside what is told without the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from skmia.attacks import set_membership_test

LEAK = "model - imputation"


@dataclass(frozen=True, eq=False, repr=False)
class AttributeInference:
    """Result of :func:`attribute_inference`.

    .. versionadded:: 0.2

    Attributes
    ----------
    attribute : int or str
        What was inferred.
    summary : DataFrame
        One row per way to guess: "model"; "imputation", by the other features and the
        label; "marginal", the commonest value; and the difference "model -
        imputation". The columns are the shares of right guesses among "members" and
        "holdout" records, their difference "excess" with "low" and "high".
    pvalue : float
        Probability of so large an excess of "model - imputation", if records of both
        sets are alike to the model.
    values : ndarray of shape (n_values,)
        Candidates, the commonest first; of bins a value that stands for each.
    records : DataFrame
        One row per record, by set and row: its "value", the "guess" by the model, and
        what is "imputed".
    n_queries : int
        Records that the model was asked about.
    """

    attribute: int | str
    summary: pd.DataFrame
    pvalue: float
    values: np.ndarray
    records: pd.DataFrame
    n_queries: int

    @property
    def excess(self) -> float:
        """The leak: right guesses by the model beyond imputation, of members only."""
        return float(self.summary["excess"][LEAK])

    @property
    def interval(self) -> tuple[float, float]:
        """Confidence interval of the excess."""
        return float(self.summary["low"][LEAK]), float(self.summary["high"][LEAK])

    def __repr__(self):
        low, high = self.interval
        return (
            f"AttributeInference of {self.attribute!r}, {len(self.values)} values: "
            f"excess {self.excess:.3f} ({low:.3f} to {high:.3f}), p-value "
            f"{self.pvalue:.2g}\n{self.summary.round(3)}"
        )


def summarize(right, member, level, rng):
    """Right guesses of each way among members and others, and the excess.

    Parameters
    ----------
    right : DataFrame of bool of shape (n_samples, n_ways)
    member : ndarray of bool of shape (n_samples,)
    level : float
        Of the intervals.
    rng : RandomState

    Returns
    -------
    summary : DataFrame
    pvalue : float
    """
    ways = right.astype(float)
    ways[LEAK] = ways["model"] - ways["imputation"]
    rows = {}
    for way, gain in ways.items():
        ends = (-1, 1) if way == LEAK else (0, 1)
        sides = [gain.to_numpy()[side] for side in (member, ~member)]
        members, holdout = (side.mean() for side in sides)
        low, high = _interval(*sides, ends, level)
        rows[way] = {"members": members, "holdout": holdout}
        rows[way] |= {"excess": members - holdout, "low": low, "high": high}
    # Of the difference, which comes last.
    tested = set_membership_test(*sides, statistic="mean", random_state=rng)
    summary = pd.DataFrame.from_dict(rows, orient="index").rename_axis("guess")
    return summary, tested.pvalue


def _interval(members, others, ends, level):
    """Normal interval of a difference of means, with a record more at each end.

    The rule of Agresti and Caffo: without it few right guesses show no variance.
    """
    sides = [np.append(side, ends) for side in (members, others)]
    centre = sides[0].mean() - sides[1].mean()
    error = np.sqrt(sum(side.var(ddof=1) / len(side) for side in sides))
    reach = norm.ppf((1 + level) / 2) * error
    return centre - reach, centre + reach
