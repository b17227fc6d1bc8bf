"""Whether a person is in counts by place and hour."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state

from skmia.inference._aggregate_membership import AggregateMembership
from skmia.inference._draw_aggregates import check_traces, draw_aggregates
from skmia.metrics._discoveries import conformal_p_values
from skmia.utils._membership import membership_score
from skmia.utils._random import set_random_states
from skmia.utils._sklearn import COUNT, HasMethods, Interval, validate_params
from skmia.utils._typing import Classifier, RandomStateLike


@validate_params(
    aggregates=["array-like"],
    traces=["array-like"],
    user=[Interval(Integral, 0, None, closed="left")],
    group_size=[COUNT],
    n_groups=[COUNT],
    classifier=[HasMethods(["fit"]), None],
    release=[callable, None],
    random_state=["random_state"],
)
def location_membership_test(
    aggregates: ArrayLike,
    traces: ArrayLike,
    user: int,
    *,
    group_size: int,
    n_groups: int = 200,
    classifier: Classifier | None = None,
    release: Callable[..., Any] | None = None,
    random_state: RandomStateLike = None,
) -> AggregateMembership:
    """Test whether a person is in released counts of visits by place and hour.

    A classifier learns, on counts of groups that the attacker draws from people whose
    traces are known, to tell groups with the person from groups without (the
    distinguishing function), and is asked about the released ones.

    .. versionadded:: 0.2

    Parameters
    ----------
    aggregates : array-like of shape (n_aggregates, n_places, n_hours)
        Released counts, each of a group; or of any other shape that traces have.
    traces : array-like of shape (n_users, n_places, n_hours)
        Counts of single people whom the attacker knows, the person in question among
        them.
    user : int
        Whose trace it is, from 0.
    group_size : int
        People in each of the released counts, which is public.
    n_groups : int, default=200
        Groups with the person, groups without, to learn from, and as many more without,
        for p-values: the smallest there can be is ``1 / (n_groups + 1)``.
    classifier : classifier, default=None
        Of counts, one row per group and a column for each place and hour. None: a
        logistic regression on standardised counts, with ``C=0.01``.
    release : callable, default=None
        ``release(counts)`` is what the owner makes of the counts before they are
        released, as far as that is known. The attacker does the same.
    random_state : int, RandomState instance or None, default=None
        Seed of the groups and the classifier.

    Returns
    -------
    result : AggregateMembership
        Scores and p-values of the released counts, in order.

    Raises
    ------
    ValueError
        `user` is not one of the people, there are fewer others than a group has, or the
        released counts are of another shape.

    See Also
    --------
    draw_aggregates : Groups to play the game with.
    mean_membership_test : Of means of many features, without learning.

    Notes
    -----
    Level: records, one per person. Threat model: counts are published; the attacker
    knows the traces of some people (Pyrgelis' first kind of prior knowledge), the size
    of the groups and how counts are released. Groups without the person have as many
    people as those with.

    The p-value is valid where released groups are drawn like those of the attacker,
    from the known people. Groups of others vary more: where few more people are known
    than a group has, p-values are too small.

    References
    ----------
    A. Pyrgelis, C. Troncoso, E. De Cristofaro, "Knock Knock, Who's There? Membership
    Inference on Aggregate Location Data", NDSS 2018, :arxiv:`1708.06145`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.inference import draw_aggregates, location_membership_test
    >>> rng = np.random.RandomState(0)
    >>> habits = rng.gamma(0.2, size=(200, 10, 1)) * np.ones(24)
    >>> traces = rng.poisson(habits)  # 200 people, 10 places, 24 hours
    >>> others = {"group_size": 20, "n_groups": 50, "random_state": rng}
    >>> with_0 = draw_aggregates(traces[1:], include=traces[0], **others)
    >>> location_membership_test(with_0, traces, 0, group_size=20, random_state=0)
    AggregateMembership(50 candidates, 47 with a p-value of 0.05 or less, least 0.005)
    >>> without_0 = draw_aggregates(traces[1:], **others)
    >>> location_membership_test(without_0, traces, 0, group_size=20, random_state=0)
    AggregateMembership(50 candidates, 1 with a p-value of 0.05 or less, least 0.005)
    """
    traces = check_traces("traces", traces)
    aggregates = check_traces("aggregates", aggregates)
    if user >= len(traces):
        raise ValueError(
            f"The 'user' parameter of location_membership_test must be one of the "
            f"{len(traces)} people in 'traces', from 0. Got {user}."
        )
    if aggregates.shape[1:] != traces.shape[1:]:
        raise ValueError(
            "Released counts must be of the shape of a trace, "
            f"{traces.shape[1:]}. Got {aggregates.shape[1:]}."
        )
    rng = check_random_state(random_state)
    others = np.delete(traces, user, axis=0)
    draw = {"group_size": group_size, "n_groups": n_groups, "random_state": rng}
    draw |= {"release": release}
    inside = draw_aggregates(others, include=traces[user], **draw)
    outside, null = (draw_aggregates(others, **draw) for _ in range(2))
    if classifier is None:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01))
    classifier = set_random_states(clone(classifier), rng)
    learned = _rows(np.concatenate([inside, outside]))
    classifier.fit(learned, np.repeat([1, 0], n_groups))
    score, null_score = (
        membership_score(classifier, _rows(counts)) for counts in (aggregates, null)
    )
    return AggregateMembership(score, conformal_p_values(score, null_score))


def _rows(counts):
    """One row for each group."""
    return counts.reshape(len(counts), -1)
