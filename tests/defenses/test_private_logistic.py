"""Logistic regression with differential privacy: what it minimises and refuses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import gamma, kstest, norm, uniform
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from slow_cases import slow

from skmia.defenses import PrivacyAccountant, PrivateLogisticRegression
from skmia.defenses.private import _private_logistic, _private_minimum
from skmia.defenses.private._objective_perturbation import least_penalty, tilt
from skmia.defenses.private._private_minimum import minimise
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning
from skmia.utils._accounting import gaussian_noise_multiplier

pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of:skmia.exceptions.PrivacyLeakWarning"
)

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
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_without_noise_it_is_the_ridge_logistic_of_sklearn(
    method, fit_intercept, blobs
):
    """With a constant feature half as long as the records for the intercept."""
    X, y = blobs
    model = private(epsilon=1e12, method=method, C=0.5, classes=["a", "b", "c"])
    model.set_params(fit_intercept=fit_intercept).fit(X, y)
    if fit_intercept:
        X = np.column_stack([X, np.full(len(X), 5.0)])
    plain = LogisticRegression(C=0.5, fit_intercept=False, tol=1e-12, max_iter=10_000)
    for row, label in enumerate("abc"):
        weights = plain.fit(X, y == label).coef_[0]
        assert_allclose(model.coef_[row], weights[:3], rtol=0, atol=1e-5)
        constant = 5 * weights[3] if fit_intercept else 0
        assert_allclose(model.intercept_[row], constant, rtol=0, atol=1e-4)


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
    # The same noise, the same minimum but for its last digits.
    assert_allclose(one, other, rtol=1e-4)
    assert_allclose(model.predict_proba(long), model.predict_proba(short))


@pytest.mark.parametrize("data_norm", [1e-100, 1.0, 1e100])
def test_no_record_becomes_a_nan(data_norm):
    """Squares and quotients of numbers that are allowed may not be."""
    most = np.finfo(float).max
    X = np.array([[most, most], [-most, 0.0], [5e-324, 1e-300], [0.0, 0.0], [1.0, 2.0]])
    unit = private(data_norm=data_norm, fit_intercept=False)._unit(X)
    lengths = np.linalg.norm(unit, axis=1)
    assert (lengths <= 1 + 1e-15).all()
    assert_allclose(lengths[0], 1)
    assert_allclose(lengths[4], min(5**0.5 / data_norm, 1))
    fitted = private(data_norm=data_norm, epsilon=100).fit(X, list("ababa"))
    assert np.isfinite(fitted.predict_proba(X)).all()


@METHODS
def test_a_stronger_penalty_gives_smaller_coefficients(method, blobs):
    X, y = blobs
    lengths = [
        np.linalg.norm(
            private(method=method, C=C, epsilon=50, classes=["a", "b", "c"])
            .fit(X, y)
            .coef_
        )
        for C in (1e-5, 1e-4, 1e-3, 1e-2)
    ]
    assert_array_equal(lengths, np.sort(lengths))


@METHODS
@pytest.mark.parametrize("delta", [0, 1e-5])
@pytest.mark.parametrize("classes", ["ab", "abc"])
def test_every_coefficient_is_a_multiple_of_a_public_step(
    method, delta, classes, blobs, monkeypatch
):
    """It tells nothing of how far the search went, nor of the digits of the noise."""
    steps = []

    def masked(stream, values, radius, epsilon):
        released = original(stream, values, radius, epsilon)
        step = 2 * radius * np.sqrt(len(values)) * np.expm1(2.0**-4) / epsilon
        steps.append(step)
        return released

    original = _private_logistic.masked
    monkeypatch.setattr(_private_logistic, "masked", masked)
    X, y = (part[np.isin(blobs[1], list(classes))] for part in blobs)
    model = private(method=method, delta=delta, classes=list(classes), C=0.01)
    for labels in (y, y[::-1]):
        model.fit(X, labels)
        multiples = model._weights / steps[0]
        assert_allclose(multiples, np.round(multiples), rtol=1e-13)
    assert len(set(steps)) == 1  # the other labels changed nothing


def noise_of(model, y, fits, monkeypatch):
    """Gradient of the penalised loss at what is released, for each problem and fit.

    With a mask that is left out: its noise is far below that of the rest.
    """
    monkeypatch.setattr(_private_logistic, "masked", lambda stream, values, *_: values)
    X = np.eye(3)[[0, 1, 2, 0, 1]]
    codes = np.searchsorted(model.classes, y)
    labels = range(len(model.classes)) if len(model.classes) > 2 else [1]
    signs = [np.where(codes == label, 1, -1) for label in labels]
    for seed in range(fits):
        weights = model.set_params(random_state=seed).fit(X, y).coef_
        yield [(X, sign, one) for sign, one in zip(signs, weights, strict=True)]


@pytest.mark.parametrize("classes", ["ab", "abc"])
@pytest.mark.parametrize(("epsilon", "C"), [(0.1, 5.0), (3, 0.5)])
@pytest.mark.parametrize("delta", [0, *slow(1e-3)])
def test_noise_of_the_objective(epsilon, C, delta, classes, monkeypatch):
    """The linear term, as the gradient of the rest at the minimum.

    A Kolmogorov-Smirnov test, with the same seeds in every run.
    """
    share = 3 if classes == "abc" else 1
    left = 0.999 * epsilon / share
    penalty = max(least_penalty(left), 1 / C)
    scale = tilt(left, delta / share, penalty).scale
    model = private(epsilon=epsilon, C=C, data_norm=1, fit_intercept=False, delta=delta)
    model.set_params(classes=list(classes))
    y = list("abcab") if share == 3 else list("abaab")
    linear = []
    for problems in noise_of(model, y, 100 if delta else 300, monkeypatch):
        for X, sign, weights in problems:
            loss = -(sign / (1 + np.exp(sign * (X @ weights)))) @ X
            linear.append(loss + penalty * weights)
    length = np.linalg.norm(linear, axis=1)
    if delta:
        assert kstest(np.ravel(linear), norm(scale=scale).cdf).pvalue > 1e-3
    else:
        assert kstest(length, gamma(3, scale=scale).cdf).pvalue > 1e-3
    # A random direction: each coordinate of it is uniform, in three dimensions.
    direction = np.transpose(linear) / length
    assert kstest(direction[0], uniform(-1, 2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("classes", ["ab", "abc"])
@pytest.mark.parametrize("epsilon", [0.1, 5])
@pytest.mark.parametrize("delta", [0, *slow(1e-3)])
def test_noise_of_the_output(epsilon, delta, classes, monkeypatch):
    """Of three classes each has a third of epsilon, or all are one Gaussian release.

    A Kolmogorov-Smirnov test, with the same seeds in every run.
    """
    share = 3 if classes == "abc" else 1
    multiplier = gaussian_noise_multiplier(0.999 * epsilon, delta or 0.5)
    monkeypatch.setattr(
        _private_logistic, "gaussian_noise_multiplier", lambda *_: multiplier
    )
    model = private(
        method="output", delta=delta, C=0.5, data_norm=1, fit_intercept=False
    )
    model.set_params(classes=list(classes), epsilon=epsilon)
    y = list("abcab") if share == 3 else list("abaab")
    added = []
    for problems in noise_of(model, y, 300, monkeypatch):
        added += [
            weights - minimise(*rest, 2.0, 0.0, 1e-9) for *rest, weights in problems
        ]
    if delta:
        law = norm(scale=multiplier * share**0.5 * 2 * 0.5)
        assert kstest(np.ravel(added), law.cdf).pvalue > 1e-3
    else:
        law = gamma(3, scale=2 * 0.5 * share / (0.999 * epsilon))
        assert kstest(np.linalg.norm(added, axis=1), law.cdf).pvalue > 1e-3


def test_two_fits_have_other_noise(blobs):
    model = private(random_state=None, classes=["a", "b", "c"])
    one, other = model.fit(*blobs).coef_, model.fit(*blobs).coef_
    assert (one != other).all()


def test_an_unfinished_search_is_an_error(monkeypatch, blobs):
    monkeypatch.setattr(_private_minimum, "MAX_STEPS", 1)
    model = private(classes=["a", "b", "c"])
    with pytest.raises(RuntimeError, match=r"gradient is .* after 1 steps"):
        model.fit(*blobs)
    assert not [name for name in vars(model) if name.endswith("_")]


@METHODS
@pytest.mark.parametrize("C", [1e-6, 1.0, 1e8, 1e300])
@pytest.mark.parametrize("epsilon", [1e-9, 1.0, 1e9])
def test_extreme_parameters(method, C, epsilon, blobs):
    model = private(method=method, epsilon=epsilon, C=C, classes=["a", "b", "c"])
    model.fit(*blobs)
    assert np.isfinite(model.coef_).all()
    assert_allclose(model.predict_proba(blobs[0]).sum(axis=1), 1)


def test_epsilon_and_delta_are_booked(blobs):
    accountant = PrivacyAccountant(epsilon=1, delta=1e-5)
    model = private(
        epsilon=0.6, delta=1e-5, classes=["a", "b", "c"], accountant=accountant
    )
    model.fit(*blobs)
    assert accountant.spent_ == (model.epsilon_, model.delta_) == (0.6, 1e-5)
    with pytest.raises(PrivacyBudgetExceeded):
        model.fit(*blobs)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"data_norm": None}, "'data_norm' parameter .* must be declared"),
        ({"epsilon": 0}, r"'epsilon' parameter .* range \(0.0, inf\). Got 0 instead"),
        ({"data_norm": -1}, "'data_norm' parameter"),
        ({"delta": 0.2}, r"'delta' .* at most 0\.1 with method='objective'. Got 0\.2"),
        ({"delta": 1.0, "method": "output"}, "'delta' parameter"),
        ({"classes": ["a", "b"]}, r"'classes' parameter .* y also holds \['c'\]"),
        ({"method": "input"}, "'method' parameter"),
    ],
)
def test_errors_cost_nothing(params, message, blobs):
    accountant = PrivacyAccountant()
    known = {"classes": ["a", "b", "c"], "accountant": accountant}
    model = private(**(known | params))
    with pytest.raises(ValueError, match=message):
        model.fit(*blobs)
    assert not [name for name in vars(model) if name.endswith("_")]
    assert accountant.spent_ == (0, 0)


def test_one_class():
    with pytest.raises(ValueError, match=r"at least two classes\. Got one class only"):
        private(classes=["a"]).fit([[0.0], [1.0]], ["a", "a"])
    fitted = private(epsilon=100).fit([[0.0], [1.0]], ["a", "a"])
    assert fitted.predict_proba([[0.0]]).shape == (1, 2)


def test_one_record():
    fitted = private(epsilon=100).fit([[3.0, 4.0]], ["b"])
    assert fitted.predict_proba([[3.0, 4.0]]).shape == (1, 2)


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


def test_a_seed_warns(blobs):
    with pytest.warns(PrivacyLeakWarning, match="random_state"):
        private(classes=["a", "b", "c"], random_state=0).fit(*blobs)


@pytest.mark.parametrize(
    "params", [{"data_norm": 1e-160}, {"C": 1e-320}, {"epsilon": 5e-324}]
)
def test_numbers_too_small_cost_nothing(params, blobs):
    accountant = PrivacyAccountant()
    model = private(classes=["a", "b", "c"], accountant=accountant)
    with pytest.raises(ValueError, match="too small to compute with"):
        model.set_params(**params).fit(*blobs)
    assert accountant.ledger().empty
