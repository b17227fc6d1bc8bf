"""Two sets of records as one split, and the law of chance that deals members."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata

N_DRAWS = 999
# A statistic that is reached so often is no rare one: no more is drawn.
_OFTEN = 50


class Units(NamedTuple):
    """What is dealt to one of the two sets as one.

    Attributes
    ----------
    of_row : ndarray of int of shape (n_rows,)
        Unit of each record.
    member : ndarray of {0, 1} of shape (n_units,)
    size : ndarray of int of shape (n_units,)
        Records of the unit's group in both sets.
    """

    of_row: np.ndarray
    member: np.ndarray
    size: np.ndarray

    @property
    def are_comparable(self):
        """Whether there are some of one size in both sets."""
        ours, others = (self.size[self.member == side] for side in (1, 0))
        return len(np.intersect1d(ours, others)) > 0


@dataclass(frozen=True)
class Split:
    """Audited records, in an order that tells nothing of who is a member.

    Parameters
    ----------
    X, y : records and labels, None where they have none
    member : ndarray of {0, 1}
    copies : ndarray of int of shape (n_records,)
        Number of the different record that each is, or copies.
    belonging : ndarray of int of shape (n_records,) or None
        Number of the group of each record; None where each stands for itself.
    seed : int
    quantities : bool, default=False
        Whether the labels are no classes.
    """

    X: Any = field(repr=False)
    y: np.ndarray
    member: np.ndarray
    copies: np.ndarray
    belonging: np.ndarray | None
    seed: int
    quantities: bool = False

    @cached_property
    def groups(self):
        """Number of the group of each record."""
        if self.belonging is None:
            return np.arange(len(self.member))
        return self.belonging

    def rng(self, check):
        """Generator of a check, of its own: other checks, or none, change nothing.

        Parameters
        ----------
        check : int
            From 1 on; 0 is the order of the pool.
        """
        stream = np.random.SeedSequence(self.seed, spawn_key=(check,))
        return np.random.RandomState(np.random.MT19937(stream))

    def units(self, rows=slice(None)):
        """What is dealt to one of the two sets as one.

        That is the records of a group; of a group in both sets the parts, which were
        not dealt as one.

        Parameters
        ----------
        rows : index of records, default=slice(None)

        Returns
        -------
        units : Units
        """
        member = self.member[rows]
        parts, unit = np.unique(2 * self.groups[rows] + member, return_inverse=True)
        return Units(unit, parts % 2, np.bincount(self.groups)[parts // 2])


def unit_means(unit, values):
    """Mean of the values of each unit."""
    return np.bincount(unit, values) / np.bincount(unit)


def chance(statistic, member, rng, strata=None):
    """Probability of as large a statistic where chance has dealt the members.

    Exact in level, whatever the statistic and its ties: the true members are one of
    the deals.

    Parameters
    ----------
    statistic : callable
        Number for an array of members.
    member : ndarray of {0, 1}
    rng : RandomState
    strata : ndarray of int of shape (n,), default=None
        Members are dealt within each. Of units, their sizes: were rows dealt, and not
        groups, then copies of one are the likelier to be in one set alone, the fewer
        they are, and are nothing that compares with the others.

    Returns
    -------
    p_value : float

    References
    ----------
    J. Besag, P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78, 1991: the
    draws end where the statistic has been reached often.
    """
    order = None if strata is None else np.argsort(strata, kind="stable")
    if order is not None and strata[order[0]] == strata[order[-1]]:
        order = None

    def dealt():
        if order is None:
            return rng.permutation(member)
        shuffled = np.empty_like(member)
        shuffled[order] = member[np.lexsort((rng.random_sample(len(member)), strata))]
        return shuffled

    found = statistic(member)
    least = found - 1e-9 * max(1, abs(found))  # sums of floats depend on their order
    reached = 0
    for n_drawn in range(1, N_DRAWS + 1):
        reached += statistic(dealt()) >= least
        if reached == _OFTEN:
            return float(reached / n_drawn)
    return float((1 + reached) / (1 + N_DRAWS))


def rank_sums(scores):
    """Statistic of :func:`chance`: the largest rank sum of members, in deviations.

    Parameters
    ----------
    scores : list of ndarray of shape (n_units,)
        Of one attack, or of several, where the best is looked at.

    Returns
    -------
    statistic : callable
    """
    ranks = np.array([rankdata(score) for score in scores])
    ranks -= ranks.mean(axis=1, keepdims=True)
    spread = ranks.std(axis=1)
    ranks = ranks[spread > 0] / spread[spread > 0, None]
    return lambda member: (ranks @ member).max(initial=0)
