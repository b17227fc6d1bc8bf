"""Nearest neighbours on the other side, and what ties are worth."""

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier
from slow_cases import slow
from trained_anew import assert_as_anew, counts, halves

from skmia.shadow import other_side


def continuous(seed, n_records=80, n_features=4, n_classes=3):
    """Records without ties."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_records, n_features))
    return X, rng.integers(0, n_classes, n_records), np.arange(n_records) % 2 == 0


def one_by_one(model, X, y, inside):
    """The definition, for a record at a time: ties share the seats that are left."""
    metric = {"manhattan": "cityblock"}.get(model.metric, "euclidean")
    D = cdist(X, X, metric)
    answers = np.empty((len(y), len(model.classes_)))
    for row in range(len(y)):
        members = inside.copy()
        members[row] = not members[row]
        distances, labels = D[row, members], y[members]
        edge = np.sort(distances)[model.n_neighbors - 1]
        seats = np.where(distances < edge - 1e-9, 1.0, 0.0)
        tied = np.abs(distances - edge) <= 1e-9
        seats[tied] = (model.n_neighbors - seats.sum()) / tied.sum()
        if model.weights == "distance":
            here = distances == 0
            seats = seats * here if here.any() else seats / distances
        answers[row] = [seats[labels == c].sum() / seats.sum() for c in model.classes_]
    return answers


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("algorithm", ["brute", "kd_tree", "ball_tree"])
@pytest.mark.parametrize("k", [1, 5, *slow(2, 39)])
def test_other_side_is_a_refit(k, algorithm, weights, global_random_seed):
    X, y, inside = continuous(global_random_seed)
    model = KNeighborsClassifier(k, weights=weights, algorithm=algorithm)
    # Matrix products leave 1e-8 or so for the distance of a record to itself, on other
    # processors another number: scikit-learn gives its neighbours about as much weight,
    # surgery none.
    brute = weights == "distance" and algorithm == "brute"
    how = {"tolerance": 1e-5, "smallest": 1e-5} if brute else {"tolerance": 1e-12}
    assert_as_anew(model, X, y, inside, **how)


@pytest.mark.parametrize("name", ["wine", "breast_cancer", "digits"])
def test_data_sets(name, global_random_seed):
    X, y, inside = halves(name, global_random_seed)
    # Noise, so that no two are at the same distance.
    X = X + np.random.default_rng(global_random_seed).normal(0, 1e-3, X.shape)
    assert_as_anew(KNeighborsClassifier(), X, y, inside)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "minkowski"])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("algorithm", ["brute", "kd_tree"])
@pytest.mark.parametrize("k", [1, 3, 8])
def test_ties_share_the_seats(k, algorithm, weights, metric, global_random_seed):
    X, y, inside = counts(global_random_seed, n_records=120)
    X[60:] = X[:60]  # everybody has an equal, most have more
    model = KNeighborsClassifier(k, algorithm=algorithm, weights=weights, metric=metric)
    model.fit(X[inside], y[inside])
    np.testing.assert_allclose(
        other_side(model, X, y, inside), one_by_one(model, X, y, inside), 0, 1e-12
    )


def test_all_records_are_equal():
    """Everybody is as far as everybody: all vote, with a part of the seats."""
    X, y = np.ones((200, 3)), np.repeat([0, 1], [60, 140])
    inside = np.arange(200) % 2 == 0
    P = other_side(KNeighborsClassifier(3).fit(X[inside], y[inside]), X, y, inside)
    np.testing.assert_allclose(P[inside & (y == 0), 0], 29 / 99)
    np.testing.assert_allclose(P[~inside & (y == 0), 0], 31 / 101)


def test_equal_records_are_at_distance_0_for_brute_force_too(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    X = np.tile(rng.normal(size=(60, 20)) + 1000, (2, 1))
    y, inside = np.repeat([0, 1], 60), np.arange(120) < 60
    y[0] = 1
    model = KNeighborsClassifier(3, weights="distance", algorithm="brute")
    model.fit(X[inside], y[inside])
    # For scikit-learn they are not: it multiplies matrices.
    assert model.kneighbors(X, 1)[0].max() > 0
    # The record that joins and its only equal, of the other class, take all.
    np.testing.assert_allclose(other_side(model, X, y, inside)[61:], 0.5)


def test_sparse_records_are_as_dense_ones(global_random_seed):
    X, y, inside = counts(global_random_seed)
    answers = []
    for records in (X, sparse.csr_array(X), sparse.csr_matrix(X)):
        for weights in ("uniform", "distance"):
            model = KNeighborsClassifier(3, algorithm="brute", weights=weights)
            model.fit(records[inside], y[inside])
            answers.append(other_side(model, records, y, inside))
    np.testing.assert_allclose(answers[2:4], answers[:2], 0, 1e-12)
    np.testing.assert_allclose(answers[4:], answers[:2], 0, 1e-12)


def test_too_few_records_for_the_neighbours(global_random_seed):
    X, _, inside = continuous(global_random_seed, n_records=10)
    y = np.arange(10) // 2 % 2
    P = assert_as_anew(KNeighborsClassifier(5), X, y, inside)
    assert np.isnan(P[inside]).all()
    assert not np.isnan(P[~inside]).any()


def test_values_to_ten_digits():
    X, y = load_iris(return_X_y=True)
    inside = np.arange(150) % 2 == 0
    P = other_side(KNeighborsClassifier(5).fit(X[inside], y[inside]), X, y, inside)
    np.testing.assert_allclose(P[[70, 83], 1], [0.6, 0.4], 0, 1e-12)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (KNeighborsClassifier(metric="cosine"), "metric='cosine'"),
        (KNeighborsClassifier(metric=lambda a, b: 1.0), "metric="),
        (KNeighborsClassifier(weights=lambda d: d + 1), "weights is a function"),
    ],
    ids=["cosine", "function", "weights"],
)
def test_what_is_refused(model, reason):
    X, y, inside = continuous(0)
    model.fit(X[inside], y[inside])
    with pytest.raises(ValueError, match=reason):
        other_side(model, X, y, inside)


def test_records_that_are_not_those_of_the_fit():
    X, y, inside = continuous(0)
    model = KNeighborsClassifier().fit(X[inside], y[inside])
    fewer = inside.copy()
    fewer[0] = False
    for records, members in ((X, fewer), (X[::-1], inside[::-1])):
        with pytest.raises(ValueError, match="not trained on"):
            other_side(model, records, y, members)
