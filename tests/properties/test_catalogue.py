"""Who can run which attack: more access and more knowledge never run fewer."""

from hypothesis import given
from hypothesis import strategies as st

from skmia.attacks import get_attack, get_attack_names

LEVELS = ["label", "top-k", "scores", "white-box"]
CLASSES = ["M1", "M2", "M3", "M4", "D1", "D2", "Q"]
subsets = st.sets(st.sampled_from(CLASSES))


@given(subsets, subsets, st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_more_runs_more(some, others, level, other):
    """A sum of two adversaries runs what either can."""
    weak, strong = sorted([level, other], key=LEVELS.index)
    names = set(get_attack_names(access=weak, knowledge=some))
    assert names <= set(get_attack_names(access=strong, knowledge=some | others))
    assert names == (
        set(get_attack_names(access=weak)) & set(get_attack_names(knowledge=some))
    )


@given(st.sampled_from(get_attack_names()))
def test_an_attack_can_be_run_by_who_has_what_it_says(name):
    recipe = get_attack(name)
    exactly = {"access": recipe.access, "knowledge": recipe.knowledge}
    assert name in get_attack_names(**exactly)
    for one in recipe.knowledge:
        less = [other for other in recipe.knowledge if other != one]
        assert name not in get_attack_names(knowledge=less)
    if recipe.access != "label":
        at = LEVELS.index(recipe.access) if recipe.access in LEVELS else -1
        weaker = LEVELS[at - 1]  # a clock adds to scores, as the model itself does
        assert name not in get_attack_names(access=weaker)


@given(subsets)
def test_what_is_implied_changes_nothing(some):
    """Parameters tell structure and kind, data tell their properties."""
    implied = {"M1": {"M2", "M4", "Q"}, "M2": {"M4"}, "M3": {"M2", "M4"}, "D2": {"D1"}}
    more = some.union(*(implied.get(one, set()) for one in some))
    assert get_attack_names(knowledge=some) == get_attack_names(knowledge=more)
