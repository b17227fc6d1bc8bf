"""Whether an attack finds the members of some groups better than those of others."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control
from sklearn.utils import check_random_state

from skmia.metrics._clusters import check_groups
from skmia.metrics._summary import membership_metrics
from skmia.metrics._validation import (
    check_fraction,
    check_member,
    check_predicted,
    check_same_length,
    check_score,
)
from skmia.utils._one_each import one_each
from skmia.utils._sklearn import COUNT, StrOptions, validate_params
from skmia.utils._typing import RandomStateLike

SHOWN = ("recall", "fpr", "advantage", "auc")


class DisparateVulnerability(NamedTuple):
    """Result of :func:`disparate_vulnerability`."""

    table: pd.DataFrame
    disparity: float
    null_disparity: float
    p_value: float


@validate_params(
    metric=[StrOptions({"advantage", "auc"})],
    n_permutations=[COUNT],
    random_state=["random_state"],
)
def disparate_vulnerability(
    member: ArrayLike,
    score: ArrayLike,
    groups: ArrayLike,
    *,
    predicted: ArrayLike,
    metric: Literal["advantage", "auc"] = "advantage",
    n_permutations: int = 1000,
    confidence_level: float = 0.95,
    clusters: ArrayLike | None = None,
    random_state: RandomStateLike = None,
) -> DisparateVulnerability:
    """Vulnerability of groups of records, and whether they differ more than by chance.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member.
    groups : array-like of shape (n_samples,)
        The group of each record: its class, a sensitive feature, or both as one label.
    predicted : array-like of shape (n_samples,)
        Decisions of the attack, boolean or 0/1, at a threshold chosen on other rows.
        With one threshold for all groups the adversary is regular, with one for each
        it is discriminating.
    metric : {"advantage", "auc"}, default="advantage"
        What the vulnerability of a group is: the advantage of the decisions, or the
        area under the ROC curve, which needs no threshold.
    n_permutations : int, default=1000
        Random divisions into groups that the found one is compared with.
    confidence_level : float in (0, 1), default=0.95
        Probability that one interval covers its true value; not all at once.
    clusters : array-like of shape (n_samples,), default=None
        Who a record is of: a person, or the row that it copies (elsewhere `groups`).
        None: every record is independent of all others.
    random_state : int, RandomState instance or None, default=None
        Seed of the permutations.

    Returns
    -------
    table : DataFrame
        A row per group: "n_members", "n_nonmembers"; "recall", "fpr", "advantage" and
        "auc", each with "_low" and "_high"; "p_value" that the vulnerability of the
        group is that of all records, and "p_adjusted" for the number of groups
        (Benjamini and Hochberg). A group without members or without non-members has
        nan throughout and is left out of what follows.
    disparity : float
        Vulnerability of the most vulnerable group minus that of the least.
    null_disparity : float
        Mean disparity of the random divisions: what small groups show by chance.
    p_value : float
        Probability, at most, of such a disparity if the groups are alike.

    Raises
    ------
    ValueError
        Fewer than two groups have members and non-members, or the input is not as
        described.

    See Also
    --------
    membership_metrics : Metrics of all records together.

    Notes
    -----
    Level: observations. Groups are permuted among the members and among the
    non-members, so that every group keeps its numbers of both. This tests that the
    answers to members do not depend on the group, nor those to non-members. It holds
    for any number of records. Groups whose rates differ but whose advantages are equal
    are not alike in this sense; in small samples the test may then fire more often.

    References
    ----------
    M. Yaghini, B. Kulynych, G. Cherubin, M. Veale, C. Troncoso, "Disparate
    Vulnerability to Membership Inference Attacks", PoPETs 2022. arXiv:1906.00389

    S. Truex, L. Liu, M. E. Gursoy, W. Wei, L. Yu, "Effects of Differential Privacy and
    Data Skewness on Membership Inference Vulnerability", IEEE TPS 2019.
    arXiv:1911.09777

    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the
    Royal Statistical Society B 57, 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.metrics import disparate_vulnerability
    >>> member = np.repeat([1, 0, 1, 0], 20)
    >>> groups = np.repeat(["many", "few"], 40)
    >>> score = np.where(groups == "few", member, 0) + np.tile([0.1, 0.2], 40)
    >>> found = disparate_vulnerability(
    ...     member, score, groups, predicted=score > 0.5, random_state=0
    ... )
    >>> found.disparity, round(found.p_value, 3)
    (1.0, 0.001)
    >>> found.table["advantage"]
    few     1.0
    many    0.0
    Name: advantage, dtype: float64
    """
    caller = "disparate_vulnerability"
    level = check_fraction(caller, "confidence_level", confidence_level)
    member = check_member(caller, member)
    score = check_score(caller, member, score)
    predicted = check_predicted(caller, member, predicted)
    labels, code = _check_groups(caller, member, groups)
    cluster = check_groups(caller, member, clusters, "clusters")
    table = _table(member, score, predicted, labels, code, cluster, level)
    measurable = np.isfinite(table[metric].to_numpy())
    if np.count_nonzero(measurable) < 2:
        raise ValueError(
            f"{caller} needs at least two groups with members and non-members. Got "
            f"{np.count_nonzero(measurable)}."
        )
    values = predicted if metric == "advantage" else score
    measure = _GroupMeasure(metric, member, values, len(labels))
    strata = _strata(member, cluster)
    rng = check_random_state(random_state)
    drawn = _permuted(measure, code, strata, n_permutations, rng)
    found, drawn = measure(code)[measurable], drawn[:, measurable]
    overall = _GroupMeasure(metric, member, values, 1)(np.zeros_like(code))
    p_values = _p_value(np.abs(found - overall), np.abs(drawn - overall))
    table.loc[measurable, "p_value"] = p_values
    table.loc[measurable, "p_adjusted"] = false_discovery_control(p_values)
    disparities = np.ptp(drawn, axis=1)
    return DisparateVulnerability(
        table,
        disparity=float(np.ptp(found)),
        null_disparity=float(disparities.mean()),
        p_value=float(_p_value(np.ptp(found), disparities)),
    )


def _check_groups(caller, member, groups):
    """Labels of the groups in order, and the place of each record's among them."""
    groups = one_each(caller, "groups", groups)
    check_same_length(caller, member, "groups", groups)
    return np.unique(groups, return_inverse=True)


def _table(member, score, predicted, labels, code, cluster, level):
    rows = []
    for group in range(len(labels)):
        own = code == group
        n_members = np.count_nonzero(member[own])
        row = {"n_members": n_members, "n_nonmembers": own.sum() - n_members}
        if all(row.values()):
            metrics = membership_metrics(
                member[own],
                score[own],
                predicted=predicted[own],
                fprs=[],
                confidence_level=level,
                groups=None if cluster is None else cluster[own],
            )
            row |= {k: v for k, v in metrics.items() if k.split("_")[0] in SHOWN}
        rows.append(row)
    columns = [f"{name}{end}" for name in SHOWN for end in ("", "_low", "_high")]
    columns = ["n_members", "n_nonmembers", *columns, "p_value", "p_adjusted"]
    return pd.DataFrame(rows, index=labels, columns=columns)


class _GroupMeasure:
    """Advantage or AUC of every group, for any division of the records into groups."""

    def __init__(self, metric, member, values, n_groups):
        self.metric = metric
        self.member = member
        self.values = values
        self.n_groups = n_groups
        if metric == "auc":
            # Sorted once: what is left for each division is to deal the places out.
            self.order = np.argsort(values, kind="stable")
            self.step = np.diff(values[self.order], prepend=np.nan) != 0
            self.inside = member[self.order]

    def __call__(self, code):
        n_members = self._sums(code, self.member)
        n_nonmembers = self._sums(code, ~self.member)
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.metric == "auc":
                return self._wins(code, n_members) / (n_members * n_nonmembers)
            tpr = self._sums(code, self.member & self.values) / n_members
            return tpr - self._sums(code, ~self.member & self.values) / n_nonmembers

    def _sums(self, code, weights):
        return np.bincount(code, weights, minlength=self.n_groups)

    def _wins(self, code, n_members):
        """Pairs within each group in which the member scores higher; ties are half."""
        # Of few groups, numbers of two bytes: numpy sorts these without comparing.
        small = np.int16 if self.n_groups < 2**15 else np.int64
        dealt = code[self.order].astype(small)
        by_group = np.argsort(dealt, kind="stable")
        value = np.cumsum(self.step)[by_group]
        first = np.diff(value, prepend=-1) != 0
        first |= np.diff(dealt[by_group], prepend=-1) != 0
        # Equal values of a group share the mean of their places.
        start = np.flatnonzero(first)
        size = np.diff(start, append=len(value))
        rank = np.repeat(start + (size + 1) / 2, size)
        sizes = np.bincount(dealt, minlength=self.n_groups)
        below = np.cumsum(sizes) - sizes
        of = dealt[by_group]
        ranks = self._sums(of, rank * self.inside[by_group]) - n_members * below
        return ranks - n_members * (n_members + 1) / 2


def _strata(member, cluster):
    """Rows of exchangeable clusters: arrays of shape (n_clusters, n_records of each).

    A record alone is a cluster.
    """
    cluster = np.arange(len(member)) if cluster is None else cluster
    order = np.lexsort((~member, cluster))
    _, start, size = np.unique(cluster[order], return_index=True, return_counts=True)
    n_members = np.add.reduceat(member[order].astype(int), start)
    shapes, stratum = np.unique(
        np.column_stack([n_members, size]), axis=0, return_inverse=True
    )
    return [
        order[start[stratum.ravel() == i][:, None] + np.arange(shape[1])]
        for i, shape in enumerate(shapes)
    ]


def _permuted(measure, code, strata, n_permutations, rng):
    """The measure of every group under random divisions; (n_permutations, n_groups)."""
    drawn = np.empty((n_permutations, measure.n_groups))
    shuffled = np.empty_like(code)
    for i in range(n_permutations):
        for rows in strata:
            shuffled[rows] = rng.permutation(code[rows])
        drawn[i] = measure(shuffled)
    return drawn


def _p_value(found, drawn):
    """Share of the divisions, the found one included, that are as extreme."""
    as_extreme = np.count_nonzero(drawn >= found - 1e-12, axis=0)
    return (1 + as_extreme) / (1 + len(drawn))
