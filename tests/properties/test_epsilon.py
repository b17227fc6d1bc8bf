"""What holds of the lower bound of epsilon for any scores."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import membership_problems

from skmia.metrics import epsilon_evidence, epsilon_lower_bound
from skmia.metrics.epsilon._e_process import ALTERNATIVES, EProcess

SEED = 3
problems = membership_problems(max_samples=40)
designs = st.sampled_from(["fixed", "coin", "pairs"])
bets = st.lists(st.tuples(st.booleans(), st.floats(-3, 3)), min_size=1, max_size=60)


def arrays(bets):
    right, offset = zip(*bets, strict=True)
    return np.array(right), np.array(offset)


@given(problems, designs)
def test_non_members_mirror_members(problem, design):
    score, member = problem[0][:, 0], problem[1]
    of = {"design": design, "alpha": 0.5, "random_state": SEED}
    top = epsilon_evidence(member, score, orders=("top",), **of)
    bottom = epsilon_evidence(1 - member, -score, orders=("bottom",), **of)
    if design != "pairs":  # matched at random, members first
        np.testing.assert_array_equal(top.path, bottom.path)
        assert top.epsilon == bottom.epsilon


@given(problems, designs, st.sampled_from([(0.01, 0.05), (0.05, 0.5)]))
def test_order_of_scores_is_all_that_counts(problem, design, alphas):
    score, member = problem[0][:, 0], problem[1]
    of = {"design": design, "random_state": SEED}
    ranks = np.unique(score, return_inverse=True)[1] ** 3 - 7
    found = [
        epsilon_lower_bound(member, values, alpha=alpha, **of)
        for alpha in alphas
        for values in (score, ranks)
    ]
    assert found[0] == found[1] <= found[2] == found[3]


@given(problems, designs)
def test_no_attack_exceeds_a_perfect_one(problem, design):
    score, member = problem[0][:, 0], problem[1]
    of = {"design": design, "alpha": 0.5, "orders": ("top",), "random_state": SEED}
    if design != "coin":  # who guesses "in" only is not perfect there
        found = epsilon_evidence(member, score, **of)
        assert found.epsilon <= found.ceiling


@given(bets, st.floats(0, 7.9))
def test_e_process_is_the_mean_of_products(bets, epsilon):
    right, offset = arrays(bets)
    first = np.searchsorted(ALTERNATIVES, epsilon, side="right")

    def chance(of):
        return 1 / (1 + np.exp(-(offset + of)))

    def factors(of):
        return np.where(right, chance(of), 1 - chance(of))

    owned = [np.cumprod(factors(a) / factors(epsilon)) for a in ALTERNATIVES[first:]]
    path = EProcess(right, offset).path(epsilon, first)
    # Sums of at most 60 logarithms below 12 in 22 terms: rounding is below 1e-11.
    np.testing.assert_allclose(np.exp(path), np.mean(owned, axis=0), rtol=1e-9)


@given(bets, st.floats(0.01, 3))
def test_what_is_below_the_bound_is_refuted(bets, needed):
    process = EProcess(*arrays(bets))
    bound = process.lower_bound(lambda _: needed)

    def won(epsilon):
        first = np.searchsorted(ALTERNATIVES, epsilon, side="right")
        return process.path(epsilon, first).max(initial=0)

    below = np.linspace(0, bound, 50)[:-1] if bound else []
    assert all(won(epsilon) >= needed for epsilon in below)
    # The bisection ends within 1e-4 of what is not refuted.
    assert bound == 8 or won(bound + 1e-4) < needed
