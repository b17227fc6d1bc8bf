"""Labels calibrated by references."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, audit
from skmia.attacks import LabelRatioAttack
from skmia.defenses import LabelOnly
from skmia.testing import check_attack


def table(right, label, reference, inside=None):
    """Reference table of the signals "correctness" and "true_label"."""
    n = reference.shape[1]
    columns = {"correctness|target": right, "true_label|target": label}
    for i in range(n):
        columns |= {f"correctness|{i}": reference[:, i], f"true_label|{i}": label}
        if inside is not None:
            columns[f"in|{i}"] = inside[:, i]
    return pd.DataFrame(columns, dtype=float)


def problem(seed=0, n=200, n_references=6):
    """Two classes, in models always right, out models right by record."""
    rng = np.random.default_rng(seed)
    label = rng.integers(2, size=n)
    member = np.arange(n) % 2
    rate = np.where(label, 0.9, 0.4)
    inside = rng.permuted(np.tile([0, 1], (n, n_references // 2)), axis=1) == 1
    reference = inside | (rng.uniform(size=inside.shape) < rate[:, None])
    right = (member == 1) | (rng.uniform(size=n) < rate)
    return table(right, label, reference, inside), member


def test_own_checks():
    rng = np.random.RandomState(0)
    member = rng.permutation(np.repeat([0, 1], 60))
    reference = rng.uniform(size=(120, 5)) < 0.3
    Z = np.column_stack([member, reference]).astype(float)
    check_attack(LabelRatioAttack(), data=(Z, member))


def by_hand(right, ins, outs, rates):
    """Score of one record from the fractions of its class; ins and outs are (k, n)."""
    rate_in, rate_out = rates
    distance = logit(rate_in) - logit(rate_out)

    def shrunk(counts, prior):
        return (counts[0] + 4 * prior) / (counts[1] + 4)

    p_in = shrunk(ins, expit(logit(shrunk(outs, rate_out)) + distance))
    p_out = shrunk(outs, expit(logit(shrunk(ins, rate_in)) - distance))
    return np.log(p_in / p_out if right else (1 - p_in) / (1 - p_out))


def test_ratio_by_hand():
    """One class; the target of ``fit`` is one more model."""
    reference = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1]])
    inside = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 1, 0, 1]])
    right, member = np.array([1, 1, 0, 1]), [1, 1, 0, 0]
    Z = table(right, np.zeros(4), reference, inside)
    # Of 8 in models 7 are right, and both targets of members; outside 3 and 1.
    overall = 9.5 / 11, 4.5 / 11
    rates = [(9 + 4 * overall[0]) / 14, (4 + 4 * overall[1]) / 14]
    attack = LabelRatioAttack().fit(Z, member)
    score = attack.decision_function(Z) + attack.threshold_
    counts = [((2, 2), (0, 2)), ((2, 2), (1, 2)), ((1, 2), (0, 2)), ((2, 2), (2, 2))]
    expected = [
        by_hand(one, *both, rates) for one, both in zip(right, counts, strict=True)
    ]
    assert_allclose(score, expected)
    # Nobody knows the record: out models, the class, and the distance between sides.
    strangers = table(right, np.zeros(4), reference)
    score = attack.decision_function(strangers) + attack.threshold_
    n_right = reference.sum(axis=1)
    expected = [
        by_hand(one, (0, 0), (k, 4), rates)
        for one, k in zip(right, n_right, strict=True)
    ]
    assert_allclose(score, expected)
    # Nor anything of its class: that of all.
    unseen = table(right, np.full(4, 7), reference)
    score = attack.decision_function(unseen) + attack.threshold_
    expected = [
        by_hand(one, (0, 0), (k, 4), overall)
        for one, k in zip(right, n_right, strict=True)
    ]
    assert_allclose(score, expected)


def test_right_where_members_alone_are_is_the_sign_of_one():
    Z, member = problem()
    attack = LabelRatioAttack().fit(Z, member)
    reference, inside = np.array([[1, 1, 0, 0]] * 4), np.array([[1, 1, 0, 0]] * 4)
    reference[2:] = [[1, 1, 1, 1], [0, 0, 0, 0]]
    rows = table(np.array([1, 0, 1, 0]), np.zeros(4), reference, inside)
    score = attack.decision_function(rows) + attack.threshold_
    assert score[0] > score[2] > 0 > score[3] > score[1]


def test_scores_depend_on_the_own_row_only():
    Z, member = problem()
    attack = LabelRatioAttack().fit(Z, member)
    whole = attack.decision_function(Z)
    rows = np.random.RandomState(1).permutation(len(Z))[:50]
    assert_array_equal(attack.decision_function(Z.iloc[rows]), whole[rows])


def test_names_of_the_classes_do_not_matter():
    Z, member = problem()
    renamed = Z.copy()
    labels = Z.filter(like="true_label").columns
    renamed[labels] = 5 - 3 * Z[labels]
    scores = [
        LabelRatioAttack().fit(z, member).decision_function(z) for z in (Z, renamed)
    ]
    assert_array_equal(*scores)


def test_models_that_are_always_right_tell_nothing_apart():
    """Rates of one are never reached: no infinite score, and no nan."""
    reference = np.ones((20, 4))
    inside = np.tile([0, 1], (20, 2))
    Z = table(np.ones(20), np.zeros(20), reference, inside)
    score = LabelRatioAttack().fit(Z, [0, 1] * 10).decision_function(Z)
    assert np.isfinite(score).all()
    assert len(set(score)) == 1


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X, y


def played(attack, X, y):
    model = LabelOnly(DecisionTreeClassifier(random_state=0))
    game = MembershipGame(model, attack=attack, random_state=0).fit(X[::2], y[::2])
    outcome = game.play(X[1::2], y[1::2])
    return roc_auc_score(outcome.member, outcome.score)


@pytest.mark.parametrize("name", ["label-lira", "label-rmia"])
def test_by_name_beats_the_gap_where_only_labels_are_seen(name, digits):
    """Digits, a tree, in 8 random orders of the records.

    AUC above that of the gap: in audits 0.039 with a deviation of 0.008, in games,
    whose references know none of the candidates, 0.047 with 0.016. It is below 0.01
    and 0 less than once in 700 times.
    """
    X, y = digits
    model = LabelOnly(DecisionTreeClassifier(random_state=0)).fit(X[:900], y[:900])
    halves = X[:900], y[:900], X[900:], y[900:]
    summary = audit(model, *halves, attacks=["gap", name], random_state=0).summary
    assert summary["status"].tolist() == ["ok", "ok"]
    assert summary.loc[name, "auc"] > summary.loc["gap", "auc"] + 0.01
    assert played(name, X, y) > played("gap", X, y)
