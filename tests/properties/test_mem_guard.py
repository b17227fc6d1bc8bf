"""What always holds for the noise of MemGuard."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from strategies import probas

from skmia.defenses.outputs._mem_guard_noise import (
    MembershipNet,
    full_move,
    move_probability,
    noisy_posterior,
)

BUDGETS = st.sampled_from([0.0, 1e-3, 0.1, 0.5, 2.0])
MAX_STEPS = 25  # of 300: the properties do not ask for success


def random_net(n_classes, seed, hidden=(5, 4), activation="relu"):
    """A network with weights so large that it is certain of many rows."""
    rng = np.random.RandomState(seed)
    widths = [n_classes, *hidden, 1]
    coefs = [rng.normal(scale=3, size=shape) for shape in pairwise(widths)]
    return MembershipNet(coefs, [rng.normal(size=n) for n in widths[1:]], activation)


@st.composite
def problems(draw):
    """Posteriors and a membership classifier of them."""
    P = draw(probas(max_rows=8))
    hidden = draw(st.sampled_from([(), (3,), (5, 4)]))
    activation = draw(st.sampled_from(["identity", "logistic", "tanh", "relu"]))
    return P, random_net(P.shape[1], draw(st.integers(0, 9)), hidden, activation)


def uncertainty(net, P):
    return abs(expit(net.logit(np.sort(P, axis=1))) - 0.5)


@given(problem=problems())
@example(problem=(np.array([[0.5, 0.5]]), random_net(2, 0)))
@example(problem=(np.array([[np.nextafter(0.5, 0), 0.5]]), random_net(2, 0)))
@example(problem=(np.eye(3), random_net(3, 1)))
def test_moved_rows_are_posteriors_of_the_same_label(problem):
    P, net = problem
    moved = full_move(P, net, MAX_STEPS)
    assert moved.min() >= 0
    assert_allclose(moved.sum(axis=1), 1, rtol=0, atol=1e-12)
    assert_array_equal(moved.argmax(axis=1), P.argmax(axis=1))


@given(problem=problems(), budget=BUDGETS)
def test_expected_distortion_is_within_the_budget(problem, budget):
    P, net = problem
    moved = full_move(P, net, MAX_STEPS)
    probability = move_probability(P, moved, net, budget)
    assert ((probability >= 0) & (probability <= 1)).all()
    distance = abs(moved - P).sum(axis=1)
    # The quotient budget / distance is rounded once, its product once more.
    assert (probability * distance <= budget * (1 + 1e-15)).all()


@given(problem=problems(), budget=BUDGETS)
def test_a_row_is_moved_only_where_the_classifier_knows_less(problem, budget):
    P, net = problem
    moved = full_move(P, net, MAX_STEPS)
    probability = move_probability(P, moved, net, budget)
    closer = uncertainty(net, moved) < uncertainty(net, P)
    assert_array_equal(probability[~closer], 0)
    released = noisy_posterior(P, net, budget, np.full(len(P), 1e-9), MAX_STEPS)
    assert (uncertainty(net, released) <= uncertainty(net, P)).all()


@given(problem=problems(), budget=BUDGETS, seed=st.integers(0, 99))
def test_released_rows_are_the_true_or_the_moved_ones(problem, budget, seed):
    P, net = problem
    coins = np.random.RandomState(seed).uniform(size=len(P))
    released = noisy_posterior(P, net, budget, coins, MAX_STEPS)
    moved = full_move(P, net, MAX_STEPS)
    tossed = coins < move_probability(P, moved, net, budget)
    assert_array_equal(released, np.where(tossed[:, np.newaxis], moved, P))


@given(problem=problems(), seed=st.integers(0, 99))
def test_no_budget_is_the_identity(problem, seed):
    P, net = problem
    coins = np.random.RandomState(seed).uniform(size=len(P))
    assert_array_equal(noisy_posterior(P, net, 0.0, coins, MAX_STEPS), P)


@given(problem=problems(), seed=st.integers(0, 99))
def test_a_row_does_not_depend_on_its_batch_to_the_last_bit(problem, seed):
    P, net = problem
    rows = np.random.RandomState(seed).randint(len(P), size=40)
    moved = full_move(P, net, MAX_STEPS)
    assert_array_equal(full_move(P[rows], net, MAX_STEPS), moved[rows])
    assert_array_equal(full_move(P[:1], net, MAX_STEPS), moved[:1])


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@given(P=probas(max_rows=4), seed=st.integers(0, 9))
def test_gradient_is_that_of_finite_differences(activation, P, seed):
    net = random_net(P.shape[1], seed, (5, 4), activation)
    logit, gradient = net.gradient(P)
    assert_array_equal(logit, net.logit(P))
    step = 1e-6
    for column, direction in enumerate(np.eye(P.shape[1]) * step):
        ahead = net.logit(P + direction) - logit
        behind = logit - net.logit(P - direction)
        # At a kink of the rectifiers the slopes of the two sides differ; one of less
        # than 1e-3 is not seen, and moves the middle slope by half of that. Logits of
        # about 100 are rounded by 1e-14, slopes by 1e-8.
        smooth = abs(ahead - behind) < 1e-3 * step
        error = abs((ahead + behind) / (2 * step) - gradient[:, column])
        assert (error[smooth] < 1e-3).all()
