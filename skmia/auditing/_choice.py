"""Which attacks an audit runs: those that are named, or the default."""

from dataclasses import replace

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skmia.attacks import AttackRecipe, get_attack, get_attack_names, lacks
from skmia.auditing._findings import failure
from skmia.signals import get_signal
from skmia.utils._budget import minds_queries
from skmia.utils._numbers import feature_spread

DEFAULT_ATTACKS = (
    "gap",
    *(
        name
        for name in get_attack_names()
        if name.endswith("-threshold")
        and get_attack(name).fitted_on == "members"
        and get_attack(name).attack[0].asks == {"predict_proba"}
    ),
    "shadow",
    "lira-online",
    "rmia-online",
)
# Where the model is at hand, so that queries cost nothing but time, and takes numbers.
OF_MANY_QUERIES = ("lira-augmented-online",)
# So many records are copied and moved, to see whether a model answers.
N_COPIED = 10
# What is left to an adversary without probabilities, where the model gives decisions,
# and where it gives labels.
DECISION_ATTACKS = (
    "decision-margin-threshold",
    "shadow-decision",
    "margin-lira-online",
    "margin-rmia-online",
)
LABEL_ATTACKS = ("shadow-label", "label-lira", "label-rmia")
# Where only the largest posteriors are seen.
TOP_K_ATTACKS = ("salem1",)


def default_attacks(model, session, granted, many=OF_MANY_QUERIES):
    """Names of the attacks that what the model answers allows, and why no more.

    `granted` is the access to it, `many` are those of many queries that may be among
    them.
    """
    if "scores" not in granted.levels:
        names = (*DEFAULT_ATTACKS, *TOP_K_ATTACKS, *LABEL_ATTACKS)
        return [one for one in names if not granted.lacks(get_attack(one).attack)], None
    if "predict_proba" not in session.answers:
        decides = "decision_function" in session.answers
        more = DECISION_ATTACKS if decides else ()
        return DEFAULT_ATTACKS + more + LABEL_ATTACKS, None
    at_hand = hasattr(model, "fit") and not minds_queries(model)
    at_hand = at_hand and session.left == np.inf
    many = many if at_hand else ()
    many = [name for name in many if not lacks(get_attack(name).attack, session)]
    reason = _refused_copies(session) if many else None
    if reason is None:
        return (*DEFAULT_ATTACKS, *many), None
    return DEFAULT_ATTACKS, f"Not among the attacks: {', '.join(many)}. {reason}"


def _refused_copies(session):
    """What a model that answers about some records says to moved copies of them."""
    rows = np.arange(min(N_COPIED, len(session)))
    some = session.about(_safe_indexing(session.X, rows), session.y[rows])
    signal = get_signal("augmented_logit", spread=feature_spread(session.X))
    try:
        some.ask("predict_proba")
    except Exception:  # the attacks will say so
        return None
    try:
        some.observe(signal)
    except Exception as error:
        return failure(error, session.X)
    return None


def choose(caller, attacks, public=None):
    """Attacks by name, each once, with what the auditor gives."""
    if isinstance(attacks, str | AttackRecipe):
        attacks = [attacks]
    if any(hasattr(attack, "fit") for attack in attacks):
        raise TypeError(
            f"The 'attacks' parameter of {caller} holds attacks that have a name. "
            "Give yours one: AttackRecipe(name, attack), or register_attack."
        )
    recipes = {}
    for recipe in map(get_attack, attacks):
        if recipes.setdefault(recipe.name, recipe) != recipe:
            raise ValueError(
                f"The 'attacks' parameter of {caller} holds two different attacks with "
                f"the name {recipe.name!r}: give one of them another name."
            )
    if not recipes:
        raise ValueError(
            f"The 'attacks' parameter of {caller} must name at least one attack. "
            f"Got {attacks!r}; None is the default."
        )
    return [_with_public(recipe, public) for recipe in recipes.values()]


def _with_public(recipe, public):
    """Attack that is given unlabelled records, if it wants some and has none."""
    if getattr(recipe.attack[0], "X_public", public) is not None or public is None:
        return recipe
    attack = clone(recipe.attack).set_params(evidence__X_public=public)
    return replace(recipe, attack=attack)


def check_named(caller, headline, recipes):
    """Refuse an attack of the headline that is not among those of the audit."""
    names = [recipe.name for recipe in recipes]
    if headline is not None and headline not in names:
        raise ValueError(
            f"The 'headline' parameter of {caller} must be one of its attacks, "
            f"{', '.join(names)}. Got {headline!r}."
        )
