"""What no attack can exceed on a differentially private model."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, expit, logit, ndtr, ndtri


def max_tpr(fpr: ArrayLike, epsilon: ArrayLike, delta: ArrayLike = 0.0):
    """Largest true positive rate at a false positive rate, under (epsilon, delta)-DP.

    Parameters
    ----------
    fpr : float or array-like
        False positive rate of the attack, a fraction.
    epsilon : float or array-like
        At least 0; inf for no guarantee.
    delta : float or array-like, default=0.0
        In [0, 1]. All parameters are broadcast against each other.

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
    max_advantage : The largest difference between the two rates.
    gdp_max_tpr : The same under Gaussian differential privacy.

    Notes
    -----
    Level: observations. Whether a record is a member is a test between two neighbouring
    training sets, and privacy bounds the errors of every test. The relation between
    neighbours (a record removed, or replaced) is the one of the guarantee. An attack
    whose confidence interval lies above the bound is evidence of an error: in the
    defense, in its accounting, or in how members and non-members were split.

    As a function of `fpr` the bound is concave, and symmetric under exchange of the
    two errors.

    References
    ----------
    L. Wasserman, S. Zhou, "A Statistical Framework for Differential Privacy", JASA
    2010, :arxiv:`0811.2501`. P. Kairouz, S. Oh, P. Viswanath, "The Composition Theorem
    for Differential Privacy", ICML 2015, :arxiv:`1311.0776`.

    Examples
    --------
    >>> from skmia.metrics import max_tpr
    >>> max_tpr([0.001, 0.01], epsilon=1, delta=1e-5).round(4)
    array([0.0027, 0.0272])
    """
    caller = "max_tpr"
    fpr = _check_fraction(caller, "fpr", fpr)
    epsilon, delta = _check_guarantee(caller, epsilon, delta)
    with np.errstate(over="ignore", invalid="ignore"):
        few = np.where(fpr == 0, 0, np.exp(epsilon) * fpr) + delta
    many = 1 - np.exp(-epsilon) * (1 - delta - fpr)
    bound = np.minimum(1, np.where(np.isinf(epsilon), 1, np.minimum(few, many)))
    # The two lines meet in (fpr, fpr) for epsilon = delta = 0: rounding may cross them.
    return _result(np.maximum(bound, fpr))


def max_advantage(epsilon: ArrayLike, delta: ArrayLike = 0.0):
    """Largest TPR - FPR of any attack under (epsilon, delta)-DP.

    Parameters
    ----------
    epsilon : float or array-like
        At least 0; inf for no guarantee.
    delta : float or array-like, default=0.0
        In [0, 1]. Broadcast against `epsilon`.

    Returns
    -------
    advantage : float or ndarray
        In [0, 1].

    Raises
    ------
    ValueError
        A parameter is not as described.

    See Also
    --------
    max_tpr : The whole curve.
    max_accuracy : The same as an accuracy.

    Notes
    -----
    Level: observations. The bound is attained by some mechanism. The older ones,
    ``exp(epsilon) - 1`` of Yeom et al. and ``1 - exp(-epsilon) (1 - delta)`` of
    Erlingsson et al., are larger.

    References
    ----------
    T. Humphries et al., "Investigating Membership Inference Attacks under Data
    Dependencies", CSF 2023, :arxiv:`2010.12112`.

    Examples
    --------
    >>> from skmia.metrics import max_advantage
    >>> max_advantage([0.1, 1, 8], delta=1e-5).round(4)
    array([0.05  , 0.4621, 0.9993])
    """
    epsilon, delta = _check_guarantee("max_advantage", epsilon, delta)
    return _result(np.tanh(epsilon / 2) + 2 * delta * expit(-epsilon))


def max_accuracy(epsilon: ArrayLike, delta: ArrayLike = 0.0):
    """Largest accuracy of any attack on as many members as non-members.

    Parameters
    ----------
    epsilon : float or array-like
        At least 0; inf for no guarantee.
    delta : float or array-like, default=0.0
        In [0, 1]. Broadcast against `epsilon`.

    Returns
    -------
    accuracy : float or ndarray
        In [0.5, 1].

    Raises
    ------
    ValueError
        A parameter is not as described.

    See Also
    --------
    max_advantage : Twice as much above one half.
    max_precision : For other shares of members.

    Notes
    -----
    Level: observations. It bounds the balanced accuracy for any share of members.

    Examples
    --------
    >>> from skmia.metrics import max_accuracy
    >>> round(max_accuracy(1), 4)
    0.7311
    """
    epsilon, delta = _check_guarantee("max_accuracy", epsilon, delta)
    return _result(expit(epsilon) + delta * expit(-epsilon))


def max_auc(epsilon: ArrayLike, delta: ArrayLike = 0.0):
    """Largest area under the ROC curve of any attack under (epsilon, delta)-DP.

    Parameters
    ----------
    epsilon : float or array-like
        At least 0; inf for no guarantee.
    delta : float or array-like, default=0.0
        In [0, 1]. Broadcast against `epsilon`.

    Returns
    -------
    auc : float or ndarray
        In [0.5, 1].

    Raises
    ------
    ValueError
        A parameter is not as described.

    See Also
    --------
    max_tpr : The curve.

    Notes
    -----
    Level: observations. The area under :func:`max_tpr`, two triangles short of the
    square: ``1 - (1 - delta) ** 2 / (1 + exp(epsilon))``.

    Examples
    --------
    >>> from skmia.metrics import max_auc
    >>> max_auc([0, 1, 8]).round(4)
    array([0.5   , 0.7311, 0.9997])
    """
    epsilon, delta = _check_guarantee("max_auc", epsilon, delta)
    return _result(1 - (1 - delta) ** 2 * expit(-epsilon))


def max_precision(prior: ArrayLike, epsilon: ArrayLike):
    """Largest share of members among the records that an attack calls members.

    Parameters
    ----------
    prior : float or array-like
        Share of members among the candidates, a fraction; 1 / (1 + g) where g
        non-members come to one member.
    epsilon : float or array-like
        At least 0; inf for no guarantee. Broadcast against `prior`.

    Returns
    -------
    precision : float or ndarray
        In [`prior`, 1].

    Raises
    ------
    ValueError
        A parameter is not as described.

    See Also
    --------
    ppv_at_prior : The precision of an attack with known rates.

    Notes
    -----
    Level: observations. The odds grow at most by the factor ``exp(epsilon)``. There is
    no such bound for delta > 0: an attack may be sure of a share delta of the records.

    Examples
    --------
    >>> from skmia.metrics import max_precision
    >>> max_precision([0.5, 0.01], epsilon=1).round(4)
    array([0.7311, 0.0267])
    """
    caller = "max_precision"
    prior = _check_fraction(caller, "prior", prior)
    epsilon = _check_at_least_0(caller, "epsilon", epsilon)
    with np.errstate(invalid="ignore"):
        precision = expit(logit(prior) + epsilon)
    # No member to be found, whatever is known.
    return _result(np.where(prior == 0, 0, np.maximum(precision, prior)))


def gdp_max_tpr(fpr: ArrayLike, mu: ArrayLike):
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
    fpr = _check_fraction("gdp_max_tpr", "fpr", fpr)
    mu = _check_at_least_0("gdp_max_tpr", "mu", mu)
    with np.errstate(invalid="ignore"):
        bound = np.where(np.isinf(mu), 1, ndtr(ndtri(fpr) + mu))
    return _result(np.maximum(bound, fpr))


def gdp_max_advantage(mu: ArrayLike):
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
    mu = _check_at_least_0("gdp_max_advantage", "mu", mu)
    return _result(erf(mu / 8**0.5))


def gdp_max_auc(mu: ArrayLike):
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
    mu = _check_at_least_0("gdp_max_auc", "mu", mu)
    return _result(ndtr(mu / 2**0.5))


def _result(bound):
    bound = np.asarray(bound)
    return bound if bound.ndim else float(bound)


def _check_guarantee(caller, epsilon, delta):
    return (
        _check_at_least_0(caller, "epsilon", epsilon),
        _check_fraction(caller, "delta", delta),
    )


def _check_at_least_0(caller, name, value):
    return _check(caller, name, value, np.inf, "at least 0")


def _check_fraction(caller, name, value):
    return _check(caller, name, value, 1, "in [0, 1]")


def _check(caller, name, value, largest, expected):
    array = np.asarray(value, dtype=float)
    # Written so that nan is refused as well.
    if not ((array >= 0) & (array <= largest)).all():
        raise ValueError(
            f"The '{name}' parameter of {caller} must be {expected}. Got {value!r} "
            "instead."
        )
    return array
