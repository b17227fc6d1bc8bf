"""Whom to attack: records with hardly a neighbour (Long et al.)."""

from __future__ import annotations

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import normalize
from sklearn.utils import check_array, gen_batches

from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, Interval, validate_params

_BLOCK = 2000  # rows at once: bounds the memory of the distances
_ROUNDING = 1e-9  # cosines of unequal vectors differ by more


@validate_params(
    representation=["array-like"],
    reference_representation=["array-like"],
    n_train=[COUNT],
    radius=[Interval(Real, 0, 2, closed="both")],
    max_neighbors=[NOT_NEGATIVE],
    itself=["array-like", None],
)
def select_vulnerable(
    representation: ArrayLike,
    reference_representation: ArrayLike,
    *,
    n_train: int,
    radius: float = 0.5,
    max_neighbors: float = 0.1,
    itself: ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """Select the records that have hardly a neighbour in a training set.

    Parameters
    ----------
    representation : array-like of shape (n_records, n_dimensions)
        What reference models make of the candidates: their posteriors or hidden
        activations, side by side.
    reference_representation : array-like of shape (n_reference, n_dimensions)
        The same of records drawn like the target's training data.
    n_train : int
        Size of the target's training set.
    radius : float, default=0.5
        Neighbours are closer than this in cosine distance, which is 1 to a vector of
        zeros.
    max_neighbors : float, default=0.1
        Vulnerable are records with fewer expected neighbours in the training set.
    itself : array-like of int of shape (n_records,), default=None
        Where each record is among the reference records, -1 for those that are not: no
        record is its own neighbour. None: none of them is there.

    Returns
    -------
    vulnerable : ndarray of bool of shape (n_records,)

    Notes
    -----
    Level: records. A neighbour trains the model to say of the candidate what it says
    of a member. Expected are ``n_train / n_reference`` times as many neighbours as
    there are among the reference records.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020.

    Examples
    --------
    >>> from skmia.attacks import select_vulnerable
    >>> reference = [[1.0, 0.0], [0.9, 0.1], [0.8, 0.2]]
    >>> select_vulnerable([[1.0, 0.1], [0.0, 1.0]], reference, n_train=3)
    array([False,  True])
    """
    others = check_array(reference_representation, dtype=np.float64)
    n_neighbors = [
        np.count_nonzero(distances < radius, axis=1)
        for distances in _distances(representation, others, itself)
    ]
    return np.concatenate(n_neighbors) * n_train / len(others) < max_neighbors


def radius_of_share(representation, *, n_train, max_neighbors, share):
    """Radius with which at most a share of the records is selected among all others.

    Half way between the last distance that is not selected and the first that is, so
    that rounding moves nobody.
    """
    # The first neighbour too many: a record is selected where it is not within reach.
    rank = max(int(np.ceil(max_neighbors * len(representation) / n_train)), 1)
    if rank >= len(representation):
        return 2.0
    themselves = np.arange(len(representation))
    blocks = _distances(representation, representation, themselves)
    reach = np.concatenate([np.partition(d, rank - 1)[:, rank - 1] for d in blocks])
    low = np.quantile(reach, 1 - share, method="lower")
    beyond = reach[reach > low + _ROUNDING]
    return float(low + beyond.min()) / 2 if len(beyond) else 2.0


def _distances(representation, others, itself):
    """Cosine distances to the other records, in blocks of rows; inf to oneself."""
    records = normalize(check_array(representation, dtype=np.float64))
    others = normalize(others)
    itself = np.full(len(records), -1) if itself is None else np.asarray(itself)
    for rows in gen_batches(len(records), _BLOCK):
        distances = 1 - records[rows] @ others.T
        known = np.flatnonzero(itself[rows] >= 0)
        distances[known, itself[rows][known]] = np.inf
        yield distances
