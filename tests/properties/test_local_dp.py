"""Whatever is randomised: no report is too much likelier for one input than another.

In the numbers that are drawn with: probabilities are doubles, taken as fractions, and
exp(epsilon) is the double below it.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import laplace as laplace_distribution
from sklearn.base import BaseEstimator, ClassifierMixin

from skmia.defenses import LocalDPClassifier
from skmia.defenses.private import _local_dp_mechanisms
from skmia.defenses.private._local_dp_mechanisms import (
    duchi_probabilities,
    laplace,
    piecewise,
    piecewise_step,
    piecewise_window,
    randomized_response,
    response_probabilities,
    unary_probabilities,
    unary_response,
)
from skmia.utils._secret_stream import SecretStream, secret_key

EPSILONS = st.floats(0.01, 20)
INPUTS = st.floats(-1, 1)
STEPS = 2**32


def at_most(epsilon):
    """exp(epsilon) rounded down, by 4 units in the last place."""
    return Fraction(np.exp(epsilon)) * (1 - Fraction(1, 2**50))


def stream(seed):
    return SecretStream(secret_key(seed), b"test")


class Remembering(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.seen_, self.labels_, self.classes_ = X, y, np.unique(y)
        return self


@given(EPSILONS, st.integers(2, 50))
def test_response_matrix(epsilon, k):
    keep, other = response_probabilities(epsilon, k)
    change = 1 - Fraction(keep)
    assert change.denominator <= 2**53
    assert_allclose(float(change), (k - 1) * other)
    ratio = Fraction(keep) * (k - 1) / change
    assert 1 < ratio <= at_most(epsilon)
    assert_allclose(float(ratio), np.exp(epsilon), rtol=1e-6)


@given(EPSILONS, st.booleans())
def test_unary_reports(epsilon, optimised):
    one, zero = map(Fraction, unary_probabilities(epsilon, optimised))
    # Two inputs differ in two bits; the likeliest report has one and not the other.
    ratio = one / zero * (1 - zero) / (1 - one)
    assert ratio <= at_most(epsilon)
    assert_allclose(float(ratio), np.exp(epsilon), rtol=1e-6)
    assert zero < one


@given(EPSILONS, INPUTS, INPUTS)
def test_duchi_reports(epsilon, z, other):
    size, positive = duchi_probabilities(np.array([z, other]), epsilon)
    assert_allclose(size * (2 * positive - 1), [z, other], atol=1e-9)
    one, two = map(Fraction, positive)
    assert one <= at_most(epsilon) * two
    assert 1 - one <= at_most(epsilon) * (1 - two)


@given(EPSILONS, INPUTS, INPUTS)
def test_piecewise_densities(epsilon, z, other):
    start, width, beyond = piecewise_window(np.array([z, other]), epsilon)
    beyond = Fraction(beyond)
    inside, outside = (1 - beyond) / width, beyond / STEPS
    assert 1 < inside / outside <= at_most(epsilon)
    assert_allclose(float(inside / outside), np.exp(epsilon), rtol=1e-4)
    # The window lies where reports lie, so that both densities hold for every input.
    assert (start >= 0).all()
    assert (start <= STEPS).all()
    # The sum of all steps is 0; those of the window have `inside` and not `outside`.
    middle = start + (width - 1) / 2 - (STEPS + width - 1) / 2
    step = piecewise_step(width, float(beyond))
    mean = float(inside - outside) * width * middle * step
    assert_allclose(mean, [z, other], rtol=1e-6, atol=1e-6)


@given(st.sampled_from([60.0, 700.0, 1e5, 1e300]), st.integers(2, 9))
def test_epsilons_beyond_what_the_probabilities_resolve(epsilon, k):
    """Where exp(-epsilon) has no 53 bits, there is more noise and never none."""
    for rare in (
        1 - response_probabilities(epsilon, k)[0],
        unary_probabilities(2 * epsilon, optimised=False)[1],
        unary_probabilities(epsilon, optimised=True)[1],
        1 - duchi_probabilities(np.array(1.0), epsilon)[1],
        piecewise_window(np.array(1.0), epsilon)[2],
    ):
        assert rare == 2.0**-53


# Further out scipy's density of a report is 0, and its logarithm says nothing.
@given(EPSILONS, INPUTS, INPUTS, st.floats(-30, 30))
def test_laplace_densities(epsilon, z, other, report):
    density = laplace_distribution.logpdf(report, [z, other], 2 / epsilon)
    assert density[0] - density[1] <= epsilon * (1 + 1e-9) + 1e-9


@given(st.floats(1e-6, 1e4), st.lists(INPUTS, min_size=1, max_size=9))
def test_laplace_noise_hides_the_integers_it_is_added_to(epsilon, numbers):
    """As computed: the rate times how far two integers are apart is below epsilon."""
    rates = []

    def spy(stream, rate, size):
        rates.append(rate)
        return np.ones(size, dtype=np.int64)

    z = np.array([-1.0, 1.0, *numbers])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_local_dp_mechanisms, "discrete_laplace", spy)
        reports = laplace(z, epsilon, None)
    # One integer of noise moved every report by the grid, exactly.
    grid = Fraction(reports[0]) + 1
    steps = [Fraction(report) / grid for report in reports]
    assert all(step.denominator == 1 for step in steps)
    assert (max(steps) - min(steps)) * rates[0] <= Fraction(epsilon)
    assert rates[0] * 2 / grid >= Fraction(epsilon) * (1 - Fraction(1, 2**30))
    # And the grid is fine, and rates are some that can be drawn with.
    assert rates[0] >= Fraction(1, 2**26)
    assert np.abs(reports - float(grid) - z).max() <= float(grid) / 2
    assert grid <= 1 or epsilon < 2**-18


@given(
    st.lists(INPUTS, min_size=1, max_size=20), st.integers(1, 10), st.integers(0, 99)
)
def test_endless_budget_changes_nothing(numbers, k, seed):
    z = np.array(numbers)
    for mechanism in (laplace, piecewise):
        assert_allclose(mechanism(z, 1e12, stream(seed)), z, atol=1e-9)
    codes = np.random.RandomState(seed).randint(k, size=len(z))
    assert_array_equal(randomized_response(codes, k, 1e12, stream(seed)), codes)
    decoded = unary_response(codes, k, 1e12, stream(seed), optimised=False)
    assert_array_equal(decoded, codes)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20),
    st.floats(-1e3, 1e3),
    st.floats(0.1, 1e3),
    st.floats(0.01, 1e4),
    st.sampled_from(["piecewise", "duchi", "laplace"]),
    st.sampled_from(["response", "unary", "optimised_unary"]),
    st.sampled_from(["auto", "all", 1, 2]),
)
def test_reports_lie_where_reports_can_lie(
    numbers, low, width, epsilon, mechanism, category_mechanism, n_sampled
):
    """The same for every record: in the list, and so far around the bounds."""
    towns = np.resize(np.array(["b", "a", "c"], dtype=object), len(numbers))
    X = np.column_stack([np.array(numbers, dtype=object), towns])
    y = np.arange(len(X)) % 2
    model = LocalDPClassifier(
        Remembering(),
        epsilon=epsilon,
        bounds=(low, low + width),
        categories={1: list("abcd")},
        mechanism=mechanism,
        category_mechanism=category_mechanism,
        n_sampled=n_sampled,
        classes=[0, 1, 2],
    ).fit(X, y)
    seen = model.estimator_.seen_
    z = 2 * (seen[:, 0].astype(float) - low) / width - 1
    z *= model.n_sampled_ / 2
    # Of the rounding of the bounds.
    slack = 1e-9 * (1 + np.abs(low / width))
    each = model.feature_epsilon_
    if mechanism == "duchi":
        size, _ = duchi_probabilities(z, each)
        assert (np.minimum(np.abs(z), abs(np.abs(z) - size)) <= slack * size).all()
    elif mechanism == "piecewise":
        _, window, beyond = piecewise_window(z, each)
        most = piecewise_step(window, beyond) * (STEPS + window - 1) / 2
        assert (np.abs(z) <= most * (1 + slack)).all()
    assert np.isfinite(z).all()
    assert set(seen[:, 1]) <= set("abcd")
    assert set(model.estimator_.labels_) <= {0, 1, 2}
    assert_array_equal(model.classes_, [0, 1, 2])
