"""What no attack can exceed on a differentially private model."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit


def max_tpr(
    fpr: ArrayLike, epsilon: ArrayLike, delta: ArrayLike = 0.0
) -> float | np.ndarray:
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
    fpr = check_in_unit(caller, "fpr", fpr)
    epsilon, delta = _check_guarantee(caller, epsilon, delta)
    with np.errstate(over="ignore", invalid="ignore"):
        few = np.where(fpr == 0, 0, np.exp(epsilon) * fpr) + delta
    many = 1 - np.exp(-epsilon) * (1 - delta - fpr)
    bound = np.minimum(1, np.where(np.isinf(epsilon), 1, np.minimum(few, many)))
    # The two lines meet in (fpr, fpr) for epsilon = delta = 0: rounding may cross them.
    return as_result(np.maximum(bound, fpr))


def max_advantage(epsilon: ArrayLike, delta: ArrayLike = 0.0) -> float | np.ndarray:
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
    bound = np.tanh(epsilon / 2) + 2 * delta * expit(-epsilon)
    return as_result(np.minimum(bound, 1))  # rounding may go beyond


def max_accuracy(epsilon: ArrayLike, delta: ArrayLike = 0.0) -> float | np.ndarray:
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
    bound = expit(epsilon) + delta * expit(-epsilon)
    return as_result(np.minimum(bound, 1))  # rounding may go beyond


def max_auc(epsilon: ArrayLike, delta: ArrayLike = 0.0) -> float | np.ndarray:
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
    return as_result(1 - (1 - delta) ** 2 * expit(-epsilon))


def max_precision(prior: ArrayLike, epsilon: ArrayLike) -> float | np.ndarray:
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
    prior = check_in_unit(caller, "prior", prior)
    epsilon = check_at_least_0(caller, "epsilon", epsilon)
    with np.errstate(invalid="ignore"):
        precision = expit(logit(prior) + epsilon)
    # No member to be found, whatever is known.
    return as_result(np.where(prior == 0, 0, np.maximum(precision, prior)))


def as_result(bound):
    """A float where everything was one."""
    bound = np.asarray(bound)
    return bound if bound.ndim else float(bound)


def _check_guarantee(caller, epsilon, delta):
    return (
        check_at_least_0(caller, "epsilon", epsilon),
        check_in_unit(caller, "delta", delta),
    )


def check_at_least_0(caller, name, value):
    """The value as an array of floats, inf among them."""
    return _check(caller, name, value, np.inf, "at least 0")


def check_in_unit(caller, name, value):
    """The value as an array of fractions."""
    return _check(caller, name, value, 1, "in [0, 1]")


def check_probability(caller, name, value):
    """The value, one number in [0, 1], as a float."""
    return _check_one(caller, name, value, 1, "in [0, 1]")


def check_one_at_least_0(caller, name, value):
    """The value, one number, inf perhaps, as a float."""
    return _check_one(caller, name, value, np.inf, "at least 0")


def _check_one(caller, name, value, largest, expected):
    array = _check(caller, name, value, largest, expected)
    if array.ndim:
        raise ValueError(
            f"The '{name}' parameter of {caller} must be one number {expected}. Got "
            f"{value!r} instead."
        )
    return float(array)


def _check(caller, name, value, largest, expected):
    array = _as_floats(value)
    # Written so that nan is refused as well.
    if not ((array >= 0) & (array <= largest)).all():
        raise ValueError(
            f"The '{name}' parameter of {caller} must be {expected}. Got {value!r} "
            "instead."
        )
    return array


def _as_floats(value):
    """The value as an array; nan, which is in no range, of what is no number."""
    try:
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in "iufO" else np.array(np.nan)
    except (TypeError, ValueError, OverflowError):
        return np.array(np.nan)
