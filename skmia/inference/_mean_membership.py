"""Who is in a table of means: Homer's test, and the likelihood ratio."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array

from skmia.inference._aggregate_membership import AggregateMembership
from skmia.metrics._discoveries import conformal_p_values
from skmia.utils._sklearn import StrOptions, validate_params


@validate_params(
    X=["array-like"],
    mean=["array-like"],
    X_reference=["array-like"],
    statistic=[StrOptions({"homer", "likelihood-ratio"})],
)
def mean_membership_test(
    X: ArrayLike,
    mean: ArrayLike,
    X_reference: ArrayLike,
    *,
    statistic: Literal["homer", "likelihood-ratio"] = "homer",
) -> AggregateMembership:
    """Test whether records are among those that released means were computed from.

    A member pulls each mean towards itself. Over many features that adds up, though
    nothing but means was released, and of each only a little is the member's.

    .. versionadded:: 0.2

    Parameters
    ----------
    X : array-like of shape (n_candidates, n_features)
        Records in question. Each feature counts by its size: bring them to one scale.
    mean : array-like of shape (n_features,)
        The released means.
    X_reference : array-like of shape (n_reference, n_features)
        Two records or more of the same population that are not in the means. The
        smallest p-value there can be is ``1 / (n_reference + 1)``.
    statistic : {"homer", "likelihood-ratio"}, default="homer"
        "homer": how much closer a record is to the means than to those of the
        reference, ``sum_j |x_j - r_j| - |x_j - m_j|``. "likelihood-ratio": of features
        that are 0 or 1, ``sum_j x_j log(m_j / r_j) + (1 - x_j) log((1 - m_j) / (1 -
        r_j))``, which is stronger. The reference counts half a record more of each
        value, and means are kept as far from 0 and 1 as that.

    Returns
    -------
    result : AggregateMembership
        Scores and p-values of the candidates, in order.

    Raises
    ------
    ValueError
        Features are not finite numbers (or other than 0 and 1), their numbers differ,
        or there are fewer than two reference records.

    See Also
    --------
    location_membership_test : Of a person who is in counts by place and hour.
    skmia.attacks.set_membership_test : Whether a set of records is in, by any score.

    Notes
    -----
    Level: records. Threat model: the means are published, and nothing else; the
    attacker has the whole record in question and records of others. No model is asked.

    The p-value is the share of reference records with a score as high, each against the
    others. It is uniform, but for that one record less, for candidates of the
    population of the reference who are not in the means, however features depend on
    each other: Homer's own, by the normal law of a sum over independent ones, is not.
    The size of the reference matters as much as that of the group: its mean errs, too.

    References
    ----------
    N. Homer et al., "Resolving Individuals Contributing Trace Amounts of DNA to Highly
    Complex Mixtures Using High-Density SNP Genotyping Microarrays", PLoS Genetics 4,
    2008, doi:10.1371/journal.pgen.1000167. S. Sankararaman, G. Obozinski, M. I. Jordan,
    E. Halperin, "Genomic privacy and limits of individual detection in a pool", Nature
    Genetics 41, 2009, doi:10.1038/ng.436.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.inference import mean_membership_test
    >>> rng = np.random.RandomState(0)
    >>> X = rng.binomial(1, rng.uniform(size=500), size=(300, 500))
    >>> X_reference, members, others = X[:200], X[200:250], X[250:]
    >>> mean_membership_test(members, members.mean(axis=0), X_reference)
    AggregateMembership(50 candidates, 42 with a p-value of 0.05 or less, least 0.005)
    >>> mean_membership_test(others, members.mean(axis=0), X_reference)
    AggregateMembership(50 candidates, 2 with a p-value of 0.05 or less, least 0.025)
    """
    X, reference = (
        check_array(records, dtype=np.float64, input_name=name)
        for name, records in (("X", X), ("X_reference", X_reference))
    )
    mean = check_array(mean, dtype=np.float64, ensure_2d=False, input_name="mean")
    _check_shapes(X, mean, reference)
    score = _homer if statistic == "homer" else _log_ratio
    if statistic != "homer":
        _check_binary(X, reference)
    n, total = len(reference), reference.sum(axis=0)
    # A reference record is no part of what it is compared with, as no candidate is.
    own = np.array([score(row, mean, total - row, n - 1) for row in reference])
    seen = score(X, mean, total, n)
    return AggregateMembership(seen, conformal_p_values(seen, own))


def _homer(X, mean, total, n):
    """How much closer records are to the means than to those of the reference."""
    return (np.abs(X - total / n) - np.abs(X - mean)).sum(axis=-1)


def _log_ratio(X, mean, total, n):
    """Log-likelihood ratio of bits with these frequencies, and those of a reference."""
    frequency = (total + 0.5) / (n + 1)
    edge = 0.5 / (n + 1)
    mean = np.clip(mean, edge, 1 - edge)
    return X @ np.log(mean / frequency) + (1 - X) @ np.log((1 - mean) / (1 - frequency))


def _check_shapes(X, mean, reference):
    if len(reference) < 2:
        raise ValueError(
            "mean_membership_test needs two reference records or more: each is "
            f"compared with the others. Got {len(reference)}."
        )
    n_features = X.shape[1], *mean.shape, reference.shape[1]
    if len(set(n_features)) > 1 or mean.ndim != 1:
        raise ValueError(
            "X, mean and X_reference must have the same features, and mean one number "
            f"for each. Got shapes {X.shape}, {mean.shape} and {reference.shape}."
        )


def _check_binary(*records):
    if not all(np.isin(X, [0, 1]).all() for X in records):
        raise ValueError(
            'With statistic="likelihood-ratio" all features must be 0 or 1. Use '
            '"homer" for other numbers.'
        )
