"""Published attacks by name."""

import pytest

from skmia.attacks import AttackRecipe, attack_needs, get_attack, get_attack_names
from skmia.signals import get_signal

BAI = {"M1", "M2", "M3", "M4", "D1", "D2", "Q"}


@pytest.mark.parametrize("name", get_attack_names())
def test_a_recipe_says_what_it_is(name):
    recipe = get_attack(name)
    assert recipe.name == name
    assert get_attack(recipe) is recipe
    assert set(recipe.needs) <= set(attack_needs())
    assert set(recipe.knowledge) <= BAI
    assert recipe.paper
    assert recipe.queries
    levels = ("label", "scores", "white-box")
    weakest = max(levels.index(get_signal(s).access) for s in recipe.signals)
    assert levels.index(recipe.access) >= weakest


@pytest.mark.parametrize("name", get_attack_names())
def test_every_attack_model_is_a_fresh_clone(name):
    recipe = get_attack(name)
    first, second = recipe.make(), recipe.make()
    assert first is not second
    assert repr(first) == repr(second) == repr(recipe.attack)


def test_names_by_access_and_needs():
    everything = get_attack_names()
    assert everything == sorted(everything)
    assert get_attack_names(access="white-box") == everything
    assert set(get_attack_names(access="label")) < set(
        get_attack_names(access="scores")
    )
    free = get_attack_names(needs=[])
    assert free == ["gap"]
    offline = get_attack_names(needs=["references"])
    assert "lira-offline" in offline
    assert "lira-online" not in offline
    assert "lira-online" in get_attack_names(needs=["references", "candidates"])


def test_recipes_are_not_changed_by_their_models():
    recipe = get_attack("lira-offline")
    recipe.make().set_params(floor=5)
    assert get_attack("lira-offline").make().floor != 5
    assert isinstance(recipe, AttackRecipe)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: get_attack("lyra"), "'lyra' is not the name of an attack"),
        (lambda: get_attack_names(access="all"), "'access' parameter of get_attack_n"),
        (lambda: get_attack_names(needs=["luck"]), "'needs' parameter of get_attack_n"),
    ],
)
def test_bad_names(call, message):
    with pytest.raises(ValueError, match=message):
        call()
