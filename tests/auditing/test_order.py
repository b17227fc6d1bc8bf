"""The order of the pool tells nobody who is a member."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.attacks import get_attack, get_attack_names
from skmia.auditing._copies import record_keys
from skmia.auditing._order import blind_order

N = 100
TARGETS = {
    "tree": DecisionTreeClassifier(min_samples_leaf=2, random_state=0),
    "logistic": LogisticRegression(C=0.1, max_iter=300),
    "boosting": GradientBoostingClassifier(n_estimators=3, random_state=0),
}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X, y


def exchanged(report):
    """Records of a report, the two sets exchanged."""
    return pd.concat(
        [report.records.loc["holdout"], report.records.loc["train"]]
    ).reset_index(drop=True)


def test_each_record_is_named_by_its_set_and_its_row(digits):
    X, y = pd.DataFrame(digits[0][:9], index=[*"abcdefghi"]), digits[1][:9] % 2
    model = TARGETS["tree"].fit(X[:4], y[:4])
    report = audit(model, X[:4], y[:4], X[4:], y[4:], attacks=["gap"], random_state=0)
    expected = [
        *(("train", row) for row in "abcd"),
        *(("holdout", row) for row in "efghi"),
    ]
    assert report.records.index.tolist() == expected
    assert_array_equal(report.records["label"], y)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TARGETS)
def test_scores_do_not_depend_on_which_set_is_called_training(digits, kind):
    """Of attacks that know no members; and the recipe says which these are."""
    X, y = digits
    sets = (X[:N], y[:N]), (X[N : 2 * N], y[N : 2 * N])
    model = TARGETS[kind].fit(*sets[0])
    more = {"public": X[300:400], "other_task": (X[400:600], y[400:600])}
    options = {"attacks": get_attack_names(), "n_shadows": 4, "random_state": 0} | more
    one = audit(model, *sets[0], *sets[1], **options)
    other = exchanged(audit(model, *sets[1], *sets[0], **options))
    for result in one.ran:
        same = np.array_equal(one.records[result.name], other[result.name])
        assert same != result.uses_membership, result.name
        assert result.uses_membership == get_attack(result.name).uses_membership
    assert {r.name for r in one.ran if r.uses_membership} == {"morgan", "qmia"}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["copies", "other labels", "groups", "few groups"])
def test_copies_and_groups_do_not_tell_either(digits, trouble):
    """Neither which set is called training, nor the order of the rows."""
    X, y = digits[0][: 2 * N].copy(), digits[1][: 2 * N].copy()
    if trouble == "copies":
        X[[5, 6, N + 3]], y[[5, 6, N + 3]] = X[0], y[0]
    if trouble == "other labels":
        X[N + 20], y[N + 20] = X[20], (y[20] + 1) % 10
    groups = {"groups": np.arange(2 * N) // 3, "few groups": np.arange(2 * N) % 23}
    names = groups.get(trouble)
    model = TARGETS["tree"].fit(X[:N], y[:N])
    attacks = ["loss-threshold", "shadow", "lira-online", "rmia-offline"]
    options = {"attacks": attacks, "n_shadows": 4, "random_state": 0}

    def audited(rows):
        part = None if names is None else names[rows]
        sets = X[rows[:N]], y[rows[:N]], X[rows[N:]], y[rows[N:]]
        report = audit(model, *sets, groups=part, **options)
        found = np.empty((2 * N, len(attacks)))
        found[rows] = report.records[attacks]
        return found, report.summary["epsilon_low"].to_numpy()

    rows = np.arange(2 * N)
    found, bounds = audited(rows)
    assert_array_equal(audited(np.roll(rows, N))[0], found)
    shuffled = np.r_[np.random.default_rng(0).permutation(N), rows[N:]]
    again = audited(shuffled)
    assert_array_equal(again[0], found)
    assert_array_equal(again[1], bounds)


def test_attacks_beside_bags_know_members():
    assert not get_attack("lira-offline").uses_membership
    X, y = load_digits(return_X_y=True)
    forest = RandomForestClassifier(20, random_state=0).fit(X[:N], y[:N])
    sets = X[:N], y[:N], X[N : 2 * N], y[N : 2 * N]
    options = {"references": "out-of-bag", "random_state": 0}
    [result] = audit(forest, *sets, attacks="lira-offline", **options).results
    assert result.status == "ok"
    assert result.uses_membership


@pytest.mark.slow
def test_rows_in_another_order(digits):
    """Change nothing: not even decisions, whose folds go by position."""
    X, y = digits
    sets = X[:N], y[:N], X[N : 2 * N], y[N : 2 * N]
    order = np.random.default_rng(0).permutation(N)
    permuted = X[:N][order], y[:N][order], *sets[2:]
    model = TARGETS["tree"].fit(*sets[:2])
    weights = np.arange(2.0 * N)
    params = {"n_shadows": 4, "random_state": 0}
    one = audit(model, *sets, fit_params={"sample_weight": weights}, **params)
    other = audit(
        model,
        *permuted,
        fit_params={"sample_weight": np.concatenate([weights[order], weights[N:]])},
        **params,
    )
    inside, outside = one.records.loc["train"], one.records.loc["holdout"]
    assert_array_equal(other.records.loc["train"], inside.iloc[order])
    assert_array_equal(other.records.loc["holdout"], outside)
    drop = {"columns": "seconds"}
    pd.testing.assert_frame_equal(other.summary.drop(**drop), one.summary.drop(**drop))


class ByPosition(ClassifierMixin, BaseEstimator):
    """Is surer of the rows that come first in a batch."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        first = np.linspace(1, 0.5, len(X))
        return np.column_stack([first, 1 - first])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.mark.slow
def test_a_model_that_goes_by_position_tells_nothing():
    """Members first, the AUC of its confidence would be 1.

    The mean AUC of 30 games of 50 + 50 has a deviation of 0.0106, by the variance of
    Mann and Whitney: five of them.
    """
    rng = np.random.default_rng(0)
    aucs = []
    for seed in range(30):
        X, y = rng.normal(size=(100, 2)), rng.integers(0, 2, 100)
        sets = X[:50], y[:50], X[50:], y[50:]
        model = ByPosition().fit(*sets[:2])
        name = "max-confidence-threshold"
        report = audit(model, *sets, attacks=name, random_state=seed)
        aucs.append(report.summary.loc[name, "auc"])
    assert abs(np.mean(aucs) - 0.5) < 5 * 0.0106


KINDS = {
    "array": lambda X: X,
    "images": lambda X: X.reshape(len(X), -1, 1),
    "frame": lambda X: pd.DataFrame(X).assign(word=[f"w{x:g}" for x in X[:, 0]]),
    "sparse": sparse.csr_array,
    "texts": lambda X: [" ".join(map(str, x)) for x in X],
    "ragged": lambda X: [x[: 1 + (x[0] > 0)] for x in X],
}


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_goes_by_content(kind, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(12, 2))
    shuffled = rng.permutation(12)
    y = np.arange(12) % 3
    one = blind_order(record_keys(KINDS[kind](X)), y, seed)
    other = blind_order(record_keys(KINDS[kind](X[shuffled])), y[shuffled], seed)
    assert_array_equal(np.sort(one), np.arange(12))
    assert_array_equal(shuffled[other], one)


def test_equal_records_come_in_random_order():
    """The first of two equal rows is ahead in half of 400 seeds: five deviations."""
    X = np.zeros((2, 3))
    ahead = sum(
        blind_order(record_keys(X), [1, 1], seed)[0] == 0 for seed in range(400)
    )
    assert abs(ahead - 200) < 5 * 10


def test_the_order_is_another_than_that_of_a_split_with_the_same_seed():
    split = np.random.RandomState(0).permutation(50)
    X = np.arange(50.0).reshape(-1, 1)
    order = blind_order(record_keys(X), np.zeros(50), 0)
    assert not np.array_equal(order, split)
    assert not np.array_equal(np.argsort(order), split)
