"""Insiders name owners, as often as was measured and no more often than they can."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)
from sklearn_checks import parametrize_with_checks

from skmia.federated import InsiderAttack, LooseFederation
from skmia.metrics import auc_interval

TREE = DecisionTreeClassifier()
FOREST = RandomForestClassifier(20)
X, Y = load_digits(return_X_y=True)


def federation(n_parties=3, groups=None, seed=0, model=TREE):
    return LooseFederation([model] * n_parties, random_state=seed).fit(X, Y, groups)


def learned(target, adversary=2, seed=0):
    attack = InsiderAttack(
        target,
        adversary=adversary,
        method="learned",
        estimator=FOREST,
        random_state=seed,
    )
    own = target.owner_ == adversary
    return attack.fit(X[own], Y[own])


@parametrize_with_checks(
    [
        InsiderAttack(LooseFederation([GaussianNB()] * 3), adversary=2, random_state=0),
        InsiderAttack(
            LooseFederation([GaussianNB()] * 3),
            adversary=0,
            method="learned",
            estimator=DecisionTreeClassifier(max_depth=3),
            random_state=0,
        ),
    ],
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_parameters_and_names_of_columns():
    attack = InsiderAttack(LooseFederation([TREE] * 3), random_state=0)
    check_param_validation("InsiderAttack", attack)
    check_dataframe_column_names_consistency("InsiderAttack", attack)


@pytest.mark.parametrize("n_parties", [2, 4])
def test_rule_by_hand(n_parties):
    target = federation(n_parties)
    attack = InsiderAttack(target, random_state=0).fit()
    P = target.party_proba(X)[:, np.arange(len(Y)), Y]
    scores = attack.owner_scores(X, Y)
    for i in range(n_parties):
        others = np.delete(P, i, axis=0).max(axis=0)
        assert_allclose(scores[:, i], P[i] - others)
    named = attack.predict_owner(X, Y)
    assert_array_equal(P[named, np.arange(len(Y))], P.max(axis=0))
    assert attack.score(X, Y, target.owner_) == (named == target.owner_).mean()


@pytest.mark.parametrize("kind", ["rule", "learned"])
def test_names_of_parties_come_back_and_the_insider_is_no_candidate(kind):
    names = np.array(["ash", "elm", "fir"])[federation().owner_]
    target = federation(groups=names)
    attack = InsiderAttack(
        target, adversary=1, method=kind, estimator=FOREST, random_state=0
    )
    own = names == "elm"
    named = attack.fit(X[own], Y[own]).predict_owner(X[~own], Y[~own])
    assert set(named) == {"ash", "fir"}
    # Of two candidates a coin names half; 4 standard deviations more do not.
    n = len(named)
    assert (named == names[~own]).mean() > 0.5 + 4 * 0.5 / np.sqrt(n)


@pytest.mark.parametrize("n_parties", [3, 4])
@pytest.mark.parametrize("kind", ["rule", "learned"])
def test_renaming_the_parties_renames_the_answer(kind, n_parties):
    target = federation(n_parties)
    if kind == "rule":
        attack = InsiderAttack(target, adversary=n_parties - 1, random_state=0).fit()
    else:
        attack = learned(target, n_parties - 1)
    scores = attack.owner_scores(X, Y)
    order = [*range(1, n_parties - 1), 0, n_parties - 1]
    models = [target.estimators_[i] for i in order]
    attack.set_params(federation=LooseFederation.from_models(models))
    assert_array_equal(attack.owner_scores(X, Y), scores[:, order[:-1]])


@pytest.mark.parametrize("kind", ["rule", "learned"])
def test_order_and_batch_of_the_records_are_irrelevant(kind):
    target = federation()
    rule = InsiderAttack(target, random_state=0).fit()
    attack = learned(target) if kind == "learned" else rule
    named = attack.predict_owner(X, Y)
    rows = np.random.default_rng(0).permutation(len(X))
    assert_array_equal(attack.predict_owner(X[rows], Y[rows]), named[rows])
    assert_array_equal(attack.predict_owner(X[:1], Y[:1]), named[:1])


@pytest.mark.parametrize("kind", ["rule", "learned"])
def test_identical_parties_are_a_coin_flip(kind, global_random_seed):
    # What belongs to whom has nothing to do with the answers.
    owner = np.random.default_rng(global_random_seed).integers(2, size=len(Y))
    known = federation(seed=global_random_seed)
    same = LooseFederation.from_models([known.estimators_[0]] * 3)
    attack = InsiderAttack(same, adversary=2, random_state=global_random_seed).fit()
    if kind == "learned":
        attack = learned(known, seed=global_random_seed).set_params(federation=same)
    scores = attack.owner_scores(X, Y)
    assert_array_equal(scores, 0)
    low, high = auc_interval(owner, scores[:, 1])
    assert low <= 0.5 <= high
    n_right = (attack.predict_owner(X, Y) == owner).sum()
    # Outside in fewer than one of 5000 seeds.
    assert binom.ppf(1e-4, len(Y), 0.5) <= n_right <= binom.isf(1e-4, len(Y), 0.5)


def test_learned_needs_no_class_of_the_others():
    # The insider has records of 0 to 7 only, and is asked about all digits.
    owner = federation().owner_
    owner = np.where((Y > 7) & (owner == 2), 0, owner)
    target = federation(groups=owner)
    attack = learned(target)
    assert_array_equal(attack.classes_, np.arange(8))
    others = owner != 2
    assert attack.score(X[others], Y[others], owner[others]) > 0.5


def test_a_label_that_nobody_knows_says_nothing():
    labels = Y.copy()
    labels[0] = 99
    attack = InsiderAttack(federation(), random_state=0).fit()
    assert_array_equal(attack.owner_scores(X, labels)[0], 0)


def test_clone_keeps_a_frozen_federation():
    target = federation()
    attack = InsiderAttack(FrozenEstimator(target), adversary=2, random_state=0)
    known = InsiderAttack(target, adversary=2, random_state=0).fit()
    assert_array_equal(
        clone(attack).fit().predict_owner(X, Y), known.predict_owner(X, Y)
    )
    with pytest.raises(NotFittedError):
        clone(known).fit().predict_owner(X, Y)


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"adversary": 3}, "one of the 3 parties. Got 3"),
        ({"method": "learned"}, "needs an 'adversary'"),
        ({"method": "learned", "adversary": 2}, "needs an 'adversary'"),
    ],
)
def test_what_an_attack_needs(parameters, match):
    with pytest.raises(ValueError, match=match):
        InsiderAttack(federation(), **parameters).fit()


def test_one_candidate_is_none():
    with pytest.raises(ValueError, match="at least two parties"):
        InsiderAttack(federation(2), adversary=0).fit()
    with pytest.raises(NotFittedError):
        InsiderAttack(federation()).predict_owner(X, Y)


def dirichlet_parties(y, rng):
    """Every class divided among three parties in shares from a Dirichlet(1)."""
    parties = np.empty(len(y), dtype=int)
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        shares = rng.dirichlet(np.ones(3))
        ends = np.round(np.cumsum(shares)[:-1] * len(rows)).astype(int)
        for party, part in enumerate(np.split(rows, ends)):
            parties[part] = party
    return parties


def balanced_accuracy_of_the_rule(seed, skewed):
    """Third party against the first two, as many records of either."""
    rng = np.random.RandomState(seed)
    target = federation(groups=dirichlet_parties(Y, rng) if skewed else None, seed=seed)
    own = [np.flatnonzero(target.owner_ == party) for party in (0, 1)]
    size = min(map(len, own))
    rows = np.concatenate([rng.permutation(part)[:size] for part in own])
    attack = InsiderAttack(target, adversary=2, random_state=seed).fit()
    return attack.score(X[rows], Y[rows], target.owner_[rows])


@pytest.mark.parametrize(
    ("skewed", "mean", "deviation"), [(False, 0.594, 0.014), (True, 0.674, 0.020)]
)
def test_measured_accuracy_on_digits(skewed, mean, deviation, global_random_seed):
    # Measured elsewhere over 10 seeds: mean and standard deviation.
    seeds = range(10 * global_random_seed, 10 * global_random_seed + 10)
    found = [balanced_accuracy_of_the_rule(seed, skewed) for seed in seeds]
    error = np.sqrt((deviation**2 + np.var(found, ddof=1)) / 10)
    # Student's t with 10 degrees of freedom or more, at 1e-4 on either side.
    assert abs(np.mean(found) - mean) < 5.7 * error


def test_lots_are_not_drawn_anew_for_another_type():
    model = GaussianNB().fit(X, Y)
    attack = InsiderAttack(LooseFederation.from_models([model] * 3), random_state=0)
    named = attack.fit().predict_owner(X, Y)
    assert len(set(named)) == 3
    for other in (X.astype(object), X.astype(str).astype(object), X.tolist()):
        assert_array_equal(attack.predict_owner(other, Y), named)
