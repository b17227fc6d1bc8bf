"""The hypothesis test of Long et al., whom to attack, and several queries."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chi2, combine_pvalues, kstest, norm, t

from skmia.attacks import HypothesisTestAttack, combine_pvalues_kost, select_vulnerable
from skmia.metrics import auc_interval
from skmia.testing import check_attack

ATTACKS = [
    HypothesisTestAttack(),
    HypothesisTestAttack(cdf="ecdf", objective="tpr_at_fpr", fpr=0.1),
    HypothesisTestAttack(cdf="normal", direction="lower"),
]


@pytest.mark.parametrize("cdf", ["ecdf", "pchip", "normal"])
@pytest.mark.parametrize("sign", [1, -1])
def test_own_checks(cdf, sign):
    rng = np.random.RandomState(0)
    member = rng.permutation(np.repeat([0, 1], 60))
    reference = rng.uniform(0.4, 0.6, size=(120, 5))
    target = rng.uniform(0.1, 0.3, size=120) + 0.6 * member
    Z = sign * np.column_stack([target, reference])
    check_attack(HypothesisTestAttack(cdf=cdf), data=(Z, member))


def pvalues(cdf, Z):
    attack = HypothesisTestAttack(cdf=cdf, direction="lower")
    return attack.fit(np.eye(2, np.shape(Z)[1]), [0, 1]).pvalues(Z)


def test_gaussian_p_values_are_those_of_one_more_draw():
    """t with N - 1 degrees of freedom, of (x - mean) / (s sqrt(1 + 1/N))."""
    losses = [1.0, 2.0, 3.0]
    expected = t(2).cdf(-1 / np.sqrt(4 / 3))
    assert_allclose(pvalues("normal", [[1.0, *losses]]), expected)
    assert_allclose(pvalues("normal", [[2.0, *losses]]), 0.5)


def test_gaussian_p_values_are_smaller_than_ranks_allow():
    """And finite logarithms of them tell records apart."""
    Z = np.array([[-10.0, 1, 2, 3, 4], [-1000.0, 1, 2, 3, 4], [9.0, 1, 2, 3, 4]])
    assert pvalues("normal", Z)[0] < 1 / 100 < 1 / 5
    attack = HypothesisTestAttack(cdf="normal", direction="lower").fit(Z, [1, 1, 0])
    score = attack.decision_function(Z)
    assert score[1] > score[0] > score[2]


@pytest.mark.parametrize("cdf", ["ecdf", "pchip", "normal"])
def test_one_model_gives_a_rank(cdf):
    assert_allclose(pvalues(cdf, [[1.0, 2.0], [3.0, 2.0], [2.0, 2.0]]), [0.5, 1, 1])


@pytest.mark.parametrize("cdf", ["ecdf", "pchip", "normal"])
def test_equal_losses_of_all_models(cdf):
    p = pvalues(cdf, [[0.0, 5, 5, 5], [5.0, 5, 5, 5], [6.0, 5, 5, 5]])
    assert p[0] <= 1 / 4
    assert_array_equal(np.sort(p), p)


def test_gaussian_p_values_of_gaussian_losses_are_uniform():
    """For each record with its own mean and spread; KS test at the 1e-3 level."""
    rng = np.random.RandomState(0)
    scale = rng.uniform(0.1, 3, size=(2000, 1))
    Z = rng.normal(size=(2000, 1)) + scale * rng.normal(size=(2000, 6))
    assert kstest(pvalues("normal", Z), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("cdf", ["ecdf", "pchip", "normal"])
def test_null_calibration(cdf):
    """AUC intervals cover one half at their rate where nothing leaks.

    240 games whose target is one more out model of every record. The number of
    intervals that cover is binomial(240, 0.95): below 216 for fewer than one seed in
    1000.
    """
    rng = np.random.RandomState(0)
    n_covered = 0
    for _ in range(240):
        Z = rng.normal(size=(200, 1)) + rng.normal(size=(200, 9))
        member = rng.permutation(np.repeat([0, 1], 100))
        attack = HypothesisTestAttack(cdf=cdf, direction="lower")
        attack.fit(Z[:100], member[:100])
        low, high = auc_interval(member[100:], attack.decision_function(Z[100:]))
        n_covered += low <= 0.5 <= high
    assert n_covered >= 216


def test_neighbours_are_scaled_to_the_training_set():
    """One neighbour among four reference records is half a one among two."""
    reference = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]
    for max_neighbors, expected in [(0.5, False), (0.51, True)]:
        selected = select_vulnerable(
            [[1.0, 0.0]], reference, n_train=2, max_neighbors=max_neighbors
        )
        assert_array_equal(selected, [expected])


def test_zeros_are_far_from_everything():
    zeros = np.zeros((1, 2))
    assert select_vulnerable(zeros, np.ones((5, 2)), n_train=5, radius=1)[0]
    assert not select_vulnerable(zeros, np.ones((5, 2)), n_train=5, radius=1.01)[0]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"radius": 2.5}, r"The 'radius' parameter .* range \[0.0, 2.0\]. Got 2.5"),
        ({"n_train": 0}, "The 'n_train' parameter .* Got 0"),
        ({"max_neighbors": -1}, "The 'max_neighbors' parameter .* Got -1"),
    ],
)
def test_bad_selection(params, message):
    with pytest.raises(ValueError, match=message):
        select_vulnerable(np.eye(2), np.eye(2), **{"n_train": 2, **params})


def test_kost_by_hand():
    """Correlation 1/2: covariance 3.263 / 2 + 0.710 / 4 + 0.027 / 8 = 1.812375."""
    losses = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]]) @ [
        [1, 0.5],
        [0, 0.75**0.5],
    ]
    variance = 8 + 2 * 1.812375
    statistic = -2 * np.log([0.01, 0.2]).sum()
    expected = chi2(32 / variance).sf(statistic * 8 / variance)
    assert_allclose(combine_pvalues_kost([0.01, 0.2], losses), expected)


def test_unrelated_queries_are_combined_by_fishers_method():
    losses = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    p = [0.3, 0.02, 0.5]
    assert_allclose(combine_pvalues_kost(p, losses), combine_pvalues(p).pvalue)
    constant = np.ones((4, 3))
    assert_allclose(combine_pvalues_kost(p, constant), combine_pvalues(p).pvalue)


def test_combined_p_values_of_dependent_queries_are_uniform():
    """Gaussian losses with correlation 0.6: 5 % of 4000 at most 5 %.

    Four standard errors of the rate are 0.0138. Fisher's method has twice the rate.
    """
    rng = np.random.RandomState(0)
    losses = np.sqrt(0.6) * rng.normal(size=(4000, 1)) + np.sqrt(0.4) * rng.normal(
        size=(4000, 5)
    )
    p = norm.cdf(losses)
    combined = combine_pvalues_kost(p, losses)
    assert combined.shape == (4000,)
    assert abs((combined <= 0.05).mean() - 0.05) < 0.0138
    assert (combine_pvalues(p, axis=1).pvalue <= 0.05).mean() > 0.1


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([0.5], r"one value for each of the 2 queries .* Got the shape \(1,\)"),
        ([0.5, 1.5], r"must lie in \[0, 1\]. Got 1.5"),
        ([0.5, np.nan], r"must lie in \[0, 1\]. Got nan"),
    ],
)
def test_bad_p_values(p, message):
    with pytest.raises(ValueError, match=message):
        combine_pvalues_kost(p, np.eye(2))


def test_a_p_value_of_zero_is_not_lost():
    assert combine_pvalues_kost([0.0, 0.5], np.eye(2)) < 1e-100
