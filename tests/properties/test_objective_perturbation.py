"""The proofs of private logistic regression, in numbers: exact densities, no samples.

Weights are a minimum exactly if the linear term is minus the gradient of the rest, so
the density of a minimum is that of its linear term times a determinant.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm

from skmia.defenses import PrivateLogisticRegression
from skmia.defenses.private._objective_perturbation import (
    VectorNoise,
    gamma_rate,
    gaussian_loss,
    gaussian_scale,
    least_penalty,
    tail_quantile,
    tilt,
)
from skmia.defenses.private._private_minimum import minimise

epsilons = st.floats(0.01, 20)
penalties = st.sampled_from([1e-2, 1 / 28, 1.0, 100.0])


@st.composite
def replaced(draw, max_features=4):
    """Two data sets that differ in their first record, of length 1 at most and signed.

    Returns the records of both, how often each counts, and weights.
    """
    n_records, n_features = draw(st.integers(1, 8)), draw(st.integers(1, max_features))
    value = st.one_of(st.sampled_from([-1.0, 0.0, 1.0]), st.floats(-1, 1))
    row = st.lists(value, min_size=n_features, max_size=n_features)
    Z = np.array(draw(st.lists(row, min_size=n_records, max_size=n_records)))
    Z_other = Z.copy()
    Z_other[0] = draw(row)
    times = st.sampled_from([1, 1, 1, 1000])
    counts = draw(st.lists(times, min_size=n_records, max_size=n_records))
    counts[0] = 1
    direction = np.array(draw(row))
    weights = direction * draw(st.sampled_from([0.0, 0.1, 1.0, 10.0, 1000.0]))
    return short(Z), short(Z_other), np.array(counts), weights


def short(Z):
    return Z / np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1)


def linear_term(weights, Z, counts, penalty):
    """What makes these weights the minimum."""
    return (counts * expit(-Z @ weights)) @ Z - penalty * weights


def log_density(weights, Z, counts, penalty, noise):
    """Of the weights as a minimum, up to a constant."""
    b = linear_term(weights, Z, counts, penalty)
    curvature = counts * expit(Z @ weights) * expit(-Z @ weights)
    hessian = (Z.T * curvature) @ Z + penalty * np.eye(len(weights))
    length = np.linalg.norm(b) / noise.scale
    log_noise = -(length**2) / 2 if noise.gaussian else -length
    return log_noise + np.linalg.slogdet(hessian)[1]


def loss(weights, Z, Z_other, counts, penalty, noise):
    """Logarithm of the ratio of the two densities."""
    return log_density(weights, Z, counts, penalty, noise) - log_density(
        weights, Z_other, counts, penalty, noise
    )


@given(replaced(), epsilons, penalties)
def test_a_density_changes_by_epsilon_at_most(pair, epsilon, least):
    Z, Z_other, counts, weights = pair
    penalty = max(least, least_penalty(epsilon))
    noise = tilt(epsilon, 0.0, penalty)
    spent = loss(weights, Z, Z_other, counts, penalty, noise)
    assert abs(spent) <= epsilon + 1e-9


def neighbours_far_apart(penalty, rate, length=80.0, times=10**5):
    """Two data sets and a minimum where nearly all that is proven is spent.

    The weights are long and along the first axis. The replaced record and the one in
    its place lie across, on both sides, so that their scores can be anything. Another
    record, there many times, cancels the pull of the penalty and leaves a linear term
    that points across.
    """
    weights = np.array([length, 0.0])
    a = np.linspace(0.001, 0.999, 9999)
    worst = a[np.argmax(rate * (1 + a) + np.log1p(a * (1 - a) / penalty))]
    across = [score / length for score in (-logit(worst), -10.0)]
    one, other = (
        [cosine, side * np.sqrt(1 - cosine**2)]
        for cosine, side in zip(across, (1, -1), strict=True)
    )
    tilted, counts = np.array([[np.cos(0.2), -np.sin(0.2)]]), np.array([times])

    def pull(size):
        return linear_term(weights, size * tilted, counts, penalty)[0]

    # It pushes most at a score of 1.28, and shorter ones less.
    shared = brentq(pull, 0, 1.28 / length / np.cos(0.2)) * tilted[0]
    return (
        np.array([one, shared]),
        np.array([other, shared]),
        np.array([1, times]),
        weights,
    )


@pytest.mark.parametrize("epsilon", [0.3, 1, 3])
@pytest.mark.parametrize("C", [1, 28])
def test_epsilon_is_reached_and_no_less_noise_would_do(epsilon, C):
    penalty = max(1 / C, least_penalty(epsilon))
    rate = gamma_rate(epsilon, penalty)
    Z, Z_other, counts, weights = neighbours_far_apart(penalty, rate)
    spent = [
        loss(weights, Z, Z_other, counts, penalty, VectorNoise(1 / one, gaussian=False))
        for one in (rate, 1.05 * rate)
    ]
    assert 0.99 * epsilon <= spent[0] <= epsilon
    assert spent[1] > 1.03 * epsilon


def tail_of(b, z, z_other):
    """How far a linear term lies along the replaced records, in the Notes' words."""
    one, other = abs(b @ z), abs(b @ z_other)
    return np.maximum(other, (one + other) / 2)


@given(replaced(), epsilons, penalties, st.sampled_from([1e-9, 1e-5, 0.1]))
def test_gaussian_loss_is_bounded_by_the_tail(pair, epsilon, least, delta):
    Z, Z_other, counts, weights = pair
    penalty = max(least, least_penalty(epsilon))
    noise = VectorNoise(gaussian_scale(epsilon, delta, penalty), gaussian=True)
    b = linear_term(weights, Z, counts, penalty)
    tail = tail_of(b, Z[0], Z_other[0]) / noise.scale
    bound = gaussian_loss(1 / noise.scale, tail, penalty)
    spent = loss(weights, Z, Z_other, counts, penalty, noise)
    assert spent <= bound + 1e-9 * max(1, abs(bound))
    quantile = tail_quantile(delta, 2 / noise.scale)
    # Beyond the quantile it grows no faster than what delta pays for.
    assert bound <= epsilon + 2 / noise.scale * max(tail - quantile, 0) + 1e-6


@given(st.floats(0, np.pi), st.floats(0, 1), st.floats(0, 1), st.floats(1.7321, 6))
def test_probability_of_the_tail(angle, one, other, t):
    """Exactly, by the direction of a normal vector in the plane of both records."""
    z, z_other = one * np.array([np.cos(angle), np.sin(angle)]), np.array([other, 0])
    around = np.linspace(0, np.pi, 10_001)[1:]
    directions = np.column_stack([np.cos(around), np.sin(around)])
    tails = np.maximum(tail_of(directions, z, z_other), 1e-9)
    # The square of its length is exponential, of mean 2.
    beyond = np.exp(-((t / tails) ** 2) / 2).mean()
    assert beyond <= 4 * norm.sf(t) * (1 + 1e-6)


def delta_spent(scale, epsilon, penalty, one, other, shared):
    """Exact delta of two data sets, by quadrature over the Gaussian linear term.

    Records are (coordinate, offset) and, if shared, (coordinate, offset, times). The
    first of two features is held far out by other records: there, a bit of it gives a
    score any offset. What is random is the second one.
    """
    z, offset, times = np.transpose([[*one, 1], shared])

    def gradient(weight):
        return penalty * weight - times * z * expit(offset - z * weight)

    b = scale * np.linspace(-7, 7, 4001)
    low, high = np.full((2, 4001), [[-1.0], [1.0]]) * (b.max() + times.sum()) / penalty
    for _ in range(100):
        weight = (low + high) / 2
        rises = gradient(weight[:, None]).sum(axis=1) + b > 0
        low, high = np.where(rises, low, weight), np.where(rises, weight, high)

    def slope(record):
        return expit(record[1] - record[0] * weight)

    a, a_other = slope(one), slope(other)
    b_other = b - a * one[0] + a_other * other[0]
    held = slope(shared)
    rest = penalty + shared[2] * held * (1 - held) * shared[0] ** 2
    lost = (
        np.log1p(a * (1 - a) * one[0] ** 2 / rest)
        - np.log1p(a_other * (1 - a_other) * other[0] ** 2 / rest)
        + (b_other**2 - b**2) / (2 * scale**2)
    )
    density = norm.pdf(b / scale)
    beyond = -np.expm1(np.minimum(epsilon - lost, 0))
    return (density * beyond).sum() / density.sum()


# Found by a search for the largest delta at 0.8 of the noise, among about a thousand
# pairs of data sets a case, with one or two shared records.
WORST = [
    (1, 1e-5, None, (-1, 14.91), (1, 4.88), (0.95, -3.75, 15.04)),
    (1, 1e-5, 2, (-1, 23.64), (1, 9.85), (0.78, 1.43, 2.77)),
    (0.3, 1e-5, None, (-1, 17.77), (1, 3.82), (1.0, -2.39, 28.06)),
    (3, 1e-5, None, (-1, 14.86), (1, 5.46), (0.86, -2.57, 8.01)),
]


@pytest.mark.parametrize(
    ("epsilon", "delta", "penalty", "one", "other", "shared"), WORST
)
def test_delta_is_enough_and_much_less_noise_is_not(
    epsilon, delta, penalty, one, other, shared
):
    penalty = penalty or least_penalty(epsilon)
    scale = gaussian_scale(epsilon, delta, penalty)
    records = one, other, shared
    assert delta_spent(scale, epsilon, penalty, *records) <= delta
    assert delta_spent(0.8 * scale, epsilon, penalty, *records) > delta


@given(replaced(), st.floats(0.01, 100), st.booleans())
def test_records_are_at_most_1_long(pair, data_norm, fit_intercept):
    model = PrivateLogisticRegression(data_norm=data_norm, fit_intercept=fit_intercept)
    lengths = np.linalg.norm(model._unit(pair[0] * 50), axis=1)
    assert (lengths <= 1 + 1e-12).all()


@given(replaced(), st.sampled_from([0.01, 1.0, 100.0]))
def test_a_minimum_moves_by_the_sensitivity_at_most(pair, penalty):
    one, other = (
        minimise(
            np.repeat(Z, pair[2], axis=0), np.ones(pair[2].sum()), penalty, 0, 1e-8
        )
        for Z in pair[:2]
    )
    assert np.linalg.norm(one - other) <= (2 + 2e-8) / penalty
