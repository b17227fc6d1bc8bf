"""Errors that are Gaussian with one spread inside and a larger one outside."""

from __future__ import annotations

import numpy as np
from scipy.special import erf

from skmia.utils._sklearn import NOT_NEGATIVE, POSITIVE, validate_params


@validate_params(train_std=[POSITIVE], test_std=[POSITIVE, None])
def gaussian_error_threshold(train_std: float, test_std: float | None = None) -> float:
    """Absolute error below which a record is more likely a member than not.

    The error of the model is Gaussian around 0, with a larger standard deviation on
    non-members; both kinds of records are equally frequent.

    Parameters
    ----------
    train_std : float
        Standard deviation of the error on members.
    test_std : float, default=None
        Standard deviation of the error on non-members, at least `train_std`. None: the
        adversary does not know it.

    Returns
    -------
    threshold : float
        Where the two densities cross; `train_std` if the other one is not known or the
        same.

    Raises
    ------
    ValueError
        `test_std` is less than `train_std`: members would be those with large errors.

    See Also
    --------
    gaussian_error_advantage : What the rule achieves.

    Notes
    -----
    Threat model: the adversary knows the true value of the candidate and the standard
    error of the model, as it is often published for a regression.

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018, arXiv:1709.01604.

    Examples
    --------
    >>> from skmia.attacks import gaussian_error_threshold
    >>> round(gaussian_error_threshold(1, 2), 6)
    1.359556
    """
    if test_std is None:
        return float(train_std)
    _check_order("gaussian_error_threshold", train_std, test_std)
    excess = (test_std - train_std) / train_std
    if excess == 0:
        return float(train_std)
    # ln(r) / (r^2 - 1) for the ratio r = 1 + excess, without cancellation near 1.
    return float(test_std * np.sqrt(2 * np.log1p(excess) / (excess * (excess + 2))))


@validate_params(
    train_std=[POSITIVE], test_std=[POSITIVE], threshold=[NOT_NEGATIVE, None]
)
def gaussian_error_advantage(
    train_std: float, test_std: float, *, threshold: float | None = None
) -> float:
    """Advantage of calling those with an absolute error below a threshold members.

    Parameters
    ----------
    train_std : float
        Standard deviation of the error on members.
    test_std : float
        Standard deviation of the error on non-members, at least `train_std`.
    threshold : float, default=None
        Absolute error below which a record is called a member. None: the best one,
        that of an adversary who knows both standard deviations.

    Returns
    -------
    advantage : float
        True positive rate minus false positive rate, in [0, 1).

    Raises
    ------
    ValueError
        `test_std` is less than `train_std`: members would be those with large errors.

    See Also
    --------
    gaussian_error_threshold : The best threshold.
    skmia.metrics.advantage_score : Advantage of an attack that was carried out.

    Notes
    -----
    With ``threshold=train_std`` it is the advantage of an adversary who knows nothing
    about non-members.

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018, arXiv:1709.01604.

    Examples
    --------
    >>> from skmia.attacks import gaussian_error_advantage
    >>> round(gaussian_error_advantage(1, 2), 6)
    0.322675
    >>> round(gaussian_error_advantage(1, 2, threshold=1), 6)
    0.299765
    """
    _check_order("gaussian_error_advantage", train_std, test_std)
    if threshold is None:
        threshold = gaussian_error_threshold(train_std, test_std)
    tpr, fpr = (erf(threshold / (np.sqrt(2) * std)) for std in (train_std, test_std))
    return float(tpr - fpr)


def _check_order(caller, train_std, test_std):
    if test_std < train_std:
        raise ValueError(
            f"The 'test_std' parameter of {caller} must be at least "
            f"train_std={train_std}. Got {test_std} instead; no model errs less on "
            "records that it was not fitted on, but for chance."
        )
