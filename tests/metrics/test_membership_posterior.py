"""Bayes' rule with a prior for each record."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.metrics import log_loss, roc_auc_score

from skmia.metrics import membership_posterior, ppv_at_prior

COUNT = st.integers(1, 1000)


@given(COUNT, COUNT, COUNT, COUNT)
def test_is_the_share_of_members_among_those_who_look_alike(a, b, c, d):
    """Of a + b members a look so, of c + d others c do."""
    prior = (a + b) / (a + b + c + d)
    ratio = (a / (a + b)) / (c / (c + d))
    posterior = membership_posterior(np.log(ratio), prior)
    assert posterior == pytest.approx(a / (a + c), rel=1e-9)
    rates = a / (a + b), c / (c + d)
    assert posterior == pytest.approx(ppv_at_prior(*rates, prior=prior), rel=1e-9)


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.01, 0.99))
def test_evidence_that_comes_in_two_parts(one, other, prior):
    """What follows the first part is the prior of the second."""
    after = membership_posterior(one, prior)
    if 1e-12 < after < 1 - 1e-12:  # else the digits of a double are gone
        whole = membership_posterior(one + other, prior)
        assert membership_posterior(other, after) == pytest.approx(whole, abs=1e-3)


def test_what_is_certain_stays_so():
    certain = np.array([-np.inf, -3.0, 0.0, 3.0, np.inf])
    assert_array_equal(membership_posterior(certain, 0), np.zeros(5))
    assert_array_equal(membership_posterior(certain, 1), np.ones(5))
    assert_array_equal(membership_posterior([-np.inf, np.inf], 0.3), [0, 1])


def test_nothing_was_seen():
    assert_array_equal(membership_posterior(np.nan, [0, 0.5, 1]), [np.nan] * 3)
    assert membership_posterior(0, 0.3) == pytest.approx(0.3)


def test_shapes():
    assert isinstance(membership_posterior(1.0, 0.5), float)
    assert membership_posterior([[0.0], [1.0]], [0.1, 0.2, 0.5]).shape == (2, 3)


@pytest.mark.parametrize("prior", [-0.1, 1.1, 50, np.nan])
def test_a_prior_is_a_fraction(prior):
    with pytest.raises(ValueError, match="'prior' parameter of membership_posterior"):
        membership_posterior(0.0, [0.5, prior])


def test_both_know_more_than_either(global_random_seed):
    """Normal scores with d' = 1, priors uniform on (0, 1).

    The AUC of the score alone is .76, that of the prior alone .83, the log loss .586 of
    the score at even odds and .5 of the prior; of both .435. With 4,000 records a log
    loss has a standard error below .01, a difference of paired ones less.
    """
    rng = np.random.RandomState(global_random_seed)
    prior = rng.uniform(size=4000)
    member = (rng.uniform(size=4000) < prior).astype(int)
    log_ratio = rng.normal(size=4000) + member - 0.5  # of N(1, 1) to N(0, 1)
    both = membership_posterior(log_ratio, prior)
    alone = membership_posterior(log_ratio, 0.5)
    for other in (alone, prior):
        assert log_loss(member, both) < log_loss(member, other) - 0.03
        assert roc_auc_score(member, both) > roc_auc_score(member, other) + 0.02
    # The share of members among those with a posterior near p is p: five standard
    # errors of a share of 400 and more.
    for low in np.linspace(0, 0.8, 5):
        near = (both >= low) & (both < low + 0.2)
        assert near.sum() > 400
        assert abs(member[near].mean() - both[near].mean()) < 5 * np.sqrt(0.25 / 400)
