"""Logistic regression with differential privacy: what it minimises and refuses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import gamma, kstest, norm, uniform
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from skmia.defenses import PrivateLogisticRegression, _private_logistic
from skmia.defenses._private_logistic import minimise, objective_noise
from skmia.exceptions import PrivacyLeakWarning
from skmia.utils._accounting import gaussian_noise_multiplier

METHODS = pytest.mark.parametrize("method", ["objective", "output"])


def private(**params):
    known = {"data_norm": 10, "classes": ["a", "b"], "random_state": 0}
    return PrivateLogisticRegression(**(known | params))


@pytest.fixture
def blobs(global_random_seed):
    """Three classes, rows of length 10 at most."""
    X, y = make_blobs(
        150, centers=3, n_features=3, cluster_std=2, random_state=global_random_seed
    )
    X *= 10 / np.linalg.norm(X, axis=1).max()
    return X, np.array(["b", "c", "a"])[y]


@METHODS
def test_without_noise_it_is_ridge_logistic(method, blobs):
    """On records of length 1, the constant feature included."""
    X, y = blobs
    model = private(epsilon=1e12, method=method, C=5, classes=["a", "b", "c"])
    model.fit(X, y)
    unit = np.column_stack([X / 10, np.ones(len(X))]) / 2**0.5
    for row, label in enumerate("abc"):
        plain = LogisticRegression(C=5, fit_intercept=False, tol=1e-12, max_iter=10_000)
        weights = plain.fit(unit, y == label).coef_[0] / 2**0.5
        assert_allclose(model.coef_[row], weights[:-1] / 10, rtol=0, atol=1e-6)
        assert_allclose(model.intercept_[row], weights[-1], rtol=0, atol=1e-5)


def test_posterior_of_two_classes_is_the_logistic_function(blobs):
    X, y = blobs
    X, y = X[y != "c"], y[y != "c"]
    for fit_intercept in (True, False):
        model = private(fit_intercept=fit_intercept).fit(X, y)
        assert model.coef_.shape == (1, 3)
        assert model.intercept_.shape == (1,)
        scores = (X @ model.coef_.T + model.intercept_)[:, 0]
        assert_allclose(model.predict_proba(X)[:, 1], 1 / (1 + np.exp(-scores)))
        assert_array_equal(model.predict(X), np.where(scores > 0, "b", "a"))


def test_posterior_of_many_classes_where_every_probability_is_0(blobs):
    X, y = blobs
    model = private(epsilon=1e-4, method="output", classes=["a", "b", "c"]).fit(X, y)
    model._weights[:] = [-1e4, 0, 0, 0]
    posterior = model.predict_proba([[10, 0, 0]])
    assert_allclose(posterior, 1 / 3)


@METHODS
def test_longer_records_are_shortened(method, blobs):
    X, y = blobs
    model = private(method=method, classes=["a", "b", "c"], data_norm=1)
    long, short = 100 * X, X / np.linalg.norm(X, axis=1, keepdims=True)
    one, other = model.fit(long, y).coef_, model.fit(short, y).coef_
    # The same minimum, to the tolerance of the search.
    assert_allclose(one, other, atol=1e-7)
    assert_allclose(model.predict_proba(long), model.predict_proba(short))


@METHODS
def test_a_stronger_penalty_gives_smaller_coefficients(method, blobs):
    X, y = blobs
    lengths = [
        np.linalg.norm(
            private(method=method, C=C, epsilon=50, classes=["a", "b", "c"])
            .fit(X, y)
            .coef_
        )
        for C in (1e-3, 1e-2, 1e-1, 1)
    ]
    assert_array_equal(lengths, np.sort(lengths))


def test_part_of_epsilon_for_the_curvature():
    """Algorithm 2 in its own terms: n, Lambda and the mean of losses."""
    n, ridge, epsilon = 50, 0.02, 0.9
    penalty, left = objective_noise(epsilon, n * ridge)
    c = 0.25
    slack = np.log(1 + 2 * c / (n * ridge) + c**2 / (n * ridge) ** 2)
    assert left == pytest.approx(epsilon - slack)
    assert penalty == n * ridge
    epsilon = 0.4  # less than the slack
    penalty, left = objective_noise(epsilon, n * ridge)
    assert left == epsilon / 2
    extra = c / (n * (np.exp(epsilon / 4) - 1)) - ridge
    assert penalty == pytest.approx(n * (ridge + extra))


def noise_of_the_output(y, fits, rng, **params):
    """What is added to the coefficients of a fixed training set."""
    X = np.eye(3)[[0, 1, 2, 0, 1]]
    model = private(method="output", C=0.5, data_norm=1, fit_intercept=False, **params)
    codes = np.searchsorted(model.classes, y)
    labels = range(len(model.classes)) if len(model.classes) > 2 else [1]
    exact = [minimise(X, np.where(codes == c, 1, -1), 2, 0.0) for c in labels]
    for _ in range(fits):
        yield model._train(X, codes, np.array(model.classes), rng)["coef_"] - exact


@pytest.mark.parametrize(("classes", "share"), [("ab", 1), ("abc", 3)])
@pytest.mark.parametrize("epsilon", [0.1, 5])
def test_noise_of_the_output(epsilon, classes, share, global_random_seed):
    """Its length is a gamma variable; of three classes each has a third of epsilon.

    Kolmogorov-Smirnov tests, each wrong for one seed in a million.
    """
    rng = np.random.RandomState(global_random_seed)
    noise = np.concatenate(
        [
            *noise_of_the_output(
                list("abaab"), 300, rng, epsilon=epsilon, classes=list(classes)
            )
        ]
    )
    length = np.linalg.norm(noise, axis=1, keepdims=True)
    law = gamma(3, scale=2 * 0.5 * share / epsilon)
    assert kstest(length[:, 0], law.cdf).pvalue > 1e-6
    # A random direction: each coordinate of it is uniform, in three dimensions.
    assert kstest(noise[:, 0] / length[:, 0], uniform(-1, 2).cdf).pvalue > 1e-6


@pytest.mark.parametrize(("classes", "share"), [("ab", 1), ("abc", 3)])
@pytest.mark.parametrize(("epsilon", "C"), [(0.1, 5.0), (3, 0.5)])
def test_noise_of_the_objective(epsilon, C, classes, share, global_random_seed):
    """The linear term, as the gradient of the rest at the minimum: a gamma variable.

    A Kolmogorov-Smirnov test, wrong for one seed in a million.
    """
    X, codes = np.eye(3)[[0, 1, 2, 0, 1]], np.array([0, 1, 0, 0, 1])
    signs = np.where(codes == 1, 1, -1)
    penalty, left = objective_noise(epsilon / share, 1 / C)
    model = private(epsilon=epsilon, C=C, data_norm=1, fit_intercept=False)
    rng = np.random.RandomState(global_random_seed)
    lengths = []
    for _ in range(300):
        coef = model._train(X, codes, np.array(list(classes)), rng)["coef_"]
        weights = coef[1 if share > 1 else 0]
        loss = -(signs / (1 + np.exp(signs * (X @ weights)))) @ X
        lengths.append(np.linalg.norm(loss + penalty * weights))
    assert kstest(lengths, gamma(3, scale=2 / left).cdf).pvalue > 1e-6


def test_gaussian_noise_of_the_output(global_random_seed):
    """All coefficients together are one release: sqrt(3) times the change of one.

    A Kolmogorov-Smirnov test, wrong for one seed in a million.
    """
    rng = np.random.RandomState(global_random_seed)
    noise = np.ravel(
        [
            *noise_of_the_output(
                list("abcab"), 100, rng, delta=1e-3, classes=["a", "b", "c"]
            )
        ]
    )
    scale = gaussian_noise_multiplier(1, 1e-3) * 3**0.5 * 2 * 0.5
    assert kstest(noise, norm(scale=scale).cdf).pvalue > 1e-6


def test_an_unfinished_search_is_an_error(monkeypatch, blobs):
    monkeypatch.setattr(_private_logistic, "_MAX_STEPS", 1)
    model = private(classes=["a", "b", "c"])
    with pytest.raises(RuntimeError, match=r"gradient is .* after 1 steps"):
        model.fit(*blobs)
    assert not [name for name in vars(model) if name.endswith("_")]


@pytest.mark.parametrize("C", [1e-6, 1.0, 1e8])
@pytest.mark.parametrize("epsilon", [1e-9, 1.0, 1e9])
def test_extreme_parameters(C, epsilon, blobs):
    model = private(epsilon=epsilon, C=C, classes=["a", "b", "c"]).fit(*blobs)
    assert np.isfinite(model.coef_).all()
    assert_allclose(model.predict_proba(blobs[0]).sum(axis=1), 1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"data_norm": None}, "'data_norm' parameter .* must be declared"),
        ({"epsilon": 0}, r"'epsilon' parameter .* range \(0.0, inf\). Got 0 instead"),
        ({"data_norm": -1}, "'data_norm' parameter"),
        ({"delta": 1e-5}, "'delta' parameter .* must be 0 with method='objective'"),
        ({"classes": ["a", "b"]}, r"'classes' parameter .* y also holds \['c'\]"),
        ({"method": "input"}, "'method' parameter"),
    ],
)
def test_errors(params, message, blobs):
    model = private(**({"classes": ["a", "b", "c"]} | params))
    with pytest.raises(ValueError, match=message):
        model.fit(*blobs)
    assert not [name for name in vars(model) if name.endswith("_")]


def test_one_class():
    with pytest.raises(ValueError, match=r"at least two classes\. Got one class only"):
        private(classes=["a"]).fit([[0.0], [1.0]], ["a", "a"])
    fitted = private(epsilon=100).fit([[0.0], [1.0]], ["a", "a"])
    assert fitted.predict_proba([[0.0]]).shape == (1, 2)


def test_no_weights(blobs):
    with pytest.raises(TypeError, match="sample_weight"):
        private().fit(*blobs, sample_weight=np.ones(150))
    with pytest.raises(ValueError, match="class_weight"):
        private().set_params(class_weight="balanced")


def test_undeclared_classes_warn(blobs):
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter"):
        fitted = private(classes=None).fit(*blobs)
    assert_array_equal(fitted.classes_, ["a", "b", "c"])
    assert fitted.epsilon_ == 1.0
    assert fitted.delta_ == 0.0
