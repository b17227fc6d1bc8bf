"""What always holds for the attacks on one signal, and for its noisy neighbours."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from oracles import cut_quality
from scipy.stats import binom
from sklearn.base import clone
from strategies import membership, membership_problems

from skmia.attacks import (
    AverageLossAttack,
    BoundedLossAttack,
    ClasswiseAttack,
    MorganAttack,
    PrivacyRiskAttack,
    ThresholdAttack,
    gaussian_error_advantage,
    gaussian_error_threshold,
    random_records,
)
from skmia.metrics import auc_interval, npv_at_prior, ppv_at_prior
from skmia.signals._neighbours import merlin_ratio
from skmia.utils._membership import membership_score

ATTACKS = [
    AverageLossAttack(),
    AverageLossAttack(average_loss=0.5),
    BoundedLossAttack(random_state=0),
    PrivacyRiskAttack(),
    PrivacyRiskAttack(log_bins=False, prior=0.3),
    MorganAttack(0, ratio_column=1, alpha_low=0.1, alpha_high=0.6),
    MorganAttack(0, ratio_column=1, alpha_low=None, alpha_merlin=0.5),
]
rates = st.fractions(0, 1, max_denominator=40)


@st.composite
def losses(draw):
    """Losses in quarters, among them 0, and membership."""
    n = draw(st.integers(2, 20))
    values = draw(st.lists(st.integers(0, 12), min_size=n, max_size=n))
    return np.array(values).reshape(-1, 1) / 4, draw(membership(n_samples=n))


@pytest.mark.parametrize("attack", ATTACKS)
@given(
    problem=membership_problems(n_columns=2),
    random=st.randoms(use_true_random=False),
)
def test_a_record_is_judged_alone(attack, problem, random):
    Z, member = problem
    order = np.array(random.sample(range(len(Z)), len(Z)))
    attack = clone(attack).fit(Z, member)
    score, called = membership_score(attack, Z), attack.predict(Z)
    assert_array_equal(membership_score(attack, Z[order]), score[order])
    assert_array_equal(membership_score(attack, Z[:1]), score[:1])
    assert_array_equal(attack.predict(Z[order[:2]]), called[order[:2]])


@pytest.mark.parametrize("attack", ATTACKS)
@given(problem=membership_problems(n_columns=2))
def test_members_are_those_on_the_positive_side(attack, problem):
    Z, member = problem
    attack = clone(attack).fit(Z, member)
    if hasattr(attack, "decision_function"):
        positive = attack.decision_function(Z) > 0
    else:
        outside, inside = attack.predict_proba(Z).T
        positive = inside > outside
    assert_array_equal(attack.predict(Z) == 1, positive)


@given(losses())
def test_average_loss_is_no_better_than_the_best_threshold(problem):
    Z, member = problem
    average, best = (
        cut_quality(attack.fit(Z, member).predict(Z) == 1, member, "advantage", None)
        for attack in (AverageLossAttack(), ThresholdAttack(direction="lower"))
    )
    assert average[0] <= best[0]


@given(membership_problems())
@example((np.array([[0.1], [0.1], [0.1], [2.0]]), np.array([1, 1, 1, 0])))
def test_some_member_has_at_most_the_average_loss(problem):
    Z, member = problem
    assert AverageLossAttack().fit(Z, member).predict(Z)[member == 1].any()


@given(losses(), st.integers(1, 12))
def test_expected_advantage_of_the_bounded_loss(problem, bound):
    """The difference of the mean clipped losses over the bound, in exact numbers."""
    Z, member = problem
    attack = BoundedLossAttack(bound=bound, random_state=0).fit(Z, member)
    inside = attack.predict_proba(Z)[:, 1]
    clipped = [min(Fraction(value), bound) for value in Z[:, 0]]
    means = [
        sum(c for c, m in zip(clipped, member, strict=True) if m == side)
        / int((member == side).sum())
        for side in (0, 1)
    ]
    expected = (means[0] - means[1]) / bound
    found = inside[member == 1].mean() - inside[member == 0].mean()
    assert_allclose(found, float(expected), atol=1e-14)


@given(losses(), st.integers(1, 8), st.booleans())
def test_risk_of_swapped_membership(problem, n_bins, log_bins):
    Z, member = problem
    attack = PrivacyRiskAttack(n_bins=n_bins, log_bins=log_bins).fit(Z, member)
    swapped = clone(attack).fit(Z, 1 - member)
    assert ((attack.risk_ >= 0) & (attack.risk_ <= 1)).all()
    assert_allclose(swapped.risk_, 1 - attack.risk_, atol=1e-15)


@given(losses(), st.lists(st.floats(0.01, 0.99), min_size=2, max_size=2))
def test_risk_grows_with_the_prior(problem, priors):
    Z, member = problem
    low, high = (
        PrivacyRiskAttack(prior=prior).fit(Z, member).risk_ for prior in sorted(priors)
    )
    assert (low <= high + 1e-15).all()


@given(losses(), st.lists(st.integers(0, 2), min_size=20, max_size=20), st.data())
def test_classwise_risk_does_not_see_a_shift_of_a_class(problem, labels, data):
    """With four bins the edges are sixteenths: nothing is rounded.

    A class without both sides, or with one value only, is left to the pooled model,
    which does see the shift.
    """
    Z, member = problem
    label = np.array(labels[: len(Z)])
    for c in set(label):
        assume(len(set(member[label == c])) == 2)
        assume(len(set(Z[label == c, 0])) > 1)
    shift = np.array(data.draw(st.lists(st.integers(0, 9), min_size=3, max_size=3)))
    attack = ClasswiseAttack(
        PrivacyRiskAttack(n_bins=4, log_bins=False), by=1, min_samples=1
    )
    here, there = (
        np.column_stack([values, label]) for values in (Z[:, 0], Z[:, 0] + shift[label])
    )
    expected = clone(attack).fit(here, member).predict_proba(here)
    assert_array_equal(clone(attack).fit(there, member).predict_proba(there), expected)


@given(membership_problems(n_columns=2), rates, rates, st.none() | rates)
def test_morgan_members_are_members_for_merlin(problem, one, other, alpha):
    Z, member = problem
    low, high = sorted((float(one), float(other)))
    alpha = None if alpha is None else float(alpha)
    morgan = MorganAttack(
        0, ratio_column=1, alpha_low=low, alpha_high=high, alpha_merlin=alpha
    )
    morgan.fit(Z, member)
    objective = "advantage" if alpha is None else "tpr_at_fpr"
    merlin = ThresholdAttack(
        1, direction="higher", objective=objective, fpr=alpha or 0
    ).fit(Z, member)
    assert (morgan.predict(Z) <= merlin.predict(Z)).all()
    assert morgan.loss_low_ <= morgan.loss_high_
    called = Z[member == 0, 0] <= morgan.loss_high_
    assert Fraction(int(called.sum()), len(called)) <= max(one, other)


class Bowl:
    """Probability of the true class falls with a power of the distance from 0."""

    classes_ = np.array([0, 1])

    def __init__(self, power):
        self.power = power

    def predict_proba(self, X):
        distance = np.abs(X).max(axis=1)
        p = 1 / (1 + distance**self.power)
        return np.column_stack([p, 1 - p])


@st.composite
def records(draw):
    """Binary or other records, (n_records, n_features)."""
    n_features = draw(st.integers(1, 4))
    values = draw(st.sampled_from([st.integers(0, 1), st.integers(-3, 3)]))
    rows = st.lists(values, min_size=n_features, max_size=n_features)
    return np.array(draw(st.lists(rows, min_size=1, max_size=10)), dtype=float)


noises = st.sampled_from(["gaussian", "uniform"])
coverages = st.sampled_from(["all", "one"])


@given(records(), st.integers(1, 12), noises, coverages, st.integers(0, 3))
def test_merlin_ratio(X, n_copies, noise, coverage, seed):
    params = {"noise": noise, "coverage": coverage, "seed": seed, "n_copies": n_copies}
    y = np.zeros(len(X), dtype=int)

    def ratio(X, power=1, **other):
        model = Bowl(power)
        params_now = {"scale": 0.5, **params, **other}
        return merlin_ratio(model, X, y[: len(X)], [0, 1], **params_now)

    found = ratio(X)
    assert_array_equal(found * n_copies, np.round(found * n_copies))
    assert ((found >= 0) & (found <= 1)).all()
    assert_array_equal(ratio(X[::-1]), found[::-1])
    assert_array_equal(ratio(X[-1:]), found[-1:])
    assert_array_equal(ratio(X, scale=0.0), 0)
    # A strictly increasing map of the loss: distances are 0 or at least 1e-3 apart.
    assert_array_equal(ratio(X, power=2), found)
    at_the_minimum = ~X.any(axis=1)
    assert_array_equal(found[at_the_minimum], 1)


@given(records(), st.integers(0, 5))
def test_random_records_stay_in_the_domain(X, seed):
    drawn = random_records(X, 20, random_state=seed)
    assert (drawn >= X.min(axis=0)).all()
    assert (drawn <= X.max(axis=0)).all()
    assert_array_equal(drawn, np.floor(drawn))
    halves = random_records(X + 0.5 * (np.arange(len(X)) % 2)[:, None], 20)
    assert (halves <= X.max(axis=0) + 0.5).all()


@given(rates, rates, rates, rates)
def test_predictive_values_are_monotone(one, other, fixed, prior):
    """Up to rounding, by 1e-15."""
    low, high = sorted(map(float, (one, other)))
    fixed, prior = float(fixed), float(prior)

    def ordered(smaller, larger):
        return not smaller > larger + 1e-15  # nan where nobody is called

    assert ordered(*ppv_at_prior([low, high], fixed, prior=prior))
    assert ordered(*ppv_at_prior(fixed, [high, low], prior=prior))
    assert ordered(*ppv_at_prior(fixed, prior, prior=[low, high]))
    assert ordered(*npv_at_prior(fixed, prior, prior=[high, low]))


@given(st.fractions(1, 50), st.fractions(Fraction(1, 50), 50))
def test_gaussian_errors(ratio, scale):
    """The unit does not matter, and knowing more does not hurt."""
    stds = float(scale), float(ratio * scale)
    advantage = gaussian_error_advantage(*stds)
    assert 0 <= gaussian_error_advantage(*stds, threshold=stds[0]) <= advantage + 1e-12
    assert advantage < 1
    # Between the two standard deviations, from the lower one up.
    assert stds[0] * (1 - 1e-12) <= gaussian_error_threshold(*stds)
    assert gaussian_error_threshold(*stds) <= stds[1] * (1 + 1e-12)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_leak_no_ranking(attack, global_random_seed):
    """The AUC interval covers one half in as many of 200 games as it should.

    The number is binomial(200, p) with p at least 0.95: below its 1e-4 quantile for
    fewer than one seed in 10,000.
    """
    rng = np.random.RandomState(global_random_seed)
    member = np.repeat([0, 1], 60)
    n_covered = 0
    for _ in range(200):
        Z = np.column_stack(
            [rng.exponential(size=120), rng.binomial(20, 0.6, size=120) / 20]
        )
        shuffled = rng.permutation(member)
        attack = clone(attack).fit(Z[:60], shuffled[:60])
        low, high = auc_interval(shuffled[60:], membership_score(attack, Z[60:]))
        n_covered += low <= 0.5 <= high
    assert n_covered >= binom.ppf(1e-4, 200, 0.95)
