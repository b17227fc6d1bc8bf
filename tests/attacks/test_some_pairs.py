"""Attack models that take so many numbers learn from some of their pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import make_attack
from skmia.attacks._run import fit
from skmia.attacks._some_pairs import some_pairs
from skmia.attacks.evidence import Signals
from skmia.utils._threads import Boosting

# Three posteriors and a loss.
N_COLUMNS = 4


class Few(Boosting):
    """Boosting of small tables."""

    most_numbers = 100 * N_COLUMNS

    def fit(self, Z, y):
        self.n_seen_ = len(Z)
        return super().fit(Z, y)


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def shadows(iris):
    return ShadowModels(DecisionTreeClassifier(), cv=4, random_state=0).fit(*iris)


def _attack(model):
    return make_attack(Signals(["posterior", "loss"]), model)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_a_share_of_each_side_of_each_model(shadows, seed):
    pairs, member, _ = shadows.pairs()

    some, inside = some_pairs(_attack(Few(random_state=seed)), pairs, member)

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


def test_the_model_is_fitted_on_them(shadows):
    pairs, member, _ = shadows.pairs()
    attack = fit(_attack(Few(random_state=0)), pairs, member)

    assert attack[-1].n_seen_ == 8 * 12
