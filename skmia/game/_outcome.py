"""What a round of the game comes to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class GameOutcome:
    """One round of the game, seen from above.

    Attributes
    ----------
    member : ndarray of int of shape (n_records,)
        1 where the target was trained on the record.
    score : ndarray of shape (n_records,)
        The attack's score: higher = more likely a member; nan for records that the
        target, for want of a budget, was not asked about.
    predicted : ndarray of int of shape (n_records,)
        The attack's decision.
    observations : DataFrame of shape (n_records, n_columns)
        What the attack saw.
    target_train_accuracy, target_test_accuracy : float
        Accuracy of the target on members and on non-members, of a regressor R², of a
        model without labels the mean score or distance; nan when not asked for.
    """

    member: np.ndarray
    score: np.ndarray
    predicted: np.ndarray
    observations: pd.DataFrame
    target_train_accuracy: float = float("nan")
    target_test_accuracy: float = float("nan")

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Which records have a score."""
        return ~np.isnan(self.score)
