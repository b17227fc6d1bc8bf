"""The other side of nearest neighbours: the record joins its neighbours, or leaves."""

import numpy as np
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier

from skmia.shadow.surgery._change import check_trained_on
from skmia.shadow.surgery._operation import Operation

# Distances that differ by less than this, relative to them, are equal.
TIE = 1e-9
# Of these a record is at distance 0 from itself, and from its equals alone.
METRICS = {
    "chebyshev",
    "cityblock",
    "euclidean",
    "l1",
    "l2",
    "manhattan",
    "minkowski",
    "sqeuclidean",
}


def _neighbours(model, X, codes, inside):
    """Votes of the k nearest, with the record among them or without it.

    The search is the model's own, so that all its metrics and structures are. Who is
    among k where several are at the same distance is chance in scikit-learn; here they
    share the seats that are left.
    """
    n_training = inside.sum()
    check_trained_on(model.n_samples_fit_ == n_training, model)
    training, labels = X[inside], codes[inside]
    position = np.where(inside, np.cumsum(inside) - 1, -1)
    votes = np.full((len(codes), len(model.classes_)), np.nan)
    # With fewer records than neighbours a model trained anew does not answer.
    rows = np.flatnonzero(n_training + np.where(inside, -1, 1) >= model.n_neighbors)
    asked = min(model.n_neighbors + 2, n_training)
    while len(rows):
        distances, found = model.kneighbors(X[rows], n_neighbors=asked)
        furthest = distances[:, -1].copy()
        distances = distances.astype(float)
        distances[_equal(X[rows], training, found)] = 0
        itself = found == position[rows, np.newaxis]
        distances[itself] = np.inf
        # The record itself is one more column: the nearest, or nowhere.
        distances = np.c_[distances, np.where(inside[rows], np.inf, 0)]
        voters = np.c_[labels[found], codes[rows]]
        seats, edge = _seats(distances, model.n_neighbors)
        done = (furthest > edge * (1 + TIE)) | (asked == n_training)
        check_trained_on((itself.any(axis=1) | ~inside[rows] | ~done).all(), model)
        weights = (
            seats if model.weights != "distance" else _by_distance(seats, distances)
        )
        votes[rows[done]] = _shares(weights[done], voters[done], votes.shape[1])
        # All who are as far as the last one have a part; ask until there are no more.
        rows, asked = rows[~done], min(4 * asked, n_training)
    return votes


def _equal(X, training, found):
    """Which of the training records that were found are equal to the record.

    The search by matrix products does not find that they are at distance 0.
    """
    equal = np.empty(found.shape, dtype=bool)
    for rank, column in enumerate(found.T):
        differs = training[column] != X
        if sparse.issparse(differs):
            equal[:, rank] = differs.sum(axis=1).ravel() == 0
        else:
            equal[:, rank] = ~differs.any(axis=1)
    return equal


def _seats(distances, k):
    """Part in the k seats for every candidate, and the distance of the last seat."""
    edge = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    closer = distances < edge * (1 - TIE)
    tied = ~closer & (distances <= edge * (1 + TIE))
    left = k - closer.sum(axis=1, keepdims=True)
    return closer + tied * left / tied.sum(axis=1, keepdims=True), edge[:, 0]


def _by_distance(seats, distances):
    """Seats that count by distance; whoever is at 0 takes all, as in scikit-learn."""
    with np.errstate(divide="ignore"):
        weights = 1 / distances
    here = np.isinf(weights)
    return seats * np.where(here.any(axis=1, keepdims=True), here, weights)


def _shares(weights, voters, n_classes):
    votes = [(weights * (voters == c)).sum(axis=1) for c in range(n_classes)]
    return np.transpose(votes) / weights.sum(axis=1, keepdims=True)


def _refuses(model):
    if callable(model.metric) or model.metric not in METRICS:
        return (
            f"metric={model.metric!r}; it can be one of {', '.join(sorted(METRICS))}."
        )
    if callable(model.weights):
        return "weights is a function: what it makes of ties is not known."
    if model.outputs_2d_:
        return "it learned several outputs."
    return None


def _work(model, n_records, n_trained):
    """Distances of all records to all that were trained on."""
    return n_records * n_trained * model.n_features_in_


OPERATIONS = {
    KNeighborsClassifier: Operation(_neighbours, _refuses, exact=True, work=_work)
}
