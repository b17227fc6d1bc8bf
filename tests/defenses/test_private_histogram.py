"""Histograms with differential privacy: what they learn, draw, say and refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.stats import chisquare, kstest, laplace

from skmia.defenses import PrivacyAccountant, PrivateHistogram
from skmia.defenses.private import _private_histogram
from skmia.defenses.private._private_histogram import nearest_shares
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning

# Seeds make tests repeat; the warning has a test of its own.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of PrivateHistogram:skmia.exceptions.PrivacyLeakWarning"
)
LOW, HIGH = np.array([0.0, -5.0]), np.array([1.0, 5.0])


def private(n_bins=(4, 5), **params):
    known = {"bounds": (LOW, HIGH), "random_state": 0}
    return PrivateHistogram(n_bins, **(known | params))


@pytest.fixture
def X(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    return LOW + (HIGH - LOW) * rng.beta(2, 5, size=(400, 2))


def test_without_noise_it_is_a_histogram(X):
    model = private(epsilon=1e12).fit(X)
    density, *edges = np.histogramdd(
        X, bins=(4, 5), range=list(zip(LOW, HIGH, strict=True)), density=True
    )
    assert_allclose(model.probabilities_, density * 10 / 20, atol=1e-12)
    for own, other in zip(model.bin_edges_, edges[0], strict=True):
        assert_allclose(own, other)
    cells = [
        np.clip(np.digitize(X[:, i], edges[0][i]) - 1, 0, (3, 4)[i]) for i in (0, 1)
    ]
    assert_allclose(model.score_samples(X), np.log(density[tuple(cells)]))


def test_the_noise_is_that_of_epsilon(monkeypatch, X):
    """Kolmogorov-Smirnov, wrong for one seed in a million; of integers, 40 wide."""
    counts = []
    original = _private_histogram.nearest_shares
    monkeypatch.setattr(
        _private_histogram,
        "nearest_shares",
        lambda shares: counts.append(shares * len(X)) or original(shares),
    )
    for epsilon in (1e12, 0.05):
        private((20, 20), epsilon=epsilon).fit(X)
    exact, noisy = counts
    noise = np.ravel(noisy - exact) + np.random.RandomState(0).rand(400) - 0.5
    assert kstest(noise, laplace(scale=2 / 0.05).cdf).pvalue > 1e-6


def test_rows_have_the_density(X):
    """Chi-square of cells, wrong for one seed in a million; uniform within each."""
    model = private(epsilon=3).fit(X)
    rows = model.sample(5000, random_state=1)
    assert ((rows >= LOW) & (rows <= HIGH)).all()
    counts = np.histogramdd(rows, bins=model.bin_edges_)[0].ravel()
    shares = model.probabilities_.ravel()
    there = shares > 0
    assert counts[~there].sum() == 0
    assert chisquare(counts[there], 5000 * shares[there]).pvalue > 1e-6
    within = np.ravel((rows - LOW) / (HIGH - LOW) * (4, 5) % 1)
    assert kstest(within, "uniform").pvalue > 1e-6
    assert_array_equal(rows, model.sample(5000, random_state=1))
    assert (model.score_samples(rows) > -20).all()


def test_there_is_no_density_beyond_the_bounds(X):
    model = private().fit(X)
    none = np.log(np.nextafter(0, 1))
    assert_array_equal(model.score_samples([[1.1, 0], [0.5, -6]]), [none, none])


def test_the_density_integrates_to_one(X):
    model = private(epsilon=0.1).fit(X)
    places = np.stack(
        np.meshgrid(np.linspace(0.005, 0.995, 100), np.arange(-4.95, 5, 0.1))
    )
    log_density = model.score_samples(places.reshape(2, -1).T)
    assert_allclose(np.exp(log_density).mean() * 10, 1)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=6))
def test_possible_shares_are_the_nearest(shares):
    shares = np.array(shares)
    found = nearest_shares(shares)
    assert (found >= 0).all()
    assert_allclose(found.sum(), 1)
    other = minimize(
        lambda p: ((p - shares) ** 2).sum(),
        np.full(len(shares), 1 / len(shares)),
        bounds=[(0, None)] * len(shares),
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1},
    ).x
    assert ((found - shares) ** 2).sum() <= ((other - shares) ** 2).sum() + 1e-6


def test_values_beyond_the_bounds_are_clipped(X):
    assert_array_equal(
        private().fit(3 * X).probabilities_,
        private().fit(np.clip(3 * X, LOW, HIGH)).probabilities_,
    )


def test_it_is_paid_before():
    accountant = PrivacyAccountant(epsilon=1.5)
    model = private(accountant=accountant).fit([[0.5, 0], [0.2, 1]])
    assert (model.epsilon_, model.delta_) == (1.0, 0.0)
    model.sample(1000, random_state=0)
    with pytest.raises(PrivacyBudgetExceeded):
        model.fit([[0.5, 0], [0.2, 1]])
    assert accountant.ledger().to_dict("list") == {
        "what": ["PrivateHistogram"],
        "epsilon": [1.0],
        "delta": [0.0],
    }


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bounds": None}, "must be declared"),
        ({"n_bins": [0.5]}, "must be a number of bins, 1 or more"),
        ({"n_bins": [2, 2, 2]}, "one for each of the 2 features"),
        ({"n_bins": [0, 2]}, "1 or more"),
        ({"n_bins": 2000}, "4e[+]06 of 2 features: declare fewer bins"),
        ({"epsilon": 1e-12}, "too wide to be drawn exactly"),
    ],
)
def test_what_is_declared_is_checked_before_it_is_paid(params, message):
    accountant = PrivacyAccountant()
    model = private(**({"accountant": accountant} | params))
    with pytest.raises(ValueError, match=message):
        model.fit([[0.5, 0], [0.2, 1]])
    assert accountant.spent_.epsilon == 0


def test_a_seed_warns():
    with pytest.warns(PrivacyLeakWarning, match="random_state"):
        private().fit([[0.5, 0], [0.2, 1]])


def test_more_axes_than_arrays_have_are_refused_before_they_are_paid():
    accountant = PrivacyAccountant(epsilon=1)
    model = PrivateHistogram(1, bounds=(0, 1), accountant=accountant)
    with pytest.raises(ValueError, match="63 features at most"):
        model.fit(np.zeros((3, 64)))
    assert accountant.spent_.epsilon == 0
    assert model.fit(np.zeros((3, 63))).sample(2, random_state=0).shape == (2, 63)
