"""How near the rows of a synthetic table come to records: averages, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from skmia.utils._nearest import nearest_distances
from skmia.utils._records import concatenate
from skmia.utils._table_space import TableSpace, as_frame

if TYPE_CHECKING:
    import pandas as pd


def dcr_share(
    S: ArrayLike | pd.DataFrame,
    X_train: ArrayLike | pd.DataFrame,
    X_holdout: ArrayLike | pd.DataFrame,
) -> float:
    """Share of synthetic rows whose closest record is a training record (DCR).

    It is an average over all rows, and misses records that few rows give away: a share
    of one half is no evidence of privacy. :func:`skmia.audit_synthetic` judges each
    record.

    .. versionadded:: 0.2

    Parameters
    ----------
    S : {array-like, DataFrame} of shape (n_rows, n_features)
        Synthetic rows.
    X_train : {array-like, DataFrame} of shape (n_train, n_features)
        Records that they were made from.
    X_holdout : {array-like, DataFrame} of shape (n_holdout, n_features)
        Records of the same population that they were not made from.

    Returns
    -------
    share : float
        From 0 to 1: of rows that are strictly closer to a training record than to any
        holdout record. Where the table gives nothing away about ``n_train / (n_train +
        n_holdout)`` is expected, less half the rows that are as close to both.

    Raises
    ------
    ValueError
        There are no rows or records, or they differ in their columns.

    See Also
    --------
    nndr : How much closer the closest record is than the second.
    hitting_rate : Records of which there is a copy.

    Notes
    -----
    Distances are Euclidean, of numbers in spreads of their column among all records and
    of categories that are 1 apart; a missing value is a value like any other. The score
    that SDMetrics calls DCR overfitting protection is ``min(2 * (1 - share), 1)``.

    References
    ----------
    G. Ganev, E. De Cristofaro, "On the Inadequacy of Similarity-based Privacy Metrics",
    2023, arXiv:2312.05114.

    Examples
    --------
    >>> from skmia.metrics import dcr_share
    >>> share = dcr_share([[0.0], [0.9], [2.0]], [[0.0], [1.0]], [[2.0]])
    >>> round(share, 2)
    0.67
    """
    rows, train, holdout = _places(S, X_train=X_train, X_holdout=X_holdout)
    near = [nearest_distances(rows, records)[:, 0] for records in (train, holdout)]
    return float((near[0] < near[1]).mean())


def nndr(S: ArrayLike | pd.DataFrame, X: ArrayLike | pd.DataFrame) -> np.ndarray:
    """How much closer the closest record of each synthetic row is than the second.

    Its averages miss records that few rows give away.

    .. versionadded:: 0.2

    Parameters
    ----------
    S : {array-like, DataFrame} of shape (n_rows, n_features)
        Synthetic rows.
    X : {array-like, DataFrame} of shape (n_records, n_features)
        Records, of which there must be two.

    Returns
    -------
    ratio : ndarray of shape (n_rows,)
        Distance to the closest, divided by that to the second: 0 for a copy of one
        record, 1 where both are as close.

    Raises
    ------
    ValueError
        There are no rows, fewer than two records, or they differ in their columns.

    See Also
    --------
    dcr_share : Compares training with holdout records.

    Notes
    -----
    Distances are those of :func:`dcr_share`. The ratio of training records says little
    without that of holdout records.

    References
    ----------
    G. Ganev, E. De Cristofaro, "On the Inadequacy of Similarity-based Privacy Metrics",
    2023, arXiv:2312.05114.

    Examples
    --------
    >>> from skmia.metrics import nndr
    >>> nndr([[0.0], [0.5], [0.2]], [[0.0], [1.0]])
    array([0.  , 1.  , 0.25])
    """
    rows, records = _places(S, X=X)
    if len(records) < 2:
        raise ValueError(f"nndr needs at least 2 records in X. Got {len(records)}.")
    near = nearest_distances(rows, records, 2)
    same = near[:, 1] == 0
    return np.where(same, 1.0, near[:, 0] / np.where(same, 1, near[:, 1]))


def hitting_rate(S: ArrayLike | pd.DataFrame, X: ArrayLike | pd.DataFrame) -> float:
    """Share of records of which a synthetic table holds a copy.

    It misses records that are given away by rows near them.

    .. versionadded:: 0.2

    Parameters
    ----------
    S : {array-like, DataFrame} of shape (n_rows, n_features)
        Synthetic rows.
    X : {array-like, DataFrame} of shape (n_records, n_features)
        Records.

    Returns
    -------
    rate : float
        From 0 to 1.

    Raises
    ------
    ValueError
        There are no rows or records, or they differ in their columns.

    See Also
    --------
    dcr_share : Compares training with holdout records.

    Examples
    --------
    >>> from skmia.metrics import hitting_rate
    >>> hitting_rate([["a", 1], ["b", 2]], [["a", 1], ["b", 1]])
    0.5
    """
    rows, records = _places(S, X=X)
    return float((nearest_distances(records, rows)[:, 0] == 0).mean())


def _places(S, **sets):
    """Where synthetic rows lie, and where sets of records do, in one space."""
    frames = {"S": as_frame(S)} | {name: as_frame(X) for name, X in sets.items()}
    for name, frame in frames.items():
        if not len(frame):
            raise ValueError(f"{name} must hold rows. Got none.")
    if not all(hasattr(X, "columns") for X in (S, *sets.values())):
        # An array has no names that those of another table could differ from.
        frames = {
            name: frame.set_axis(range(frame.shape[1]), axis=1)
            for name, frame in frames.items()
        }
    space = TableSpace(concatenate([frames[name] for name in sets]))
    return [space.encode(frame) for frame in frames.values()]
