"""QMIA."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from skmia.attacks import PopulationAttack, QuantileRegressionAttack
from skmia.metrics import auc_interval
from skmia.utils.estimator_checks import check_attack

LINEAR = QuantileRegressionAttack(
    label=None, direction="higher", regressor=LinearRegression(), random_state=0
)
BOOSTING = HistGradientBoostingRegressor(loss="quantile", quantile=0.9, max_iter=20)
ATTACKS = [
    QuantileRegressionAttack(label=None, random_state=0),
    QuantileRegressionAttack(
        label=-1, regressor=LinearRegression(), cv=2, fpr=0.1, random_state=0
    ),
]


@pytest.mark.parametrize(
    "attack",
    [
        QuantileRegressionAttack("loss", random_state=0),
        QuantileRegressionAttack("confidence", fpr=0.3, random_state=0),
        QuantileRegressionAttack("confidence", fpr=0.001, label=None, random_state=0),
    ],
)
def test_own_checks(attack):
    check_attack(attack)


def games(rng, n_games, n=400, leak=0.0):
    """Signal that depends on two features, the better on one of three labels."""
    for _ in range(n_games):
        member = rng.permutation(np.repeat([0, 1], n // 2))
        X = rng.normal(size=(n, 2))
        label = rng.randint(3, size=n)
        signal = X[:, 0] + 2 * (label == 1) + 0.3 * rng.normal(size=n) + leak * member
        Z = np.column_stack([signal, X, label])
        yield Z[: n // 2], member[: n // 2], Z[n // 2 :], member[n // 2 :]


@pytest.mark.slow
@pytest.mark.parametrize("regressor", [BOOSTING, LinearRegression()])
def test_noise_is_no_advantage(regressor):
    """Peers judge on the non-members they calibrate on: advantages of 4 to 9 %.

    200 games. The mean FPR is at most 10 %: at most 100 candidates and 100
    calibration records a game give it a standard deviation below sqrt(0.1 * 0.9 *
    (1/100 + 1/100) / 200) = 0.003. The advantage has a mean of zero and a standard
    deviation below the same. AUC intervals cover one half in binomial(200, 0.95)
    games: below 179 for fewer than one seed in 1000.
    """
    attack = QuantileRegressionAttack(
        label=3, direction="higher", regressor=regressor, fpr=0.1, random_state=0
    )
    advantages, rates, n_covered = [], [], 0
    for Z, member, asked, truth in games(np.random.RandomState(0), 200):
        attack.fit(Z, member)
        called = attack.predict(asked)
        rates.append(called[truth == 0].mean())
        advantages.append(called[truth == 1].mean() - rates[-1])
        low, high = auc_interval(truth, attack.decision_function(asked))
        n_covered += low <= 0.5 <= high
    assert np.mean(rates) < 0.1 + 4 * 0.003
    assert abs(np.mean(advantages)) < 4 * 0.003
    assert n_covered >= 179


def test_a_threshold_for_each_record_beats_one_for_all():
    (game,) = games(np.random.RandomState(0), 1, n=2000, leak=1.5)
    Z, member, asked, truth = game
    found = {
        type(attack): attack.fit(Z, member).predict(asked)[truth == 1].mean()
        for attack in (PopulationAttack(), clone(LINEAR).set_params(label=3))
    }
    assert found[QuantileRegressionAttack] > 0.9 > 0.3 > found[PopulationAttack]


def test_a_regressor_that_says_the_same_of_all_is_attack_p():
    ((Z, member, asked, _),) = games(np.random.RandomState(0), 1)
    constant = DummyRegressor(strategy="constant", constant=0.0)
    for fpr in (0.01, 0.1, 0.5):
        attack = clone(LINEAR).set_params(regressor=constant, fpr=fpr)
        pooled = PopulationAttack(direction="higher", fpr=fpr)
        assert_array_equal(
            attack.fit(Z, member).decision_function(asked),
            pooled.fit(Z, member).decision_function(asked),
        )
        assert_array_equal(attack.pvalues(asked), pooled.pvalues(asked))


def test_what_the_regressor_can_say_makes_no_difference():
    """Adding h(x) that is linear to all signals: the same p-values."""
    ((Z, member, asked, _),) = games(np.random.RandomState(0), 1)
    p = clone(LINEAR).fit(Z, member).pvalues(asked)
    for moved in (Z, asked):
        moved[:, 0] += moved[:, 1:] @ [3.0, -1.0, 0.5] + 7
    assert_array_equal(clone(LINEAR).fit(Z, member).pvalues(asked), p)


def test_direction_is_a_sign():
    ((Z, member, asked, _),) = games(np.random.RandomState(0), 1, leak=1.0)
    p = clone(LINEAR).fit(Z, member).pvalues(asked)
    Z[:, 0] *= -1
    asked[:, 0] *= -1
    for direction in ("lower", "auto"):
        attack = clone(LINEAR).set_params(direction=direction).fit(Z, member)
        assert attack.direction_ == "lower"
        assert_array_equal(attack.pvalues(asked), p)


def test_decisions_are_nested_for_a_given_regressor():
    ((Z, member, asked, _),) = games(np.random.RandomState(0), 1)
    attack = clone(LINEAR).set_params(regressor=BOOSTING)
    called = [
        attack.set_params(fpr=fpr).fit(Z, member).predict(asked)
        for fpr in (0.001, 0.01, 0.05, 0.2, 0.9)
    ]
    assert (np.diff(called, axis=0) >= 0).all()
    assert not called[0].any()
    assert called[-1].any()


def test_the_label_is_no_quantity():
    """Other numbers for the labels change nothing; a label never seen is none."""
    ((Z, member, asked, _),) = games(np.random.RandomState(0), 1)
    attack = clone(LINEAR).set_params(label=-1)
    p = attack.fit(Z, member).pvalues(asked)
    names = np.array([7.0, -1.0, 40.0])
    for table in (Z, asked):
        table[:, 3] = names[table[:, 3].astype(int)]
    # One-hot columns in another order: least squares to rounding.
    assert np.abs(attack.fit(Z, member).pvalues(asked) - p).max() < 1 / 100
    asked[:, 3] = 99
    assert np.isfinite(attack.decision_function(asked)).all()


def test_regressors_see_neither_members_nor_their_own_part():
    seen = []

    class Spy(LinearRegression):
        def fit(self, X, y):
            seen.append(X[:, 0])
            return super().fit(X, y)

    Z = np.column_stack([np.arange(20.0) ** 0.5, np.arange(20.0)])
    member = np.tile([0, 1], 10)
    attack = clone(LINEAR).set_params(regressor=Spy(), cv=5).fit(Z, member)
    assert len(attack.estimators_) == len(seen) == 5
    counts = np.bincount(np.concatenate(seen).astype(int), minlength=20)
    assert_array_equal(counts, np.where(member, 0, 4))


@pytest.mark.parametrize(
    ("params", "n_columns", "n_nonmembers", "message"),
    [
        ({}, 1, 5, r"1 feature\(s\) .* minimum of 2 is required"),
        ({}, 2, 1, "needs at least 2 non-members, to learn .* Got 1"),
        ({"label": 0}, 2, 5, "'label' parameter .* another column .* Got 0 for both"),
        ({"label": "true_label"}, 2, 5, "'true_label' is given by name, but"),
    ],
)
def test_bad_input(params, n_columns, n_nonmembers, message):
    attack = clone(LINEAR).set_params(**params)
    member = (np.arange(10) >= n_nonmembers).astype(int)
    with pytest.raises(ValueError, match=message):
        attack.fit(np.ones((10, n_columns)), member)


def test_columns_by_name():
    ((Z, member, asked, _),) = games(np.random.RandomState(0), 1)
    names = ["scaled_logit", "age", "dose", "true_label"]
    Z, asked = (pd.DataFrame(table, columns=names) for table in (Z, asked))
    by_name = clone(LINEAR).set_params(column="scaled_logit", label="true_label")
    by_index = clone(LINEAR).set_params(column=0, label=3)
    assert_array_equal(
        by_name.fit(Z, member).decision_function(asked),
        by_index.fit(Z, member).decision_function(asked),
    )
