"""Whatever is randomised: no report is too much likelier for one input than another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import laplace as laplace_distribution
from sklearn.base import BaseEstimator, ClassifierMixin

from skmia.defenses import LocalDPClassifier
from skmia.defenses._local_dp_mechanisms import (
    duchi_probabilities,
    laplace,
    piecewise,
    piecewise_window,
    randomized_response,
    response_probabilities,
    unary_probabilities,
    unary_response,
)

# Rounding of the probabilities.
EXACT = 1 + 1e-9
EPSILONS = st.floats(0.01, 20)
INPUTS = st.floats(-1, 1)


class Remembering(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.seen_, self.labels_, self.classes_ = X, y, np.unique(y)
        return self


@given(EPSILONS, st.integers(2, 50))
def test_response_matrix(epsilon, k):
    keep, other = response_probabilities(epsilon, k)
    assert_allclose(keep + (k - 1) * other, 1)
    assert 1 < keep / other <= np.exp(epsilon) * EXACT


@given(EPSILONS, st.booleans())
def test_unary_reports(epsilon, optimised):
    one, zero = unary_probabilities(epsilon, optimised)
    # Two inputs differ in two bits; the likeliest report has one and not the other.
    ratio = one / zero * (1 - zero) / (1 - one)
    assert_allclose(ratio, np.exp(epsilon), rtol=1e-6)
    assert zero < one


@given(EPSILONS, INPUTS, INPUTS)
def test_duchi_reports(epsilon, z, other):
    size, positive = duchi_probabilities(np.array([z, other]), epsilon)
    assert_allclose(size * (2 * positive - 1), [z, other], atol=1e-9)
    for chance in (positive, 1 - positive):
        # 1 - p of a p close to 1 is rounded by about 1e-16.
        assert chance[0] <= np.exp(epsilon) * (chance[1] * EXACT + 1e-16)


@given(EPSILONS, INPUTS, INPUTS)
def test_piecewise_densities(epsilon, z, other):
    left, width, chance = piecewise_window(np.array([z, other]), epsilon)
    inside, outside = chance / width, (1 - chance) / (2 + width)
    assert 1 < inside / outside <= np.exp(epsilon) * (1 + 1e-6)
    # The window lies where reports lie, so that both densities hold for every input.
    assert (left >= -1 - width - 1e-9 * width).all()
    assert (left + width <= 1 + width + 1e-9 * width).all()
    middle = left + width / 2
    mean = inside * width * middle - outside * width * middle
    assert_allclose(mean, [z, other], rtol=1e-6, atol=1e-6)


# Further out scipy's density of a report is 0, and its logarithm says nothing.
@given(EPSILONS, INPUTS, INPUTS, st.floats(-30, 30))
def test_laplace_densities(epsilon, z, other, report):
    density = laplace_distribution.logpdf(report, [z, other], 2 / epsilon)
    assert density[0] - density[1] <= epsilon * EXACT + 1e-9


@given(
    st.lists(INPUTS, min_size=1, max_size=20), st.integers(1, 10), st.integers(0, 99)
)
def test_endless_budget_changes_nothing(numbers, k, seed):
    rng, z = np.random.RandomState(seed), np.array(numbers)
    for mechanism in (laplace, piecewise):
        assert_allclose(mechanism(z, 1e12, rng), z, atol=1e-9)
    codes = rng.randint(k, size=len(z))
    assert_array_equal(randomized_response(codes, k, 1e12, rng), codes)
    decoded = unary_response(codes, k, 1e12, rng, optimised=False)
    assert_array_equal(decoded, codes)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20),
    st.floats(-1e3, 1e3),
    st.floats(0.1, 1e3),
    st.floats(0.01, 1e4),
    st.sampled_from(["piecewise", "duchi", "laplace"]),
    st.sampled_from(["response", "unary", "optimised_unary"]),
    st.integers(0, 99),
)
def test_reports_lie_in_the_declared_domain(
    numbers, low, width, epsilon, mechanism, category_mechanism, seed
):
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
        classes=[0, 1, 2],
        random_state=seed,
    ).fit(X, y)
    seen = model.estimator_.seen_
    assert ((seen[:, 0] >= low) & (seen[:, 0] <= low + width)).all()
    assert set(seen[:, 1]) <= set("abcd")
    assert set(model.estimator_.labels_) <= {0, 1, 2}
    assert_array_equal(model.classes_, [0, 1, 2])
