"""What a game makes of its parameter `attack`."""

from sklearn.base import clone

from skmia.attacks import AttackRecipe, get_attack, lacks, make_attack
from skmia.attacks._recipe import NEEDS, takes_pairs
from skmia.attacks.evidence import References, Signals
from skmia.attacks.models._reference import ReferenceAttack
from skmia.signals._registry import default_signals
from skmia.utils._kinds import kind_of
from skmia.utils._threads import Boosting


def check_attack(attack, signals, models, granted):
    """Attack on pairs, not fitted, and where its labelled pairs come from.

    `attack` and `signals` are the parameters of the game, `models` the target and the
    kinds of shadow models, `granted` is the access to the target.
    """
    source = "shadows"
    if isinstance(attack, str | AttackRecipe):
        recipe = get_attack(attack, of=kind_of(models[0]))
        attack, source = clone(recipe.attack), recipe.fitted_on
        if signals is not None:
            attack[0].set_params(signals=signals)
    elif takes_pairs(attack):
        attack = clone(attack)
    else:
        attack = _on_observations(attack, signals, models, granted)
    reason = granted.lacks(attack) or _why_not(attack, source)
    if reason:
        raise ValueError(f"The attack cannot be played in a game: {reason}.")
    return attack, source


def _on_observations(model, signals, models, granted):
    model = Boosting() if model is None else clone(model)
    compares = isinstance(model, ReferenceAttack)
    if signals is None and compares:
        raise ValueError(
            f"{type(model).__name__} compares one signal of the target with those "
            "of reference models: name it, for example signals=['scaled_logit']."
        )
    if signals is None:
        signals = default_signals(*models, seen=granted.levels)
    return make_attack((References if compares else Signals)(signals), model)


def _why_not(attack, source):
    """What speaks against an attack by an adversary who has records of his own."""
    if source == "other-task":
        return (
            f"it needs {NEEDS['transfer']}. Play 'salem1' with the game's "
            "shadow_data=OtherRecords(X_other, y_other)"
        )
    if "candidates" in getattr(attack[0], "needs", ()):
        return f"it needs {NEEDS['candidates']}"
    return lacks(attack)
