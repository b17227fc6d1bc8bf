"""Signals from posteriors, against reference values and at the ends of the scale."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skmia.signals import get_signal, get_signal_names
from skmia.signals._scores import FLOOR

THIRD, QUARTER = [1 / 3] * 3, [1 / 4] * 4
INF = -np.log(FLOOR)  # what the floor makes of an infinite loss
NAMES = ["entropy", "modified_entropy", "loss", "scaled_logit", "posterior_std"]
REFERENCE = [
    # posterior, true class, then the values of NAMES to six digits
    ([0.7, 0.2, 0.1], 0, [0.801819, 0.162167, 0.356675, 0.847298, 0.262467]),
    ([0.7, 0.2, 0.1], 1, [0.801819, 2.140867, 1.609438, -1.386294, 0.262467]),
    ([0.7, 0.2, 0.1], 2, [0.801819, 2.959736, 2.302585, -2.197225, 0.262467]),
    (THIRD, 0, [1.098612, 1.002718, 1.098612, -0.693147, 0]),
    (QUARTER, 0, [1.386294, 1.255482, 1.386294, -1.098612, 0]),
    ([0.5, 0.5], 0, [0.693147, 0.693147, 0.693147, 0, 0]),
    ([0.9, 0.1], 0, [0.325083, 0.021072, 0.105361, 2.197225, 0.4]),
    ([0.9, 0.1], 1, [0.325083, 4.144653, 2.302585, -2.197225, 0.4]),
    ([1, 0, 0], 0, [0, 0, 0, INF, 0.471405]),
    ([1, 0, 0], 1, [0, 2 * INF, INF, -INF, 0.471405]),
]
SCORES = [
    get_signal(name)
    for name in get_signal_names(access="scores")
    if get_signal(name).asks == ("predict_proba",) and not get_signal(name).probing
]


def compute(name, posterior, y, **params):
    P = np.atleast_2d(np.asarray(posterior, dtype=float))
    codes = np.full(len(P), y)
    return get_signal(name, **params).compute(codes, P, P.shape[1])[:, 0]


@pytest.mark.parametrize(("posterior", "y", "expected"), REFERENCE)
def test_reference_values(posterior, y, expected):
    values = [compute(name, posterior, y)[0] for name in NAMES]
    assert_allclose(values, expected, rtol=0, atol=5e-7)


def test_confidence_and_margin():
    assert compute("confidence", [0.7, 0.2, 0.1], 1) == 0.2
    assert compute("max_confidence", [0.7, 0.2, 0.1], 1) == 0.7
    assert_allclose(compute("margin", [0.7, 0.2, 0.1], 0), np.log(0.7 / 0.2))
    assert_allclose(compute("margin", [0.7, 0.2, 0.1], 2), np.log(0.1 / 0.7))


def test_margin_of_a_softmax_is_the_difference_of_its_logits():
    logits = np.array([2.0, -1.0, 0.5])
    P = np.exp(logits) / np.exp(logits).sum()
    assert_allclose(compute("margin", P, 2), 0.5 - 2.0)


@pytest.mark.parametrize("signal", SCORES, ids=lambda signal: signal.name)
def test_extreme_probabilities(signal):
    tiny = np.nextafter(0, 1)
    P = np.array([[1, 0, 0], [0, 0, 1], [1 - 1e-16, 1e-16, 0], [1, tiny, tiny]])
    for y in (0, 1, 2, -1):
        values = signal.compute(np.full(len(P), y), P, 3)
        assert np.isfinite(values).all()
        # Nothing is negative zero, which would print as "-0.0".
        assert not np.signbit(values[values == 0]).any()


def test_a_larger_floor_ties_more():
    P = [[1e-3, 0.999], [1e-6, 1 - 1e-6], [0, 1]]
    assert len(set(compute("loss", P, 0))) == 3
    assert_allclose(compute("loss", P, 0, floor=1e-2), -np.log(1e-2))


def test_logit_beyond_the_rounding_of_one():
    """Carlini et al. 2022: 1 - p is 0 where the other entries still tell."""
    P = [[1, 1e-20, 0], [1, 1e-25, 0]]
    assert_allclose(compute("scaled_logit", P, 0), [np.log(1e20), np.log(1e25)])


@pytest.mark.parametrize("name", ["loss", "modified_entropy", "entropy"])
def test_what_a_float32_posterior_rounds_to_one_keeps_its_order(name):
    """The order of the scaled logit: of the true class 1 - 1e-9 is 1 in float32."""
    rest = np.array([1e-7, 1e-8, 1e-9, 1e-12, 1e-20, 0])
    P = np.column_stack([1 - rest, rest, 0 * rest]).astype(np.float32)
    assert (P[2:, 0] == 1).all()
    y = np.zeros(len(P), dtype=int)
    logit = get_signal("scaled_logit").compute(y, P, 3)[:, 0]
    values = get_signal(name).compute(y, P, 3)[:, 0]
    assert (np.diff(logit) > 0).all()
    assert (np.diff(values) < 0).all()
    if name == "loss":
        assert_allclose(values, rest, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_loss_of_rows_that_do_not_sum_to_one(dtype):
    """What rounding left of the others says nothing about a probability of one."""
    P = np.array([[1, 0.3, 0], [1, 0.01, 0.01], [1, 0, 0], [0.999, 0, 0]], dtype=dtype)
    P = np.vstack([P, [[1.0005, 0, 0]]]).astype(dtype)  # owners round up, too
    loss = get_signal("loss").compute(np.zeros(5, dtype=int), P, 3)[:, 0]
    assert_allclose(loss, [0, 0, 0, -np.log(dtype(0.999)), 0], rtol=1e-6)


def test_logit_keeps_the_ties_of_a_forest():
    """0.1 + 0.2 is not 0.3: a sum of the others would break ties at random."""
    P = [[0.7, 0.1, 0.2, 0], [0.7, 0.3, 0, 0], [0.7, 0.2, 0.1, 0]]
    assert len(set(compute("scaled_logit", P, 0))) == 1


@pytest.mark.parametrize(
    ("name", "worst"),
    [
        ("confidence", 0.0),
        ("loss", INF),
        ("scaled_logit", -INF),
        ("modified_entropy", INF - 0.7 * np.log(0.3) - 0.3 * np.log(0.7)),
        ("margin", -INF - np.log(0.7)),
    ],
)
def test_unknown_label_has_probability_zero(name, worst):
    assert_allclose(compute(name, [0.7, 0.3], -1), worst)


def test_unknown_label_does_not_change_what_needs_no_label():
    for name in ("max_confidence", "entropy", "posterior_std"):
        assert compute(name, [0.7, 0.3], -1) == compute(name, [0.7, 0.3], 0)


def test_top_posterior():
    signal = get_signal("top_posterior")
    P = np.array([[0.1, 0.2, 0.3, 0.4]])
    assert_array_equal(signal.compute(np.array([0]), P, 4), [[0.4, 0.3, 0.2]])
    assert_array_equal(
        signal.compute(np.array([0]), np.array([[0.1, 0.9]]), 2), [[0.9, 0.1, 0]]
    )
    assert signal.set_params(n_top=1).column_names([0, 1]) == ["top_posterior_0"]


def test_posterior_is_left_alone():
    P = np.array([[0.7, 0.2, 0.1]])
    for signal in SCORES:
        signal.compute(np.array([0]), P, 3)
    assert_array_equal(P, [[0.7, 0.2, 0.1]])
