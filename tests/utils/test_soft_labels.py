import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import check_grad
from scipy.special import log_softmax
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.utils._soft_labels import draw_labels, fit_soft_labels, weight_parameter


@pytest.fixture
def soft(global_random_seed):
    X, y = make_blobs(60, centers=3, cluster_std=4, random_state=global_random_seed)
    rng = np.random.RandomState(global_random_seed)
    return X, y, rng.dirichlet([1, 1, 1], size=60)


@pytest.mark.parametrize(
    ("estimator", "name"),
    [
        (LogisticRegression(), "sample_weight"),
        (KNeighborsClassifier(), None),
        (make_pipeline(StandardScaler(), GaussianNB()), "gaussiannb__sample_weight"),
        (make_pipeline(StandardScaler(), KNeighborsClassifier()), None),
    ],
)
def test_weight_parameter(estimator, name):
    assert weight_parameter(estimator) == name


def test_weights_give_the_soft_cross_entropy(soft):
    """The fitted model is a stationary point of the soft-target objective."""
    X, _, targets = soft
    model = fit_soft_labels(
        LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000),
        X,
        targets,
        np.arange(3),
        random_state=0,
    )

    def objective(theta):
        W, b = theta[:6].reshape(3, 2), theta[6:]
        log_p = log_softmax(X @ W.T + b, axis=1)
        return -(targets * log_p).sum() + (W**2).sum() / 2

    theta = np.append(model.coef_.ravel(), model.intercept_)
    # Finite differences of a sum of about 60 terms, step 1.5e-8: error near 1e-5.
    assert check_grad(objective, lambda _: np.zeros(9), theta) < 1e-3


@pytest.mark.parametrize(
    "estimator", [GaussianNB(), KNeighborsClassifier(), LogisticRegression()]
)
def test_hard_targets_are_a_plain_fit(estimator, soft):
    X, y, _ = soft
    labels = np.array(["c", "a", "b"])[y]
    classes, codes = np.unique(labels, return_inverse=True)
    model = fit_soft_labels(estimator, X, np.eye(3)[codes], classes, random_state=0)
    assert_array_equal(model.classes_, classes)
    expected = estimator.fit(X, labels).predict_proba(X)
    assert_array_equal(model.predict_proba(X), expected)


def test_copies_are_in_proportion(soft):
    targets = soft[2]
    rows, columns = draw_labels(targets, 10, 0)
    counts = np.zeros_like(targets)
    np.add.at(counts, (rows, columns), 1)
    assert_array_equal(counts.sum(axis=1), 10)
    assert (np.abs(counts - 10 * targets) < 1 + 1e-9).all()
    assert (counts[targets == 0] == 0).all()


def test_neighbours_are_records_not_copies(soft):
    X, _, targets = soft
    # In tenths, so that ten copies are exact.
    tenths = np.eye(3)[targets.argsort(axis=1)] @ np.array([0.1, 0.2, 0.7])
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(4))
    fitted = fit_soft_labels(model, X, tenths, np.arange(3), random_state=0)
    scaled = StandardScaler().fit_transform(X)
    nearest = KNeighborsClassifier(4).fit(scaled, np.zeros(60)).kneighbors(scaled)[1]
    assert_allclose(fitted.predict_proba(X), tenths[nearest].mean(axis=1))
    assert model[-1].n_neighbors == 4


def test_a_tree_of_a_forest_sees_as_many_records_as_ever(soft):
    X, _, targets = soft
    forest = RandomForestClassifier(200, random_state=0)
    model = fit_soft_labels(forest, X, targets, np.arange(3), random_state=0)
    seen = [len(set(X[rows // 10, 0])) for rows in model.estimators_samples_]
    # 60 draws of 60 records leave 36.8 % of them out; the mean of 200 trees has a
    # standard error below 0.3 records.
    assert abs(np.mean(seen) - 60 * (1 - (1 - 1 / 60) ** 60)) < 1.5


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"min_samples_leaf": 1}, {"min_samples_leaf": 1}),
        ({"min_samples_leaf": 0.1}, {"min_samples_leaf": 0.1}),
        ({"min_samples_leaf": 4}, {"min_samples_leaf": 12}),
        ({"min_samples_split": 5}, {"min_samples_split": 15}),
    ],
)
def test_leaves_count_records(params, expected, soft):
    X, _, targets = soft
    tree = DecisionTreeClassifier(**params, random_state=0)
    model = fit_soft_labels(tree, X, targets, np.arange(3), random_state=0)
    assert {name: model.get_params()[name] for name in expected} == expected
    assert {name: tree.get_params()[name] for name in params} == params


def test_a_class_without_a_share_is_unknown(soft):
    X, _, targets = soft
    targets = np.column_stack([targets[:, 0], 1 - targets[:, 0], np.zeros(60)])
    for estimator in (GaussianNB(), KNeighborsClassifier()):
        model = fit_soft_labels(estimator, X, targets, list("abc"), random_state=0)
        assert_array_equal(model.classes_, ["a", "b"])


class Recorder(GaussianNB):
    def fit(self, X, y, sample_weight=None):
        self.given_ = X, y, sample_weight
        return super().fit(X, y, sample_weight)


def test_many_classes_cost_no_memory(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    targets = rng.dirichlet(np.ones(40), size=300)
    X = np.arange(300.0)[:, None]
    model = fit_soft_labels(
        Recorder(), X, targets, np.arange(40), random_state=global_random_seed
    )
    rows, columns, weights = model.given_
    assert len(rows) < 300 * 35  # of 40 classes each
    given = np.zeros_like(targets)
    given[rows[:, 0].astype(int), columns] = weights
    assert_allclose(given.sum(axis=1), 1)
    # A weight is a multiple of 0.02 less than 0.02 away from the probability, and right
    # in expectation: the mean of 300 of variance at most 0.02**2 / 4 is within 5
    # standard errors, 0.01 / 300**0.5 each.
    assert (np.abs(given - targets) < 0.02 + 1e-9).all()
    bias = np.abs((given - targets).mean(axis=0))
    assert bias.max() < 5 * 0.01 / 300**0.5
