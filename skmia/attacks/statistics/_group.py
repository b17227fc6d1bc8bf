"""Membership of users, sets and ranges: many records, one answer."""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from skmia.utils._sklearn import COUNT, StrOptions, validate_params

_QUANTILES = {"min": 0, "q25": 0.25, "median": 0.5, "q75": 0.75, "max": 1}


@validate_params(
    score=["array-like"],
    groups=["array-like"],
    how=[StrOptions({"mean", "sum", "max", "top_k", "trimmed"})],
    top_k=[COUNT],
    trim=[tuple, list],
)
def group_scores(
    score: ArrayLike,
    groups: ArrayLike,
    *,
    how: Literal["mean", "sum", "max", "top_k", "trimmed"] = "mean",
    top_k: int = 3,
    trim: tuple[float, float] = (0.4, 0.0),
) -> tuple[pd.Index, np.ndarray]:
    """One membership score per group from the scores of its records.

    A group is all in or all out: a set of records, the records of one user, or points
    drawn from a range around a record.

    Parameters
    ----------
    score : array-like of shape (n_records,)
        Finite; higher = more likely a member.
    groups : array-like of shape (n_records,) or (n_records, n_keys)
        Group of each record. With several keys, such as shadow model and user, the
        records that share all of them are one group.
    how : {"mean", "sum", "max", "top_k", "trimmed"}, default="mean"
        Mean, sum or maximum of the scores, mean of the `top_k` highest (of all if there
        are fewer), or mean of what `trim` leaves.
    top_k : int, default=3
        Number of records for ``how="top_k"``.
    trim : tuple of two float, default=(0.4, 0.0)
        For ``how="trimmed"``: shares of the lowest and of the highest scores of each
        group that are dropped, rounded down to whole records.

    Returns
    -------
    groups : Index of length n_groups
        Sorted; a MultiIndex when there are several keys.
    scores : ndarray of shape (n_groups,)

    See Also
    --------
    group_observations : What a classifier of groups learns from.
    set_membership_test : Is this set in, as a p-value.

    Notes
    -----
    Level: observations. Threat model: that of the scores, and the adversary knows
    which records belong together.

    The sum is optimal for log-likelihood ratios of independent records; it grows with
    the size of the group, and so does the reliability of a mean. Groups of different
    sizes therefore need thresholds of their own, or a classifier that sees the size.
    The mean of m independent records whose scores differ by d standard deviations has
    an AUC of about ``norm.cdf(sqrt(m / 2) * d)``. Of the points drawn from a range
    few are near a member, hence ``how="trimmed"`` without the lowest.

    References
    ----------
    B. Hilprecht et al., "Monte Carlo and Reconstruction Membership Inference Attacks
    against Generative Models", PoPETs 2019 (sets). J. Tao, R. Shokri, "Range
    Membership Inference Attacks", arXiv:2408.05131 (ranges).

    Examples
    --------
    >>> from skmia.attacks import group_scores
    >>> users, scores = group_scores([0.1, 0.9, 0.4, 0.2], ["b", "a", "a", "b"])
    >>> list(users), scores.round(2)
    (['a', 'b'], array([0.65, 0.15]))
    """
    values = check_scores("score", score)
    low, high = _check_trim(trim)
    index, code = _encode_groups(groups, values)
    values, start, count = _sorted_runs(values, code)
    zero = np.zeros_like(count)
    n_lowest, n_highest = {
        "mean": (zero, zero),
        "sum": (zero, zero),
        "max": (count - 1, zero),
        "top_k": (np.maximum(count - top_k, 0), zero),
        "trimmed": (_n_dropped(low, count), _n_dropped(high, count)),
    }[how]
    start, kept = start + n_lowest, count - n_lowest - n_highest
    if how == "sum":
        return index, _sums(values, start, kept)
    return index, _means(values, start, kept)


@validate_params(Z=["array-like"], groups=["array-like"], member=["array-like", None])
@overload
def group_observations(
    Z: ArrayLike, groups: ArrayLike, member: None = None
) -> pd.DataFrame: ...


@overload
def group_observations(
    Z: ArrayLike, groups: ArrayLike, member: ArrayLike
) -> tuple[pd.DataFrame, np.ndarray]: ...


def group_observations(
    Z: ArrayLike, groups: ArrayLike, member: ArrayLike | None = None
) -> pd.DataFrame | tuple[pd.DataFrame, np.ndarray]:
    """Observations of groups: how the observations of their records are distributed.

    The bridge from records to users. Any binary classifier that is fitted on the
    result is an attack on users; what it learns from are shadow models that were
    trained on some users and not on others.

    Parameters
    ----------
    Z : array-like of shape (n_records,) or (n_records, n_columns)
        Scores of the records, or observations of which each column is summarised.
    groups : array-like of shape (n_records,) or (n_records, n_keys)
        Group of each record. With several keys, such as shadow model and user, the
        records that share all of them are one group.
    member : array-like of shape (n_records,), default=None
        Membership of the records: 1 = member, 0 = non-member.

    Returns
    -------
    Z_groups : DataFrame of shape (n_groups, 7 * n_columns + 1)
        Columns ``<column>_min``, ``_q25``, ``_median``, ``_q75``, ``_max``, ``_mean``
        and ``_std`` (population) of each column of `Z`, by its name or index ("score"
        for a single one without a name), and ``n_records``. The index holds the
        groups, sorted.
    member_groups : ndarray of shape (n_groups,)
        Membership of the groups. Only when `member` is given.

    Raises
    ------
    ValueError
        A group has both members and non-members: it belongs to neither side and must
        be left out.

    See Also
    --------
    group_scores : Aggregation without learning.
    skmia.shadow.BalancedShuffleSplit : Keeps all records of a user on one side.

    Notes
    -----
    Level: observations, of records in and of users out. Threat model: that of the
    observations; the adversary knows which records belong to one user. The records
    that are asked about may be others than those trained on. Cross-validate a
    classifier of users by user, not by record.

    References
    ----------
    C. Song, V. Shmatikov, "Auditing Data Provenance in Text-Generation Models", KDD
    2019, arXiv:1811.00513. Y. Miao et al., "The Audio Auditor: User-Level Membership
    Inference in Internet of Things Voice Services", PoPETs 2021, arXiv:1905.07082.

    Examples
    --------
    >>> from skmia.attacks import group_observations
    >>> Z, member = group_observations([1, 3, 5, 2], ["b", "b", "b", "a"], [1, 1, 1, 0])
    >>> Z[["score_min", "score_median", "score_max", "n_records"]]
       score_min  score_median  score_max  n_records
    a        2.0           2.0        2.0        1.0
    b        1.0           3.0        5.0        3.0
    >>> member
    array([0, 1])
    """
    columns = _named_columns(Z)
    index, code = _encode_groups(groups, columns)
    summary = {}
    for name, values in columns.items():
        values, start, count = _sorted_runs(values.to_numpy(), code)
        for statistic, value in _summarise(values, start, count).items():
            summary[f"{name}_{statistic}"] = value
    summary["n_records"] = count.astype(float)
    table = pd.DataFrame(summary, index=index)
    if member is None:
        return table
    return table, _group_membership(member, index, code)


def check_scores(name, score):
    """`score` as an array of finite floats, (n_records,)."""
    score = column_or_1d(score, input_name=name)
    return check_array(score, ensure_2d=False, dtype=np.float64, input_name=name)


def _check_trim(trim):
    if len(trim) != 2 or min(trim) < 0 or sum(trim) >= 1:
        raise ValueError(
            "The 'trim' parameter of group_scores must be two shares, of the lowest "
            "and of the highest scores, that are not negative and sum to less than 1. "
            f"Got {trim!r} instead."
        )
    return trim


def _named_columns(Z):
    columns = pd.DataFrame(Z)
    if isinstance(columns.columns, pd.RangeIndex) and columns.shape[1] == 1:
        columns.columns = ["score"]
    values = check_array(columns, dtype=np.float64, input_name="Z")
    return pd.DataFrame(values, columns=columns.columns)


def _encode_groups(groups, values):
    """Labels of the groups, sorted, and the position of each record's among them."""
    check_consistent_length(groups, values)
    keys = pd.DataFrame(groups)
    if keys.isna().to_numpy().any():
        raise ValueError(
            "The 'groups' parameter must name a group for every record. Got "
            f"{int(keys.isna().any(axis=1).sum())} records without one."
        )
    single = keys.shape[1] == 1
    index = pd.Index(keys.iloc[:, 0]) if single else pd.MultiIndex.from_frame(keys)
    code, labels = index.factorize(sort=True)
    labels.names = (
        keys.columns if hasattr(groups, "columns") else [None] * keys.shape[1]
    )
    return labels, code


def _group_membership(member, index, code):
    check_consistent_length(member, code)
    values, start, count = _sorted_runs(column_or_1d(member), code)
    mixed = values[start] != values[start + count - 1]
    if mixed.any():
        raise ValueError(
            "The 'member' parameter of group_observations must be the same for all "
            f"records of a group. {mixed.sum()} groups have members and non-members, "
            f"the first of them {index[mixed][:5].tolist()}: leave them out."
        )
    return values[start]


def _sorted_runs(values, code):
    """Values by group, ascending, with the start and the length of each group.

    Sorted also so that sums do not depend on the order of the records.
    """
    count = np.bincount(code)
    return values[np.lexsort((values, code))], np.cumsum(count) - count, count


def _n_dropped(share, count):
    return np.floor(share * count * (1 + 1e-12)).astype(int)  # 0.29 * 100 means 29


def _sums(values, start, count):
    """Sum of `count` values from each `start`."""
    ends = np.column_stack([start, start + count]).ravel()
    return np.add.reduceat(np.append(values, 0.0), ends)[::2]


def _means(values, start, count):
    # Rounding must not move a mean beyond what it is a mean of.
    means = _sums(values, start, count) / count
    return np.clip(means, values[start], values[start + count - 1])


def _summarise(values, start, count):
    summary = {
        name: _quantiles(values, start, count, q) for name, q in _QUANTILES.items()
    }
    mean = _means(values, start, count)
    squares = (values - np.repeat(mean, count)) ** 2
    return summary | {
        "mean": mean,
        "std": np.sqrt(_sums(squares, start, count) / count),
    }


def _quantiles(values, start, count, q):
    """Linearly interpolated, as by ``numpy.quantile``."""
    place = q * (count - 1)
    below = np.floor(place).astype(int)
    above = np.ceil(place).astype(int)
    low, high = values[start + below], values[start + above]
    return low + (place - below) * (high - low)
