"""Steps of one logit, beside the equation that they solve."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from skmia.shadow.surgery._change import probabilities
from skmia.shadow.surgery._curvature import Curvature
from skmia.shadow.surgery._newton import in_their_span, other_logits


def added(f, h, y):
    """Logit of a record with leverage h, added to a model that has one of its own."""
    Z = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, np.sqrt(h)]])
    F = np.array([[0.0], [0.0], [f]])
    inside = np.array([True, True, False])
    return other_logits(Z, F, np.array([0, 1, y]), inside, penalty=np.ones(2))[2, 0]


def test_the_step_where_newtons_alone_jumps_for_ever():
    assert_allclose(added(-30.0, 5000.0, 1), 4.9561, atol=1e-4)
    assert_allclose(added(30.0, 5000.0, 0), -4.9561, atol=1e-4)


@given(f=st.floats(-60, 60), log_h=st.floats(-6, 12), y=st.sampled_from([0, 1]))
@example(f=-8.0, log_h=np.log(20), y=1)
@example(f=-3.0, log_h=np.log(50), y=1)
@example(f=-60.0, log_h=12.0, y=1)
def test_an_added_record_solves_its_equation(f, log_h, y):
    h = np.exp(log_h)
    u = added(f, h, y)
    if y == 0:
        f, u = -f, -u
    # The gap falls strictly with u: its sign on both sides says where the root is.
    slack = 1e-6 * (1 + abs(u))
    assert u - slack - f - h * expit(-(u - slack)) <= 0
    assert u + slack - f - h * expit(-(u + slack)) >= 0
    assert f - slack <= u <= f + h + slack


@pytest.mark.parametrize("n_logits", [1, 3])
def test_weight_zero_changes_nothing(n_logits):
    rng = np.random.default_rng(0)
    Z, F = rng.normal(size=(30, 3)), rng.normal(size=(30, n_logits))
    codes, inside = rng.integers(0, max(2, n_logits), 30), np.arange(30) < 20
    weight = (np.arange(30) % 3 > 0).astype(float)
    U = other_logits(Z, F, codes, inside, penalty=np.ones(3), weight=weight)
    assert_allclose(U[weight == 0], F[weight == 0], atol=1e-9)
    assert np.abs(U - F)[weight > 0].min(axis=0).max() > 1e-4


def test_nothing_to_operate_on():
    Z, F, codes = np.ones((4, 1)), np.zeros((4, 1)), np.array([0, 1, 0, 1])
    nobody = np.zeros(4, dtype=bool)
    assert np.isnan(other_logits(Z, F, codes, nobody, penalty=np.ones(1))).all()


def test_coordinates_keep_scalar_products(global_random_seed):
    X = np.random.default_rng(global_random_seed).normal(size=(6, 20))
    coordinates = in_their_span(X)
    assert coordinates.shape == (6, 6)
    assert_allclose(coordinates @ coordinates.T, X @ X.T, atol=1e-10)
    assert in_their_span(X.T) is not None
    assert_allclose(in_their_span(X.T), X.T)


def test_small_probabilities_are_kept():
    P = probabilities(np.array([[50.0], [-50.0]]))
    assert_allclose(P[:, 0], [np.exp(-50), 1])
    assert_allclose(P[:, 1], [1, np.exp(-50)])


@pytest.mark.parametrize("n_classes", [1, 3])
def test_a_step_is_that_of_newton(n_classes, global_random_seed):
    """One Hessian of all classes: blocks between two of them are not symmetric."""
    rng = np.random.default_rng(global_random_seed)
    Z, penalty = rng.normal(size=(30, 4)), np.array([1.0, 0.1, 0.2, 0.3])
    P = rng.dirichlet(np.ones(3), size=30)[:, :n_classes]
    w = rng.uniform(0.5, 2, size=30)
    V = P[:, :, None] * np.eye(n_classes) - P[:, :, None] * P[:, None, :]
    H = np.einsum("n,ncd,ni,nj->cidj", w, V, Z, Z)
    for c in range(n_classes):
        H[c, :, c] += np.diag(penalty)
    gradient = rng.normal(size=(2, n_classes, 4))
    if n_classes > 1:  # those of log losses
        gradient -= gradient.mean(axis=1, keepdims=True)
    curvature = Curvature(Z, P, w, penalty)
    assert curvature.joint
    step = curvature.step(gradient)
    product = np.einsum("cidj,ndj->nci", H, step)
    if n_classes > 1:
        product -= product.mean(axis=1, keepdims=True)
    assert_allclose(product, -gradient, atol=1e-9)
