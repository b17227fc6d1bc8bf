"""Is a set of records in: a test with a p-value."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata
from sklearn.utils import check_random_state

from skmia.attacks.statistics._group import check_scores
from skmia.utils._sklearn import COUNT, StrOptions, validate_params
from skmia.utils._typing import RandomStateLike


class SetMembership(NamedTuple):
    """Result of :func:`set_membership_test`."""

    pvalue: float
    auc: float


@validate_params(
    score=["array-like"],
    nonmember_score=["array-like"],
    statistic=[StrOptions({"rank", "mean"})],
    n_resamples=[COUNT],
    random_state=["random_state"],
)
def set_membership_test(
    score: ArrayLike,
    nonmember_score: ArrayLike,
    *,
    statistic: Literal["rank", "mean"] = "rank",
    n_resamples: int = 9999,
    random_state: RandomStateLike = None,
) -> SetMembership:
    """Test whether a set of records scores higher than records that are surely out.

    Parameters
    ----------
    score : array-like of shape (n_records,)
        Scores of the suspected set, finite; higher = more likely a member.
    nonmember_score : array-like of shape (n_nonmembers,)
        Scores of known non-members that are otherwise like the set.
    statistic : {"rank", "mean"}, default="rank"
        What is compared: the sum of ranks (Mann and Whitney), which does not depend on
        the units of the score, or the mean, which is stronger for log-likelihood
        ratios.
    n_resamples : int, default=9999
        Random permutations. All of them are taken if there are no more than that.
    random_state : int, RandomState instance or None, default=None
        Seed of the permutations.

    Returns
    -------
    pvalue : float
        Probability of scores at least as high if the set is out.
    auc : float
        Size of the effect, in [0, 1]: the probability that a record of the set scores
        higher than a non-member, ties counting half. 0.5 is none.

    See Also
    --------
    skmia.metrics.auc_interval : Confidence interval of the effect.

    Notes
    -----
    Level: observations. Threat model: that of the scores; the set is all in or all
    out.

    The p-value of a permutation test is valid for any number of records and with ties:
    if the set is out and exchangeable with the non-members, it is at most p with
    probability at most p. It is not if the two differ for another reason, such as the
    time when they were collected: then it measures that.

    References
    ----------
    P. Maini, M. Yaghini, N. Papernot, "Dataset Inference: Ownership Resolution in
    Machine Learning", ICLR 2021, arXiv:2104.10706. B. Phipson, G. K. Smyth,
    "Permutation P-values Should Never Be Zero", Statistical Applications in Genetics
    and Molecular Biology 9, 2010, doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> from skmia.attacks import set_membership_test
    >>> result = set_membership_test([7, 8, 9], [1, 2, 3, 4, 5, 6, 10])
    >>> round(result.pvalue, 3), round(result.auc, 3)
    (0.058, 0.857)
    """
    suspects = check_scores("score", score)
    others = check_scores("nonmember_score", nonmember_score)
    m, n = len(suspects), len(others)
    pooled = np.concatenate([suspects, others])
    ranks = rankdata(pooled)
    auc = (ranks[:m].sum() - m * (m + 1) / 2) / (m * n)
    values = ranks if statistic == "rank" else pooled
    pvalue = _permutation_pvalue(values, m, n_resamples, random_state)
    return SetMembership(pvalue, float(auc))


def _permutation_pvalue(values, m, n_resamples, random_state):
    """Share of the choices of `m` values whose sum is at least that of the first `m`.

    Sums of the same values in another order may differ by rounding: they are ties.
    """
    least = values[:m].sum() - 1e-12 * np.abs(values).sum()
    if comb(len(values), m) <= n_resamples:
        sums = [sum(chosen) for chosen in combinations(values, m)]
        return float(np.mean(np.array(sums) >= least))
    rng = check_random_state(random_state)
    sums = [rng.permutation(values)[:m].sum() for _ in range(n_resamples)]
    # The observed choice is one of them, which keeps the p-value valid.
    return float((1 + np.sum(np.array(sums) >= least)) / (1 + n_resamples))
