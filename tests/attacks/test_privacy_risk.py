"""Histograms of one signal, and the membership probability they give."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skmia.attacks import ClasswiseAttack, PrivacyRiskAttack


def column(values):
    return np.asarray(values, dtype=float).reshape(-1, 1)


def risk(values, member, asked=None, **params):
    attack = PrivacyRiskAttack(**params).fit(column(values), np.asarray(member))
    return attack.predict_proba(column(values if asked is None else asked))[:, 1]


def authors_risk(values, member, asked, n_bins):
    """As the authors' public code does it, record by record."""
    values = np.clip(values, 1e-10, None)
    low, high = values.min(), values.max()
    edges = np.logspace(np.log10(low), np.log10(high), n_bins + 1)
    edges[0], edges[-1] = low, high  # the logarithms may round past them
    inside = np.histogram(values[member == 1], edges)[0] / (member == 1).sum()
    outside = np.histogram(values[member == 0], edges)[0] / (member == 0).sum()
    score = []
    for value in asked:
        i = min(max(np.digitize(max(value, 1e-10), edges) - 1, 0), n_bins - 1)
        near = sorted(range(n_bins), key=lambda j: (abs(i - j), j))
        i = next(j for j in near if inside[j] + outside[j] > 0)
        score.append(inside[i] / (inside[i] + outside[i]))
    return score


@pytest.mark.parametrize("n_bins", [1, 2, 5, 40])
def test_same_as_the_definition(n_bins, global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    values = rng.lognormal(sigma=3, size=200)
    member = rng.permutation(np.repeat([0, 1], [120, 80]))
    asked = rng.lognormal(sigma=4, size=100)
    expected = authors_risk(values, member, asked, n_bins)
    found = risk(values, member, asked, n_bins=n_bins)
    assert_allclose(found, expected, rtol=1e-12)


def test_bins_are_logarithmic_from_the_floor():
    attack = PrivacyRiskAttack(n_bins=5).fit(column([0, 1]), [1, 0])
    assert_allclose(attack.edges_, [1e-8, 1e-6, 1e-4, 1e-2])
    attack = PrivacyRiskAttack(n_bins=5, log_bins=False).fit(column([0, 1]), [1, 0])
    assert_allclose(attack.edges_, [0.2, 0.4, 0.6, 0.8])


def test_an_empty_bin_borrows_from_the_nearest_lower_side_first():
    """Of five bins only the first and the last have observations."""
    attack = PrivacyRiskAttack(n_bins=5, log_bins=False)
    attack.fit(column([0, 5, 5, 0]), [1, 1, 0, 1])
    assert_allclose(attack.risk_, [1, 1, 1, 0.25, 0.25])


def test_values_beyond_count_in_the_outer_bins():
    values, member = [1, 1, 9, 9], [1, 1, 0, 0]
    for log_bins in (True, False):
        found = risk(values, member, [-1e300, 0, 1, 9, 1e300], log_bins=log_bins)
        assert_array_equal(found, [1, 1, 1, 0, 0])


@pytest.mark.parametrize("value", [0.0, 3.0, -1.0])
@pytest.mark.parametrize("prior", [0.1, 0.5])
def test_one_value_has_one_bin_and_says_the_prior(value, prior):
    attack = PrivacyRiskAttack(prior=prior, log_bins=False)
    attack.fit(column([value] * 4), [1, 0, 0, 0])
    assert len(attack.edges_) == 0
    assert_allclose(attack.risk_, [prior])


def test_the_share_of_members_in_fit_is_not_the_prior():
    values = np.tile([0.1, 1.0], 50)
    even = risk(values, np.repeat([0, 1], 50))
    rare = risk(values, np.repeat([0, 1], [90, 10]))
    assert_allclose(even, 0.5)
    assert_allclose(rare, 0.5)


@pytest.mark.parametrize("prior", [0.05, 0.3, 0.9])
def test_prior(prior):
    values, member = [1, 1, 1, 2, 1, 2, 2, 2], [1, 1, 1, 1, 0, 0, 0, 0]
    low = prior * 0.75 / (prior * 0.75 + (1 - prior) * 0.25)
    high = prior * 0.25 / (prior * 0.25 + (1 - prior) * 0.75)
    assert_allclose(risk(values, member, [1, 2], prior=prior), [low, high])


def test_even_odds_are_no_membership():
    attack = PrivacyRiskAttack().fit(column([1, 1]), [1, 0])
    assert_array_equal(attack.predict(column([1])), [0])


def test_classwise_histograms_with_a_pooled_fallback():
    """Class 2 has members only in fit: its own risk would be 1 for everybody."""
    Z = pd.DataFrame(
        {
            "loss": [1.0, 2, 1, 2, 5, 9, 5, 9, 1, 1],
            "true_label": [0, 0, 0, 0, 1, 1, 1, 1, 2, 2],
        }
    )
    member = np.array([1, 0, 1, 0, 0, 1, 0, 1, 1, 1])
    attack = ClasswiseAttack(PrivacyRiskAttack("loss"), min_samples=1).fit(Z, member)
    found = attack.predict_proba(Z)[:, 1]
    for label in (0, 1):
        own = (Z["true_label"] == label).to_numpy()
        assert_array_equal(found[own], risk(Z["loss"][own], member[own]))
    assert_array_equal(attack.fallback_groups_, [2])
    pooled = risk(Z["loss"], member)
    assert_array_equal(found[8:], pooled[8:])
    # A class that was never seen: pooled, too.
    unseen = attack.predict_proba(Z.assign(true_label=7.0))[:, 1]
    assert_array_equal(unseen, pooled)


@pytest.mark.parametrize("prior", [0, 1, 1.5])
def test_bad_prior(prior):
    with pytest.raises(ValueError, match=r"'prior' parameter .* in the range \(0"):
        risk([1, 2], [0, 1], prior=prior)
