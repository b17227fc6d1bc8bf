"""Gradients of zeros and others say which features a batch has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from skmia.datasets import fetch_location30
from skmia.federated import Federation, feature_coverage, nonzero_features
from skmia.federated._learners import learner_of

N_FEATURES = 40
LEARNERS = [
    MLPClassifier((), solver="sgd", alpha=0, momentum=0),
    MLPClassifier((6,), activation="tanh", solver="sgd", alpha=0),
    SGDClassifier("log_loss", penalty=None, learning_rate="constant", eta0=0.1),
]


def bags(n, seed, share=0.1):
    rng = np.random.default_rng(seed)
    X = (rng.random((n, N_FEATURES)) < share).astype(float)
    return X, np.arange(n) % 3


def sent_and_received(learner, X, y, **params):
    target = Federation(learner, n_parties=1, n_rounds=1, random_state=0, **params)
    target.fit(X, y)
    return target.initial_, target.uploads_[0][0]


@pytest.mark.parametrize("learner", LEARNERS, ids=type)
def test_exactly_the_features_of_the_batch_move(learner):
    X, y = bags(9, seed=0)
    moved = nonzero_features(*sent_and_received(learner, X, y, local_epochs=2))
    assert_array_equal(moved, X.any(axis=0))
    assert_array_equal(feature_coverage(X[X.any(axis=1)], moved), 1)


def test_a_penalty_moves_all_and_can_be_undone():
    X, y = bags(9, seed=1)
    learner = MLPClassifier(
        (), solver="sgd", alpha=0.9, momentum=0, learning_rate_init=0.1
    )
    models = sent_and_received(learner, X, y, algorithm="fedsgd")
    assert nonzero_features(*models).all()
    # A step of 0.1 by the penalty 0.9 over 9 records, up to rounding.
    moved = nonzero_features(*models, decay=0.1 * 0.9 / 9, tol=1e-12)
    assert_array_equal(moved, X.any(axis=0))


@given(st.integers(0, 10**6), st.integers(1, 8))
def test_coverage_by_hand(seed, n):
    rng = np.random.default_rng(seed)
    X, _ = bags(n, seed, share=0.3)
    moved, weights = rng.random(N_FEATURES) < 0.5, rng.random(N_FEATURES)
    coverage = feature_coverage(X, moved)
    weighted = feature_coverage(X, moved, weights=weights)
    for row, plain, by_weight in zip(X > 0, coverage, weighted, strict=True):
        if row.any():
            assert plain == pytest.approx(moved[row].mean())
            own = np.average(moved[row], weights=weights[row])
            assert by_weight == pytest.approx(own)
        else:
            assert (plain, by_weight) == (0, 0)
    order = rng.permutation(N_FEATURES)
    assert_array_equal(feature_coverage(X[:, order], moved[order]), coverage)


def coverage_auc(X, y, size, n_batches):
    """Recall of features, and AUC of batches beside 500 other rows, on the average."""
    learner = MLPClassifier((), solver="sgd", alpha=0, learning_rate_init=0.1)
    model = Federation(learner, n_rounds=1, random_state=0).fit(X, y).initial_
    gradients, rng = learner_of(model), np.random.default_rng(0)
    recalls, aucs = [], []
    for _ in range(n_batches):
        batch, others = np.split(rng.permutation(len(y))[: size + 500], [size])
        step = 0.1 * gradients.gradient(model, X[batch], y[batch])
        upload = gradients.with_vector(model, gradients.vector(model) - step)
        moved = nonzero_features(model, upload)
        recalls.append(moved[X[batch].any(axis=0)].mean())
        coverage = feature_coverage(X[np.append(batch, others)], moved)
        aucs.append(roc_auc_score(np.arange(size + 500) < size, coverage))
    return np.mean(recalls), np.mean(aucs)


def test_the_larger_the_batch_the_less_it_tells():
    X, y = bags(900, seed=2, share=0.2)
    found = [coverage_auc(X, y, size, 5) for size in (1, 4, 16)]
    assert [recall for recall, _ in found] == [1, 1, 1]
    aucs = [auc for _, auc in found]
    assert aucs == sorted(aucs, reverse=True)
    assert aucs[0] > 0.99
    # About one feature of 40 is missing, and one in five records has it: 0.6.
    assert aucs[2] < 0.7


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "measured"),
    [(1, 1.0), (8, 1.0), (16, 0.996), (32, 0.948), (64, 0.734)],
)
def test_measured_coverage_of_location30(size, measured):
    """A gradient step of softmax regression on a batch, 200 batches."""
    try:
        X, y = fetch_location30(return_X_y=True, download_if_missing=False)
    except OSError as error:
        pytest.skip(str(error))
    recall, auc = coverage_auc(X.astype(float), y, size, 200)
    assert recall == 1
    # Measured elsewhere with other batches; both means have an error up to 0.004.
    assert abs(auc - measured) < 0.015


def test_parameters_of_a_kind_that_is_known():
    X, y = bags(20, 0)
    regression = LogisticRegression().fit(X, y)
    with pytest.raises(TypeError, match="'before' parameter of nonzero_features must"):
        nonzero_features(regression, regression)
