"""Exposure: ranks by brute force, what was never seen, the tail of a distribution."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm, rankdata, skewnorm

from skmia.inference import exposure
from skmia.inference._exposure import _log_above

SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=20)


@given(SCORES, SCORES)
def test_equal_scores_share_the_mean_of_their_ranks(scores, references):
    expected = [
        math.log2((len(references) + 1) / rankdata([-one, *np.negative(references)])[0])
        for one in scores
    ]
    assert_allclose(exposure(scores, references), expected, atol=1e-12)


def test_what_was_never_seen_has_1_44_bits_on_average():
    rng = np.random.RandomState(0)
    n = 100_000
    found = exposure(rng.normal(size=n), rng.normal(size=n))
    # Canaries and references stray by 1 / log(2) / sqrt(n) each; three of these.
    expected = 1 / math.log(2)
    assert found.mean() == pytest.approx(expected, abs=3 * expected * math.sqrt(2 / n))


def test_few_references_make_it_less():
    rng = np.random.RandomState(0)
    n, m = 3, 2000
    found = np.concatenate(
        [exposure(rng.normal(size=1), rng.normal(size=n)) for _ in range(m)]
    )
    ranks = np.log2(n + 1) - np.log2(np.arange(1, n + 2))
    error = ranks.std() / math.sqrt(m)
    assert found.mean() == pytest.approx(ranks.mean(), abs=3 * error)


def test_beyond_the_references():
    reference = np.random.RandomState(0).normal(size=4000)
    scores = np.array([-1, 0, 1, 2])
    found = exposure(scores, reference, method="skew-normal")
    assert_allclose(found, -norm.logsf(scores) / math.log(2), rtol=0.1, atol=0.05)
    assert_allclose(found, exposure(scores, reference), rtol=0.1, atol=0.05)
    assert exposure([9], reference, method="skew-normal") > np.log2(4001)


@pytest.mark.parametrize("shape", [-50, -8, -2, 0, 2, 8])
def test_tails_are_those_of_the_density(shape):
    """The logarithm of the share falls as the density over the share says."""
    z = np.array([0.5, 1, 3, 8, 20, 60])
    step = 1e-6
    above, beyond = (_log_above(at, shape, 0, 1) for at in (z, z + step))
    assert np.isfinite(above).all()
    assert_allclose(
        (above - beyond) / step,
        np.exp(skewnorm.logpdf(z + step / 2, shape) - (above + beyond) / 2),
        rtol=1e-3,
    )


@pytest.mark.parametrize(
    ("scores", "references", "message"),
    [
        ([1], [2, 2, 2], "needs reference scores that differ. All of the 3 are 2"),
        ([np.nan], [1, 2], "Input score contains NaN"),
        ([1], [], "minimum of 1 is required"),
    ],
)
def test_bad_input(scores, references, message):
    with pytest.raises(ValueError, match=message):
        exposure(scores, references, method="skew-normal")
