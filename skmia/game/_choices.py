"""What a game chooses where the user did not: the attack, its signals, the members."""

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier

from skmia.attacks import AttackRecipe, get_attack
from skmia.attacks._recipe import NEEDS
from skmia.attacks._reference import ReferenceAttack
from skmia.shadow import BalancedShuffleSplit
from skmia.signals._registry import default_signals
from skmia.utils._frozen import is_frozen
from skmia.utils._records import check_membership

# What a game gives to an attack; the adversary's shadow models stand in for known
# members and non-members.
GIVEN = ("members", "nonmembers", "shadows", "references", "stages")


def choose_attack(attack, signals, models):
    """Attack model, not fitted, and what it sees of the target and the shadow models.

    `attack` and `signals` are the parameters of the game, `models` the target and the
    kinds of shadow models.
    """
    if isinstance(attack, str | AttackRecipe):
        recipe = get_attack(attack)
        _check_playable(recipe)
        model = clone(recipe.attack[-1])
        return model, recipe.signals if signals is None else signals
    attack = HistGradientBoostingClassifier() if attack is None else clone(attack)
    if signals is None and isinstance(attack, ReferenceAttack):
        raise ValueError(
            f"{type(attack).__name__} compares one signal of the target with those "
            "of reference models: name it, for example signals=['scaled_logit']."
        )
    return attack, default_signals(*models) if signals is None else signals


def _check_playable(recipe):
    missing = [need for need in recipe.needs if need not in GIVEN]
    if missing:
        raise ValueError(
            f"The attack {recipe.name!r} cannot be played in a game: it needs "
            f"{NEEDS[missing[0]]}."
        )


def choose_members(target, X, y, member, groups, seed):
    """Membership as it was given, or a random half of the victim's records."""
    if member is not None:
        member = check_membership(member)
        if len(member) != len(y):
            raise ValueError(
                f"Membership must be given for every record: {len(y)} records, "
                f"{len(member)} values."
            )
        return member
    if is_frozen(target):
        raise ValueError(
            "The target is a fitted model (FrozenEstimator): its members cannot be "
            "drawn. Pass member= to score or play, 1 where it was trained on the "
            "record."
        )
    halves = BalancedShuffleSplit(2, random_state=seed)
    train, _ = next(halves.split(X, y, groups))
    member = np.zeros(len(y), dtype=int)
    member[train] = 1
    return member
