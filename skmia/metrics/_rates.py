"""Metrics of decisions, and the gap that the simplest attack lives on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import accuracy_score

from skmia.metrics._validation import check_member, check_predicted
from skmia.utils._typing import FittedClassifier


class Confusion(NamedTuple):
    """How many members and non-members there are, and are called members."""

    n_true_positives: int
    n_members: int
    n_false_positives: int
    n_nonmembers: int

    @classmethod
    def count(cls, member, predicted):
        """Count two boolean arrays."""
        n_members = int(np.count_nonzero(member))
        return cls(
            n_true_positives=int(np.count_nonzero(member & predicted)),
            n_members=n_members,
            n_false_positives=int(np.count_nonzero(~member & predicted)),
            n_nonmembers=len(member) - n_members,
        )

    @property
    def tpr(self):
        """True positive rate."""
        return self.n_true_positives / self.n_members

    @property
    def fpr(self):
        """False positive rate."""
        return self.n_false_positives / self.n_nonmembers


def advantage_score(member: ArrayLike, predicted: ArrayLike) -> float:
    """Membership advantage: true positive rate minus false positive rate.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    predicted : array-like of shape (n_samples,)
        Decisions of the attack, boolean or 0/1, at a threshold chosen on other rows.

    Returns
    -------
    advantage : float
        In [-1, 1]: 0 for guessing, 1 for an attack that is always right.

    Raises
    ------
    ValueError
        Members or non-members are missing, or the input is not as described.

    See Also
    --------
    membership_metrics : This and the other metrics, with intervals.

    Notes
    -----
    Level: observations. Unlike accuracy, the advantage does not depend on the share
    of members: balanced accuracy is ``(1 + advantage) / 2``. No absolute value is
    taken: an attack that is wrong more often than not has a negative advantage.

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018, arXiv:1709.01604.

    Examples
    --------
    >>> from skmia.metrics import advantage_score
    >>> advantage_score([1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 1, 0])
    0.25
    """
    confusion = _check_confusion("advantage_score", member, predicted)
    return confusion.tpr - confusion.fpr


def false_positive_rate(member: ArrayLike, predicted: ArrayLike) -> float:
    """Fraction of the non-members that are called members.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    predicted : array-like of shape (n_samples,)
        Decisions of the attack, boolean or 0/1, at a threshold chosen on other rows.

    Returns
    -------
    fpr : float
        In [0, 1], a fraction.

    Raises
    ------
    ValueError
        Members or non-members are missing, or the input is not as described.

    See Also
    --------
    sklearn.metrics.recall_score : The true positive rate.

    Notes
    -----
    Level: observations. A threshold transferred from shadow models has another rate
    than the one it was chosen for: report the achieved rate next to the nominal one.

    Examples
    --------
    >>> from skmia.metrics import false_positive_rate
    >>> false_positive_rate([1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0])
    0.25
    """
    return _check_confusion("false_positive_rate", member, predicted).fpr


def generalization_error(
    estimator: FittedClassifier,
    X_train: ArrayLike,
    y_train: ArrayLike,
    X_test: ArrayLike,
    y_test: ArrayLike,
) -> float:
    """Accuracy of a classifier on its training records minus that on other records.

    Parameters
    ----------
    estimator : fitted classifier
        Asked through ``predict`` only, once for either set.
    X_train : array-like of shape (n_train, n_features)
        Records that `estimator` was fitted on.
    y_train : array-like of shape (n_train,)
        Their class labels.
    X_test : array-like of shape (n_test, n_features)
        Records that it was not fitted on.
    y_test : array-like of shape (n_test,)
        Their class labels.

    Returns
    -------
    gap : float
        In [-1, 1]; large for a model that overfits.

    See Also
    --------
    advantage_score : What an attack makes of the gap.

    Notes
    -----
    Level: records. The attack that calls every correctly classified record a member
    has exactly this advantage. A model may leak although the gap is 0.

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018, arXiv:1709.01604.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.metrics import generalization_error
    >>> X, y = [[0], [1], [2], [3]], ["a", "b", "a", "b"]
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    >>> generalization_error(tree, X, y, [[0.1], [1.1]], ["a", "a"])
    0.5
    """
    train_accuracy = accuracy_score(y_train, estimator.predict(X_train))
    return train_accuracy - accuracy_score(y_test, estimator.predict(X_test))


def _check_confusion(caller, member, predicted):
    member = check_member(caller, member)
    return Confusion.count(member, check_predicted(caller, member, predicted))
