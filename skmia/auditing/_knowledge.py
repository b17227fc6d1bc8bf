"""What the adversary of an audit holds, and what he cannot do for lack of it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone

from skmia.attacks import lacks, run
from skmia.attacks._granted import Granted
from skmia.attacks._recipe import TRAINS
from skmia.attacks._run import recorded, seeded
from skmia.attacks.evidence._base import no_answer
from skmia.auditing._outsider import LOG_ODDS, Strays
from skmia.shadow import ShadowModels
from skmia.signals._keys import signal_key
from skmia.targets._answers import answers_of
from skmia.utils._fitting import per_record
from skmia.utils._inside import is_frozen
from skmia.utils._kinds import kind_of
from skmia.utils._labels import classes_of
from skmia.utils._outputs import Outputs

# What the adversary must have, in words.
_WORDS = {
    "shadows": "kind of model; shadow models on random halves of these records",
    "references": "kind of model; references on random halves of these records",
}


@dataclass
class Knowledge:
    """Records with membership, and shadow models that all attacks share.

    Nothing is trained that no attack asks for.

    Parameters
    ----------
    X, y : records and labels of members and non-members
    member : ndarray of {0, 1}
    design : ShadowModels
        Not fitted, without signals.
    seed : int
        Seed of every attack.
    other_task : tuple of (X, y) or None
        Records of another task.
    fit_params : dict
        What ``fit`` of the shadow models is given beside records.
    groups : ndarray of shape (n_records,) or None
        Records that belong together.
    bags : ndarray of bool of shape (n_models, n_records) or None
        Which members of the audited ensemble drew which record, where these stand for
        references.
    why_few : str or None
        What has left so few shadow models, in words; None where it was `n_shadows`.
    granted : Granted
        Access to the audited model.
    recipes : list of AttackRecipe
        Attacks that will be run.
    trained : dict
        Shadow models, or what went wrong, by what they are trained on.
    """

    X: Any
    y: np.ndarray
    member: np.ndarray
    design: ShadowModels
    seed: int
    other_task: tuple | None = None
    fit_params: dict = field(default_factory=dict)
    groups: np.ndarray | None = None
    bags: np.ndarray | None = None
    why_few: str | None = None
    granted: Granted = field(default_factory=Granted)
    recipes: list = field(default_factory=list)
    trained: dict = field(default_factory=dict)

    words = _WORDS

    def train(self):
        """Train the shadow models of all attacks; where that fails, it fails once."""
        for source in TRAINS:
            attacks = [
                seeded(recipe.attack, self.seed)
                for recipe in self.recipes
                if recipe.fitted_on == source
            ]
            if attacks:
                try:
                    self.trained[source] = self._train(source, attacks)
                except Exception as error:
                    self.trained[source] = error

    def _train(self, source, attacks):
        X, y, params, groups = self.X, self.y, self.fit_params, self.groups
        if source == "other-task":
            (X, y), groups = self.other_task, None
            ours = per_record(params, self.X)
            params = {name: params[name] for name in params if name not in ours}
        classes = classes_of(y, [self.design.estimator])
        to_record = _to_record(attacks, classes)
        shadows = clone(self.design).set_params(signals=to_record)
        return shadows.fit(X, y, groups, **params)

    def run(self, recipe, session):
        """Score and decision of an attack for every audited record."""
        held = {"member": self.member, "groups": self.groups, "seed": self.seed}
        if recipe.fitted_on in TRAINS:
            models = self.trained[recipe.fitted_on]
            if isinstance(models, Exception):
                raise models
            held["shadows" if recipe.fitted_on == "shadows" else "other"] = models
        return run(recipe.attack, recipe.fitted_on, session, **held)

    @cached_property
    def strays(self):
        """How far answers stray between training sets; None where no model tells."""
        shadows = self.trained.get("shadows")
        if not isinstance(shadows, ShadowModels):
            return None
        # One answer about a record strays; nothing is known of several together.
        return None if isinstance(shadows.classes_, Outputs) else Strays(shadows)

    def n_fits(self, recipe):
        """Models trained for an attack, shared ones included, students not."""
        return self.design.n_shadows if recipe.fitted_on in TRAINS else 0

    def lacks(self, recipe, session):
        """Why an attack cannot be run here, in words; None when it can."""
        reason = self.granted.lacks(recipe.attack) or lacks(recipe.attack, session)
        if reason is None and recipe.fitted_on == "other-task" and not self.other_task:
            reason = "no records of another task are given"
        if reason is None and recipe.fitted_on in TRAINS:
            reason = self._lacks_shadows(recipe.attack[0])
        return reason

    def untrainable(self):
        """Why no model like the audited one can be trained; None when one can."""
        model = self.design.estimator
        if not is_frozen(model) and hasattr(model, "fit"):
            return None
        if kind_of(model) == "synthesizer":
            return "a table does not tell what made it; give a generator like that"
        why = "is frozen and" if is_frozen(model) else "has no fit and"
        return (
            f"the model {why} cannot be trained again; give an estimator like it as "
            "shadow_estimator"
        )

    def _lacks_shadows(self, evidence):
        if self.bags is not None:
            return 'references="out-of-bag": no shadow models are trained'
        model, n_models = self.design.estimator, self.design.n_shadows
        enough = getattr(evidence, "min_models", 1)
        # Who trains a model holds it.
        asks = getattr(evidence, "asks", frozenset()) - {"parameters"}
        missing = asks - answers_of(model)
        why_few = self.why_few or f"n_shadows={n_models}"
        if 0 < n_models < enough:
            return (
                f"{why_few}; with {enough} every record is in and out of "
                "some reference beside each of them"
            )
        if n_models == 0:
            return why_few
        if reason := self.untrainable():
            return reason
        if missing:
            return f"the shadow models {no_answer(missing, 'give', 'have')}"
        return None


def _of_classes(signal):
    return signal.asks if signal.of == "classifier" else ()


def _to_record(attacks, classes):
    """Signals to record of shadow models; None where the models must be kept."""
    wanted = [recorded(attack) for attack in attacks]
    if None in wanted:
        return None
    several = isinstance(classes, Outputs)
    asked = {method for part in wanted for one in part for method in _of_classes(one)}
    if "predict_proba" in asked and not several:
        wanted.append([LOG_ODDS])
    signals = {signal.name: signal for part in wanted for signal in part}
    # One name for two signals: what was recorded could not be told apart.
    keys = {signal_key(signal, classes) for part in wanted for signal in part}
    return list(signals.values()) if len(keys) == len(signals) else None
