import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr
from strategies import probas

from skmia.utils._posterior_noise import QUANTILES, SPACES, perturb_posterior

P = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])


def test_gaussian_noise_on_logits():
    drawn = np.array([[0.5, -1, 0], [0, 0, 2]])
    released = perturb_posterior(P, ndtr(drawn), 2, "gaussian", "logits", False)
    expected = P * np.exp(2 * drawn)
    assert_allclose(released, expected / expected.sum(axis=1, keepdims=True))


def test_laplace_noise_on_probabilities():
    # Beyond log 2 on either side there is a quarter of the mass.
    uniforms = [[0.25, 0.5, 0.75], [0.5, 0.5, 0.25]]
    released = perturb_posterior(P, uniforms, 0.5, "laplace", "probabilities", False)
    shift = np.log(2) / 2
    expected = np.array([[0.7 - shift, 0.2, 0.1 + shift], [0.1, 0.3, 0.6 - shift]])
    assert_allclose(released, expected / expected.sum(axis=1, keepdims=True))


def test_row_that_is_clipped_to_zero_stays():
    released = perturb_posterior(
        P, np.full((2, 3), 1e-3), 10, "gaussian", "probabilities", False
    )
    assert_allclose(released, P)


def test_two_entries_change_places():
    drawn = np.array([[0, 3, 0], [0, 0, 0]])
    plain, kept = (
        perturb_posterior(P, ndtr(drawn), 1, "gaussian", "logits", preserve)
        for preserve in (False, True)
    )
    assert_array_equal(plain.argmax(axis=1), [1, 2])
    assert_array_equal(kept, [plain[0, [1, 0, 2]], plain[1]])


@st.composite
def questions(draw):
    posterior = draw(probas())
    seed = draw(st.integers(0, 2**32 - 1))
    return posterior, np.random.RandomState(seed).uniform(size=posterior.shape)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("noise", QUANTILES)
@given(question=questions(), scale=st.floats(0, 1e3), preserve=st.booleans())
def test_rows_are_posteriors(space, noise, question, scale, preserve):
    posterior, uniforms = question
    released = perturb_posterior(posterior, uniforms, scale, noise, space, preserve)
    assert released.min() >= 0
    assert_allclose(released.sum(axis=1), 1, rtol=0, atol=1e-12)
    if preserve:
        assert_array_equal(released.argmax(axis=1), posterior.argmax(axis=1))
    one_by_one = [
        perturb_posterior(p[None], u[None], scale, noise, space, preserve)
        for p, u in zip(posterior, uniforms, strict=True)
    ]
    assert_allclose(released, np.vstack(one_by_one), rtol=1e-12, atol=0)


@pytest.mark.parametrize("space", SPACES)
@given(question=questions())
def test_no_noise_is_the_identity(space, question):
    posterior, uniforms = question
    released = perturb_posterior(posterior, uniforms, 0, "gaussian", space, False)
    assert_allclose(released, posterior, rtol=0, atol=1e-14)
