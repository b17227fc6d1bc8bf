"""What no attack can exceed under Gaussian differential privacy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, ndtr, ndtri

from skmia.metrics.bounds._bounds import as_result, check_at_least_0, check_in_unit


def gdp_max_tpr(fpr: ArrayLike, mu: ArrayLike) -> float | np.ndarray:
    """Largest true positive rate at a false positive rate, under mu-Gaussian DP.

    Parameters
    ----------
    fpr : float or array-like
        False positive rate of the attack, a fraction.
    mu : float or array-like
        At least 0; inf for no guarantee. Broadcast against `fpr`.

    Returns
    -------
    tpr : float or ndarray
        In [`fpr`, 1].

    Raises
    ------
    ValueError
        A parameter is not as described.

    See Also
    --------
    max_tpr : The same under (epsilon, delta)-DP.

    Notes
    -----
    Level: observations. A release with Gaussian noise of standard deviation sigma times
    the sensitivity is ``1 / sigma``-GDP; k of them are ``sqrt(k) / sigma``-GDP.

    References
    ----------
    J. Dong, A. Roth, W. J. Su, "Gaussian Differential Privacy", JRSS B 2022,
    :arxiv:`1905.02383`.

    Examples
    --------
    >>> from skmia.metrics import gdp_max_tpr
    >>> gdp_max_tpr(0.01, [0.5, 1, 2]).round(4)
    array([0.0339, 0.0924, 0.3721])
    """
    fpr = check_in_unit("gdp_max_tpr", "fpr", fpr)
    mu = check_at_least_0("gdp_max_tpr", "mu", mu)
    with np.errstate(invalid="ignore"):
        bound = np.where(np.isinf(mu), 1, ndtr(ndtri(fpr) + mu))
    return as_result(np.maximum(bound, fpr))


def gdp_max_advantage(mu: ArrayLike) -> float | np.ndarray:
    """Largest TPR - FPR of any attack under mu-Gaussian DP.

    Parameters
    ----------
    mu : float or array-like
        At least 0; inf for no guarantee.

    Returns
    -------
    advantage : float or ndarray
        In [0, 1].

    Raises
    ------
    ValueError
        `mu` is not as described.

    See Also
    --------
    gdp_max_tpr : The whole curve.

    Notes
    -----
    Level: observations.

    Examples
    --------
    >>> from skmia.metrics import gdp_max_advantage
    >>> gdp_max_advantage([0.5, 1, 2]).round(4)
    array([0.1974, 0.3829, 0.6827])
    """
    mu = check_at_least_0("gdp_max_advantage", "mu", mu)
    return as_result(erf(mu / 8**0.5))


def gdp_max_auc(mu: ArrayLike) -> float | np.ndarray:
    """Largest area under the ROC curve of any attack under mu-Gaussian DP.

    Parameters
    ----------
    mu : float or array-like
        At least 0; inf for no guarantee.

    Returns
    -------
    auc : float or ndarray
        In [0.5, 1].

    Raises
    ------
    ValueError
        `mu` is not as described.

    See Also
    --------
    gdp_max_tpr : The curve.

    Notes
    -----
    Level: observations.

    Examples
    --------
    >>> from skmia.metrics import gdp_max_auc
    >>> gdp_max_auc([0.5, 1, 2]).round(4)
    array([0.6382, 0.7602, 0.9214])
    """
    mu = check_at_least_0("gdp_max_auc", "mu", mu)
    return as_result(ndtr(mu / 2**0.5))
