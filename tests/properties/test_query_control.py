"""What always holds for ledgers, and for defenses that watch who asks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import norm
from sklearn.naive_bayes import GaussianNB
from strategies import probas

from skmia.defenses import AdaptiveGuard, PrivateLogits, QueryBudget, QueryLimit
from skmia.defenses.private._logit_grid import STEPS, logit_steps
from skmia.defenses.queries._adaptive_guard import LEVELS
from skmia.defenses.queries._query_budget import composed_epsilon
from skmia.exceptions import QueryBudgetExceeded

prices = st.sampled_from([0.0, 0.1, 0.5, 1.0])
clients = st.sampled_from([None, "x"])
# Records by number, the price of the new ones, who asks, and whether it fails.
calls = st.lists(
    st.tuples(st.lists(st.integers(0, 15), max_size=6), prices, clients, st.booleans()),
    max_size=8,
)
RNG = np.random.RandomState(0)
X = RNG.randn(40, 2)
y = (X[:, 0] > 0).astype(int)


def pay(budget, numbers, price, client=None, fails=False):
    """Whether the call was answered."""
    records = [b"%d" % number for number in numbers]
    try:
        with budget.for_client(client).charge(records, epsilon=price):
            if fails:
                raise ZeroDivisionError
    except (QueryBudgetExceeded, ZeroDivisionError):
        return False
    return True


@given(
    calls=calls,
    max_queries=st.none() | st.integers(0, 12),
    epsilon=st.none() | st.sampled_from([0.0, 0.3, 2.0, 5.0]),
    slack=st.sampled_from([0.0, 1e-5]),
)
def test_an_account_grows_by_what_is_answered_and_stays_below_its_limits(
    calls, max_queries, epsilon, slack
):
    budget = QueryBudget(max_queries, epsilon=epsilon, delta=1e-5, slack=slack)
    seen = {None: {}, "x": {}}
    for numbers, price, client, fails in calls:
        account = budget.for_client(client)
        before = account.spent
        new = set(numbers) - set(seen[client])
        after = [*seen[client].values(), *[price] * len(new)]
        total = composed_epsilon([(one, 1) for one in after], slack)
        fits = (max_queries is None or len(after) <= max_queries) and (
            epsilon is None or total <= epsilon * (1 + 1e-9)
        )
        answered = pay(budget, numbers, price, client, fails)
        assert answered == ((fits or not new) and not fails)
        if not answered:
            assert account.spent == before
            continue
        seen[client] |= dict.fromkeys(new, price)
        spent = account.spent
        assert spent.queries == len(seen[client])
        assert spent.epsilon == pytest.approx(total)
        assert all(now >= then for now, then in zip(spent, before, strict=True))
        assert max_queries is None or spent.queries <= max_queries
        assert epsilon is None or spent.epsilon <= epsilon * (1 + 1e-9)
        assert min(account.remaining) >= 0


@given(
    costs=st.lists(prices, max_size=10),
    slack=st.sampled_from([0, 1e-5]),
    data=st.data(),
)
def test_order_of_the_answers_changes_no_total(costs, slack, data):
    shuffled = data.draw(st.permutations(costs))
    totals = []
    for order in (costs, shuffled):
        budget = QueryBudget(slack=slack)
        for number, price in enumerate(order):
            pay(budget, [number], price)
        totals.append(budget.spent)
    assert totals[0] == totals[1]


@given(
    epsilon=st.floats(1e-3, 5),
    n=st.integers(1, 500),
    slack=st.floats(1e-12, 0.5),
)
def test_the_advanced_rule_never_costs_more_and_grows_with_the_answers(
    epsilon, n, slack
):
    total = composed_epsilon([(epsilon, n)], slack)
    assert 0 < total <= composed_epsilon([(epsilon, n)]) * (1 + 1e-12)
    assert total <= composed_epsilon([(epsilon, n + 1)], slack) * (1 + 1e-12)
    assert total >= composed_epsilon([(epsilon, n)], min(2 * slack, 0.9)) * (1 - 1e-12)


# Rows of X that one call asks for.
batches = st.lists(st.lists(st.integers(0, 39), min_size=1, max_size=15), max_size=6)


@given(batches=batches, budget=st.integers(0, 40))
def test_a_limit_answers_as_the_model_does_or_not_at_all(batches, budget):
    model = GaussianNB().fit(X, y)
    limited = QueryLimit(GaussianNB(), budget=budget).fit(X, y)
    seen = set()
    for rows in batches:
        new = set(rows) - seen
        if new and len(seen | new) > budget:
            with pytest.raises(QueryBudgetExceeded):
                limited.predict_proba(X[rows])
            continue
        seen |= new
        np.testing.assert_array_equal(
            limited.predict_proba(X[rows]), model.predict_proba(X[rows])
        )
        limited.predict(X[rows])
        assert limited.budget_.spent.queries == len(seen) <= budget


@given(
    batches=batches,
    epsilon=st.sampled_from([0.1, 1.0, 8.0]),
    max_queries=st.integers(1, 40),
)
def test_private_answers_never_spend_more_than_declared(batches, epsilon, max_queries):
    pytest.importorskip("dp_accounting")
    model = PrivateLogits(
        GaussianNB(),
        epsilon=epsilon,
        max_queries=max_queries,
        classes=[0, 1],
    ).fit(X, y)
    told = {}
    for rows in batches:
        new = set(rows) - set(told)
        if new and len(told) + len(new) > max_queries:
            with pytest.raises(QueryBudgetExceeded):
                model.predict_proba(X[rows])
            continue
        for row, answer in zip(rows, model.predict_proba(X[rows]), strict=True):
            np.testing.assert_array_equal(answer, told.setdefault(row, answer))
        # Answers with this noise are one with sqrt(answers) times less.
        mu = math.sqrt(len(told)) / model.noise_multiplier_
        assert gaussian_delta(mu, epsilon) <= model.delta_ * (1 + 1e-6)


def gaussian_delta(mu, epsilon):
    """The delta of a Gaussian mechanism with distance `mu` at `epsilon`."""
    if mu == 0:
        return 0.0
    upper = norm.cdf(mu / 2 - epsilon / mu)
    return upper - math.exp(epsilon + norm.logcdf(-mu / 2 - epsilon / mu))


@given(P=probas(), clip=st.floats(1e-3, 100))
def test_clipped_logits_are_centred_short_and_keep_the_order(P, clip):
    steps = logit_steps(P, clip)
    assert (steps**2).sum(axis=1).max() <= STEPS**2
    # Each is less than a step closer to 0.
    assert np.abs(steps.sum(axis=1)).max() <= P.shape[1]
    for before, after in zip(P, steps, strict=True):
        order = np.argsort(before, kind="stable")
        assert (np.diff(after[order]) >= -1).all()


any_answers = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.floats(),
)


@given(P=any_answers, clip=st.floats(1e-6, 1e6))
def test_whatever_a_model_answers_two_of_them_are_two_clips_apart(P, clip):
    """In integers as computed, of NaN and infinity, negative and huge numbers."""
    steps = logit_steps(P, clip).astype(object)
    assert (steps**2).sum(axis=1).max() <= STEPS**2


# Few records and records that are near to each other: windows of all kinds.
traffic = st.lists(
    st.tuples(st.integers(0, 39), st.sampled_from([0.0, 1e-3, 1.0]), st.booleans()),
    min_size=1,
    max_size=12,
)


@given(traffic=traffic, cooldown=st.integers(1, 2), seed=st.integers(0, 99))
def test_a_guard_moves_one_rung_a_window_and_repeats_itself(traffic, cooldown, seed):
    guard = AdaptiveGuard(
        GaussianNB(), window=10, alpha=0.3, cooldown=cooldown, random_state=seed
    ).fit(X, y)
    rng = np.random.RandomState(seed)
    told, level = [], 0
    for row, spread, whole in traffic:
        # Ten new records are exactly one window.
        queries = X[row] + spread * rng.randn(10, 2) + 1e-3 * rng.randn(10, 2)
        posterior = guard.estimator_.predict_proba(queries)
        parts = [queries] if whole else [queries[:4], queries[4:]]
        if LEVELS[level] == "refuse":
            for part in parts:
                with pytest.raises(QueryBudgetExceeded):
                    guard.predict_proba(part)
        else:
            answer = np.concatenate([guard.predict_proba(part) for part in parts])
            told.append((queries, answer))
            np.testing.assert_array_equal(answer.argmax(1), posterior.argmax(1))
            np.testing.assert_allclose(answer.sum(axis=1), 1)
            if level == 0:
                np.testing.assert_array_equal(answer, posterior)
        moved = LEVELS.index(guard.client_level_[None])
        assert abs(moved - level) <= 1
        level = moved
        for queries, answer in told:
            np.testing.assert_array_equal(guard.predict_proba(queries), answer)
    assert LEVELS.index(guard.client_level_[None]) == level


@given(seed=st.integers(0, 2**31 - 1))
def test_replayed_calibration_records_are_not_odd(seed):
    # A window out of the calibration records themselves is nearer to them than new
    # honest records are: fails in less than one of 10^6 windows at this level.
    rng = np.random.RandomState(seed)
    calibration = rng.randn(200, 3)
    guard = AdaptiveGuard(
        GaussianNB(), calibration=calibration, window=40, alpha=1e-6, random_state=seed
    ).fit(np.c_[X, X[:, 0]], y)
    guard.predict(calibration[rng.permutation(200)])
    assert guard.client_level_ == {None: "full"}
