"""All that runs in parallel gives the same under every joblib backend."""

import joblib
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, audit
from skmia.defenses import (
    DisjointStackingClassifier,
    FeatureBaggedClassifier,
    SelenaClassifier,
)
from skmia.federated import LooseFederation

X, y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier(random_state=0)
SEEDED = {"n_jobs": 2, "random_state": 0}


def kept_models():
    shadows = ShadowModels(TREE, cv=4, **SEEDED).fit(X, y)
    return shadows.observations("posterior")[0].to_numpy()


def recorded_answers():
    shadows = ShadowModels(TREE, cv=4, signals=["posterior"], **SEEDED).fit(X, y)
    return shadows.observations()[0].to_numpy()


def a_game():
    game = MembershipGame(TREE, cv=4, attack=GaussianNB(), **SEEDED)
    return game.fit(X[::2], y[::2]).play(X[1::2], y[1::2]).score


def an_audit():
    tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    attacks = ["truex", "lira-online"]
    halves = X[::2], y[::2], X[1::2], y[1::2]
    return audit(tree, *halves, attacks=attacks, n_shadows=4, **SEEDED).records


def defense(model):
    return lambda: model.fit(X, y).predict_proba(X)


PARALLEL = {
    "kept models": kept_models,
    "recorded answers": recorded_answers,
    "game": a_game,
    "audit": an_audit,
    "selena": defense(SelenaClassifier(TREE, n_models=4, n_out=2, **SEEDED)),
    "stacking": defense(
        DisjointStackingClassifier([("a", TREE), ("b", TREE)], **SEEDED)
    ),
    "bagging": defense(FeatureBaggedClassifier(TREE, n_estimators=3, **SEEDED)),
    "federation": defense(LooseFederation([TREE] * 3, **SEEDED)),
}


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
@pytest.mark.parametrize("name", PARALLEL)
def test_results_do_not_depend_on_the_backend(name, backend):
    with joblib.parallel_config("sequential"):
        expected = np.asarray(PARALLEL[name]())
    with joblib.parallel_config(backend):
        assert_array_equal(np.asarray(PARALLEL[name]()), expected)


def test_the_older_context():
    with joblib.parallel_backend("multiprocessing"):
        assert_array_equal(recorded_answers(), kept_models())
