"""Attacks by name: the published ones, and those that users register."""

import pytest
from sklearn.base import clone
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline

from skmia.attacks import (
    AttackRecipe,
    attack_needs,
    get_attack,
    get_attack_names,
    make_attack,
    register_attack,
)
from skmia.attacks._catalogue import _CATALOGUE
from skmia.attacks.evidence import Signals
from skmia.signals import get_signal

BAI = {"M1", "M2", "M3", "M4", "D1", "D2", "Q"}


@pytest.mark.parametrize("name", get_attack_names())
def test_a_recipe_says_what_it_is(name):
    recipe = get_attack(name)
    assert recipe.name == name
    assert get_attack(recipe) is recipe
    assert isinstance(recipe.attack, Pipeline)
    assert list(recipe.attack.named_steps) == ["evidence", "model"]
    with pytest.warns(FutureWarning, match="attack_needs is deprecated"):
        assert set(recipe.needs) <= set(attack_needs())
    assert set(recipe.knowledge) <= BAI
    assert recipe.paper
    assert recipe.queries
    levels = ("label", "scores", "white-box")
    weakest = max(levels.index(get_signal(s).access) for s in recipe.signals)
    assert levels.index(recipe.access) >= weakest


# What version 0.1 said of them.
@pytest.mark.parametrize(
    ("name", "access", "needs", "knowledge", "queries", "fits"),
    [
        ("gap", "label", (), "Q", "1", "0"),
        ("loss-threshold", "scores", ("members",), "D2 Q", "1", "0"),
        ("population", "scores", ("nonmembers",), "D2 Q", "1", "0"),
        ("qmia", "scores", ("features", "nonmembers"), "D2 Q", "1", "0"),
        ("merlin", "scores", ("members",), "D2 Q", "101", "0"),
        ("morgan", "scores", ("members",), "D2 Q", "102", "0"),
        ("shadow-label", "label", ("shadows",), "M4 D2 Q", "1", "N"),
        ("salem2", "scores", ("transfer",), "Q", "1", "N"),
        ("blind-mi", "scores", ("batch",), "D2 Q", "1", "0"),
        ("long", "scores", ("references",), "M4 D2 Q", "1", "N"),
        ("mast", "scores", ("references", "candidates"), "M4 D2 Q", "1", "N"),
        ("staged-loss", "white-box", ("stages", "shadows"), "M1 M4 D2", "1", "N"),
        (
            *("salem3-entropy", "scores", ("random-records",), "D1 Q"),
            *("1, and 1,000 random records in all", "0"),
        ),
        (
            *("trajectory", "scores", ("distillation",), "M4 D2 Q"),
            *("1, and all distillation records", "N"),
        ),
    ],
)
def test_what_is_derived(name, access, needs, knowledge, queries, fits):
    recipe = get_attack(name)
    assert (recipe.access, recipe.needs) == (access, needs)
    assert " ".join(recipe.knowledge) == knowledge
    assert (recipe.queries, recipe.fits) == (queries, fits)


def test_make_is_the_last_step():
    recipe = get_attack("lira-offline")
    with pytest.warns(FutureWarning, match=r"recipe.attack\['model'\]"):
        made = recipe.make()
    assert repr(made) == repr(recipe.attack["model"])
    made.set_params(floor=5)
    assert recipe.attack["model"].floor != 5
    assert isinstance(recipe, AttackRecipe)


def test_names_by_access_and_needs():
    everything = get_attack_names()
    assert everything == sorted(everything)
    assert get_attack_names(access="white-box") == everything
    assert set(get_attack_names(access="label")) < set(
        get_attack_names(access="scores")
    )
    with pytest.warns(FutureWarning, match="'needs' parameter .* is deprecated"):
        assert get_attack_names(needs=[]) == ["gap"]
    with pytest.warns(FutureWarning):
        offline = get_attack_names(needs=["references"])
    assert "lira-offline" in offline
    assert "lira-online" not in offline
    with pytest.warns(FutureWarning):
        both = get_attack_names(needs=["references", "candidates"])
    assert "lira-online" in both


def test_a_name_for_an_attack_of_ones_own(monkeypatch):
    monkeypatch.setattr("skmia.attacks._catalogue._CATALOGUE", dict(_CATALOGUE))
    attack = make_attack(Signals("margin"), GaussianNB())
    recipe = register_attack("own", attack, "members", paper="mine")
    assert get_attack("own") is recipe
    assert "own" in get_attack_names()
    with pytest.raises(ValueError, match="with the name 'own' already"):
        register_attack("own", clone(attack))
    with pytest.raises(ValueError, match=r"must be one of \[None, 'shadows'.* 'luck'"):
        register_attack("other", attack, "luck")
    with pytest.raises(TypeError, match="must be a Pipeline of evidence and model"):
        register_attack("other", GaussianNB())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: get_attack("lyra"), "'lyra' is not the name of an attack"),
        (lambda: get_attack_names(access="all"), "'access' parameter of get_attack_n"),
        (lambda: get_attack_names(needs=["luck"]), "'needs' parameter of get_attack_n"),
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_bad_names(call, message):
    with pytest.raises(ValueError, match=message):
        call()
