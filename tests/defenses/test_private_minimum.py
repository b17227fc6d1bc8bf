"""The minimum of a logistic loss: found on any data, released without its digits."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare
from sklearn.linear_model import LogisticRegression

from skmia.defenses.private import _private_minimum
from skmia.defenses.private._objective_perturbation import least_penalty, tilt
from skmia.defenses.private._private_minimum import (
    mask_epsilon,
    masked,
    minimise,
    tolerance,
)
from skmia.utils._secret_stream import SecretStream, secret_key


def stream(seed):
    return SecretStream(secret_key(seed), b"noise")


def records(kind, n_samples, n_features, rng):
    """Records of length 1 at most, and signs, that make a search hard."""
    X = rng.normal(size=(n_samples, n_features))
    sign = np.where(rng.uniform(size=n_samples) < 0.5, 1.0, -1.0)
    if kind == "one class":
        sign[:] = 1
    elif kind == "separable":
        X[:, 0] += 5 * sign
    elif kind == "equal records":
        X[:] = X[0]
    elif kind == "equal features":
        X[:] = X[:, :1]
    elif kind == "nearly equal features":
        X = X[:, :1] + 1e-9 * X
    elif kind == "lengths":
        X *= 10.0 ** rng.uniform(-8, 0, size=(n_samples, 1))
    elif kind == "scales":
        X *= 10.0 ** rng.uniform(-8, 0, size=n_features)
    elif kind == "zero":
        X[:] = 0
    return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1), sign


KINDS = [
    "random",
    "one class",
    "separable",
    "equal records",
    "equal features",
    "nearly equal features",
    "lengths",
    "scales",
    "zero",
]


def exact_gradient(X, sign, penalty, linear, weights):
    """Of the weights as they are, with 60 digits."""
    exactly = np.vectorize(Decimal, otypes=[object])
    Z, linear, weights = exactly(X * sign[:, None]), exactly(linear), exactly(weights)
    with localcontext(prec=60):
        scores = [min(row @ weights, Decimal(9999)) for row in Z]
        slopes = [1 / (1 + score.exp()) for score in scores]
        return Decimal(penalty) * weights + linear - np.array(slopes) @ Z


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("epsilon", [1e-3, 1, 30, 1000])
@pytest.mark.parametrize("n_samples", [1, 60])
def test_the_exact_gradient_is_within_the_tolerance(
    kind, epsilon, n_samples, global_random_seed
):
    """Rounding included: the proof needs it of the numbers as they are released."""
    X, sign = records(kind, n_samples, 4, np.random.RandomState(global_random_seed))
    penalty = max(least_penalty(epsilon), 1e-10 * n_samples)
    noise = tilt(epsilon, 0.0, penalty)
    linear = noise.draw(stream(global_random_seed), 4)
    close = tolerance(n_samples, penalty, noise.length(4))
    weights = minimise(X, sign, penalty, linear, close)
    gradient = exact_gradient(X, sign, penalty, linear, weights)
    assert sum(part**2 for part in gradient).sqrt() <= Decimal(close)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 100), (20, 60), (2000, 5), (2, 1)])
@pytest.mark.parametrize("delta", [0, 1e-5])
def test_the_search_always_ends(kind, shape, delta, global_random_seed, monkeypatch):
    """In 50 steps, a tenth of those that it may make."""
    monkeypatch.setattr(_private_minimum, "MAX_STEPS", 50)
    X, sign = records(kind, *shape, np.random.RandomState(global_random_seed))
    for epsilon in (1e-9, 1e-3, 1, 30, 1e9):
        penalty = max(least_penalty(epsilon), 1e-10 * len(X))
        noise = tilt(epsilon, delta, penalty)
        linear = noise.draw(stream(global_random_seed), X.shape[1])
        close = tolerance(len(X), penalty, noise.length(X.shape[1]))
        assert np.isfinite(minimise(X, sign, penalty, linear, close)).all()


def test_many_equal_records():
    """Their rounding errors all point the same way."""
    x, sign = np.array([0.6, 0.8]), np.array([1.0, -1.0])
    linear, close = np.array([3.0, -7.0]), tolerance(300_000, 0.5, 8.0)
    n_each = (90_000, 210_000)
    weights = minimise(
        np.tile(x, (300_000, 1)), np.repeat(sign, n_each), 0.5, linear, close
    )
    gradient = linear + 0.5 * weights
    for one, n in zip(sign, n_each, strict=True):
        loss = exact_gradient(x[None], one[None], 0.0, 0 * x, weights)
        gradient += (n * loss).astype(float)
    assert np.linalg.norm(gradient) <= close


def test_it_is_ridge_logistic(global_random_seed):
    X, sign = records("random", 80, 3, np.random.RandomState(global_random_seed))
    plain = LogisticRegression(C=5, fit_intercept=False, tol=1e-12, max_iter=10_000)
    weights = minimise(X, sign, 1 / 5, 0.0, 1e-10)
    assert_allclose(weights, plain.fit(X, sign).coef_[0], atol=1e-7)


def test_an_unfinished_search_is_an_error(monkeypatch):
    monkeypatch.setattr(_private_minimum, "MAX_STEPS", 1)
    with pytest.raises(RuntimeError, match=r"after 1 steps, .* needs 5e-11\. Lower C"):
        minimise(np.eye(2), np.ones(2), 1.0, 0.0, 1e-10)


def test_part_of_the_mask():
    assert mask_epsilon(2.0) == 0.002
    assert mask_epsilon(1e6) == 1


def outcome(steps, noise_at):
    """Probability of an outcome at a place between two grid points, by the Notes."""
    below = np.floor(steps)
    share = steps - below
    return (1 - share) * noise_at(below) + share * noise_at(below + 1)


def laplace_at(outcomes):
    rate = float(_private_minimum._MASK_RATE)
    scale = np.tanh(rate / 2)
    return lambda place: scale * np.exp(-rate * np.abs(outcomes - place))


@pytest.mark.parametrize("place", [0.0, 0.25, -7.9])
def test_distribution_of_the_mask(place, monkeypatch, global_random_seed):
    """A chi-squared test, wrong for one seed in a million.

    At a tenth of the noise, where the random rounding shows.
    """
    monkeypatch.setattr(_private_minimum, "_MASK_RATE", Fraction(1, 2))
    grid = 2 * 100 * np.expm1(0.5)  # of 10,000 values, a radius of 1 and epsilon of 1
    values = np.full(10_000, place * grid)
    released = masked(stream(global_random_seed), values, 1.0, 1.0) / grid
    assert_allclose(released, np.round(released), atol=1e-9)
    inner = np.round(place) + np.arange(-5, 6)
    expected = 10_000 * outcome(place, laplace_at(inner))
    counts = [(np.round(released) == one).sum() for one in inner]
    rest = 10_000 - np.sum(counts), 10_000 - expected.sum()
    test = chisquare([*counts, rest[0]], [*expected, rest[1]])
    assert test.pvalue > 1e-6


@pytest.mark.parametrize("n_features", [1, 3, 200])
@pytest.mark.parametrize("epsilon", [1e-6, 1e-3, 1])
def test_the_mask_hides_the_radius(n_features, epsilon, global_random_seed):
    """The density of any outcome changes by epsilon at most, and by nearly that."""
    radius = 1e-6
    grid = np.abs(
        np.diff(masked(stream(0), np.zeros(n_features), radius, epsilon), prepend=0)
    )
    # Multiples of one step, which is the one that the proof asks for.
    step = 2 * radius * np.sqrt(n_features) * np.expm1(2.0**-4) / epsilon
    assert_allclose(grid / step, np.round(grid / step), atol=1e-6)
    rng = np.random.RandomState(global_random_seed)
    outcomes = np.arange(-300, 301)
    most = 0.0
    for direction in (np.ones(n_features), *rng.normal(size=(20, n_features))):
        moved = 2 * radius / step * direction / np.linalg.norm(direction)
        start = rng.uniform(-3, 3, size=n_features) * rng.choice([0, 1])
        losses = [
            np.log(outcome(there, laplace_at(outcomes)))
            - np.log(outcome(here, laplace_at(outcomes)))
            for here, there in zip(start, start + moved, strict=True)
        ]
        most = max(most, np.abs(losses).max(axis=1).sum())
        assert most <= epsilon * (1 + 1e-3)
    assert most >= 0.9 * epsilon


def test_the_mask_of_extreme_values():
    values = np.array([0.0, -1e-300, 1e9, -1e9])
    released = masked(stream(0), values, 1e-7, 1.0)
    assert_allclose(released, values, atol=1e-5)
    again = masked(stream(0), values, 1e-7, 1.0)
    assert_array_equal(released, again)
