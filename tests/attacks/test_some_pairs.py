"""Attack models that take so many numbers learn from some of their pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import LikelihoodRatioAttack, make_attack
from skmia.attacks._run import fit
from skmia.attacks._some_pairs import some_pairs
from skmia.attacks.evidence import References, Signals
from skmia.targets import Session
from skmia.utils._threads import Boosting

# Three posteriors and a loss.
N_COLUMNS = 4


class Counting(Boosting):
    """Boosting that counts its pairs."""

    def fit(self, Z, y):
        self.n_seen_ = len(Z)
        return super().fit(Z, y)


class Few(Counting):
    """Boosting of small tables."""

    most_numbers = 100 * N_COLUMNS


class FewPairs(Counting):
    """Boosting of short tables."""

    most_pairs = 100


class FewCompared(LikelihoodRatioAttack):
    """Learns a threshold from few pairs, and has no seed."""

    most_pairs = 100


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def shadows(iris):
    return ShadowModels(DecisionTreeClassifier(), n_shadows=4, random_state=0).fit(
        *iris
    )


def _attack(model):
    return make_attack(Signals(["posterior", "loss"]), model)


@settings(max_examples=10, deadline=None)
@given(kind=st.sampled_from([Few, FewPairs]), seed=st.integers(0, 2**31 - 1))
def test_a_share_of_each_side_of_each_model(shadows, kind, seed):
    pairs, member, _ = shadows.pairs()

    some, inside = some_pairs(_attack(kind(random_state=seed)), pairs, member)

    # 600 pairs of 4 models, 75 on each side of each: 12.5 of 100, rounded down.
    assert len(some) == len(inside) == 8 * 12
    assert len(np.unique(some.rows)) == len(some)
    for part, rows, places in some.by_part():
        assert inside[places].sum() == 12
        np.testing.assert_array_equal(inside[places], part.member[rows])


def test_the_seed_of_the_attack_model_draws(shadows):
    pairs, member, _ = shadows.pairs()
    first, again, other = (
        some_pairs(_attack(Few(random_state=seed)), pairs, member)[0].rows
        for seed in (0, 0, 1)
    )

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("model", [GaussianNB(), Boosting(random_state=0)])
def test_all_pairs_where_they_fit(shadows, model):
    pairs, member, _ = shadows.pairs()

    some, inside = some_pairs(_attack(model), pairs, member)

    assert some is pairs
    assert inside is member


def test_the_smaller_bound_counts(shadows):
    class Both(Few):
        most_pairs = 50

    pairs, member, _ = shadows.pairs()

    # 600 pairs of 4 models, 75 on each side of each: 6.25 of 50, rounded down.
    assert len(some_pairs(_attack(Both(random_state=0)), pairs, member)[0]) == 8 * 6


def test_attacks_that_compare_learn_from_some_and_judge_all(shadows, iris):
    evidence = References("scaled_logit")
    pairs, member, _ = shadows.pairs(evidence.n_models)
    attack = make_attack(evidence, FewCompared())

    some, inside = some_pairs(attack, pairs, member)
    by_hand = clone(attack).fit(some, inside)
    fitted = fit(clone(attack), pairs, member)
    target = Session(DecisionTreeClassifier(random_state=0).fit(*iris), *iris)

    # 300 pairs of 2 models, 75 on each side of each: 25 of 100.
    assert len(some) == 4 * 25
    assert fitted[-1].threshold_ == by_hand[-1].threshold_
    np.testing.assert_array_equal(
        fitted.decision_function(target), by_hand.decision_function(target)
    )
    assert LikelihoodRatioAttack.most_pairs == 200_000


def test_the_model_is_fitted_on_them(shadows):
    pairs, member, _ = shadows.pairs()
    attack = fit(_attack(Few(random_state=0)), pairs, member)

    assert attack[-1].n_seen_ == 8 * 12
