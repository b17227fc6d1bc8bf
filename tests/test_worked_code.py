"""What a newcomer writes: a signal, an attack model, an evidence, a target, a defense.

The code that users copy: README, contributing guide and gallery say the same.
"""

import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.neighbors import NearestNeighbors
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, audit
from skmia.attacks import (
    get_attack,
    get_attack_names,
    make_attack,
    register_attack,
    run,
)
from skmia.attacks.evidence import Evidence, References, Signals
from skmia.attacks.models._reference import ReferenceAttack
from skmia.defenses._base import OutputDefense
from skmia.signals import register_signal, signal
from skmia.targets import Session
from skmia.testing import check_attack, check_defense, check_evidence, check_signal

EXAMPLE = Path(__file__).parents[1] / "examples" / "plot_own_label_only_attack.py"
X, y = load_digits(return_X_y=True)
X_PUBLIC, y_PUBLIC, X, y = X[:200], y[:200], X[200:800], y[200:800]
FOREST = RandomForestClassifier(10)


def play(attack, target=FOREST):
    game = MembershipGame(target, attack=attack, n_shadows=4, random_state=0)
    return game.fit(X[:300], y[:300]).play(X[300:], y[300:])


def auc(outcome):
    return roc_auc_score(outcome.member, outcome.score)


# (a) A signal: one function of the labels and of what the model answers.
@signal("predict_proba", greater_is_member=False)
def impurity(y, posterior):
    return 1 - (posterior**2).sum(axis=1)


@pytest.mark.usefixtures("signals")
def test_a_signal_of_ones_own():
    check_signal(impurity)
    register_signal(impurity)
    outcome = play(make_attack(Signals(["impurity", "loss"]), LogisticRegression()))
    assert list(outcome.observations) == ["impurity", "loss"]
    assert auc(outcome) > 0.6
    found = play(make_attack(Signals([impurity, "loss"]), LogisticRegression()))
    assert_array_equal(found.score, outcome.score)


# (b) An attack model: any classifier; one that compares with references writes _score.
class MedianGap(ReferenceAttack):
    def __init__(self, objective="advantage", fpr=0.01):
        self.objective = objective
        self.fpr = fpr

    def _score(self, view, state):
        return view.target.astype(float) - np.median(view.reference, axis=1)


def test_an_attack_model_of_ones_own():
    check_attack(MedianGap(), data=beside_references())
    outcome = play(make_attack(References("confidence"), MedianGap()))
    assert auc(outcome) > 0.6


def beside_references():
    """A target and four references: members are 3 above what these say."""
    rng = np.random.RandomState(0)
    member = rng.permutation(np.repeat([0, 1], 60))
    Z = rng.normal(size=(120, 5)) * 0.1
    Z[:, 0] += 3 * member
    return Z, member


# (c) A new way to see: observe(session) for one model, knowledge in the constructor.
class Neighbours(Evidence):
    asks = frozenset({"predict_proba"})

    def __init__(self, X_public=None, y_public=None, n_neighbors=5):
        self.X_public = X_public
        self.y_public = y_public
        self.n_neighbors = n_neighbors

    def observe(self, session):
        near = NearestNeighbors(n_neighbors=self.n_neighbors).fit(self.X_public)
        rows = near.kneighbors(session.X, return_distance=False)
        classes = {"classes": self.classes_seen_}
        around = session.observe("loss", self.X_public, self.y_public, **classes)
        own = session.observe("loss", **classes)
        return own.assign(beside=own["loss"] - around.to_numpy()[rows, 0].mean(axis=1))


def test_an_evidence_of_ones_own():
    rng = np.random.RandomState(0)
    public = rng.normal(scale=8, size=(30, 4)), rng.choice(["a", "b", "c"], 30)
    check_evidence(Neighbours(*public))
    outcome = play(make_attack(Neighbours(X_PUBLIC, y_PUBLIC), LogisticRegression()))
    assert list(outcome.observations) == ["loss", "beside"]
    assert auc(outcome) > 0.6


# (d) A new kind of target: what it is asked, and a signal of the answer.
@signal("predict", of="regressor", greater_is_member=False)
def residual_norm(y, prediction):
    off = np.reshape(y, (len(y), -1)) - np.reshape(prediction, (len(y), -1))
    return np.linalg.norm(off, axis=1)


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_a_kind_of_target_of_ones_own(n_outputs):
    """Regressors of one output and of several: no class is needed anywhere."""
    rng = np.random.RandomState(0)
    Z = rng.normal(size=(400, 5))
    values = Z[:, :n_outputs] + rng.normal(size=(400, n_outputs))
    values = values[:, 0] if n_outputs == 1 else values
    member = np.arange(400) % 2 == 0
    model = RandomForestRegressor(10, random_state=0).fit(Z[member], values[member])
    shadows = ShadowModels(clone(model), n_shadows=4, random_state=0)
    attack = make_attack(Signals(residual_norm), LogisticRegression())
    target = Session(model, Z, values)
    score, called = run(attack, "shadows", target, shadows=shadows.fit(Z, values))
    assert roc_auc_score(member, score) > 0.7
    assert (called == member).mean() > 0.6


# (e) A defense: shadow models clone it, so that every attack adapts to it.
class Flattened(OutputDefense):
    def __init__(self, estimator, *, power=0.1):
        self.estimator = estimator
        self.power = power

    def _release(self, P, X):
        Q = P**self.power
        return Q / Q.sum(axis=1, keepdims=True)


def test_a_defense_of_ones_own(tmp_path):
    check_defense(Flattened(DecisionTreeClassifier(random_state=0)))
    game = MembershipGame(FOREST, n_shadows=4, random_state=0, memory=str(tmp_path))
    own = make_attack(References("confidence"), MedianGap())
    grid = {
        "target": [FOREST, Flattened(FOREST)],
        "attack": ["gap", "lira-offline", own],
    }
    split = ShuffleSplit(1, test_size=0.5, random_state=0)
    search = GridSearchCV(game, grid, cv=split, refit=False, error_score="raise")
    scores = search.fit(X, y).cv_results_["mean_test_score"]
    assert ((scores > 0.4) & (scores < 1)).all()
    # gap sees labels, which flattening does not change.
    gap = [p["attack"] == "gap" for p in search.cv_results_["params"]]
    assert len(set(scores[gap])) == 1


@pytest.fixture
def example(catalogue, tmp_path, monkeypatch):
    """Names that the gallery's example defines."""
    monkeypatch.chdir(tmp_path)
    names = runpy.run_path(str(EXAMPLE))
    plt.close("all")
    return names


@pytest.mark.filterwarnings("ignore:.*non-interactive:UserWarning")
def test_a_label_only_attack_of_ones_own(example):
    """The transfer attack of the gallery: in a game and in an audit, on labels."""
    recipe = get_attack("imitated")
    assert (recipe.access, recipe.knowledge) == ("label", ("M4", "D1", "Q"))
    assert "imitated" in get_attack_names(access="label", knowledge=["M4", "D1", "Q"])
    assert auc(example["outcome"]) > 0.5
    summary = example["report"].summary
    assert summary["status"].to_dict() == {
        "gap": "ok",
        "shadow-label": "ok",
        "imitated": "ok",
        "lira-offline": "not run: the model gives no probabilities",
    }
    assert summary.loc["imitated", "auc_low"] > 0.5
    source = EXAMPLE.read_text(encoding="utf-8")
    attack = source[source.index("class Imitated") : source.index("# In a game")]
    assert len([line for line in attack.splitlines() if line]) < 40


@pytest.mark.filterwarnings("ignore:.*non-interactive:UserWarning")
def test_it_sees_the_target_through_its_labels_only(example):
    """Two targets that label the public records alike look alike to it."""
    evidence = example["Imitated"](X_PUBLIC, DecisionTreeClassifier(random_state=0))
    labels = load_digits().target[:200]

    class Says(DecisionTreeClassifier):
        """Right labels for the public records; for others what it was told."""

        def predict(self, X):
            return labels if len(X) == 200 else np.full(len(X), self.random_state)

    seen = [
        evidence.fit_transform(
            Session(Says(random_state=n).fit(X, y), X, y, answers=["predict"])
        )
        for n in (1, 2)
    ]
    pd.testing.assert_frame_equal(*seen)


def test_a_name_of_ones_own(catalogue):
    """One line, and audit and game know it."""
    register_attack("median gap", make_attack(References("confidence"), MedianGap()))
    assert auc(play("median gap")) > 0.6
    forest = RandomForestClassifier(10, random_state=0).fit(X[:300], y[:300])
    data = X[:300], y[:300], X[300:], y[300:]
    report = audit(forest, *data, attacks=["median gap"], n_shadows=4, random_state=0)
    assert report.summary.loc["median gap", "auc"] > 0.6
