"""The other side of nearest neighbours: the record joins its neighbours, or leaves."""

import numpy as np
from scipy import sparse
from sklearn.base import is_regressor
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

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
    """Votes of the k nearest, with the record among them or without it."""
    check_trained_on(model.n_samples_fit_ == inside.sum(), model)
    return votes(model, X, codes, inside, np.arange(len(codes)))


def _mean_neighbour(model, X, targets, inside):
    """Mean of the k nearest, with the record among them or without it."""
    if targets.shape[1] > 1:
        raise ValueError(
            "KNeighborsRegressor is not operated on: it learned several outputs."
        )
    check_trained_on(model.n_samples_fit_ == inside.sum(), model)
    return votes(model, X, targets[:, 0], inside, np.arange(len(targets)))


def votes(model, X, codes, inside, rows):
    """Votes about some of the records, by searches of the model's own.

    They have all its metrics and structures. Who is among k where several are at the
    same distance is chance in scikit-learn; here they share the seats that are left.

    Parameters
    ----------
    model : fitted KNeighborsClassifier or KNeighborsRegressor
    X, codes, inside : as for ``Operation.operate``
        Of a regressor the codes are the labels themselves.
    rows : ndarray of int of shape (n_rows,)

    Returns
    -------
    votes : ndarray of shape (n_rows, n_classes)
        Of a regressor the mean label, in one column.
        nan with fewer records than neighbours: a model trained anew does not answer.
    """
    n_training = inside.sum()
    training, labels = X[inside], codes[inside]
    position = np.where(inside, np.cumsum(inside) - 1, -1)
    n_columns = 1 if is_regressor(model) else len(model.classes_)
    told = np.full((len(rows), n_columns), np.nan)
    trained_on = n_training + np.where(inside, -1, 1)
    left = np.flatnonzero(trained_on[rows] >= model.n_neighbors)
    asked = min(model.n_neighbors + 2, n_training)
    while len(left):
        own = rows[left]
        distances, found = model.kneighbors(X[own], n_neighbors=asked)
        furthest = distances[:, -1].copy()
        distances = distances.astype(float)
        distances[equal_records(X[own], training, found)] = 0
        itself = found == position[own, np.newaxis]
        distances[itself] = np.inf
        answers, edge = votes_on_other_side(
            model, distances, labels[found], inside[own], codes[own]
        )
        done = (furthest > edge * (1 + TIE)) | (asked == n_training)
        check_trained_on((itself.any(axis=1) | ~inside[own] | ~done).all(), model)
        told[left[done]] = answers[done]
        # All who are as far as the last one have a part; ask until there are no more.
        left, asked = left[~done], min(4 * asked, n_training)
    return told


def votes_on_other_side(model, distances, voters, inside, codes):
    """Votes of the nearest, and how far the last of them is.

    Parameters
    ----------
    model : fitted KNeighborsClassifier
    distances, voters : ndarray of shape (n_rows, n_candidates)
        Training records, the record itself not among them, and their labels; those at
        infinity are none.
    inside, codes : ndarray of shape (n_rows,)
        Which records are trained on, and so are no neighbours now; their labels.

    Returns
    -------
    votes : ndarray of shape (n_rows, n_classes)
    edge : ndarray of shape (n_rows,)
    """
    # The record itself is one more column: the nearest, or nowhere.
    distances = np.c_[distances, np.where(inside, np.inf, 0)]
    seats, edge = _seats(distances, model.n_neighbors)
    return shares(model, seats, distances, np.c_[voters, codes]), edge


def equal_records(X, training, found):
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


def shares(model, seats, distances, voters):
    """What each class has of the votes, by distance where the model counts so.

    Of a regressor the mean of what they say.

    Parameters
    ----------
    model : fitted KNeighborsClassifier
    seats : ndarray of shape (n_rows, n_candidates)
        Part of each candidate in the k seats.
    distances, voters : ndarray of shape (n_rows, n_candidates)
        Of the candidates, and their labels.

    Returns
    -------
    shares : ndarray of shape (n_rows, n_classes)
    """
    weights = seats
    if model.weights == "distance":
        with np.errstate(divide="ignore"):
            weights = np.where(seats > 0, 1 / distances, 0)
        # Whoever is at 0 takes all, as in scikit-learn.
        here = np.isinf(weights)
        weights = seats * np.where(here.any(axis=1, keepdims=True), here, weights)
    if is_regressor(model):
        total = (weights * voters).sum(axis=1, keepdims=True)
        return total / weights.sum(axis=1, keepdims=True)
    n_classes = len(model.classes_)
    row, candidate = np.nonzero(weights)
    cells = row * n_classes + voters[row, candidate]
    votes = np.bincount(cells, weights[row, candidate], len(seats) * n_classes)
    return votes.reshape(-1, n_classes) / weights.sum(axis=1, keepdims=True)


def _refuses(model):
    if callable(model.metric) or model.metric not in METRICS:
        return (
            f"metric={model.metric!r}; it can be one of {', '.join(sorted(METRICS))}."
        )
    if callable(model.weights):
        return "weights is a function: what it makes of ties is not known."
    if getattr(model, "outputs_2d_", False):
        return "it learned several outputs."
    return None


def _work(model, n_records, n_trained):
    """Distances of all records to all that were trained on."""
    return n_records * n_trained * model.n_features_in_


OPERATIONS = {
    KNeighborsClassifier: Operation(_neighbours, _refuses, exact=True, work=_work),
    KNeighborsRegressor: Operation(_mean_neighbour, _refuses, exact=True, work=_work),
}
