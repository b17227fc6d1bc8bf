"""The privacy risk score: how probable membership is, given one signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.models._column_attack import ColumnAttack
from skmia.utils._sklearn import COUNT, INNER_FRACTION

# The floor of the authors' code: log bins that reach 0 are all empty but the last.
FLOOR = 1e-10


class PrivacyRiskAttack(ColumnAttack):
    """Probability of membership from histograms of one signal.

    The signal of members and of non-members is counted in the same bins; the risk
    score of a record is the share of the members in its bin, at the prior.

    Parameters
    ----------
    column : int or str, default=0
        Column with the signal, by index or (for a DataFrame) by name; the paper takes
        "modified_entropy".
    n_bins : int, default=5
        Bins between the smallest and the largest value seen in ``fit``. Values beyond
        count in the outer bins; a signal with one value has one bin.
    log_bins : bool, default=True
        Bins of equal width in the logarithm, for signals that are never negative.
        Values below 1e-10 count as 1e-10.
    prior : float, default=0.5
        Share of members among the records asked, as the adversary believes; that in
        ``fit`` plays no part.

    Attributes
    ----------
    edges_ : ndarray of shape (n_bins - 1,)
        Inner edges; a value at an edge belongs to the bin above.
    risk_ : ndarray of shape (n_bins,)
        Risk score of each bin. A bin without observations has that of the nearest one
        with, of two as near that of the lower.
    column_ : int
        Index of the column.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    ClasswiseAttack : Around this attack gives the histograms of each true class.

    Notes
    -----
    Level: observations. Threat model: that of the signal; ``fit`` sees observations of
    a shadow model with its members and non-members, the paper one shadow trained on
    half of the adversary's data. The score has as many values as there are bins: it
    says how sure the adversary may be, not who comes first.

    The paper makes the histograms class by class:
    ``ClasswiseAttack(PrivacyRiskAttack("modified_entropy"), min_samples=1)``. A class
    that ``fit`` saw from one side only, whose score would be 0 or 1 throughout, falls
    back on the histograms of all classes.

    References
    ----------
    L. Song, P. Mittal, "Systematic Evaluation of Privacy Risks of Machine Learning
    Models", USENIX Security 2021, arXiv:2003.10595.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import ClasswiseAttack, PrivacyRiskAttack
    >>> Z = pd.DataFrame({"loss": [0.01, 0.02, 0.9, 0.02, 0.8, 1.0]})
    >>> member = [1, 1, 1, 0, 0, 0]
    >>> attack = PrivacyRiskAttack("loss", n_bins=2).fit(Z, member)
    >>> attack.predict_proba(Z)[:, 1].round(3)
    array([0.667, 0.667, 0.333, 0.667, 0.333, 0.333])
    >>> rare = PrivacyRiskAttack("loss", n_bins=2, prior=0.1).fit(Z, member)
    >>> rare.predict_proba(Z)[:, 1].round(3)
    array([0.182, 0.182, 0.053, 0.182, 0.053, 0.053])
    >>> Z["true_label"] = [0, 0, 0, 0, 1, 1]
    >>> classwise = ClasswiseAttack(attack, min_samples=1).fit(Z, member)
    >>> classwise.predict_proba(Z)[:, 1].round(3)
    array([0.4  , 0.4  , 1.   , 0.4  , 0.333, 0.333])
    """

    _parameter_constraints = ColumnAttack._parameter_constraints | {
        "n_bins": [COUNT],
        "log_bins": ["boolean"],
        "prior": [INNER_FRACTION],
    }

    def __init__(
        self,
        column: int | str = 0,
        *,
        n_bins: int = 5,
        log_bins: bool = True,
        prior: float = 0.5,
    ) -> None:
        self.column = column
        self.n_bins = n_bins
        self.log_bins = log_bins
        self.prior = prior

    def _learn(self, values, member):
        self.edges_ = self._edges(values)
        bins = np.searchsorted(self.edges_, values, side="right")
        outside, inside = (self._histogram(bins[member == side]) for side in (0, 1))
        seen = np.flatnonzero(outside + inside)
        every = np.arange(len(outside))
        nearest = seen[np.abs(every[:, None] - seen).argmin(axis=1)]
        inside = self.prior * inside[nearest]
        outside = (1 - self.prior) * outside[nearest]
        self.risk_ = inside / (inside + outside)

    def _edges(self, values):
        space = np.linspace
        if self.log_bins:
            space, values = np.geomspace, np.maximum(values, FLOOR)
        low, high = values.min(), values.max()
        n_bins = self.n_bins if low < high else 1
        return space(low, high, n_bins + 1)[1:-1]

    def _histogram(self, bins):
        """Share of the records in each bin."""
        return np.bincount(bins, minlength=len(self.edges_) + 1) / len(bins)

    def predict_proba(self, Z: ArrayLike) -> np.ndarray:
        """Probability of non-membership and membership: the latter is the risk score.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        proba : ndarray of shape (n_samples, 2)
        """
        values = self._values(Z)
        risk = self.risk_[np.searchsorted(self.edges_, values, side="right")]
        return np.column_stack([1 - risk, risk])

    def predict(self, Z: ArrayLike) -> np.ndarray:
        """Membership of each record: a member when the risk is above one half.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        member : ndarray of shape (n_samples,)
        """
        proba = self.predict_proba(Z)
        return self.classes_[proba.argmax(axis=1)]
