"""Two clusters of candidates, told apart by one column."""

from __future__ import annotations

from numbers import Integral
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from skmia.utils._columns import column_index
from skmia.utils._sklearn import StrOptions, _fit_context


class ClusterAttack(BaseEstimator):
    """Two clusters of candidates; members are those with the shorter gradients.

    Each candidate is encoded as the one number from which its observations are best
    read again, and these numbers are split into two clusters.

    The attack is transductive: it labels the candidates that it is fitted on, and the
    label of one depends on the others. Hence there is `fit_predict` and no `predict`,
    and no score to draw a ROC curve from.

    .. versionadded:: 0.2

    Parameters
    ----------
    column : int or str, default=0
        Column whose mean says which cluster is of members. In the paper it is the
        length of the gradient.
    direction : {"lower", "higher"}, default="lower"
        Where it lies of members.

        .. versionadded:: 0.2

    Attributes
    ----------
    labels_ : ndarray of int of shape (n_samples,)
        1 = member, 0 = non-member.
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    BlindAttack : Needs no gradients.

    Notes
    -----
    Level: observations, "loss", "correctness", "confidence", "entropy" and
    "gradient_norm" in the paper. Threat model: the model itself, and a batch of
    candidates, members and others, none of them known.

    The encoder of the paper is a network. Here it is linear, the first principal
    component, and of the ranks of each column: losses span orders of magnitude, and a
    few records would be a cluster of their own. Ranks lie evenly, so that the clusters
    are of about the same size unless many candidates are equal; candidates that are all
    equal are all called members.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Comprehensive Privacy Analysis of Deep
    Learning", IEEE S&P 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import ClusterAttack
    >>> Z = np.array([[0.1, 0.2], [2.0, 1.5], [0.2, 0.1], [3.0, 1.9]])
    >>> ClusterAttack().fit_predict(Z)
    array([1, 0, 1, 0])
    """

    _parameter_constraints = {
        "column": [Integral, str],
        "direction": [StrOptions({"lower", "higher"})],
    }

    def __init__(
        self, column: int | str = 0, *, direction: Literal["lower", "higher"] = "lower"
    ) -> None:
        self.column = column
        self.direction = direction

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, Z: ArrayLike, y: object = None) -> Self:
        """Label the candidates.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations of the candidates.
        y : Ignored
            Not used, present for API consistency by convention.

        Returns
        -------
        self : object
        """
        Z = validate_data(self, Z, dtype=np.float64)
        length = Z[:, column_index(self, self.column)]
        above = _above_the_gap(_encoded(Z))
        self.labels_ = np.ones(len(Z), dtype=np.int64)
        if above.any():
            longer = length[above].mean() > length[~above].mean()
            lower = self.direction == "lower"
            self.labels_[above == (longer == lower)] = 0
        return self

    def fit_predict(self, Z: ArrayLike, y: object = None) -> NDArray[np.int_]:
        """Label the candidates.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations of the candidates.
        y : Ignored
            Not used, present for API consistency by convention.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            1 = member, 0 = non-member.
        """
        return self.fit(Z, y).labels_


def _encoded(Z):
    """First principal component of the standardised ranks of the columns."""
    ranks = rankdata(Z, axis=0) - (len(Z) + 1) / 2
    spread = ranks.std(axis=0)
    ranks /= np.where(spread == 0, 1, spread)
    _, directions = np.linalg.eigh(ranks.T @ ranks)
    return (ranks * directions[:, -1]).sum(axis=1)  # equal rows, equal numbers


def _above_the_gap(numbers):
    """The upper of the two clusters with the least variance inside; perhaps nobody."""
    values = np.sort(numbers - numbers.mean())
    n_below = np.arange(1, len(values))
    below = np.cumsum(values)[:-1]
    between = below**2 / n_below + below**2 / (len(values) - n_below)
    between[values[1:] <= values[:-1]] = -np.inf
    if not np.isfinite(between).any():
        return np.zeros(len(values), dtype=bool)
    return numbers - numbers.mean() > values[between.argmax()]
