"""Each conversion is tried against the objective it stands for."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import make_blobs
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import PenalizedClassifier
from skmia.neural import MLPNet

STRENGTH = 0.03


@pytest.fixture(params=[2, 3], ids=["binary", "multiclass"], scope="module")
def blobs(request):
    X, y = make_blobs(60, centers=request.param, cluster_std=4, random_state=0)
    X = np.column_stack([X, np.sin(7 * X)])
    return StandardScaler().fit_transform(X), y


def slope(P, X, y):
    """Gradient of the mean log loss in the weights, one row per row of them."""
    errors = P - np.eye(P.shape[1])[y]
    if P.shape[1] == 2:
        errors = errors[:, 1:]
    return errors.T @ X / len(y)


def test_logistic_l2(blobs):
    X, y = blobs
    inner = LogisticRegression(tol=1e-10, max_iter=1000)
    model = PenalizedClassifier(inner, strength=STRENGTH).fit(X, y)
    gradient = slope(model.predict_proba(X), X, y)
    assert_allclose(gradient, -2 * STRENGTH * model.estimator_.coef_, atol=1e-6)


@pytest.mark.parametrize("solver", ["lbfgs", "saga"])
def test_logistic_l1(solver, blobs):
    X, y = blobs
    inner = LogisticRegression(solver=solver, tol=1e-9, max_iter=10000, random_state=0)
    model = PenalizedClassifier(inner, strength=STRENGTH, penalty="l1").fit(X, y)
    weights = model.estimator_.coef_
    gradient = slope(model.predict_proba(X), X, y)
    used = weights != 0
    assert 0 < used.sum() < used.size
    assert_allclose(gradient[used], -STRENGTH * np.sign(weights[used]), atol=1e-5)
    assert (np.abs(gradient[~used]) <= STRENGTH + 1e-5).all()


def test_logistic_l1_keeps_liblinear():
    X, y = make_blobs(40, centers=2, random_state=0)
    inner = LogisticRegression(solver="liblinear", random_state=0)
    model = PenalizedClassifier(inner, penalty="l1").fit(X, y)
    assert model.parameters_ == {"C": 25, "l1_ratio": 1, "solver": "liblinear"}


def test_linear_svc_l2(blobs):
    X, y = blobs
    inner = LinearSVC(fit_intercept=False, tol=1e-10, max_iter=100000, random_state=0)
    model = PenalizedClassifier(inner, strength=STRENGTH).fit(X, y)
    weights = model.estimator_.coef_
    targets = np.where(y[:, None] == np.unique(y)[-len(weights) :], 1, -1)
    slack = np.maximum(0, 1 - targets * (X @ weights.T))
    gradient = -2 * (targets * slack).T @ X / len(y)
    assert_allclose(gradient, -2 * STRENGTH * weights, atol=1e-6)


def test_linear_svc_l1(blobs):
    inner = LinearSVC(max_iter=100000, random_state=0)
    model = PenalizedClassifier(inner, strength=STRENGTH, penalty="l1").fit(*blobs)
    assert model.parameters_ == {"C": 1 / (STRENGTH * 60), "penalty": "l1"}


def test_ridge(blobs):
    X, y = blobs
    model = PenalizedClassifier(RidgeClassifier(), strength=STRENGTH).fit(X, y)
    weights = np.atleast_2d(model.estimator_.coef_)
    intercept = model.estimator_.intercept_
    targets = np.where(y[:, None] == np.unique(y)[-len(weights) :], 1, -1)
    gradient = 2 * (X @ weights.T + intercept - targets).T @ X / len(y)
    assert_allclose(gradient, -2 * STRENGTH * weights, atol=1e-10)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_sgd_comes_near_the_logistic_solution(penalty):
    X, y = make_blobs(60, centers=2, cluster_std=4, random_state=0)
    X = StandardScaler().fit_transform(X)
    inner = SGDClassifier("log_loss", max_iter=1000, tol=None, random_state=0)
    exact = LogisticRegression(tol=1e-8, max_iter=5000, random_state=0)
    near, solution = (
        PenalizedClassifier(model, strength=STRENGTH, penalty=penalty).fit(X, y)
        for model in (inner, exact)
    )
    # The last of 60000 steps have a size of 1 / (2 * 0.03 * 60000) = 3e-4 (l1: twice
    # that); a factor of 2 in the strength moves the weights by more than 0.02.
    assert_allclose(near.estimator_.coef_, solution.estimator_.coef_, atol=5e-3)


def test_perceptron():
    X, y = make_blobs(60, centers=2, random_state=0)
    model = PenalizedClassifier(Perceptron(), strength=STRENGTH).fit(X, y)
    assert model.parameters_ == {"alpha": 2 * STRENGTH, "penalty": "l2"}
    assert not hasattr(model, "predict_proba")


def test_mlp_classifier(blobs):
    X, y = blobs
    inner = MLPClassifier((4,), solver="lbfgs", random_state=0, max_iter=2000)
    model = PenalizedClassifier(inner, strength=STRENGTH).fit(X, y)
    squares = sum(np.sum(coef**2) for coef in model.estimator_.coefs_)
    objective = log_loss(y, model.predict_proba(X)) + STRENGTH * squares
    assert model.estimator_.loss_ == pytest.approx(objective, abs=1e-9)


@pytest.mark.parametrize(("batch_size", "size"), [("auto", 60), (32, 32), (500, 60)])
def test_mlp_batches(batch_size, size, blobs):
    inner = MLPClassifier((4,), batch_size=batch_size, tol=1, random_state=0)
    # Where a batch is larger than the data scikit-learn warns, and cuts it.
    if batch_size == 500:
        with pytest.warns(UserWarning, match="going to be clipped"):
            model = PenalizedClassifier(inner, strength=STRENGTH).fit(*blobs)
    else:
        model = PenalizedClassifier(inner, strength=STRENGTH).fit(*blobs)
    assert model.parameters_ == {"alpha": pytest.approx(2 * STRENGTH * size)}


def test_mlp_net():
    X, y = make_blobs(60, centers=3, cluster_std=4, random_state=0)
    X = StandardScaler().fit_transform(X)
    inner = MLPNet((), max_epochs=150, batch_size=60, learning_rate=0.1, random_state=0)
    model = PenalizedClassifier(inner, strength=STRENGTH).fit(X, y)
    weights = model.estimator_.network_[0].weight.detach().numpy()
    gradient = slope(model.predict_proba(X), X, y)
    assert_allclose(gradient, -2 * STRENGTH * weights, atol=1e-3)


def test_pipeline(blobs):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    model = PenalizedClassifier(pipeline, strength=STRENGTH).fit(*blobs)
    C = pytest.approx(1 / (2 * STRENGTH * 60))
    expected = {"logisticregression__C": C, "logisticregression__l1_ratio": 0}
    assert model.parameters_ == expected
    assert pipeline[-1].C == 1


@pytest.mark.parametrize(
    ("model", "penalty"),
    [
        (DecisionTreeClassifier(), "l2"),
        (KNeighborsClassifier(), "l2"),
        (LogisticRegressionCV(), "l2"),
        (make_pipeline(StandardScaler(), GaussianNB()), "l2"),
        (RidgeClassifier(), "l1"),
        (MLPClassifier(), "l1"),
        (MLPNet(), "l1"),
    ],
)
def test_models_without_the_penalty(model, penalty, blobs):
    message = rf"(?s)with an {penalty} penalty: LogisticRegression, .* Got .* instead"
    with pytest.raises(TypeError, match=message):
        PenalizedClassifier(model, penalty=penalty).fit(*blobs)
