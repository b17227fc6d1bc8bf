"""Linear regression with differential privacy: what it learns, moves and refuses."""

import warnings
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LinearRegression

from skmia.defenses import ClippedPrediction, PrivacyAccountant, PrivateLinearRegression
from skmia.defenses.private._moment_noise import (
    UNIT,
    gaussian_edge,
    gaussian_variances,
    nuclear_sensitivity,
    second_moments,
    wishart_edge,
    with_gaussian_noise,
    with_wishart_noise,
)
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning
from skmia.utils._secret_stream import SecretStream

# Seeds make tests repeat; the warning has a test of its own.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of PrivateLinear:skmia.exceptions.PrivacyLeakWarning"
)
DELTAS = pytest.mark.parametrize("delta", [0, 1e-5])
# Of different widths, and not around 0.
LOW, HIGH = np.array([-7.0, 0, 90]), np.array([9.0, 4, 110])
Y_LOW, Y_HIGH = -20.0, 180.0


def private(**params):
    known = {"bounds": (LOW, HIGH), "y_bounds": (Y_LOW, Y_HIGH), "random_state": 0}
    return PrivateLinearRegression(**(known | params))


@pytest.fixture
def data(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    X = rng.uniform(LOW, HIGH, size=(400, 3))
    y = 3 * X[:, 0] - 9 * X[:, 1] + X[:, 2] + rng.normal(size=400)
    return X, y


@DELTAS
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_without_noise_it_is_least_squares(delta, fit_intercept, data):
    X, y = data
    model = private(epsilon=1e12, delta=delta, fit_intercept=fit_intercept).fit(X, y)
    middle, y_middle = (LOW + HIGH) / 2, (Y_LOW + Y_HIGH) / 2
    plain = LinearRegression(fit_intercept=fit_intercept)
    plain.fit(X - middle, y - y_middle)
    # Records are rounded to 2**-14 of a length that is less than 3 half widths, labels
    # to a part in 2**-14 of less than 6: 0.04 each; errors of features add up.
    assert_allclose(model.predict(X), plain.predict(X - middle) + y_middle, atol=0.15)
    assert_allclose(model.coef_, plain.coef_, atol=0.05)
    assert model.penalty_ == 0


@DELTAS
def test_coefficients_are_in_the_units_of_features(delta, data):
    X, y = data
    model = private(epsilon=1, delta=delta).fit(X, y)
    assert_allclose(model.predict(X), X @ model.coef_ + model.intercept_, rtol=1e-9)
    Y = np.column_stack([y, -y, y / 2])
    several = private(epsilon=1, delta=delta, y_bounds=(-180, [180, 180, 90]))
    several.fit(X, Y)
    assert several.coef_.shape == (3, 3)
    assert several.intercept_.shape == (3,)
    expected = X @ several.coef_.T + several.intercept_
    assert_allclose(several.predict(X), expected, rtol=1e-9)


@DELTAS
def test_several_outputs_are_learned(delta, data):
    X, y = data
    Y = np.column_stack([y, 40 - y])
    model = private(epsilon=1e9, delta=delta, y_bounds=([-20, -140], [180, 60]))
    assert_allclose(model.fit(X, Y).predict(X), Y, atol=5)
    column = private(epsilon=1e9, delta=delta).fit(X, y[:, None])
    assert column.predict(X).shape == (400, 1)


@DELTAS
def test_the_unit_changes_the_unit_only(delta, data):
    """By powers of 2, so that the steps of the grid are the same."""
    X, y = data
    one = private(delta=delta).fit(X, y)
    other = private(
        delta=delta, bounds=(8 * LOW, 8 * HIGH), y_bounds=(2 * Y_LOW, 2 * Y_HIGH)
    ).fit(8 * X, 2 * y)
    assert_allclose(other.predict(8 * X), 2 * one.predict(X))
    assert_allclose(other.coef_, one.coef_ / 4)
    assert other.penalty_ == one.penalty_


@DELTAS
def test_records_beyond_bounds_and_norm_are_shortened(delta, data):
    X, y = data
    middle, half = (LOW + HIGH) / 2, (HIGH - LOW) / 2

    def short(X):
        U = (np.clip(X, LOW, HIGH) - middle) / half
        return middle + half * U / np.maximum(np.linalg.norm(U, axis=1), 1)[:, None]

    far, wild = middle + 5 * (X - middle), 9 * (y - 80) + 80
    model = private(data_norm=1, delta=delta)
    one = model.fit(far, wild).coef_
    assert_allclose(model.predict(far), model.predict(short(far)))
    assert_allclose(one, model.fit(short(far), np.clip(wild, Y_LOW, Y_HIGH)).coef_)


def test_it_learns_at_a_usual_epsilon():
    """Where 20 fits had an R² of .990 with a deviation of .001 (delta: .991)."""
    rng = np.random.RandomState(0)
    X = rng.uniform(LOW, HIGH, size=(20_000, 3))
    y = 3 * X[:, 0] - 9 * X[:, 1] + X[:, 2] + rng.normal(size=20_000)
    for delta in (0, 1e-5):
        assert private(epsilon=1, delta=delta).fit(X, y).score(X, y) > 0.95


def test_a_penalty_where_noise_drowns_the_moments(data):
    X, y = data
    for seed in range(20):
        model = private(epsilon=0.05, random_state=seed).fit(X[:30], y[:30])
        assert model.penalty_ > 0
        # Half of the edge of the noise keeps the weights from going anywhere.
        assert np.abs(model.predict(X)).max() < 100 * (Y_HIGH - Y_LOW)


def test_the_edges_of_the_noise():
    """Largest eigenvalues of noise alone, mean of 20, are near to what they are for.

    Those of 30 rows fluctuate by some percent of the edge, and lie some percent below.
    """
    nothing, stream = np.zeros((30, 30), dtype=np.int64), SecretStream(b"0" * 32, b"")
    variances = gaussian_variances(1, 1e-5)
    for noisy, edge in (
        (lambda: with_gaussian_noise(stream, nothing, variances), "gaussian"),
        (lambda: with_wishart_noise(stream, nothing, 1.0), "wishart"),
    ):
        largest = np.mean([np.linalg.eigvalsh(noisy())[-1] for _ in range(20)])
        expected = (
            gaussian_edge(variances, 30)
            if edge == "gaussian"
            else wishart_edge(1.0, 30)
        )
        assert 0.85 < largest / expected < 1.02


def change_of(model, one, other):
    """Change of the moments of integers, from one record with label to another."""
    bounds = np.broadcast_arrays(*model.bounds, np.zeros(len(one[0])))[:2]
    vectors = model._vectors(
        np.array([one[0], other[0]]),
        np.array([one[1], other[1]]),
        bounds,
        np.broadcast_arrays(*model.y_bounds, np.zeros(1))[:2],
    )
    assert ((vectors**2).sum(axis=1) <= UNIT).all()
    first, second = (second_moments(row[None]) for row in vectors)
    return first - second


def sizes_of(change):
    """Squared change in units of the noise's variances, and the nuclear norm."""
    # Beside the diagonal each entry is released once, with half the variance.
    squares = (change.astype(float) ** 2).sum() / UNIT**2
    return squares, np.abs(np.linalg.eigvalsh(change / UNIT)).sum()


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("norm", [None, 0.7])
def test_no_two_records_move_the_moments_farther(fit_intercept, norm):
    """Brute force over all corners, edges and the middle, and labels beside them."""
    model = private(
        bounds=(-1, 1), y_bounds=(-1, 1), data_norm=norm, fit_intercept=fit_intercept
    )
    records = list(product(product([-3, -1, 0, 1], repeat=2), [-1, 0, 9]))
    found = [
        sizes_of(change_of(model, one, other)) for one in records for other in records
    ]
    squares, nuclear = np.max(found, axis=0)
    assert squares <= 2
    assert nuclear <= nuclear_sensitivity(4)
    # And the noise is not for a change that cannot be: with a constant that both have
    # no two of them are at a right angle.
    if not fit_intercept:
        assert squares > 1.7
        assert nuclear > 1.9


anything = st.floats(-1e6, 1e6, width=32)


@given(arrays(float, (2, 4), elements=anything), st.sampled_from([None, 0.01, 3.0]))
def test_whatever_the_records_are(rows, norm):
    model = private(bounds=(LOW, HIGH), data_norm=norm)
    one, other = ((row[:3], row[3]) for row in rows)
    squares, nuclear = sizes_of(change_of(model, one, other))
    assert squares <= 2
    assert nuclear <= 2 * (1 + 1e-12)  # of eigenvalues in doubles


@DELTAS
def test_the_accountant_is_asked_once_and_first(delta, data):
    accountant = PrivacyAccountant(epsilon=1, delta=1e-5)
    model = private(epsilon=0.7, delta=delta, accountant=accountant).fit(*data)
    booked = accountant.ledger().to_numpy().tolist()
    assert booked == [["PrivateLinearRegression", 0.7, delta]]
    assert (model.epsilon_, model.delta_) == (0.7, delta)
    with pytest.raises(PrivacyBudgetExceeded, match="PrivateLinearRegression would"):
        private(epsilon=0.7, accountant=accountant).fit(*data)
    model.predict(data[0])
    assert len(accountant.ledger()) == 1


@DELTAS
def test_noise_is_new_in_every_fit(delta, data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fits = [private(delta=delta, random_state=None).fit(*data) for _ in range(2)]
    assert (fits[0].coef_ != fits[1].coef_).any()


@pytest.mark.filterwarnings("default:The noise of")
def test_a_seed_warns(data):
    with pytest.warns(PrivacyLeakWarning, match="The noise of PrivateLinearRegression"):
        one = private(random_state=0).fit(*data)
    with pytest.warns(PrivacyLeakWarning):
        assert_array_equal(private(random_state=0).fit(*data).coef_, one.coef_)


def test_a_mask_around_it_keeps_the_secret(data):
    model = ClippedPrediction(private(random_state=None), bounds=(0, 50)).fit(*data)
    assert model.estimator_.random_state is None
    assert model.estimator_.epsilon_ == 1
    predicted = model.predict(data[0])
    assert predicted.min() >= 0
    assert predicted.max() <= 50


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bounds": None}, "'bounds' parameter of PrivateLinear.* must be declared"),
        ({"bounds": (1, 1)}, "'bounds' parameter .* low < high"),
        ({"bounds": ([0, 0], [1, 1])}, "'bounds' parameter .* 3 numeric features"),
        ({"y_bounds": None}, "'y_bounds' parameter .* must be declared .* 1 outputs"),
        ({"y_bounds": (2, 1)}, "'y_bounds' parameter .* low < high"),
        ({"y_bounds": (0, [1, 2])}, "'y_bounds' parameter .* 1 outputs"),
        ({"data_norm": 0}, "'data_norm' parameter"),
        ({"delta": 1}, "'delta' parameter"),
        ({"epsilon": 0}, r"'epsilon' parameter .* range \(0.0, inf\). Got 0 instead"),
        ({"epsilon": 1e-6}, "'epsilon' .* at least about .* declare a delta"),
    ],
)
def test_errors(params, message, data):
    accountant = PrivacyAccountant()
    model = private(accountant=accountant).set_params(**params)
    with pytest.raises(ValueError, match=message):
        model.fit(*data)
    assert not [name for name in vars(model) if name.endswith("_")]
    assert accountant.spent_.epsilon == 0


def test_weights_are_refused_with_the_reason(data):
    with pytest.raises(TypeError, match="takes no 'sample_weight': the noise is"):
        private().fit(*data, sample_weight=np.ones(400))
