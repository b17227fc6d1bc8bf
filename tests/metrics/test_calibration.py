"""Every interval covers the truth as often as it says, with a leak and without.

Each case draws its scores from a law whose true values are known, `REPETITIONS` times.
An interval with coverage p covers in a binomial(REPETITIONS, p) number of them; a case
fails below the 1e-4 quantile of that at the nominal p. With about 70 cases an interval
of exactly nominal coverage makes this file fail for fewer than one seed in 100.
"""

import numpy as np
import pytest
from scipy.stats import binom, norm
from slow_cases import slow

from skmia.metrics import (
    auc_interval,
    clopper_pearson,
    membership_metrics,
    tpr_at_fpr_interval,
)

REPETITIONS = 500
LEVEL = 0.95
FEWEST_COVERED = binom.ppf(1e-4, REPETITIONS, LEVEL)
MOST_ABOVE = binom.isf(1e-4, REPETITIONS, (1 - LEVEL) / 2)

sizes = pytest.mark.parametrize(
    ("n_members", "n_nonmembers"),
    [(30, 30), *slow((100, 150), (30, 300), (300, 30))],
)


class Binormal:
    """Members N(shift, 1), non-members N(0, 1); rounded scores have ties."""

    def __init__(self, shift):
        self.shift = shift
        self.auc = norm.cdf(shift / np.sqrt(2))

    def tpr(self, fpr):
        return norm.sf(norm.isf(fpr) - self.shift)

    def draw(self, rng, n_members, n_nonmembers):
        return rng.normal(self.shift, 1, n_members), rng.normal(0, 1, n_nonmembers)

    def __repr__(self):
        return f"binormal {self.shift}"


class Levels:
    """Scores 0, 1, 2, ... with given probabilities, as of a label-only attack."""

    def __init__(self, p_member, p_nonmember):
        self.p_member, self.p_nonmember = np.array(p_member), np.array(p_nonmember)
        below = np.cumsum(self.p_nonmember) - self.p_nonmember / 2
        self.auc = self.p_member @ below

    def tpr(self, fpr):
        """Of the lowest cut with P(score >= cut) <= fpr for a non-member."""
        allowed = np.cumsum(self.p_nonmember[::-1]) <= fpr + 1e-12
        return self.p_member[::-1][allowed].sum()

    def draw(self, rng, n_members, n_nonmembers):
        return (
            rng.choice(len(self.p_member), n_members, p=self.p_member),
            rng.choice(len(self.p_nonmember), n_nonmembers, p=self.p_nonmember),
        )

    def __repr__(self):
        return f"levels {self.p_member} {self.p_nonmember}"


NO_LEAK = [
    Binormal(0),
    Levels([1.0], [1.0]),
    Levels([0.03, 0.97], [0.03, 0.97]),
    Levels([0.1, 0.9], [0.1, 0.9]),
    Levels([0.8, 0.15, 0.05], [0.8, 0.15, 0.05]),
]
LEAK = [
    Binormal(0.5),
    Binormal(1),
    Binormal(2),
    Binormal(3),
    Levels([0, 1], [0.1, 0.9]),
    Levels([0, 1], [0.4, 0.6]),
    Levels([0.5, 0.3, 0.2], [0.8, 0.15, 0.05]),
]


def simulate(law, interval, n_members, n_nonmembers, seed):
    """Bounds of `interval` in every repetition."""
    rng = np.random.default_rng(seed)
    member = np.repeat([1, 0], [n_members, n_nonmembers])
    bounds = [
        interval(member, np.concatenate(law.draw(rng, n_members, n_nonmembers)))
        for _ in range(REPETITIONS)
    ]
    return np.transpose(bounds)


def assert_calibrated(low, high, truth):
    """Coverage is nominal and, since gates look at it, the lower bound's alone too."""
    # A true AUC of 0.5 is a sum of rounded probabilities.
    n_above = np.count_nonzero(low > truth + 1e-12)
    n_below = np.count_nonzero(high < truth - 1e-12)
    assert len(low) - n_above - n_below >= FEWEST_COVERED
    assert n_above <= MOST_ABOVE


@sizes
@pytest.mark.parametrize("law", NO_LEAK + LEAK, ids=repr)
def test_auc_interval(law, n_members, n_nonmembers, global_random_seed):
    bounds = simulate(law, auc_interval, n_members, n_nonmembers, global_random_seed)
    assert_calibrated(*bounds, law.auc)


@pytest.mark.parametrize(
    ("n_members", "n_nonmembers", "fpr"),
    [(30, 30, 0.1), (30, 300, 0.01), *slow((300, 30, 0.1), (100, 200, 0.2))],
)
@pytest.mark.parametrize("law", NO_LEAK + LEAK, ids=repr)
def test_tpr_at_fpr_interval(law, n_members, n_nonmembers, fpr, global_random_seed):
    def interval(member, score):
        return tpr_at_fpr_interval(member, score, fpr=fpr)

    bounds = simulate(law, interval, n_members, n_nonmembers, global_random_seed)
    assert_calibrated(*bounds, law.tpr(fpr))


@pytest.mark.parametrize("n", [30, 300])
@pytest.mark.parametrize("p", [0.001, 0.05, 0.5, 0.97])
def test_clopper_pearson(n, p):
    # No simulation: the coverage is a finite sum.
    k = np.arange(n + 1)
    low, high = clopper_pearson(k, n, confidence_level=LEVEL)
    probability = binom.pmf(k, n, p)
    assert probability[(low <= p) & (p <= high)].sum() >= LEVEL
    assert probability[low > p].sum() <= (1 - LEVEL) / 2


@pytest.mark.parametrize(
    ("tpr", "fpr"),
    [(0.1, 0.1), *slow((1, 0.03), (1, 1), (0.5, 0.2))],
)
@pytest.mark.parametrize(("n_members", "n_nonmembers"), [*slow((30, 30)), (30, 100)])
def test_rates_at_decisions(tpr, fpr, n_members, n_nonmembers, global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    member = np.repeat([1, 0], [n_members, n_nonmembers])
    share = n_members / len(member)
    right, called = (
        share * tpr + (1 - share) * (1 - fpr),
        share * tpr + (1 - share) * fpr,
    )
    truths = {
        "accuracy": right,
        "precision": share * tpr / called,
        "recall": tpr,
        "fpr": fpr,
        "advantage": tpr - fpr,
    }
    drawn = []
    for _ in range(REPETITIONS):
        predicted = rng.random(len(member)) < np.where(member, tpr, fpr)
        drawn.append(membership_metrics(member, member, predicted=predicted, fprs=[]))
    for name, truth in truths.items():
        low = np.array([metrics[f"{name}_low"] for metrics in drawn])
        high = np.array([metrics[f"{name}_high"] for metrics in drawn])
        assert_calibrated(low, high, truth)
