"""Membership of sets and users."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom, norm
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia import ShadowModels, observe
from skmia.attacks import group_observations, group_scores
from skmia.metrics import auc_interval

SCORE = [4.0, 1.0, 10.0, 2.0, 3.0, 5.0, 7.0]
GROUPS = ["b", "b", "b", "b", "b", "a", "a"]


@pytest.mark.parametrize(
    ("how", "params", "expected"),
    [
        ("mean", {}, [6, 4]),
        ("sum", {}, [12, 20]),
        ("max", {}, [7, 10]),
        ("top_k", {"top_k": 2}, [6, 7]),
        ("top_k", {"top_k": 1}, [7, 10]),
        ("top_k", {}, [6, 17 / 3]),
        ("trimmed", {}, [6, 17 / 3]),  # floor(0.4 * 2) = 0 and 0.4 * 5 = 2 are dropped
        ("trimmed", {"trim": (0.5, 0.4)}, [7, 3]),
        ("trimmed", {"trim": (0.2, 0.2)}, [6, 3]),
    ],
)
def test_aggregates_by_hand(how, params, expected):
    groups, scores = group_scores(SCORE, GROUPS, how=how, **params)
    assert list(groups) == ["a", "b"]
    assert_allclose(scores, expected, rtol=1e-15)


def test_shares_are_whole_records_where_they_mean_them():
    """0.29 * 100 is 28.999999999999996 in floating point."""
    _, [score] = group_scores(
        np.arange(100), np.zeros(100), how="trimmed", trim=(0, 0.29)
    )
    assert score == 35  # the mean of 0 .. 70


def test_records_of_several_keys():
    keys = pd.DataFrame({"shadow": [0, 0, 1, 1], "user": ["x", "y", "x", "x"]})
    groups, scores = group_scores([1, 2, 3, 4], keys)
    assert list(groups) == [(0, "x"), (0, "y"), (1, "x")]
    assert_array_equal(scores, [1, 2, 3.5])
    Z = group_observations([1, 2, 3, 4], keys)
    assert Z.index.names == ["shadow", "user"]
    assert_array_equal(Z["n_records"], [1, 1, 2])


def test_observations_of_groups_are_their_quantiles_and_moments(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    records = pd.DataFrame(rng.normal(size=(60, 2)), columns=["loss", "margin"])
    groups = rng.randint(9, size=60)
    Z = group_observations(records, groups)
    assert list(Z.index) == sorted(set(groups))
    for group in Z.index:
        for name in records:
            values = records.loc[groups == group, name]
            expected = [
                *np.quantile(values, [0, 0.25, 0.5, 0.75, 1]),
                values.mean(),
                values.std(ddof=0),
            ]
            own = [column for column in Z if column.startswith(name)]
            assert_allclose(Z.loc[group, own], expected, rtol=1e-12, atol=1e-15)
        assert Z.loc[group, "n_records"] == (groups == group).sum()


def test_names_of_the_columns():
    statistics = ["min", "q25", "median", "q75", "max", "mean", "std"]
    for Z in (SCORE, pd.Series(SCORE), np.reshape(SCORE, (-1, 1))):
        expected = [*(f"score_{s}" for s in statistics), "n_records"]
        assert list(group_observations(Z, GROUPS)) == expected
    named = group_observations(pd.Series(SCORE, name="loss"), GROUPS)
    assert next(iter(named)) == "loss_min"
    several = group_observations(np.ones((7, 2)), GROUPS)
    assert list(several)[7] == "1_min"


def test_groups_of_one_are_their_records():
    groups, scores = group_scores(SCORE, np.arange(7), how="top_k")
    assert_array_equal(scores, SCORE)
    Z, member = group_observations(SCORE, groups, [1, 0, 1, 0, 1, 0, 1])
    assert_array_equal(member, [1, 0, 1, 0, 1, 0, 1])
    assert_array_equal(Z["score_std"], 0)
    assert_array_equal(Z["score_q25"], SCORE)


@pytest.mark.parametrize("n_records", [1, 4, 16])
def test_independent_records_add_up(n_records, global_random_seed):
    """AUC of the mean of m records is Phi(sqrt(m / 2) d) for normal scores."""
    rng = np.random.RandomState(global_random_seed)
    member, d = np.arange(1000) % 2, 0.5
    score = rng.normal(size=(1000, n_records)) + d * member[:, None]
    groups = np.repeat(np.arange(1000), n_records)
    _, scores = group_scores(score.ravel(), groups)
    # The level makes the three cases fail for fewer than one seed in 3,000.
    low, high = auc_interval(member, scores, confidence_level=0.9999)
    assert low < norm.cdf(np.sqrt(n_records / 2) * d) < high


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: group_scores([1, 2], [0]), "inconsistent numbers of samples"),
        (lambda: group_scores([1, np.nan], [0, 1]), "score contains NaN"),
        (lambda: group_scores([[1, 2]], [0]), "1d array"),
        (lambda: group_scores([1], [0], how="median"), "'how' parameter of group_sc"),
        (lambda: group_scores([1], [0], top_k=0), "'top_k' parameter of group_scores"),
        (
            lambda: group_scores([1], [0], how="trimmed", trim=(0.5, 0.5)),
            r"sum to less than 1\. Got \(0\.5, 0\.5\)",
        ),
        (lambda: group_scores([1], [0], trim=(-0.1, 0)), "are not negative"),
        (lambda: group_scores([1, 2], ["a", None]), "Got 1 records without one"),
        (lambda: group_observations([np.inf], [0]), "Z contains infinity"),
        (
            lambda: group_observations([1, 2, 3], ["a", "a", "b"], [0, 1, 1]),
            r"1 groups have members and non-members, the first of them \['a'\]",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_users_are_easier_to_tell_than_their_records(global_random_seed):
    """Shadow models split users; a classifier of users beats the score of a record."""
    rng = np.random.RandomState(global_random_seed)
    X, y = load_digits(return_X_y=True)
    order = rng.permutation(len(y))[:1790]
    X, y, user = X[order], y[order], np.arange(1790) // 5
    own = user < 180
    forest = RandomForestClassifier(30, random_state=global_random_seed)

    shadows = ShadowModels(forest, n_shadows=4, random_state=global_random_seed)
    shadows.fit(X[own], y[own], groups=user[own])
    Z, member, shadow = shadows.observations("confidence")
    _, record = np.nonzero(shadows.membership_ | shadows.tested_)
    keys = np.column_stack([shadow, user[own][record]])
    Z_users, member_users = group_observations(Z, keys, member)
    assert len(Z_users) == 4 * 180
    assert member_users.mean() == 0.5

    inside = user % 2 == 1
    target = forest.fit(X[~own & inside], y[~own & inside])
    seen = observe(target, X[~own], y[~own], "confidence")
    T_users, truth = group_observations(seen, user[~own], inside[~own])
    attack = make_pipeline(StandardScaler(), LogisticRegression())
    score = attack.fit(Z_users, member_users).decision_function(T_users)

    by_record = roc_auc_score(inside[~own], seen)
    by_user = roc_auc_score(truth, score)
    # 445 and 445 records, 89 and 89 users: standard errors near 0.015 and 0.01.
    assert 0.7 < by_record < 0.88
    assert by_user > by_record + 4 * np.hypot(0.015, 0.01)


@pytest.mark.slow
def test_users_without_a_leak(global_random_seed):
    """The interval of the AUC of users covers one half as often as it says.

    A binomial(200, 0.95) number of times; below its 1e-4 quantile the test fails.
    Records of a user are alike, so that a split by record would cheat.
    """
    rng = np.random.RandomState(global_random_seed)
    n_covered = 0
    for _ in range(200):
        score = rng.normal(size=(120, 1)) + rng.normal(size=(120, 4))
        user = np.repeat(np.arange(120), 4)
        member = rng.permutation(np.arange(120) % 2)
        Z, truth = group_observations(score.ravel(), user, np.repeat(member, 4))
        attack = LogisticRegression(max_iter=1000).fit(Z[:60], truth[:60])
        low, high = auc_interval(truth[60:], attack.decision_function(Z[60:]))
        n_covered += low <= 0.5 <= high
    assert n_covered >= binom.ppf(1e-4, 200, 0.95)
