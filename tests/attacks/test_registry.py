"""Attacks by name: the published ones, and those that users register."""

from dataclasses import replace

import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skmia.attacks import (
    AttackRecipe,
    attack_needs,
    get_attack,
    get_attack_names,
    make_attack,
    register_attack,
)
from skmia.attacks.evidence import Signals
from skmia.signals import get_signal

# Knowledge, queries and fits of who watches parties that share scores.
FEDMD = ("M4 D1 Q", "0", "N")
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
    # An insider holds what it was sent.
    levels = ("label", "top-k", "scores", "explanations", "timing")
    levels = (*levels, "white-box", "insider")
    seen = [levels.index(get_signal(s).access) for s in recipe.signals]
    weakest = max(seen, default=0)
    assert levels.index(recipe.access) >= weakest


@pytest.mark.parametrize(
    ("name", "access", "needs", "knowledge", "queries", "fits"),
    [
        ("gap", "label", (), "Q", "1", "0"),
        ("loss-threshold", "scores", ("members",), "D2 Q", "1", "0"),
        ("max-confidence-threshold", "top-k", ("members",), "D2 Q", "1", "0"),
        ("population", "scores", ("nonmembers",), "D1 Q", "1", "0"),
        ("qmia", "scores", ("features", "nonmembers"), "D1 Q", "1", "0"),
        ("merlin", "scores", ("members",), "D2 Q", "101", "0"),
        ("morgan", "scores", ("members",), "D2 Q", "102", "0"),
        ("shokri", "scores", ("shadows",), "M4 D1 Q", "1", "N"),
        ("shadow-label", "label", ("shadows",), "M4 D1 Q", "1", "N"),
        ("noise-robustness", "label", ("shadows",), "M4 D1 Q", "100", "N"),
        ("sampling", "label", ("shadows",), "M4 D1 Q", "100", "N"),
        ("augmentation", "label", ("shadows",), "M4 D1 Q", "7", "N"),
        ("boundary-l2", "label", ("shadows",), "M4 D1 Q", "100", "N"),
        ("boundary-linf", "label", ("shadows",), "M4 D1 Q", "100", "N"),
        (
            "boundary-random-records",
            "label",
            ("random-records",),
            "D1 Q",
            "100, and 100 random records in all, 101 for each",
            "0",
        ),
        ("pgd-distance", "white-box", ("gradients", "shadows"), "M1 D1", "0", "N"),
        ("leino", "white-box", ("parameters", "references"), "M1 D1", "0", "N"),
        ("matt", "white-box", ("parameters", "references"), "M1 D1", "0", "N"),
        ("stored-rows", "white-box", ("model",), "M1", "0", "0"),
        ("margin-test", "white-box", ("model",), "M1", "0", "0"),
        ("preprocessing-test", "white-box", ("model",), "M1", "0", "0"),
        ("structure", "white-box", ("model", "members"), "M1 D2", "0", "0"),
        ("timing", "timing", ("shadows",), "M4 D1 Q", "21", "N"),
        ("model-update", "scores", ("former", "members"), "D2 Q", "1", "0"),
        *(
            (f"explanation-{what}", "explanations", ("shadows",), "M4 D1 Q", "1", "N")
            for what in ("variance", "norm", "network")
        ),
        ("explanation-records", "explanations", (), "Q", "1", "0"),
        ("gradient-norm", "white-box", ("model", "members"), "M1 D2", "0", "0"),
        ("gradient-statistics", "white-box", ("model", "members"), "M1 D2", "0", "0"),
        ("nasr-supervised", "white-box", ("gradients", "members"), "M1 D2", "0", "0"),
        ("nasr-shadow", "white-box", ("gradients", "shadows"), "M1 D1", "0", "N"),
        ("nasr-unsupervised", "white-box", ("model", "batch"), "M1 D2", "2", "0"),
        ("insider", "insider", ("parties", "shadows"), "M1 D1", "1", "N"),
        ("melis", "insider", ("rounds", "features", "shadows"), "M1 D1", "0", "N"),
        ("nasr-local-shadows", "insider", ("rounds", "shadows"), "M1 D1", "0", "N"),
        ("nasr-global-members", "insider", ("rounds", "members"), "M1 D2", "0", "0"),
        (
            *("nasr-isolating", "insider", ("rounds", "training", "shadows")),
            *("M1 D1", "0", "N"),
        ),
        ("fedmd-local-shadows", "insider", ("exchanges", "shadows"), *FEDMD),
        ("fedmd-asking", "insider", ("exchanges", "training", "shadows"), *FEDMD),
        ("label-lira", "label", ("references",), "M2 D1 Q", "1", "N"),
        ("label-rmia", "label", ("references",), "M2 D1 Q", "1", "N"),
        ("salem1", "top-k", ("shadows",), "M4 D1 Q", "1", "N"),
        ("salem2", "top-k", ("transfer",), "Q", "1", "N"),
        ("blind-mi", "scores", ("batch",), "D2 Q", "1", "0"),
        ("long", "scores", ("references",), "M2 D1 Q", "1", "N"),
        ("reference", "scores", ("references",), "M2 D1 Q", "1", "N"),
        *(
            (f"{name}-offline", "scores", ("references",), "M2 D1 Q", "1", "N")
            for name in ("lira", "rmia", "base")
        ),
        *(
            (name, "scores", ("references", "candidates"), "M2 D2 Q", "1", "N")
            for name in (
                *("mast", "lira-online", "rmia-online", "base-online"),
                "reference-ensemble",
            )
        ),
        ("lira-augmented-offline", "scores", ("references",), "M2 D1 Q", "6", "N"),
        *(
            (name, "scores", ("references", "candidates"), "M2 D2 Q", queries, "N")
            for name, queries in (
                ("lira-augmented-online", "6"),
                ("long-indirect", "10"),
            )
        ),
        ("long-selected", "scores", ("references",), "M2 D1 Q", "1", "N"),
        ("staged-loss", "white-box", ("stages", "shadows"), "M1 D1", "1", "N"),
        (
            *("salem3-entropy", "scores", ("random-records",), "D1 Q"),
            *("1, and 1,000 random records in all", "0"),
        ),
        (
            *("salem3-max-confidence", "top-k", ("random-records",), "D1 Q"),
            *("1, and 1,000 random records in all", "0"),
        ),
        (
            *("trajectory", "scores", ("distillation",), "M4 D1 Q"),
            *("1, and all distillation records", "N"),
        ),
        ("yoqo-offline", "label", ("references",), "M2 D1 Q", "1", "N"),
        ("yoqo-online", "label", ("references", "candidates"), "M2 D2 Q", "1", "N"),
        (
            *("transfer", "label", ("distillation",), "M4 D1 Q"),
            *("0, and all distillation records", "N"),
        ),
    ],
)
def test_what_is_derived(name, access, needs, knowledge, queries, fits):
    recipe = get_attack(name)
    assert (recipe.access, recipe.needs) == (access, needs)
    assert " ".join(recipe.knowledge) == knowledge
    assert (recipe.queries, recipe.fits) == (queries, fits)


# On which side of a clock members lie, no statistic gives; with many features small
# explanations may be those of others.
LEARNED_SIDES = {"timing", "explanation-variance", "explanation-norm"}


@pytest.mark.parametrize("name", sorted({*get_attack_names()} - LEARNED_SIDES))
def test_no_side_is_learned_that_the_statistic_gives(name):
    """Where members lie by a loss is known; learned where little leaks it is wrong."""
    params = get_attack(name).attack.get_params()
    assert "auto" not in [v for k, v in params.items() if k.endswith("direction")]


def test_make_is_the_last_step():
    recipe = get_attack("lira-offline")
    with pytest.warns(FutureWarning, match=r"recipe.attack\['model'\]"):
        made = recipe.make()
    assert repr(made) == repr(recipe.attack["model"])
    made.set_params(floor=5)
    assert recipe.attack["model"].floor != 5
    assert isinstance(recipe, AttackRecipe)


LEVELS = ("label", "top-k", "scores", "white-box")


def test_names_by_access():
    """Who has an access runs what needs it or less."""
    everything = get_attack_names()
    assert everything == sorted(everything)
    found = [set(get_attack_names(access=level)) for level in LEVELS]
    beside = {
        level: set(get_attack_names(access=level)) - found[2]
        for level in ("explanations", "timing", "insider")
    }
    assert found[-1].union(*beside.values()) == set(everything)
    for level, names in beside.items():
        assert {get_attack(name).access for name in names} == {level}
    for level, less, more in zip(LEVELS[1:], found, found[1:], strict=False):
        assert less < more
        assert {get_attack(name).access for name in more - less} == {level}
    assert found[1] - found[0] == {
        *("max-confidence-threshold", "salem1", "salem2", "salem3-max-confidence"),
    }


@pytest.mark.parametrize(
    ("knowledge", "runs", "not_run"),
    [
        ([], [], ["gap"]),
        (["Q"], ["gap", "salem2"], ["salem3-entropy", "shokri", "loss-threshold"]),
        (["D1", "Q"], ["population", "qmia", "salem3-entropy"], ["loss-threshold"]),
        (["D2", "Q"], ["population", "loss-threshold", "blind-mi"], ["shokri"]),
        (["M4", "D1", "Q"], ["shokri", "trajectory"], ["lira-offline"]),
        (["M2", "D1", "Q"], ["shokri", "lira-offline"], ["lira-online"]),
        # Who can train where the target was trained need not know what it is.
        (["M3", "D1", "Q"], ["shokri", "lira-offline"], ["lira-online"]),
        (["M2", "D2", "Q"], ["lira-online", "loss-threshold"], ["staged-loss"]),
        (["M1", "D2"], get_attack_names(), []),
    ],
)
def test_names_by_knowledge(knowledge, runs, not_run):
    found = get_attack_names(knowledge=knowledge)
    assert set(runs) <= set(found)
    assert not set(not_run) & set(found)
    assert found == sorted(found)


def test_names_by_access_and_knowledge():
    labels = set(get_attack_names(access="label"))
    known = set(get_attack_names(knowledge=["Q"]))
    assert get_attack_names(access="label", knowledge=["Q"]) == sorted(labels & known)


def test_names_by_needs():
    with pytest.warns(FutureWarning, match="'needs' parameter .* is deprecated"):
        assert get_attack_names(needs=[]) == ["explanation-records", "gap"]
    with pytest.warns(FutureWarning):
        offline = get_attack_names(needs=["references"])
    assert "lira-offline" in offline
    assert "lira-online" not in offline
    with pytest.warns(FutureWarning):
        both = get_attack_names(needs=["references", "candidates"])
    assert "lira-online" in both


@pytest.mark.usefixtures("catalogue")
def test_a_name_for_an_attack_of_ones_own():
    attack = make_attack(Signals("margin"), GaussianNB())
    recipe = register_attack("own", attack, "members", paper="mine")
    assert get_attack("own") is recipe
    assert "own" in get_attack_names()
    with pytest.raises(ValueError, match="with the name 'own' already"):
        register_attack("own", clone(attack))
    with pytest.raises(ValueError, match=r"must be one of \[None, 'shadows'.* 'luck'"):
        register_attack("other", attack, "luck")
    with pytest.raises(TypeError, match="must be a Pipeline that begins"):
        register_attack("other", GaussianNB())
    assert "other" not in get_attack_names()


class Gossip(Signals):
    needs = ("gossip",)


def test_an_attack_with_needs_of_its_own():
    """Nothing but a name and a Pipeline; all else follows from them."""
    recipe = AttackRecipe("own", make_attack(Gossip("top_posterior"), GaussianNB()))
    assert (recipe.needs, recipe.access) == (("gossip", "shadows"), "top-k")
    assert recipe.knowledge == ("M4", "D1", "Q")


def test_a_recipe_cannot_say_what_is_not_so():
    """In 0.1 other needs silently ran another algorithm, another access as scores."""
    qmia = get_attack("qmia")
    for name, value in {
        "needs": ("nonmembers", "features"),
        "access": "luck",
        "knowledge": ("Q",),
    }.items():
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
            replace(qmia, **{name: value})
    with pytest.raises(ValueError, match=r"'fitted_on' .* 'qmia' must be one of"):
        replace(qmia, fitted_on="luck")
    other = replace(qmia, fitted_on="members")
    assert (other.needs, other.knowledge) == (("features", "members"), ("D2", "Q"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: get_attack("lyra"), "'lyra' is not the name of an attack"),
        (
            lambda: get_attack(3),
            r"^3 is not the name of an attack\. Use one of .*, or an AttackRecipe",
        ),
        (
            lambda: get_attack_names(access="score"),
            r"'score' is not the name of an access. .* 'scores'\? Use one of \['expl",
        ),
        (
            lambda: get_attack_names(knowledge=["M5", "Q"]),
            r"'M5' is not the name of a class of knowledge.* Use one of \['D1', ",
        ),
        (lambda: get_attack_names(needs=["luck"]), "'luck' is not the name of a need"),
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_bad_names(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("name", "attack", "error", "message"),
    [
        ("x", make_attack(Signals(["los"]), GaussianNB()), ValueError, "Did you mean"),
        (
            "x",
            make_attack(Signals([]), GaussianNB()),
            ValueError,
            "at least one signal",
        ),
        ("x", make_attack(Signals, GaussianNB()), TypeError, "begins with an Evidence"),
        ("x", make_attack(None, None), TypeError, "begins with an Evidence"),
        ("x", make_attack(Signals(), Ridge()), TypeError, "ends in a classifier"),
        ("x", make_attack(Signals(), StandardScaler()), TypeError, "in a classifier"),
        ("x", GaussianNB(), TypeError, "must be a Pipeline"),
        (5, make_attack(Signals(), GaussianNB()), TypeError, "must be a str"),
        ("", make_attack(Signals(), GaussianNB()), TypeError, "must be a str"),
    ],
)
def test_an_attack_that_cannot_be_run_gets_no_name(name, attack, error, message):
    """One that did would break the list of names for everybody."""
    before = get_attack_names()
    with pytest.raises(error, match=message):
        register_attack(name, attack)
    assert get_attack_names() == before
