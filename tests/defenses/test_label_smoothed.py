import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorders import Recorder, WeightedRecorder
from scipy.optimize import check_grad
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.datasets import make_blobs, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.defenses import AugmentedClassifier, LabelSmoothedClassifier


@pytest.fixture
def blobs(global_random_seed):
    X, y = make_blobs(60, centers=3, cluster_std=4, random_state=global_random_seed)
    return X, np.array(["b", "c", "a"])[y]


def test_every_record_once_per_class_with_its_target(blobs):
    X, y = blobs
    seen = LabelSmoothedClassifier(WeightedRecorder(), smoothing=0.3).fit(X, y)
    seen = seen.estimator_
    assert_array_equal(seen.X_, X.repeat(3, axis=0))
    assert_array_equal(seen.y_, ["a", "b", "c"] * 60)
    expected = np.where(seen.y_ == y.repeat(3), 0.8, 0.1)
    assert_allclose(seen.sample_weight_, expected, rtol=1e-12)


def test_without_weights_labels_are_drawn(blobs):
    X, y = blobs
    model = LabelSmoothedClassifier(Recorder(), smoothing=0.3, random_state=0)
    seen = model.fit(X, y).estimator_
    assert_array_equal(seen.X_, X.repeat(10, axis=0))
    # Of ten copies 8 have the own class: systematic sampling gives 8 at once, or 7
    # or 9 where rounding puts an offset on the wrong side of an end.
    n_own = (seen.y_ == y.repeat(10)).reshape(60, 10).sum(axis=1)
    assert set(n_own) <= {7, 8, 9}


def test_logistic_regression_minimises_the_smoothed_objective(blobs):
    X, y = blobs
    inner = LogisticRegression(tol=1e-10, max_iter=10_000)
    model = LabelSmoothedClassifier(inner, smoothing=0.3).fit(X, y)
    targets = 0.7 * (y[:, None] == model.classes_) + 0.1

    def objective(theta):
        W, b = theta[:6].reshape(3, 2), theta[6:]
        log_p = log_softmax(X @ W.T + b, axis=1)
        return -(targets * log_p).sum() + (W**2).sum() / 2

    theta = np.append(model.estimator_.coef_.ravel(), model.estimator_.intercept_)
    # Finite differences of a sum of about 60 terms, step 1.5e-8: error near 1e-5.
    assert check_grad(objective, lambda _: np.zeros(9), theta) < 1e-3


def test_a_full_tree_answers_with_the_targets(blobs):
    """Its loss is the least there is: the entropy of the targets."""
    X, y = blobs
    tree = DecisionTreeClassifier(random_state=0)
    model = LabelSmoothedClassifier(tree, smoothing=0.3).fit(X, y)
    own = y[:, None] == model.classes_
    assert_allclose(model.predict_proba(X), 0.7 * own + 0.1, rtol=1e-12)
    loss = -(np.where(own, 0.8, 0.1) * np.log(model.predict_proba(X))).sum(axis=1)
    entropy = -0.8 * np.log(0.8) - 0.2 * np.log(0.1)
    assert_allclose(loss, entropy, rtol=1e-12)


@pytest.mark.parametrize(
    "inner", [KNeighborsClassifier(), DecisionTreeClassifier(random_state=0)]
)
def test_no_smoothing_is_a_plain_fit(inner, blobs):
    X, y = blobs
    model = LabelSmoothedClassifier(inner, smoothing=0).fit(X, y)
    assert_array_equal(model.predict_proba(X), inner.fit(X, y).predict_proba(X))


@pytest.mark.parametrize("smoothing", [-0.1, 1, "some"])
def test_smoothing_out_of_range(smoothing, blobs):
    message = r"'smoothing' parameter of LabelSmoothedClassifier must be a float in"
    with pytest.raises(ValueError, match=message):
        LabelSmoothedClassifier(Recorder(), smoothing=smoothing).fit(*blobs)


def leak(model, seed):
    """AUC of LiRA, its references trained like the model, where labels are noisy."""
    X, y = make_classification(
        400,
        n_features=20,
        n_informative=8,
        n_redundant=0,
        n_clusters_per_class=1,
        flip_y=0.4,
        random_state=seed,
    )
    parts = X[:200], y[:200], X[200:], y[200:]
    model = clone(model).fit(*parts[:2])
    report = audit(model, *parts, attacks=["lira-online"], n_shadows=8, random_state=0)
    return report.summary.loc["lira-online", "auc"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_smoothing_can_raise_leakage():
    """Kaya and Dumitras 2021; benchmarks/bench_label_smoothing.py has the figures."""
    network = MLPClassifier((64,), learning_rate_init=0.01, max_iter=60, random_state=0)
    smoothed = LabelSmoothedClassifier(network, smoothing=0.2, random_state=0)
    # Every record as often, with its own label: as many steps, nothing smoothed.
    hard = AugmentedClassifier(network, strength=0, random_state=0)
    rise = np.mean([leak(smoothed, seed) - leak(hard, seed) for seed in range(3)])
    # +0.12 there, with a standard deviation of 0.013 between seeds.
    assert rise > 0.12 - 5 * 0.013 / 3**0.5
