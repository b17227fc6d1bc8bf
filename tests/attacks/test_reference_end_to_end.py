"""Reference attacks on targets of every kind, through shadow models."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import others_slow

from skmia import ShadowModels, observe
from skmia.attacks import get_attack, get_attack_names
from skmia.attacks.evidence import BalancedReferences, References
from skmia.signals import get_signal

# Those whose evidence is the table alone, of records of any kind. test_queries.py has
# the others.
NAMES = [
    name
    for name in get_attack_names()
    if type(get_attack(name).attack[0]) in (References, BalancedReferences)
    and not any(get_signal(signal).numeric for signal in get_attack(name).signals)
]
N_RECORDS = 161  # odd


def people(seed=0):
    """Records with a word, string labels, and a class of three records."""
    rng = np.random.RandomState(seed)
    X = pd.DataFrame(rng.normal(size=(N_RECORDS, 4)), columns=list("abcd"))
    X["town"] = rng.choice(["Ulm", "Bonn", "Kiel"], N_RECORDS)
    y = rng.choice(["no", "yes"], N_RECORDS).astype(object)
    y[:3] = "rare"
    return X, y


def on_words(model):
    words = (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["town"])
    return make_pipeline(make_column_transformer(words, remainder="passthrough"), model)


TARGETS = {
    "naive Bayes": on_words(GaussianNB()),
    "neighbours": on_words(KNeighborsClassifier(3)),
    "tree": on_words(DecisionTreeClassifier(random_state=0)),  # exactly 0 and 1
    "machine": on_words(
        SVC(C=1e3, gamma=3, random_state=0)
    ),  # decisions, no probabilities
}
MEMORISE = ("tree", "machine")  # coin tosses


def answers(target, name):
    return all(hasattr(TARGETS[target], ask) for ask in get_attack(name).attack[0].asks)


PLAYABLE = [(t, n) for t in TARGETS for n in NAMES if answers(t, n)]


def memoriser(name):
    return next(TARGETS[target] for target in MEMORISE if answers(target, name))


def play(attack, target, cv=None):
    X, y = people()
    recipe = get_attack(attack)
    signals = list(recipe.signals)
    shadows = ShadowModels(
        target, n_shadows=8, cv=cv, signals=signals, random_state=0
    ).fit(X, y)
    members = np.arange(N_RECORDS) % 2 == 0
    model = clone(target).fit(X[members], y[members])
    Z_fit, member, _ = shadows.pseudo_observations(recipe.signals, n_targets=2)
    fitted = clone(recipe.attack["model"]).fit(Z_fit, member)
    Z = shadows.reference_observations(model, recipe.signals)
    return fitted, Z, members


@pytest.mark.parametrize(("target", "name"), others_slow(PLAYABLE, PLAYABLE[::4]))
def test_pipelines_strings_odd_numbers_and_a_rare_class(name, target):
    attack, Z, members = play(name, TARGETS[target])
    score = attack.decision_function(Z)
    assert np.isfinite(score).all()
    if target in MEMORISE:
        assert roc_auc_score(members, score) > 0.7


@pytest.mark.parametrize("name", others_slow(NAMES, NAMES[::3]))
def test_a_class_missing_in_some_references(name):
    """Not stratified, small: some models never see the rare class."""
    X, y = people()
    cv = ShuffleSplit(12, test_size=0.7, random_state=0)
    seen = [set(y[train]) for train, _ in cv.split(X)]
    assert any("rare" not in labels for labels in seen)
    attack, Z, members = play(name, memoriser(name), cv)
    score = attack.decision_function(Z)
    assert np.isfinite(score).all()
    assert roc_auc_score(members, score) > 0.7


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "candidates" not in get_attack(name).needs]
)
def test_references_on_disjoint_records(name):
    """What an honest adversary has: no reference was trained on a candidate."""
    recipe = get_attack(name)
    X, y = people()
    target = memoriser(name)
    own, other = slice(0, 80), slice(80, None)
    shadows = ShadowModels(target, n_shadows=8, random_state=0).fit(X[own], y[own])
    members = np.arange(81) % 2 == 0
    model = clone(target).fit(X[other][members], y[other][members])
    Z_fit, member, _ = shadows.pseudo_observations(recipe.signals, n_targets=2)
    attack = clone(recipe.attack["model"]).fit(Z_fit, member)
    Z = shadows.reference_observations(model, recipe.signals, X[other], y[other])
    expected = observe(model, X[other], y[other], list(recipe.signals))
    np.testing.assert_allclose(Z.iloc[:, 0], expected.iloc[:, 0], rtol=1e-6)
    assert roc_auc_score(members, attack.decision_function(Z)) > 0.6
