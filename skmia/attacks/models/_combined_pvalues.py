"""One p-value from several queries that depend on each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc
from sklearn.utils import check_array


def combine_pvalues_kost(
    pvalues: ArrayLike, reference_losses: ArrayLike
) -> float | np.ndarray:
    """Combine the p-values of dependent queries into one (Brown's method).

    Parameters
    ----------
    pvalues : array-like of shape (n_queries,) or (n_records, n_queries)
        One-sided p-values.
    reference_losses : array-like of shape (n_references, n_queries)
        Losses of the reference models on the queries: they show how much the queries
        depend on each other. Those without variance count as independent.

    Returns
    -------
    p : float or ndarray of shape (n_records,)

    Raises
    ------
    ValueError
        P-values beyond [0, 1], or of another number of queries than the losses.

    Notes
    -----
    Fisher's statistic is compared with a chi-square distribution that is scaled to
    have its variance under the dependence: Kost and McDermott's polynomial of the
    correlations. It is right for Gaussian statistics; queries that say the same add
    nothing, independent ones are combined by Fisher's method.

    For the indirect attack: ask about records that the candidate influences, never
    about the candidate itself.

    References
    ----------
    J. T. Kost, M. P. McDermott, "Combining dependent P-values", Statistics &
    Probability Letters 60, 2002, doi:10.1016/S0167-7152(02)00310-3. Y. Long et al.,
    "A Pragmatic Approach to Membership Inferences on Machine Learning Models", IEEE
    EuroS&P 2020.

    Examples
    --------
    >>> from skmia.attacks import combine_pvalues_kost
    >>> same = [[0.1, 0.2], [0.5, 0.6], [0.3, 0.4]]
    >>> round(combine_pvalues_kost([0.05, 0.05], same), 4)
    0.05
    >>> unrelated = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> round(combine_pvalues_kost([0.05, 0.05], unrelated), 4)
    0.0175
    """
    losses = check_array(reference_losses, dtype=np.float64)
    p = _check_pvalues(pvalues, losses.shape[1])
    combined = combine(p, losses)
    return combined if combined.ndim else float(combined)


def combine(p, losses, there=None):
    """Combined p-values, of losses for all records or for each its own.

    Parameters
    ----------
    p : ndarray of shape (..., n_queries)
    losses : ndarray of shape (..., n_references, n_queries)
    there : ndarray of bool of shape (..., n_references), default=None
        References that count. None: all.

    Returns
    -------
    combined : ndarray of shape (...)
    """
    fisher = -2 * np.log(np.maximum(p, np.finfo(float).tiny)).sum(axis=-1)
    mean = 2.0 * losses.shape[-1]
    variance = 2 * mean + 2 * _kost_covariances(losses, there).sum(axis=-1)
    return chdtrc(2 * mean**2 / variance, fisher * 2 * mean / variance)


def _check_pvalues(pvalues, n_queries):
    p = np.asarray(pvalues, dtype=float)
    if p.ndim not in (1, 2) or p.shape[-1] != n_queries:
        raise ValueError(
            "The 'pvalues' parameter of combine_pvalues_kost must hold one value for "
            f"each of the {n_queries} queries of 'reference_losses'. Got the shape "
            f"{p.shape} instead."
        )
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            "The 'pvalues' parameter of combine_pvalues_kost must lie in [0, 1]. Got "
            f"{p[~((p >= 0) & (p <= 1))][0]} instead."
        )
    return p


def _kost_covariances(losses, there):
    """Covariances of -2 log p for each pair of queries, from their correlation."""
    there = np.ones(losses.shape[:-1], bool) if there is None else there
    weight = there[..., None]
    count = np.maximum(weight.sum(axis=-2, keepdims=True), 1)
    centre = np.sum(losses, axis=-2, keepdims=True, where=weight) / count
    deviations = np.where(weight, losses - centre, 0)
    length = np.sqrt((deviations**2).sum(axis=-2, keepdims=True))
    unit = deviations / np.where(length > 0, length, 1)
    one, other = np.triu_indices(losses.shape[-1], k=1)
    rho = (np.swapaxes(unit, -1, -2) @ unit)[..., one, other]
    return 3.263 * rho + 0.710 * rho**2 + 0.027 * rho**3
