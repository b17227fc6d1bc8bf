"""What attacks share that answer with a party, and how right such answers are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.metrics import accuracy_score
from sklearn.utils import check_consistent_length

from skmia.metrics import clopper_pearson
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._sklearn import COUNT, INNER_FRACTION, available_if, validate_params
from skmia.utils._typing import MatrixLike


def _federation_is_fitted(attack):
    """Whether the parties can be asked, and an accuracy exists."""
    return hasattr(attack.federation, "parties_")


class OwnerAttack(BaseEstimator):
    """An attack that names the party of a federation that owns a record.

    Subclasses have a parameter `federation`, ``_secret``, a key drawn in ``fit``, and
    write `owner_scores` and `_candidates`.
    """

    def predict_owner(self, X: MatrixLike, y: ArrayLike) -> np.ndarray:
        """Name the owner of each record.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, each of which belongs to one of the candidates.
        y : array-like of shape (n_samples,)
            Their true labels. One that no party knows makes all candidates equal.

        Returns
        -------
        owner : ndarray of shape (n_samples,)
            From the federation's ``parties_``.
        """
        scores = self.owner_scores(X, y)
        best = scores == scores.max(axis=1, keepdims=True)
        keys = coarse_keys(X, self.federation)
        lots = record_uniforms(keys, scores.shape[1], self._secret)
        place = np.where(best, lots, -1).argmax(axis=1)
        return self.federation.parties_[self._candidates()][place]

    @available_if(_federation_is_fitted)
    def score(self, X: MatrixLike, y: ArrayLike, owner: ArrayLike) -> float:
        """Accuracy of the named owners.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, each of which belongs to one of the candidates.
        y : array-like of shape (n_samples,)
            Their true labels. One that no party knows makes all candidates equal.
        owner : array-like of shape (n_samples,)
            The parties that own the records, from the federation's ``parties_``.

        Returns
        -------
        accuracy : float
            A guess reaches 1 / n_candidates where all own equally many; see
            :func:`owner_accuracy` for an interval.
        """
        return accuracy_score(owner, self.predict_owner(X, y))


class OwnerAccuracy(NamedTuple):
    """How often the owner of a record was named; from :func:`owner_accuracy`.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    accuracy : float
        Share of the records whose owner was named.
    low, high : float
        Its exact interval.
    chance : float
        1 / n_candidates, what a guess among all candidates reaches.
    largest : float
        Share of the records that the party with most of them owns: what naming it
        always reaches. Where it is above `chance`, that is what an attack must beat.

    See Also
    --------
    owner_accuracy : Computes it.

    Examples
    --------
    >>> from skmia.federated import owner_accuracy
    >>> owner_accuracy(["a", "b"], ["a", "b"], n_candidates=4).chance
    0.25
    """

    accuracy: float
    low: float
    high: float
    chance: float
    largest: float


@validate_params(
    owner=["array-like"],
    named=["array-like"],
    n_candidates=[COUNT],
    confidence_level=[INNER_FRACTION],
)
def owner_accuracy(
    owner: ArrayLike,
    named: ArrayLike,
    n_candidates: int,
    confidence_level: float = 0.95,
) -> OwnerAccuracy:
    """Accuracy of named owners, with an interval, beside what a guess reaches.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    owner : array-like of shape (n_samples,)
        The parties that own the records.
    named : array-like of shape (n_samples,)
        The parties that were named.
    n_candidates : int
        Parties that could be named; at least as many as there are in the two.
    confidence_level : float, default=0.95
        Of the interval, by Clopper and Pearson.

    Returns
    -------
    accuracy : OwnerAccuracy

    See Also
    --------
    SourceInferenceAttack : Names owners.
    InsiderAttack : Names owners, too.

    Examples
    --------
    >>> from skmia.federated import owner_accuracy
    >>> found = owner_accuracy([0, 0, 1, 2], [0, 1, 1, 2], n_candidates=3)
    >>> found.accuracy, found.largest, round(found.low, 2)
    (0.75, 0.5, 0.19)
    """
    owner, named = np.asarray(owner), np.asarray(named)
    check_consistent_length(owner, named)
    n_present = len({*owner.tolist(), *named.tolist()})
    if n_present > n_candidates:
        raise ValueError(
            "The 'n_candidates' parameter of owner_accuracy must be the number of "
            f"parties that could be named, and {n_present} are there in 'owner' and "
            f"'named'. Got {n_candidates} instead."
        )
    n_right, n = int((owner == named).sum()), len(owner)
    low, high = clopper_pearson(n_right, n, confidence_level=confidence_level)
    largest = np.unique(owner, return_counts=True)[1].max() / n
    return OwnerAccuracy(
        n_right / n, float(low), float(high), 1 / n_candidates, float(largest)
    )
