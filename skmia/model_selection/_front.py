"""What no other candidate beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import column_or_1d


def pareto_front(utility: ArrayLike, leakage: ArrayLike) -> NDArray[np.bool_]:
    """Which candidates no other one beats: at least as useful, and leaking no more.

    Parameters
    ----------
    utility : array-like of shape (n_candidates,)
        Higher is better.
    leakage : array-like of shape (n_candidates,)
        Lower is better.

    Returns
    -------
    on_front : ndarray of bool of shape (n_candidates,)
        False where another candidate is better in one and not worse in the other. Of
        equal candidates all are on the front, or none.

    Examples
    --------
    >>> from skmia.model_selection import pareto_front
    >>> pareto_front([0.9, 0.8, 0.7], [0.4, 0.1, 0.2])
    array([ True,  True, False])
    """
    utility = column_or_1d(utility, dtype=np.float64)
    leakage = column_or_1d(leakage, dtype=np.float64)
    if utility.shape != leakage.shape or not np.isfinite([utility, leakage]).all():
        raise ValueError(
            "pareto_front needs two finite numbers for every candidate. Got the "
            f"utility {utility.tolist()} and the leakage {leakage.tolist()}."
        )
    gain = utility[:, np.newaxis] - utility
    saved = leakage - leakage[:, np.newaxis]
    beats = (gain >= 0) & (saved >= 0) & ((gain > 0) | (saved > 0))
    return ~beats.any(axis=0)
