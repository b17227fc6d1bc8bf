"""Attack-P."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skmia.attacks import PopulationAttack
from skmia.metrics import auc_interval
from skmia.testing import check_attack

ATTACKS = [PopulationAttack(), PopulationAttack(-1, direction="higher", fpr=0.2)]


@pytest.mark.parametrize("fpr", [0, 0.01, 0.2, 1])
@pytest.mark.parametrize("column", ["confidence", "loss"])
def test_own_checks(column, fpr):
    check_attack(PopulationAttack(column, fpr=fpr))


def test_by_hand():
    """Nine non-members: only with a p-value of 1 / 10 is FPR <= 10 %."""
    loss = np.array([*range(1, 10), 0.0]).reshape(-1, 1)
    attack = PopulationAttack(fpr=0.1).fit(loss, [0] * 9 + [1])
    assert attack.direction_ == "lower"
    assert_array_equal(
        attack.pvalues([[0.9], [1], [1.5], [9], [10]]) * 10, [1, 2, 2, 10, 10]
    )
    assert_array_equal(attack.predict([[0.9], [1], [1.5]]), [1, 0, 0])


@pytest.mark.parametrize(("fpr", "called"), [(0.0999, 0), (0.1, 1), (0, 0), (1, 1)])
def test_too_few_nonmembers_call_nobody(fpr, called):
    attack = PopulationAttack(direction="higher", fpr=fpr)
    attack.fit(np.arange(10).reshape(-1, 1), [0] * 9 + [1])
    assert attack.predict([[1e300]]) == called


def test_products_that_round_down_count():
    """0.29 * 100 is below 29 in floats, and 29 / 100 is not above 0.29."""
    attack = PopulationAttack(direction="higher", fpr=0.29)
    attack.fit(np.arange(100).reshape(-1, 1), [0] * 99 + [1])
    candidates = np.arange(-1, 99).reshape(-1, 1) + 0.5
    assert attack.predict(candidates).sum() == 29
    assert_array_equal(attack.predict(candidates), attack.pvalues(candidates) <= 0.29)


def test_members_do_not_matter_if_the_direction_is_given():
    rng = np.random.RandomState(0)
    member = np.tile([0, 1], 50)
    Z = pd.DataFrame({"confidence": rng.uniform(size=100)})
    other = Z.where(member[:, None] == 0, rng.normal(size=(100, 1)))
    attack = PopulationAttack("confidence", direction="higher")
    assert_array_equal(
        attack.fit(Z, member).decision_function(Z),
        attack.fit(other, member).decision_function(Z),
    )


def test_null_calibration():
    """AUC intervals cover one half at their rate where nothing leaks, FPR is bounded.

    240 games. The number of intervals that cover is binomial(240, 0.95): below 216
    for fewer than one seed in 1000. The FPR is at most fpr in the mean over games;
    those of games have a standard deviation below sqrt(0.1 * 0.9 * (1/50 + 1/50)) =
    0.06 (population and candidates), their mean one of 0.0039: four of those more.
    """
    rng = np.random.RandomState(0)
    n_covered, rates = 0, []
    for _ in range(240):
        Z = rng.normal(size=(200, 1)).round(1)
        member = rng.permutation(np.repeat([0, 1], 100))
        fit, ask = np.arange(200) < 100, np.arange(200) >= 100
        attack = PopulationAttack(direction="higher", fpr=0.1).fit(Z[fit], member[fit])
        low, high = auc_interval(member[ask], attack.decision_function(Z[ask]))
        n_covered += low <= 0.5 <= high
        rates.append(attack.predict(Z[ask]).mean())
    assert n_covered >= 216
    assert np.mean(rates) <= 0.1 + 4 * 0.0039
