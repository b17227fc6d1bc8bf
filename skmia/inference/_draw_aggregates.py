"""Aggregates of random groups: counts that are released of many people together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_random_state

from skmia.utils._sklearn import COUNT, validate_params
from skmia.utils._typing import RandomStateLike


@validate_params(
    traces=["array-like"],
    group_size=[COUNT],
    n_groups=[COUNT],
    include=["array-like", None],
    release=[callable, None],
    random_state=["random_state"],
)
def draw_aggregates(
    traces: ArrayLike,
    *,
    group_size: int,
    n_groups: int,
    include: ArrayLike | None = None,
    release: Callable[..., Any] | None = None,
    random_state: RandomStateLike = None,
) -> np.ndarray:
    """Counts of random groups of people, with a certain person or without.

    .. versionadded:: 0.2

    Parameters
    ----------
    traces : array-like of shape (n_users, ...)
        What is counted of each person: visits by place and hour, say, an array of shape
        (n_users, n_places, n_hours).
    group_size : int
        People in a group.
    n_groups : int
        Groups that are drawn, each without replacement.
    include : array-like of shape (...), default=None
        Trace of a person, not one of `traces`, who is one of each group.
    release : callable, default=None
        ``release(counts)`` returns what is published of the counts of a group: of small
        ones nothing, rounded ones, with noise. None: as they are.
    random_state : int, RandomState instance or None, default=None
        Seed of the groups.

    Returns
    -------
    aggregates : ndarray of shape (n_groups, ...)
        Sums over each group.

    Raises
    ------
    ValueError
        The groups are larger than there are people, or `include` is of another shape.

    See Also
    --------
    location_membership_test : Whether a person is in such counts.

    Notes
    -----
    Level: records, one per person.

    References
    ----------
    A. Pyrgelis, C. Troncoso, E. De Cristofaro, "Knock Knock, Who's There? Membership
    Inference on Aggregate Location Data", NDSS 2018, :arxiv:`1708.06145`.

    Examples
    --------
    >>> from skmia.inference import draw_aggregates
    >>> traces = [[[1, 0]], [[0, 1]], [[2, 2]]]  # three people, one place, two hours
    >>> draw_aggregates(traces, group_size=3, n_groups=1)
    array([[[3, 3]]])
    >>> draw_aggregates(traces, group_size=3, n_groups=2, include=[[9, 0]]).shape
    (2, 1, 2)
    """
    traces = check_traces("traces", traces)
    own = np.asarray(0 if include is None else include)
    if include is not None and own.shape != traces.shape[1:]:
        raise ValueError(
            "The 'include' parameter of draw_aggregates must be a trace, an array of "
            f"shape {traces.shape[1:]}. Got shape {own.shape}."
        )
    n_others = group_size - (include is not None)
    if n_others > len(traces):
        raise ValueError(
            f"There must be as many other people as in a group, {n_others}, in "
            f"'traces' at least. Got {len(traces)}."
        )
    rng = check_random_state(random_state)
    counts = (
        traces[rng.choice(len(traces), n_others, replace=False)].sum(axis=0) + own
        for _ in range(n_groups)
    )
    return np.array([one if release is None else release(one) for one in counts])


def check_traces(name, traces):
    """Finite numbers, one array for each person or group."""
    return check_array(
        traces, dtype="numeric", ensure_2d=False, allow_nd=True, input_name=name
    )
