"""What one record changes in private preprocessing, in the integers as computed."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skmia.defenses import (
    BoundedScaler,
    DeclaredOneHotEncoder,
    PrivatePCA,
    PrivateStandardScaler,
)
from skmia.defenses.private import _moment_noise
from skmia.defenses.private._grid import on_grid
from skmia.defenses.private._moment_noise import (
    UNIT,
    gaussian_variances,
    in_steps,
    mask_sensitivity,
    nuclear_sensitivity,
    on_ball,
    second_moments,
)
from skmia.defenses.private._private_standard_scaler import moments, sensitivities
from skmia.utils._accounting import concentrated_noise_multiplier

LOW, HIGH = -3.0, 5.0


@st.composite
def replaced(draw, *, max_samples=6, max_features=5):
    """Two data sets that differ in one record, with values inside and outside."""
    n_samples, n_features = (
        draw(st.integers(1, max_samples)),
        draw(st.integers(1, max_features)),
    )
    value = st.one_of(
        st.sampled_from([LOW, HIGH, 1.0, 0.999, -1e300, 1e300]), st.floats(-10, 10)
    )
    row = st.lists(value, min_size=n_features, max_size=n_features)
    X = np.array(draw(st.lists(row, min_size=n_samples, max_size=n_samples)))
    other = X.copy()
    other[draw(st.integers(0, n_samples - 1))] = draw(row)
    return X, other


@given(replaced())
def test_sums_and_squares_change_by_the_sensitivity_at_most(pair):
    one, other = (moments(on_grid(X, LOW, HIGH)) for X in pair)
    most = sensitivities(pair[0].shape[1])
    for a, b, bound in zip(one, other, most, strict=True):
        assert np.abs(a - b).sum() <= bound


def test_the_sensitivities_are_attained():
    low, middle, high = (
        moments(on_grid(np.full((1, 2), v), -1, 1)) for v in (-1, 0, 1)
    )
    most = sensitivities(2)
    assert np.abs(high[0] - low[0]).sum() == most[0]
    assert np.abs(high[1] - middle[1]).sum() == most[1]


def directions(n_features):
    """Records of length 1, or 1 and a little, as a division leaves them."""
    return st.lists(st.floats(-1, 1), min_size=n_features, max_size=n_features).map(
        lambda z: np.array(z) / max(np.linalg.norm(z), 1e-3)
    )


@given(st.integers(1, 40).flatmap(directions), st.floats(0, 1e-12))
@example(np.full(4, 0.5), 1e-12)
@example(np.array([0.6, 0.8]), 0.0)
@example(np.array([1.0]), 1e-9)
def test_records_on_the_grid_are_no_longer_than_1(z, too_long):
    V = on_ball(z[None] * (1 + too_long))
    assert sum(int(v) ** 2 for v in V[0]) <= UNIT
    # And no more than two steps from where they were.
    assert np.abs(V[0] / UNIT**0.5 - z).max() <= 2 / UNIT**0.5


@given(replaced(), st.integers(1, 3))
def test_second_moments_are_exact(pair, chunk):
    X = np.clip(pair[0], LOW, HIGH)
    V = on_ball(X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1))
    exact = sum(np.outer(v, v) for v in V.astype(object))
    assert_array_equal(second_moments(V), exact)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_moment_noise, "_CHUNK", chunk)
        assert_array_equal(second_moments(V), exact)


@st.composite
def changes(draw):
    """Change of the second moments when one record is replaced, as Python integers."""
    n_features = draw(st.integers(1, 6))
    v, u = (on_ball(draw(directions(n_features))[None])[0] for _ in range(2))
    kind = draw(st.sampled_from(["any", "opposite", "apart", "none"]))
    if kind == "opposite":
        u = -v
    if kind == "apart":  # as far as it gets: two axes
        v, u = UNIT**0.5 * np.eye(n_features, dtype=int)[[0, -1]].astype(int)
        v, u = v.astype(int), u.astype(int)
    if kind == "none":
        u = 0 * u
    v, u = v.astype(object), u.astype(object)
    return np.outer(v, v) - np.outer(u, u)


def allowed_rho(epsilon, delta):
    return 1 / (2 * Fraction(concentrated_noise_multiplier(epsilon, delta)) ** 2)


def spent_rho(change, variances):
    on_diagonal, beside = variances
    squares = change**2
    upper = np.triu_indices(len(change), 1)
    spent = Fraction(int(np.trace(squares))) / on_diagonal
    return (spent + Fraction(int(squares[upper].sum())) / beside) / 2


@given(changes(), st.floats(0.01, 20), st.sampled_from([1e-3, 1e-6]))
def test_gaussian_noise_hides_a_change(change, epsilon, delta):
    """Theorem 14 of Canonne et al., exactly: squared changes over variances."""
    spent = spent_rho(change, gaussian_variances(epsilon, delta))
    assert spent <= allowed_rho(epsilon, delta)


def test_no_part_of_gaussian_noise_is_left_over():
    """Two records at a right angle: the same, whichever axes they lie on."""
    rho = allowed_rho(1.0, 1e-5)
    variances = gaussian_variances(1.0, 1e-5)
    change = UNIT * np.diag([1, -1]).astype(object)
    assert spent_rho(change, variances) == pytest.approx(float(rho))
    turned = UNIT * np.array([[0, 1], [1, 0]], dtype=object)
    assert spent_rho(turned, variances) == pytest.approx(float(rho))


@given(changes())
def test_the_nuclear_norm_of_a_change(change):
    eigenvalues = np.linalg.eigvalsh((change / UNIT).astype(float))
    assert np.abs(eigenvalues).sum() <= nuclear_sensitivity(len(change)) + 1e-9
    # One of each sign at most, which the proof takes apart.
    assert (eigenvalues > 1e-9).sum() <= 1
    assert (eigenvalues < -1e-9).sum() <= 1


NODES, WEIGHTS = np.polynomial.laguerre.laggauss(100)


def log_density(matrix):
    """Of the difference of two Wishart matrices of 2 x 2, up to a constant.

    With W the second of the two, the density at N is the integral of
    ``exp(-trace(N) / 2 - trace(W))`` over all W for which W and N + W are positive
    semi-definite. N is diagonal without loss of generality; then the entry of W beside
    the diagonal may be as large as the root of the smaller determinant.
    """
    first, second = np.linalg.eigvalsh(matrix)
    a = max(0, -first) + NODES[:, None]
    b = max(0, -second) + NODES
    room = np.sqrt(np.minimum(a * b, (a + first) * (b + second)))
    inside = WEIGHTS @ (2 * room) @ WEIGHTS
    shift = max(0, -first) + max(0, -second)
    return np.log(inside) - shift - (first + second) / 2


@given(
    st.lists(st.floats(-8, 8), min_size=3, max_size=3),
    *[st.lists(st.floats(-1, 1), min_size=2, max_size=2)] * 2,
)
def test_the_density_of_wishart_noise_changes_by_the_nuclear_norm(entries, v, u):
    """The proof of the pure variant, in numbers."""
    here = np.array([[entries[0], entries[1]], [entries[1], entries[2]]])
    change = np.outer(v, v) - np.outer(u, u)
    nuclear = np.abs(np.linalg.eigvalsh(change)).sum()
    there = log_density(here + change)
    # The integral is good to a part in a hundred.
    assert abs(there - log_density(here)) <= nuclear / 2 + 0.01


def test_no_part_of_epsilon_is_left_over():
    """Far out the density falls by as much as is proven, so that less noise fails."""
    far, change = np.diag([25.0, -25.0]), np.diag([1.0, -1.0])
    ratio = log_density(far) - log_density(far + change)
    assert 0.95 < ratio <= 1


@given(
    st.lists(st.integers(-UNIT, UNIT), min_size=2, max_size=2),
    st.floats(-300, 300),
    st.floats(-(2**-26), 2**-26),
    st.integers(-30, 10),
)
def test_rounding_doubles_moves_a_number_by_one_step_at_most(
    moments, drawn, error, exponent
):
    """Two data sets, the same exact sum: what the mask has to cover.

    The noise that makes up for another moment is computed in doubles, and wrong by half
    a step at most.
    """
    scale = 2.0**exponent
    step = Fraction(scale) * Fraction(2) ** -24
    exact = Fraction(moments[0], UNIT) + Fraction(scale * drawn)
    noise = exact - Fraction(moments[1], UNIT) + Fraction(scale * error)
    one = in_steps(moments[:1], [scale * drawn], step)
    other = in_steps(moments[1:], [noise], step)
    assert abs(one[0] - other[0]) <= 1
    assert one[0] == floor(exact / step)


@given(st.integers(1, 200))
def test_the_mask_covers_a_step_in_every_number(n_features):
    assert mask_sensitivity(n_features) == 64 * n_features * (n_features + 1) // 2


TRANSFORMERS = [
    BoundedScaler((LOW, HIGH)),
    DeclaredOneHotEncoder([1.0, LOW]),
    PrivateStandardScaler(bounds=(LOW, HIGH), clip=2),
    PrivatePCA(bounds=(LOW, HIGH), data_norm=3, delta=1e-5),
]


@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=lambda t: type(t).__name__)
@given(pair=replaced())
def test_records_are_transformed_one_by_one(transformer, pair):
    """So that an estimator behind it sees one record replaced."""
    fitted = transformer.fit(pair[0])
    one, other = map(fitted.transform, pair)
    same = (pair[0] == pair[1]).all(axis=1)
    np.testing.assert_allclose(one[same], other[same], rtol=1e-12, atol=1e-12)
    assert (~same).sum() <= 1
    if hasattr(fitted, "data_norm_"):
        assert np.linalg.norm(other, axis=1).max() <= fitted.data_norm_ * (1 + 1e-12)
