"""The guarantees of the private classifiers, tried from both sides.

From below: no attack beats the bound, and the same attack on a tenth of the noise does.
From above: replacing any record changes what gets noise by no more than was assumed.
"""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skmia.defenses import (
    PrivateLogisticRegression,
    _private_logistic,
)
from skmia.defenses._private_logistic import TOLERANCE, minimise, objective_noise
from skmia.metrics import clopper_pearson, max_advantage

CLASSES = np.array(["a", "b"])
epsilons = st.floats(0.01, 20)


class Quiet(np.random.RandomState):
    """A tenth of the noise: what the games must catch."""

    def laplace(self, *args, **kwargs):
        return super().laplace(*args, **kwargs) / 10

    def exponential(self, *args, **kwargs):
        return super().exponential(*args, **kwargs) / 10

    def gamma(self, *args, **kwargs):
        return super().gamma(*args, **kwargs) / 10

    def normal(self, *args, **kwargs):
        return super().normal(*args, **kwargs) / 10


def coefficient(model, fitted):
    """Only the canary has the feature."""
    return fitted["coef_"][0, 0]


def relabelled(label):
    """Two records; the canary, the first one, changes its label only."""
    return np.array([[1.0], [0.0]]), np.array([int(label == "b"), 0])


NORM = {"data_norm": 1, "fit_intercept": False}
OUTPUT = {**NORM, "method": "output", "C": 0.1}
GAMES = pytest.mark.parametrize(
    ("model", "records", "statistic"),
    [
        (PrivateLogisticRegression(C=0.5, **NORM), relabelled, coefficient),
        # Where the penalty has to grow.
        (PrivateLogisticRegression(C=20, **NORM), relabelled, coefficient),
        (PrivateLogisticRegression(**OUTPUT), relabelled, coefficient),
        (PrivateLogisticRegression(delta=0.01, **OUTPUT), relabelled, coefficient),
    ],
    ids=lambda value: value.__name__ if callable(value) else repr(value),
)


def advantage_for_sure(model, records, statistic, generator, fits):
    """Lower end of an interval for the TPR - FPR of the best threshold.

    The threshold comes from the first third of the fits, the interval from the others:
    the difference of two Clopper-Pearson bounds, each wrong with a probability of 5e-6
    at most. A correct mechanism is therefore rejected for one seed in 100 000.
    """
    worlds = []
    for label in "ba":
        rng = generator(ord(label))
        X, codes = records(label)
        fitted = (model._train(X, codes, CLASSES, rng) for _ in range(fits))
        worlds.append(np.array([statistic(model, one) for one in fitted]))
    first = fits // 3
    members, others = (world[:first] for world in worlds)
    cuts = np.unique(np.concatenate([members, others]))
    gains = [(members >= cut).mean() - (others >= cut).mean() for cut in cuts]
    called = [(world[first:] >= cuts[np.argmax(gains)]).sum() for world in worlds]
    low, high = clopper_pearson(called, fits - first, confidence_level=1 - 1e-5)
    return low[0] - high[1]


@pytest.fixture
def bare(monkeypatch):
    """Calibrate once for all fits."""
    calibrate = cache(_private_logistic.gaussian_noise_multiplier)
    monkeypatch.setattr(_private_logistic, "gaussian_noise_multiplier", calibrate)


@GAMES
@pytest.mark.usefixtures("bare")
def test_no_attack_beats_the_guarantee(model, records, statistic):
    advantage = advantage_for_sure(
        model, records, statistic, np.random.RandomState, fits=1500
    )
    assert advantage <= max_advantage(model.epsilon, getattr(model, "delta", 0))


@GAMES
@pytest.mark.usefixtures("bare")
def test_the_games_catch_a_tenth_of_the_noise(model, records, statistic):
    advantage = advantage_for_sure(model, records, statistic, Quiet, fits=1500)
    assert advantage > max_advantage(model.epsilon, getattr(model, "delta", 0))


@st.composite
def replaced(draw, max_features=4, n_classes=3):
    """Two data sets that differ in one record: features in [-1, 1], and classes."""
    n_samples, n_features = draw(st.integers(1, 12)), draw(st.integers(1, max_features))
    value = st.one_of(st.sampled_from([-1.0, 0.0, 1.0]), st.floats(-1, 1))
    row = st.lists(value, min_size=n_features, max_size=n_features)
    X = np.array(draw(st.lists(row, min_size=n_samples, max_size=n_samples)))
    label = st.integers(0, n_classes - 1)
    y = np.array(draw(st.lists(label, min_size=n_samples, max_size=n_samples)))
    X_other, y_other = X.copy(), y.copy()
    X_other[0], y_other[0] = draw(row), draw(label)
    return (X, y), (X_other, y_other)


@given(replaced(), st.floats(0.01, 100), st.booleans())
def test_records_are_at_most_1_long(pair, data_norm, fit_intercept):
    model = PrivateLogisticRegression(data_norm=data_norm, fit_intercept=fit_intercept)
    lengths = np.linalg.norm(model._shorten(pair[0][0] * 50), axis=1)
    assert (lengths <= 1 + 1e-12).all()


@given(replaced(n_classes=2), st.sampled_from([0.01, 1.0, 100.0]))
def test_minimum_moves_by_the_sensitivity_at_most(pair, C):
    def weights(X, y):
        X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1)
        return minimise(X, 2 * y - 1, 1 / C, 0.0)

    moved = np.linalg.norm(weights(*pair[0]) - weights(*pair[1]))
    assert moved <= C * (2 + 2 * TOLERANCE)


@given(replaced(n_classes=2), epsilons, st.sampled_from([0.01, 1.0, 100.0]))
def test_noise_that_explains_a_release_changes_its_density_by_epsilon(pair, epsilon, C):
    """The proof of objective perturbation, in numbers.

    Weights are released exactly when the linear term is minus the gradient of the rest.
    The ratio of the densities of a release is that of the two linear terms times that
    of the two Jacobians.
    """
    penalty, left = objective_noise(epsilon, 1 / C)
    weights = np.linspace(-2, 3, pair[0][0].shape[1])
    log_density = []
    for X, y in pair:
        X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1)
        Z = X * (2 * y - 1)[:, None]
        wrong = 1 / (1 + np.exp(Z @ weights))
        tilt = wrong @ Z - penalty * weights
        jacobian = (Z.T * (wrong * (1 - wrong))) @ Z + penalty * np.eye(len(weights))
        log_density.append(
            np.linalg.slogdet(jacobian)[1] - left / 2 * np.linalg.norm(tilt)
        )
    assert abs(log_density[0] - log_density[1]) <= epsilon + 1e-9
