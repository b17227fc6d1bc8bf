"""What the decisions of an attack are worth where members are rare."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from skmia.metrics.bounds._bounds import as_result


def ppv_at_prior(
    tpr: ArrayLike, fpr: ArrayLike, *, prior: ArrayLike
) -> float | np.ndarray:
    """Positive predictive value: how often a record called a member is one.

    Parameters
    ----------
    tpr : float or array-like
        True positive rate of the attack, a fraction.
    fpr : float or array-like
        False positive rate, a fraction. Broadcast against `tpr` and `prior`.
    prior : float or array-like
        Share of members among the candidates, a fraction; 1 / (1 + g) where g
        non-members come to one member.

    Returns
    -------
    ppv : float or ndarray
        In [0, 1]; nan where nobody is called a member.

    Raises
    ------
    ValueError
        A rate or a prior is not in [0, 1].

    See Also
    --------
    npv_at_prior : The same for records called non-members.

    Notes
    -----
    Level: observations. The rates do not depend on the prior: they are measured on any
    sample, balanced or not. The value grows with `tpr` and falls with `fpr`, so the
    ends of intervals of the rates give an interval of the value.

    References
    ----------
    B. Jayaraman, L. Wang, K. Knipmeyer, Q. Gu, D. Evans, "Revisiting Membership
    Inference Under Realistic Assumptions", PoPETs 2021, arXiv:2005.10881.

    Examples
    --------
    One member among two candidates, then among eleven.

    >>> from skmia.metrics import ppv_at_prior
    >>> ppv_at_prior(0.01, 0.001, prior=[1 / 2, 1 / 11]).round(3)
    array([0.909, 0.5  ])
    """
    caller = "ppv_at_prior"
    tpr, fpr, prior = check_fractions(caller, tpr=tpr, fpr=fpr, prior=prior)
    return _share(prior * tpr, (1 - prior) * fpr)


def npv_at_prior(
    tpr: ArrayLike, fpr: ArrayLike, *, prior: ArrayLike
) -> float | np.ndarray:
    """Negative predictive value: how often a record called a non-member is one.

    Parameters
    ----------
    tpr : float or array-like
        True positive rate of the attack, a fraction.
    fpr : float or array-like
        False positive rate, a fraction. Broadcast against `tpr` and `prior`.
    prior : float or array-like
        Share of members among the candidates, a fraction; 1 / (1 + g) where g
        non-members come to one member.

    Returns
    -------
    npv : float or ndarray
        In [0, 1]; nan where everybody is called a member.

    Raises
    ------
    ValueError
        A rate or a prior is not in [0, 1].

    See Also
    --------
    ppv_at_prior : The same for records called members.

    Notes
    -----
    Level: observations. Where members are rare it is near 1 for every attack, one that
    calls nobody included.

    Examples
    --------
    >>> from skmia.metrics import npv_at_prior
    >>> round(npv_at_prior(0.75, 0.5, prior=0.5), 3)
    0.667
    """
    caller = "npv_at_prior"
    tpr, fpr, prior = check_fractions(caller, tpr=tpr, fpr=fpr, prior=prior)
    return _share((1 - prior) * (1 - fpr), prior * (1 - tpr))


def gap_accuracy_at_prior(
    train_accuracy: ArrayLike, test_accuracy: ArrayLike, *, prior: ArrayLike
) -> float | np.ndarray:
    """Accuracy that some attack has at least, on a model that overfits.

    .. versionadded:: 0.2

    Parameters
    ----------
    train_accuracy : float or array-like
        Accuracy of the model on its training records, a fraction.
    test_accuracy : float or array-like
        Accuracy on other records. Broadcast against `train_accuracy` and `prior`.
    prior : float or array-like
        Share of members among the candidates, a fraction.

    Returns
    -------
    accuracy : float or ndarray
        In [0.5, 1].

    Raises
    ------
    ValueError
        An accuracy or a prior is not in [0, 1].

    See Also
    --------
    generalization_error : The difference of the two accuracies.
    max_accuracy : What no attack exceeds on a private model.

    Notes
    -----
    Level: observations. The best of three attacks that need no training: everybody is a
    member, nobody is, or whoever is classified correctly is. An expectation over
    candidates, not a confidence bound.

    References
    ----------
    J. W. Bentley, D. Gibney, G. Hoppenworth, S. K. Jha, "Quantifying Membership
    Inference Vulnerability via Generalization Gap and Other Model Metrics", 2020,
    :arxiv:`2009.05669`.

    Examples
    --------
    >>> from skmia.metrics import gap_accuracy_at_prior
    >>> gap_accuracy_at_prior(1, 0.6, prior=[0.5, 0.2])
    array([0.7, 0.8])
    """
    caller = "gap_accuracy_at_prior"
    train, test, prior = check_fractions(
        caller, train_accuracy=train_accuracy, test_accuracy=test_accuracy, prior=prior
    )
    gap_attack = prior * train + (1 - prior) * (1 - test)
    return as_result(np.maximum(gap_attack, np.maximum(prior, 1 - prior)))


def _share(right, wrong):
    """Share of the first; nan where both are 0."""
    total = right + wrong
    share = np.divide(right, total, out=np.full_like(total, np.nan), where=total > 0)
    return as_result(share)


def check_fractions(caller, **values):
    for name, value in values.items():
        value = np.asarray(value, dtype=float)
        if not ((value >= 0) & (value <= 1)).all():
            raise ValueError(
                f"The '{name}' parameter of {caller} must be in [0, 1]. Got "
                f"{values[name]!r} instead; it is a fraction, not percent."
            )
        yield value
