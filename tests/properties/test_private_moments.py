"""What gets integer noise changes by the sensitivity at most, as computed in doubles.

One record is replaced, of any class and by one of any class, inside of its bounds or
outside: the integers themselves are compared, and the rates spend epsilon on that.
"""

from fractions import Fraction

import numpy as np
import pytest
from dp_accounting import LaplaceDpEvent, pld
from hypothesis import assume, example, given
from hypothesis import strategies as st

from skmia.defenses import PrivateForestClassifier
from skmia.defenses.private._grid import GRID_BITS, on_grid
from skmia.defenses.private._private_forest import sensitivity
from skmia.defenses.private._private_naive_bayes import (
    moments,
    noise_rates,
    sensitivities,
)
from skmia.utils._integer_noise import LEAST_RATE, _as_ratio
from skmia.utils._secret_stream import secret_key

N_CLASSES = 3
epsilons = st.floats(1e-3, 1e3)


@st.composite
def bounded(draw, n_features):
    """Bounds of each feature: of any size, and anywhere."""
    side = st.floats(-1e300, 1e300)
    low, high = (np.array([draw(side) for _ in range(n_features)]) for _ in "lh")
    low, high = np.minimum(low, high), np.maximum(low, high)
    assume((high / 2 > low / 2).all())
    return low, high


@st.composite
def replaced(draw):
    """Two data sets that differ in one record, and the bounds of its features."""
    n_samples, n_features = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    low, high = draw(bounded(n_features))

    def row():
        # At the bounds, between them, at the middle of a step, and far outside.
        place = st.one_of(
            st.sampled_from([-1.0, 0.0, 1.0]),
            st.floats(-1, 1),
            st.integers(-(2**11), 2**11).map(lambda step: step / 2.0**11),
        )
        middle, half = low / 2 + high / 2, high / 2 - low / 2
        inside = [middle[j] + half[j] * draw(place) for j in range(n_features)]
        outside = st.one_of(st.just(None), st.floats(-1.7e308, 1.7e308))
        return [x if (far := draw(outside)) is None else far for x in inside]

    X = np.array([row() for _ in range(n_samples)])
    label = st.integers(0, N_CLASSES - 1)
    codes = np.array(draw(st.lists(label, min_size=n_samples, max_size=n_samples)))
    i = draw(st.integers(0, n_samples - 1))
    X_other, codes_other = X.copy(), codes.copy()
    X_other[i], codes_other[i] = row(), draw(label)
    return (X, codes), (X_other, codes_other), (low, high)


def change(release, one, other):
    """L1 distance, in Python integers, of each part of what two data sets release."""
    return [
        sum(abs(int(a) - int(b)) for a, b in zip(x.ravel(), y.ravel(), strict=True))
        for x, y in zip(release(*one), release(*other), strict=True)
    ]


@given(replaced())
def test_moments_change_by_the_sensitivity_at_most(problem):
    one, other, bounds = problem

    def release(X, codes):
        return moments(on_grid(X, *bounds), codes, N_CLASSES)

    for part in release(*one):
        assert part.dtype == np.int64
    most = sensitivities(one[0].shape[1])
    assert all(a <= b for a, b in zip(change(release, one, other), most, strict=True))


def test_the_sensitivity_of_moments_is_attained():
    V, codes = np.full((1, 2), 2**10), np.array([0])
    for V_other, codes_other, changed in [
        (-V, codes, [0, 2**12, 0]),
        (0 * V, codes, [0, 2**11, 2**11]),
        (V, codes + 1, [2, 2**12, 2**11]),
    ]:
        pair = (V, codes), (V_other, codes_other)
        assert change(lambda *data: moments(*data, 2), *pair) == changed
    assert sensitivities(2) == (2, 2**12, 2**11)


def test_rounding_after_summing_is_caught():
    """The broken copy that rounds sums of doubles: a record moves them by a step more.

    1024 + rest is rounded up to 1024.5, as 1024 has one binary digit less to spare than
    1023.5; -1024 + rest is not.
    """
    rest = 0.5 - 3 * 2.0**-45

    def rounded_sum(values):
        return [np.floor(values.sum(keepdims=True) + 0.5)]

    one, other = np.array([2.0**10, rest]), np.array([-(2.0**10), rest])
    assert change(rounded_sum, (one,), (other,)) == [2**11 + 1]


def test_squares_from_0_are_caught():
    """The broken copy that does not take 1/2 from them: a class loses and one gains."""
    V, codes = np.full((1, 1), 2**10), np.array([0])

    def positive(V, codes):
        counts, _, squares = moments(V, codes, 2)
        return [squares + counts[:, None] * 2 ** (GRID_BITS - 1)]

    assert change(positive, (V, codes), (V, codes + 1))[0] > sensitivities(1)[2]


def test_values_on_the_grid():
    """Rounded to the nearest step, a half up; what lies outside is clipped."""
    low, high = np.array([-1.0, 0.0]), np.array([1.0, 4.0])
    X = np.array([[2.5 / 2**10, 2.0], [-2.5 / 2**10, 3.0], [-9.0, 9.0]])
    expected = [[3, 0], [-2, 512], [-1024, 1024]]
    assert on_grid(X, low, high).tolist() == expected


@given(replaced(), st.integers(1, 3), st.integers(0, 2**16))
def test_counts_of_a_forest_change_by_2_a_tree_at_most(problem, n_trees, seed):
    one, other, bounds = problem
    forest = PrivateForestClassifier(n_trees, max_depth=3, random_state=seed)
    forest.set_params(epsilon=1e9)  # no noise

    def release(X, codes):
        classes = np.arange(N_CLASSES)
        return [forest._train(X, codes, classes, bounds, secret_key(seed))["_counts"]]

    assert release(*one)[0].sum() == n_trees * len(one[0])
    assert change(release, one, other)[0] <= sensitivity(n_trees)


def test_the_sensitivity_of_a_forest_is_attained():
    """In stumps whose leaves are the halves of one feature; by class alone, too."""
    forest = PrivateForestClassifier(5, max_depth=1, epsilon=1e9, random_state=0)
    bounds = np.zeros(1), np.ones(1)

    def release(X, codes):
        return [forest._train(X, codes, range(2), bounds, bytes(32))["_counts"]]

    one = np.zeros((1, 1)), np.zeros(1, dtype=int)
    for other in [(one[0] + 1, one[1]), (one[0], one[1] + 1), (one[0] + 1, one[1] + 1)]:
        assert change(release, one, other) == [sensitivity(5)]


@given(epsilons, st.integers(1, 10_000))
@example(np.int64(3), 5)
@example(np.float32(0.1), 5)
def test_naive_bayes_spends_epsilon_exactly(epsilon, n_features):
    pairs = zip(
        sensitivities(n_features), noise_rates(epsilon, n_features), strict=True
    )
    assert sum(most * rate for most, rate in pairs) == Fraction(float(epsilon))


@given(st.fractions(LEAST_RATE, 10**15))
def test_no_rate_is_rounded_up_nor_much_down(rate):
    s, q = _as_ratio(rate)
    assert rate * (1 - Fraction(1, 2**16)) < Fraction(s, 2**q) <= rate


@pytest.mark.parametrize("n_features", [1, 14])
def test_an_accountant_agrees_on_naive_bayes(n_features):
    """It asks for less: it knows that the three releases are rarely unlucky at once."""
    accountant = pld.PLDAccountant()
    for most, rate in zip(
        sensitivities(n_features), noise_rates(1.5, n_features), strict=True
    ):
        accountant.compose(LaplaceDpEvent(1 / float(rate * most)))
    # Not at delta = 0, where it says inf: it cuts the tails off.
    assert accountant.get_epsilon(1e-2) < accountant.get_epsilon(1e-9) <= 1.5 + 1e-3
