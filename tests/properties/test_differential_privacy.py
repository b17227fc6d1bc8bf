"""The guarantees of the private classifiers, tried from both sides.

From below: no attack beats the bound, and the same attack on a tenth of the noise does.
From above: replacing any record changes what gets noise by no more than was assumed.
"""

from functools import cache

import numpy as np
import pytest
from dp_accounting import LaplaceDpEvent, pld
from hypothesis import given
from hypothesis import strategies as st

from skmia.defenses import (
    PrivateForestClassifier,
    PrivateGaussianNB,
    PrivateLogisticRegression,
    _private_logistic,
    _private_naive_bayes,
)
from skmia.defenses._private import geometric_noise
from skmia.defenses._private_forest import count_cells
from skmia.defenses._private_logistic import TOLERANCE, minimise, objective_noise
from skmia.defenses._private_naive_bayes import moments, noise_scales, sensitivities
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


def likelihood_of_moments(model, fitted):
    """Log-likelihood ratio of the noisy moments, the strongest attack there is."""
    ratio = 0.0
    scales = noise_scales(model.epsilon, 1)
    for noisy, scale, one, other in zip(
        fitted["noisy"], scales, *map(true_moments, "ba"), strict=True
    ):
        ratio += (np.abs(noisy - other) - np.abs(noisy - one)).sum() / scale
    return ratio


@cache
def true_moments(label):
    X, codes = neighbours(label)
    return moments(X, codes, 2)


def cell_counts(model, fitted):
    """Log-likelihood ratio of the noisy counts, up to a factor.

    The other record is at the other end: it may share the leaf, in either world.
    """
    a, b = np.moveaxis(fitted["_counts"], 2, 0)
    return np.sum(np.abs(a - 1) - np.abs(a) + np.abs(b) - np.abs(b - 1))


def neighbours(label):
    """Two records; the canary, the first one, is at one end or at the other."""
    X = np.array([[1.0 if label == "b" else -1.0], [0.0]])
    return X, np.array([int(label == "b"), 0])


def relabelled(label):
    """The canary changes its label only."""
    return np.array([[1.0], [0.0]]), np.array([int(label == "b"), 0])


BOUNDS = {"bounds": (-1, 1)}
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
        (PrivateGaussianNB(**BOUNDS), neighbours, likelihood_of_moments),
        (PrivateForestClassifier(1, max_depth=1, **BOUNDS), relabelled, cell_counts),
        (PrivateForestClassifier(3, max_depth=1, **BOUNDS), relabelled, cell_counts),
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
    """Calibrate once for all fits; keep the noisy moments, before they are clipped."""
    calibrate = cache(_private_logistic.gaussian_noise_multiplier)
    monkeypatch.setattr(_private_logistic, "gaussian_noise_multiplier", calibrate)
    train = PrivateGaussianNB._train
    seen = {}

    def parameters(*noisy):
        seen["noisy"] = noisy
        return original(*noisy)

    original = _private_naive_bayes._parameters
    monkeypatch.setattr(_private_naive_bayes, "_parameters", parameters)
    monkeypatch.setattr(
        PrivateGaussianNB, "_train", lambda *args: {**train(*args), **seen}
    )


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


@given(replaced())
def test_moments_change_by_the_sensitivity_at_most(pair):
    (X, y), (X_other, y_other) = pair
    one, other = moments(X, y, 3), moments(X_other, y_other, 3)
    for a, b, most in zip(one, other, sensitivities(X.shape[1]), strict=True):
        assert np.abs(a - b).sum() <= most + 1e-12


def test_the_sensitivity_of_moments_is_attained():
    X, y = np.ones((1, 2)), np.array([0])
    one = moments(X, y, 2)
    for X_other, y_other, changed in [(-X, y, (0, 4, 0)), (X, y + 1, (2, 4, 2))]:
        other = moments(X_other, y_other, 2)
        assert tuple(np.abs(a - b).sum() for a, b in zip(one, other, strict=True)) == (
            changed
        )


@given(replaced(), st.integers(1, 3), st.integers(0, 2**16))
def test_counts_of_a_forest_change_by_2_at_most(pair, n_estimators, seed):
    forest = PrivateForestClassifier(n_estimators, bounds=(-1, 1), max_depth=2)
    forest.set_params(epsilon=1e9)  # no noise
    one, other = (
        forest._train(X, y, np.arange(3), np.random.RandomState(seed))["_counts"]
        for X, y in pair
    )
    assert one.sum() == len(pair[0][0])
    assert np.abs(one - other).sum() <= 2


def test_counts_of_cells():
    counts = count_cells((2, 3), np.array([0, 1, 1]), np.array([2, 0, 0]))
    assert counts.tolist() == [[0, 0, 1], [2, 0, 0]]


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


@given(epsilons, st.integers(1, 5))
def test_what_naive_bayes_spends_is_epsilon(epsilon, n_features):
    """A scale per unit of sensitivity is the inverse of what is spent."""
    shares = zip(
        sensitivities(n_features), noise_scales(epsilon, n_features), strict=True
    )
    assert sum(most / scale for most, scale in shares) == pytest.approx(epsilon)


def test_an_accountant_agrees_on_naive_bayes():
    """It asks for less: it knows that the three releases are rarely unlucky at once."""
    accountant = pld.PLDAccountant()
    for most, scale in zip(sensitivities(3), noise_scales(1.5, 3), strict=True):
        accountant.compose(LaplaceDpEvent(scale / most))
    # Not at delta = 0, where it says inf: it cuts the tails off.
    assert accountant.get_epsilon(1e-2) < accountant.get_epsilon(1e-9) <= 1.5 + 1e-3


@pytest.mark.parametrize("scale", [0.3, 2.0, 50.0])
def test_geometric_noise(scale, global_random_seed):
    """Frequencies of 40 000 draws, each within 5 standard errors: 1 in 50 000 wrong."""
    rng = np.random.RandomState(global_random_seed)
    noise = geometric_noise(rng, scale, (40_000,))
    q = np.exp(-1 / scale)
    for z in (-5, -1, 0, 1, 5):
        p = (1 - q) / (1 + q) * q ** abs(z)
        error = max(np.sqrt(p * (1 - p) / 40_000), 1e-4)
        assert abs((noise == z).mean() - p) <= 5 * error


def test_geometric_noise_at_scales_beyond_integers():
    noise = geometric_noise(np.random.RandomState(0), 1e30, (100,))
    assert len(np.unique(noise)) == 100
    assert np.isfinite(noise).all()
    assert not geometric_noise(np.random.RandomState(0), 1e-9, (100,)).any()
