"""What tests of membership in an aggregate find, and what their p-values stand on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class AggregateMembership:
    """Result of :func:`mean_membership_test` and :func:`location_membership_test`.

    .. versionadded:: 0.2

    Attributes
    ----------
    score : ndarray of shape (n_candidates,)
        Higher = more likely in.
    pvalue : ndarray of shape (n_candidates,)
        Probability of a score at least as high where the answer is no. Of many
        candidates some are small by chance: correct for their number.
    """

    score: np.ndarray
    pvalue: np.ndarray

    def __repr__(self):
        n_small = np.count_nonzero(self.pvalue <= 0.05)
        return (
            f"{type(self).__name__}({len(self.pvalue)} candidates, {n_small} with a "
            f"p-value of 0.05 or less, least {self.pvalue.min():.2g})"
        )
