"""QMIA."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from slow_cases import slow

from skmia.attacks import PopulationAttack, QuantileRegressionAttack
from skmia.metrics import auc_interval
from skmia.testing import check_attack

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


@pytest.mark.slow
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


@pytest.mark.parametrize("regressor", [BOOSTING, None])
def test_decisions_are_nested(regressor):
    ((Z, member, asked, _),) = games(np.random.RandomState(0), 1)
    attack = clone(LINEAR).set_params(regressor=regressor)
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


def folds_of(member, seed=0):
    cv = StratifiedKFold(5, shuffle=True, random_state=seed)
    return list(cv.split(member, member))


def test_cross_judged_is_what_each_fold_says_of_its_records():
    ((Z, member, _, _),) = games(np.random.RandomState(0), 1, n=404)
    score, called = clone(LINEAR).cross_judge(Z, member, folds_of(member))
    for train, test in folds_of(member):
        known = train[member[train] == 0]
        model = LinearRegression().fit(Z[known, 1:], Z[known, 0])
        assert_allclose(score[test], Z[test, 0] - model.predict(Z[test, 1:]))
    # By the definition of a p-value: no record is among those it is compared with.
    for i in range(len(Z)):
        others = np.delete(score, i)[np.delete(member, i) == 0]
        p = (1 + (others >= score[i]).sum()) / (1 + len(others))
        assert called[i] == (p <= LINEAR.fpr)


def test_cross_judged_on_the_side_that_the_other_folds_tell():
    ((Z, member, _, _),) = games(np.random.RandomState(0), 1, leak=1.0)
    folds = folds_of(member)
    expected = clone(LINEAR).cross_judge(Z, member, folds)
    Z[:, 0] *= -1
    for direction in ("lower", "auto"):
        attack = clone(LINEAR).set_params(direction=direction)
        score, called = attack.cross_judge(Z, member, folds)
        assert_allclose(score, expected[0])
        assert_array_equal(called, expected[1])


@pytest.mark.parametrize("regressor", [LinearRegression(), *slow(None)])
def test_cross_judged_noise_is_no_advantage(regressor):
    """60 games of about 100 members and 100 others.

    An AUC has a standard deviation of sqrt(201 / (12 * 100 * 100)) = 0.041, a rate of
    calls one below sqrt(0.1 * 0.9 * (1 / 100 + 1 / 100)) = 0.043; 4 standard errors.
    Of n non-members just a tenth has a p-value of 0.1 at most beside the others.
    """
    attack = clone(LINEAR).set_params(regressor=regressor, fpr=0.1)
    aucs, rates = [], []
    for Z, member, _, _ in games(np.random.RandomState(0), 60):
        score, called = attack.cross_judge(Z, member, folds_of(member))
        aucs.append(roc_auc_score(member, score))
        rates.append(called[member == 1].mean())
        assert called[member == 0].sum() == (member == 0).sum() // 10
    assert abs(np.mean(aucs) - 0.5) < 4 * 0.041 / 60**0.5
    assert abs(np.mean(rates) - 0.1) < 4 * 0.043 / 60**0.5


def test_more_labels_than_a_boosting_has_categories():
    rng = np.random.RandomState(0)
    Z = np.column_stack([rng.normal(size=(900, 2)), np.arange(900) % 300])
    attack = QuantileRegressionAttack(label=-1, random_state=0)
    attack.fit(Z, rng.randint(2, size=900))
    Z[:, 2] += 7
    assert np.isfinite(attack.decision_function(Z)).all()


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
