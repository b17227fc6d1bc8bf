"""Several attacks as one."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom, norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skmia.attacks import (
    AttackEnsemble,
    CalibratedAttack,
    ClasswiseAttack,
    ThresholdAttack,
)
from skmia.metrics import auc_interval
from skmia.targets import Session
from skmia.utils._reference_table import reference_table

HALVES = ShuffleSplit(1, test_size=0.5, random_state=0)


def problem(rng, n_samples, shifts):
    """Normal columns of which the members' are shifted."""
    member = np.arange(n_samples) % 2
    Z = rng.normal(size=(n_samples, len(shifts))) + np.outer(member, shifts)
    return pd.DataFrame(Z, columns=[f"signal_{i}" for i in range(len(shifts))]), member


@pytest.fixture
def observations(global_random_seed):
    return problem(np.random.RandomState(global_random_seed), 200, [1, 1, 0])


def pair(**params):
    attacks = [("a", ThresholdAttack(), "signal_0"), ("b", ThresholdAttack("signal_1"))]
    return AttackEnsemble(attacks, **params)


def test_rank_is_the_share_of_calibrating_nonmembers_below():
    Z = np.array([[1.0], [2], [3], [4], [5], [9], [9], [9]])
    member = np.array([0, 0, 0, 0, 1, 1, 0, 1])
    split = [(np.array([5, 6, 7]), np.arange(5))]  # non-members 1, 2, 3, 4
    attack = AttackEnsemble([("only", ThresholdAttack(direction="higher"))], cv=split)
    ranks = attack.fit(Z, member).ranks([[0], [1], [2.5], [4], [7]])
    # Mid-ranks among n = 4: (2 below + equal + 1) / (2 n + 2).
    assert_allclose(ranks["only"], np.array([1, 2, 5, 8, 9]) / 10)


def test_no_attack_is_calibrated_on_what_it_was_fitted_on(observations):
    overlaps = []

    class Recorder(ClassifierMixin, BaseEstimator):
        def fit(self, Z, y):
            self.classes_, self.seen_ = np.unique(y), set(Z["signal_0"])
            return self

        def decision_function(self, Z):
            overlaps.append(len(self.seen_ & set(Z["signal_0"])))
            return Z["signal_0"].to_numpy()

    AttackEnsemble([("recorder", Recorder())], cv=4).fit(*observations)
    assert overlaps == [0, 0, 0, 0]


def test_an_attack_that_memorises_does_not_drown_the_others(global_random_seed):
    """In-sample ranks of a nearest neighbour are perfect, and worth nothing."""
    rng = np.random.RandomState(global_random_seed)
    Z, member = problem(rng, 400, [1.5, 0])
    T, truth = problem(rng, 400, [1.5, 0])
    attacks = [
        ("signal", ThresholdAttack(), [0]),
        ("memory", KNeighborsClassifier(1), ["signal_1"]),
    ]
    attack = AttackEnsemble(attacks, combine="stouffer").fit(Z, member)
    # norm.cdf(1.5 / sqrt(2)) = 0.856 alone; noise of weight one costs less than 0.15.
    assert roc_auc_score(truth, attack.decision_function(T)) > 0.7
    # A coin of the members would have to be wrong by 4 sd of the share of 200.
    called = attack.ranks(T)["memory"] > 0.5
    assert abs(called[truth == 1].mean() - called[truth == 0].mean()) < 4 * 0.05


@pytest.mark.parametrize("combine", ["mean", "max", "stouffer"])
def test_one_attack_and_one_split_is_the_attack(observations, combine):
    Z, member = observations
    attacks = [("only", ThresholdAttack("signal_0"))]
    attack = AttackEnsemble(attacks, combine=combine, cv=HALVES).fit(Z, member)
    T = pd.DataFrame(np.tile(np.linspace(-4, 4, 999)[:, None], 3), columns=Z.columns)
    assert (np.diff(attack.decision_function(T)) >= 0).all()
    assert len(np.unique(attack.decision_function(T))) > 20


def test_combinations_by_hand(observations):
    Z, member = observations
    scores = {}
    for combine in ("mean", "max", "stouffer"):
        attack = pair(combine=combine).fit(Z, member)
        scores[combine] = attack.decision_function(Z) + attack.threshold_
        ranks = attack.ranks(Z).to_numpy()
    assert_allclose(scores["mean"], ranks.sum(axis=1) / 2)
    assert_allclose(scores["max"], np.maximum(*ranks.T))
    stouffer = norm.ppf(ranks).sum(axis=1) / np.sqrt(2)
    assert_allclose(scores["stouffer"], stouffer, atol=1e-12)


@pytest.mark.parametrize("fpr", [0.01, 0.1, 0.5])
def test_the_largest_rank_is_the_union(observations, fpr):
    Z, member = observations
    attack = pair(combine="max").fit(Z, member)
    flagged = attack.decision_function(Z) + attack.threshold_ > 1 - fpr
    assert_array_equal(flagged, (attack.ranks(Z) > 1 - fpr).any(axis=1))


def test_units_do_not_matter(observations):
    Z, member = observations
    score = pair().fit(Z, member).decision_function(Z)
    other = Z.assign(signal_0=1e6 * Z["signal_0"] + 3, signal_1=np.exp(Z["signal_1"]))
    assert_array_equal(pair().fit(other, member).decision_function(other), score)


@pytest.mark.parametrize(("combine", "gain"), [("mean", 0.05), ("stouffer", 0.05)])
def test_independent_signals_add_up(combine, gain, global_random_seed):
    """Two signals of d = 1: AUC Phi(1) = 0.841 together, Phi(1 / sqrt(2)) = 0.760 each.

    The standard error of either with 1000 + 1000 records is 0.01.
    """
    rng = np.random.RandomState(global_random_seed)
    attack = pair(combine=combine).fit(*problem(rng, 1000, [1, 1]))
    T, truth = problem(rng, 2000, [1, 1])
    together = roc_auc_score(truth, attack.decision_function(T))
    assert abs(together - norm.cdf(1)) < 4 * 0.01
    for name in T:
        assert together > roc_auc_score(truth, T[name]) + gain


def test_attacks_see_their_columns(observations):
    Z, member = observations
    attacks = [
        ("name", GaussianNB(), "signal_2"),
        ("index", GaussianNB(), -1),
        ("several", LogisticRegression(), ["signal_2", 0]),
        ("all", LogisticRegression()),
    ]
    attack = AttackEnsemble(attacks, cv=2).fit(Z, member)
    assert len(attack.attacks_) == 2
    seen = {name: list(a.feature_names_in_) for name, a in attack.attacks_[1].items()}
    assert seen == {
        "name": ["signal_2"],
        "index": ["signal_2"],
        "several": ["signal_2", "signal_0"],
        "all": list(Z),
    }
    assert list(attack.ranks(Z)) == list(seen)


def test_attacks_with_a_grouping_column(observations):
    Z, member = observations
    Z = Z.assign(true_label=np.arange(200) // 2 % 3)
    classwise = ClasswiseAttack(ThresholdAttack("signal_0"))
    attack = AttackEnsemble([("each", classwise), ("all", ThresholdAttack("signal_0"))])
    score = attack.fit(Z, member).decision_function(Z)
    assert roc_auc_score(member, score) > 0.5 + 4 * 0.041  # null sd of 100 + 100


def test_attacks_on_reference_models(observations):
    """A table with one reference more than in fit, as pseudo-targets leave it."""
    signal, member = observations
    target = signal["signal_0"].to_numpy()[:, None]
    reference = signal[["signal_1", "signal_2"]].to_numpy()[:, :, None]
    Z = reference_table(["loss"], target, reference[:, :1])
    T = reference_table(["loss"], target, reference)
    attacks = [
        ("calibrated", CalibratedAttack()),
        ("plain", ThresholdAttack(), "loss|target"),
    ]
    attack = AttackEnsemble(attacks, cv=HALVES).fit(Z, member)
    calibrated = attack.attacks_[0]["calibrated"]
    both = [attack.ranks(T)["calibrated"], calibrated.decision_function(T)]
    assert (np.diff(both[0].to_numpy()[np.argsort(both[1])]) >= 0).all()
    assert_array_equal(attack.ranks(T)["plain"], attack.ranks(Z)["plain"])
    with pytest.raises(ValueError, match="feature names should match"):
        attack.predict(T.drop(columns="loss|target"))
    with pytest.raises(ValueError, match="feature names should match"):
        attack.predict(T.assign(entropy=0))


def test_rows_never_held_out_teach_no_threshold(observations):
    """A single split is as good as its two parts given apart."""
    Z, member = observations
    train, test = np.arange(100), np.arange(100, 150)
    whole = pair(cv=[(train, test)]).fit(Z, member)
    cut = pair(cv=[(train, test)]).fit(Z[:150], member[:150])
    assert whole.threshold_ == cut.threshold_
    assert_array_equal(whole.decision_function(Z), cut.decision_function(Z))


def test_repeated_splits_average_ranks(observations):
    Z, member = observations
    train, test = np.arange(100), np.arange(100, 200)
    once = pair(cv=[(train, test)]).fit(Z, member)
    twice = pair(cv=[(train, test)] * 2).fit(Z, member)
    assert_array_equal(twice.decision_function(Z), once.decision_function(Z))


@pytest.mark.parametrize(
    ("attacks", "params", "message"),
    [
        ([], {}, "at least one attack, each with a name of its own"),
        ([("a", ThresholdAttack()), ("a", GaussianNB())], {}, r"names \['a', 'a'\]"),
        ([("a", ThresholdAttack(), "loss")], {}, "There is no column 'loss'"),
        ([("a", ThresholdAttack(), [7])], {}, "There is no column 7"),
        ([("a", ThresholdAttack())], {"combine": "sum"}, "'combine' parameter of Att"),
        (
            [("a", ThresholdAttack())],
            {"cv": [([0, 2, 4], [1, 3])]},
            r"Got \[3, 0\] and \[0, 2\] non-members and members",
        ),
    ],
)
def test_bad_parameters(observations, attacks, params, message):
    with pytest.raises(ValueError, match=message):
        AttackEnsemble(attacks, **params).fit(*observations)


@pytest.mark.slow
@pytest.mark.parametrize("combine", ["mean", "max", "stouffer"])
@pytest.mark.parametrize("cv", [3, HALVES], ids=["folds", "halves"])
def test_without_a_leak_nothing_is_found(combine, cv, global_random_seed):
    """The interval of the AUC covers one half, and the FPR is held.

    The number of intervals that cover is binomial(n, 0.95), and may not be below its
    1e-4 quantile. The threshold passes k = 3 of n = 30 calibrating non-members (or 6 of
    60) and lies above the next: a fresh one exceeds it with probability at most
    (k + 1) / (n + 1). The FPR of one game has a variance of about 0.1 (1/30 + 1/50):
    the mean of n games has a standard error of 0.07 / sqrt(n).
    """
    rng = np.random.RandomState(global_random_seed)
    params = {"combine": combine, "cv": cv, "objective": "tpr_at_fpr", "fpr": 0.1}
    n_games, n_covered, fprs = 200, 0, []
    for _ in range(n_games):
        Z, member = problem(rng, 120, [0, 0])
        T, truth = problem(rng, 100, [0, 0])
        score = pair(**params).fit(Z, member).decision_function(T)
        low, high = auc_interval(truth, score)
        n_covered += low <= 0.5 <= high
        fprs.append(np.mean(score[truth == 0] > 0))
    assert n_covered >= binom.ppf(1e-4, n_games, 0.95)
    assert np.mean(fprs) < 4 / 31 + 4 * 0.07 / np.sqrt(n_games)


def test_pairs_are_no_numbers():
    """An ensemble of attack models takes what an evidence sees, and says so."""
    X, y = load_iris(return_X_y=True)
    session = Session(GaussianNB().fit(X, y), X, y)
    for pairs in (session, session[::2]):
        message = f"{type(pairs).__name__} holds pairs of models and records, which"
        with pytest.raises(TypeError, match=message):
            pair().fit(pairs, np.arange(len(pairs)) % 2)
