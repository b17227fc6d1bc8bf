"""Boosting on small tables has one thread, whoever fits it."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import (
    BaseHistGradientBoosting,
)
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import ThreadpoolController, threadpool_info

from skmia import MembershipGame, ShadowModels
from skmia.attacks import (
    AttackEnsemble,
    ClasswiseAttack,
    QuantileRegressionAttack,
    get_attack,
    make_attack,
    run,
)
from skmia.attacks.evidence import Signals
from skmia.targets import Session

X, y = load_digits(return_X_y=True)
X, y = X[:300], y[:300]
TREE = DecisionTreeClassifier(random_state=0)


@pytest.fixture(scope="module")
def shadows():
    return ShadowModels(TREE, n_shadows=2, random_state=0).fit(X, y)


@pytest.fixture
def threads(monkeypatch):
    """Threads that OpenMP had whenever boosting was fitted or asked."""
    seen = []

    def watch(method):
        def call(*args, **kwargs):
            pools = [p for p in threadpool_info() if p["user_api"] == "openmp"]
            seen.append(max(pool["num_threads"] for pool in pools))
            return method(*args, **kwargs)

        return call

    for name in ("_bin_data", "_raw_predict"):
        method = getattr(BaseHistGradientBoosting, name)
        monkeypatch.setattr(BaseHistGradientBoosting, name, watch(method))
    with ThreadpoolController().limit(limits=3, user_api="openmp"):
        yield seen


def session():
    return Session(DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2]), X, y)


BOOSTING = HistGradientBoostingClassifier(max_iter=2, random_state=0)
TABLE_ATTACKS = [
    ClasswiseAttack(BOOSTING),
    AttackEnsemble([("boosting", BOOSTING)], cv=2),
    QuantileRegressionAttack("margin", cv=2, random_state=0),
]


@pytest.mark.parametrize("attack", TABLE_ATTACKS, ids=lambda one: type(one).__name__)
def test_of_attack_models(attack, threads, shadows):
    Z, member, _ = shadows.observations(["true_label", "margin"])
    clone(attack).fit(Z, member).decision_function(Z)
    assert len(threads) > 1
    assert set(threads) == {1}


@pytest.mark.parametrize("name", ["shadow", "shadow-label"])
def test_of_an_attack_that_its_user_fits(name, threads, shadows):
    attack = clone(get_attack(name).attack).set_params(
        model__max_iter=2, model__random_state=0
    )
    pairs, member, _ = shadows.pairs()
    attack.fit(pairs, member).predict(session())
    attack.predict_proba(session())
    attack.decision_function(session())
    assert len(threads) > 3
    assert set(threads) == {1}


def test_of_runs_and_games(threads, shadows):
    attack = make_attack(Signals(["loss", "entropy"]), BOOSTING)
    run(attack, "shadows", session(), shadows=shadows)
    run(attack, "members", session(), member=np.arange(300) % 2)
    game = MembershipGame(TREE, attack=BOOSTING, n_shadows=2, random_state=0)
    game.fit(X[:150], y[:150]).play(X[150:], y[150:])
    assert len(threads) > 10
    assert set(threads) == {1}
