"""Does an attack know a record, or something like it: by distances to members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import rankdata
from sklearn.metrics import (
    pairwise_distances,
    pairwise_distances_argmin_min,
    roc_auc_score,
)
from sklearn.utils import check_array, check_random_state

from skmia.metrics._intervals import auc_interval
from skmia.metrics._validation import (
    check_count,
    check_member,
    check_same_length,
    check_score,
)
from skmia.utils._typing import RandomStateLike


@dataclass(frozen=True, repr=False)
class NearMembers:
    """What an attack says of non-members, by how near the nearest member is.

    .. versionadded:: 0.2

    Attributes
    ----------
    table : DataFrame
        One row for each part of the non-members, the nearest first: ``n`` of them,
        their mean ``distance`` to the nearest member, the share ``called`` members
        (whose score is above that of half of the members), and the ``auc`` by which
        members are told from them, with ``auc_low`` and ``auc_high``.
    correlation : float
        Spearman's, over half of the non-members, of the score with how much nearer
        members are than as many others.
    pvalue : float
        Chance of so large a one where the score does not know which of them are
        members.
    """

    table: pd.DataFrame
    correlation: float
    pvalue: float

    def __repr__(self):
        return (
            f"NearMembers(auc {self.table['auc'].iloc[0]:.3f} against the nearest "
            f"non-members, {self.table['auc'].iloc[-1]:.3f} against the farthest; "
            f"correlation {self.correlation:.3f}, p-value {self.pvalue:.3g})"
        )


def near_members(
    X: ArrayLike,
    member: ArrayLike,
    score: ArrayLike,
    *,
    n_parts: int = 4,
    metric: str | Callable[..., Any] = "euclidean",
    n_permutations: int = 199,
    confidence_level: float = 0.95,
    random_state: RandomStateLike = None,
) -> NearMembers:
    """How far an attack's yes to non-members comes from members that are like them.

    A model that has learned a member has learned something of all that is like it. An
    attack that says yes to such a record is wrong about the record, and tells of
    somebody like it all the same.

    .. versionadded:: 0.2

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Numbers, on scales on which distances mean something.
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Score of an attack: higher = more likely a member.
    n_parts : int, default=4
        Parts of one size into which non-members are cut, by their distance to the
        nearest member.
    metric : str or callable, default="euclidean"
        Of the distances, see :func:`sklearn.metrics.pairwise_distances`.
    n_permutations : int, default=199
        Permutations behind the p-value.
    confidence_level : float, default=0.95
        Of the intervals of the table, each by itself.
    random_state : int, RandomState instance or None, default=None
        Which non-members are compared with, and the permutations.

    Returns
    -------
    result : NearMembers

    Raises
    ------
    ValueError
        Features, scores or memberships are missing or not finite, or there are fewer
        than four non-members, or than parts.

    See Also
    --------
    in_class_deviation : How much alike the records of a class are.

    Notes
    -----
    Level: observations, beside the records. The auditor knows who is a member.

    Records among many others are near to members and to others alike, and mostly easy:
    their scores are high for that reason. Hence the correlation is not with the
    distance to members but with what members are nearer than strangers: one half of the
    non-members is asked about, and as many of the other half as of the members are
    strangers. Where the score does not depend on which is which, members and strangers
    may be exchanged at random, and the p-value is uniform, whatever the records.

    "auc" that rises from row to row says that the attack finds the neighbourhood of
    members; equal ones, near 1, that it knows the very records.

    References
    ----------
    The question, whether an attack learns that x is a member or that something like x
    is: S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019, :arxiv:`1807.09173`. Members as neighbourhoods: Y.
    Long et al., "Understanding Membership Inferences on Well-Generalized Learning
    Models", 2018, :arxiv:`1802.04889`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.metrics import near_members
    >>> X = np.random.RandomState(0).normal(size=(400, 2))
    >>> member = np.arange(400) < 100
    >>> nearest = np.linalg.norm(X[:, None] - X[None, :100], axis=2).min(axis=1)
    >>> near_members(X, member, -nearest, random_state=0).pvalue  # finds neighbours
    0.005
    >>> table = near_members(X, member, member, random_state=0).table  # knows records
    >>> table["auc"].tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    caller = "near_members"
    X = check_array(X, input_name="X")
    n_parts = check_count(caller, "n_parts", n_parts, least=1)
    n_permutations = check_count(caller, "n_permutations", n_permutations, least=1)
    member = check_member(caller, member)
    check_same_length(caller, member, "X", X)
    score = check_score(caller, member, score).astype(float)
    rng = check_random_state(random_state)
    others = np.flatnonzero(~member)
    if len(others) < max(4, n_parts):
        raise ValueError(
            f"near_members needs {max(4, n_parts)} non-members or more. Got "
            f"{len(others)}."
        )
    _, distance = pairwise_distances_argmin_min(X[others], X[member], metric=metric)
    parts = np.array_split(np.argsort(distance, kind="stable"), n_parts)
    half = np.median(score[member])
    rows = [
        _row(distance[part], score[member], score[others[part]], half, confidence_level)
        for part in parts
    ]
    asked, strangers = np.array_split(rng.permutation(others), 2)
    n = min(member.sum(), len(strangers))
    inside = rng.choice(np.flatnonzero(member), n, replace=False)
    compared = np.concatenate([inside, strangers[:n]])
    between = pairwise_distances(X[asked], X[compared], metric=metric)
    found = _correlation(score[asked], between, np.arange(2 * n) < n)
    by_chance = [
        _correlation(score[asked], between, rng.permutation(2 * n) < n)
        for _ in range(n_permutations)
    ]
    as_large = np.sum(np.asarray(by_chance) >= found)
    pvalue = (1 + as_large) / (1 + n_permutations)
    table = pd.DataFrame(rows).rename_axis("part")
    return NearMembers(table, float(found), float(pvalue))


def _row(distance, members, others, half, level):
    """What is said of non-members at some distance."""
    truth = np.repeat([1, 0], [len(members), len(others)])
    together = np.concatenate([members, others])
    low, high = auc_interval(truth, together, confidence_level=level)
    return {
        "n": len(others),
        "distance": distance.mean(),
        "called": (others > half).mean(),
        "auc": roc_auc_score(truth, together),
        "auc_low": low,
        "auc_high": high,
    }


def _correlation(score, between, inside):
    """Spearman's of the score and how much nearer the ones are; 0 of equal values."""
    nearer = between[:, ~inside].min(axis=1) - between[:, inside].min(axis=1)
    ranks = rankdata(score), rankdata(nearer)
    if min(np.ptp(one) for one in ranks) == 0:
        return 0.0
    return np.corrcoef(*ranks)[0, 1]
