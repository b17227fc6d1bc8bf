"""The classical bounds of epsilon: known values, limits, and bad input."""

import numpy as np
import pytest
from scipy.stats import binom
from slow_cases import slow

from skmia.metrics import (
    clopper_pearson_epsilon,
    epsilon_ceiling,
    f_dp_one_run_epsilon,
    gap_accuracy_at_prior,
    gaussian_one_run_epsilon,
    one_run_epsilon,
    threshold_epsilon,
)

GAUSSIAN = [f_dp_one_run_epsilon, gaussian_one_run_epsilon]


@pytest.mark.parametrize(
    ("counts", "delta", "epsilon"),
    [
        ((1000, 1000, 0, 1000), 0, 5.6006),
        ((100, 1000, 10, 1000), 0, 1.5004),
        ((84, 1000, 1, 1000), 0, 2.4975),
        ((500, 1000, 0, 1000), 1e-5, 4.8461),
        ((500, 1000, 500, 1000), 0, 0),
        ((100, 100, 0, 100), 0, 3.2813),
        ((10_000, 10_000, 0, 10_000), 0, 7.9048),
        ((0, 0, 0, 0), 0, 0),
    ],
)
def test_clopper_pearson(counts, delta, epsilon):
    found = clopper_pearson_epsilon(*counts, delta=delta)
    assert found == pytest.approx(epsilon, abs=5e-5)
    # Who recognises non-members as well as members shows as much.
    n_true, n_members, n_false, n_nonmembers = counts
    mirrored = (n_nonmembers - n_false, n_nonmembers, n_members - n_true, n_members)
    assert clopper_pearson_epsilon(*mirrored, delta=delta) == pytest.approx(found)


@pytest.mark.parametrize(
    ("n_canaries", "n_guesses", "n_correct", "delta", "epsilon"),
    [
        (1000, 1000, 500, 0, 0),
        (1000, 1000, 526, 0, 0),
        (1000, 1000, 600, 0, 0.2975),
        (1000, 1000, 750, 0, 0.9767),
        (1000, 1000, 750, 1e-5, 0.9764),
        (1000, 1000, 900, 0, 2.0212),
        (1000, 1000, 1000, 0, 5.8091),
        (1000, 1000, 1000, 1e-5, 5.7823),
        (1000, 100, 100, 0, 3.4930),
        (1000, 100, 100, 1e-5, 3.4654),
        (1000, 100, 95, 0, 2.1724),
        (100, 20, 20, 0, 1.8227),
        (10_000, 10_000, 6000, 0, 0.3717),
        (0, 0, 0, 0, 0),
    ],
)
def test_one_run(n_canaries, n_guesses, n_correct, delta, epsilon):
    found = one_run_epsilon(n_correct, n_guesses, n_canaries, delta=delta)
    assert found == pytest.approx(epsilon, abs=5e-5)


@pytest.mark.parametrize("bound", GAUSSIAN)
def test_gaussian_bounds_of_chance_and_of_better(bound):
    found = [bound(n, 200, 1000, delta=1e-5) for n in (100, 130, 150, 180, 200)]
    assert found[0] == 0
    assert found == sorted(found)
    assert len(set(found)) == 5
    assert bound(180, 200, 1000, delta=1e-3) < found[3]
    assert bound(180, 200, 1000, alpha=0.001, delta=1e-5) < found[3]
    assert bound(0, 0, 10, delta=1e-5) == 0
    assert bound(0, 0, 0, delta=1e-5) == 0


def guesses_of_gaussian(mu, n_canaries, n_guesses, rng):
    """Right guesses about the records with the most telling scores of unit noise."""
    member = rng.random(n_canaries) < 0.5
    score = rng.normal(size=n_canaries) + mu * member - mu / 2
    telling = np.argsort(-np.abs(score))[:n_guesses]
    return int(np.count_nonzero((score[telling] > 0) == member[telling]))


@pytest.mark.parametrize("bound", GAUSSIAN)
@pytest.mark.parametrize("n_guesses", [50, *slow(300)])
@pytest.mark.parametrize(("mu", "epsilon"), [(0, 0), (1, 4.3757)])
def test_gaussian_bounds_are_below_the_truth(
    bound, n_guesses, mu, epsilon, global_random_seed
):
    # `epsilon` is that of the Gaussian mechanism with unit noise at delta 1e-5.
    rng = np.random.default_rng(global_random_seed)
    right = [guesses_of_gaussian(mu, 300, n_guesses, rng) for _ in range(200)]
    of = {n: bound(n, n_guesses, 300, delta=1e-5) for n in set(right)}
    n_above = sum(of[n] > epsilon for n in right)
    assert n_above <= binom.isf(1e-4, len(right), 0.05)


@pytest.mark.parametrize("choice", ["split", "bonferroni"])
def test_threshold_of_perfect_scores(choice):
    member = np.repeat([1, 0], 200)
    found = threshold_epsilon(member, member, choice=choice, random_state=0)
    # Two scores make two thresholds, or one half of the records is left.
    n, alpha = (100, 0.05) if choice == "split" else (200, 0.025)
    assert found == pytest.approx(clopper_pearson_epsilon(n, n, 0, n, alpha=alpha))
    # Perfect scores show more by betting.
    assert found < epsilon_ceiling(200, 200)


@pytest.mark.parametrize("choice", ["split", "bonferroni"])
@pytest.mark.parametrize("n_levels", [2, 400])
def test_threshold_without_a_leak(choice, n_levels, global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    member = np.repeat([1, 0], [150, 250])
    found = [
        threshold_epsilon(
            member, rng.integers(n_levels, size=400), choice=choice, random_state=seed
        )
        for seed in range(200)
    ]
    assert np.count_nonzero(found) <= binom.isf(1e-4, 200, 0.05)


@pytest.mark.parametrize(
    ("prior", "train", "test", "accuracy"),
    [(0.5, 1, 0.6, 0.7), (0.2, 1, 0.6, 0.8), (0.9, 0.9, 0.8, 0.9)],
)
def test_gap_accuracy(prior, train, test, accuracy):
    found = gap_accuracy_at_prior(train, test, prior=prior)
    assert found == pytest.approx(accuracy)


@pytest.mark.parametrize("bound", [one_run_epsilon, *GAUSSIAN])
@pytest.mark.parametrize("counts", [(3, 2, 5), (1, 6, 5)])
def test_guesses_that_cannot_be(bound, counts):
    with pytest.raises(ValueError, match=f"{bound.__name__} needs n_correct <= n_gues"):
        bound(*counts, delta=1e-5)


@pytest.mark.parametrize("bound", GAUSSIAN)
@pytest.mark.parametrize("delta", [0, 1, "small"])
def test_gaussian_needs_a_delta(bound, delta):
    with pytest.raises(ValueError, match=r"noise has no epsilon at 0\. Got"):
        bound(5, 10, 10, delta=delta)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((1001, 1000, 1, 1000), "'n_true_positives'.*'n_members'. Got 1001 of 1000"),
        ((1, 1000, 7, 6), "'n_false_positives'.*'n_nonmembers'. Got 7 of 6"),
        ((0.5, 1, 1, 1), "'n_true_positives' and 'n_members'.*integers.*float64"),
        (([1, 2], [3, 3, 3], 1, 1), "'n_true_positives' and 'n_members'.*broadcast"),
        (([1, 2], 3, [1] * 3, 1), "'n_true_positives' and 'n_false_positives'.*broadc"),
    ],
)
def test_counts_that_cannot_be(counts, message):
    expected = message.replace(".*", ".* of clopper_pearson_epsilon .*", 1)
    with pytest.raises(ValueError, match=expected):
        clopper_pearson_epsilon(*counts)


@pytest.mark.parametrize("delta", [[0.1, 0.2], "a", True])
def test_delta_is_one_number(delta):
    bounds = {
        clopper_pearson_epsilon: (1, 5, 1, 5),
        one_run_epsilon: (5, 10, 10),
        threshold_epsilon: ([1, 0], [1, 0]),
    }
    for bound, args in bounds.items():
        with pytest.raises(ValueError, match=f"'delta' parameter of {bound.__name__}"):
            bound(*args, delta=delta)


def test_bad_choice_of_a_threshold():
    with pytest.raises(ValueError, match=r"'split' or 'bonferroni'\. Got 'best'"):
        threshold_epsilon([1, 0], [1, 0], choice="best")
