"""A published attack as data: what it is, what it is fitted on, and who wrote it."""

import warnings
from dataclasses import dataclass

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skmia.signals import get_signal
from skmia.signals._base import access_of

NEEDS = {
    "members": "known members and non-members of the target, for a threshold",
    "nonmembers": "known non-members of the target",
    "shadows": "an estimator like the target, and records to train shadow models on",
    "references": "an estimator like the target, and records to train references on",
    "candidates": "references that were trained on the candidates",
    "features": "the features of the records as numbers",
    "random-records": "the domain of the features, and queries of random records",
    "batch": "all candidates at once",
    "distillation": "unlabelled records to query, and a student model",
    "stages": "the stages of a boosted target",
    "transfer": "shadow models of another task",
}
# Where labelled pairs come from: what that is called among the needs, and the classes
# of Bai et al. that it stands for.
SOURCES = {
    None: ((), ("Q",)),
    "shadows": (("shadows",), ("M4", "D2", "Q")),
    "other-task": (("transfer",), ("Q",)),
    "members": (("members",), ("D2", "Q")),
    "nonmembers": (("nonmembers",), ("D2", "Q")),
    "random-records": (("random-records",), ("D1", "Q")),
    "candidates": (("batch",), ("D2", "Q")),
}
TRAINS = ("shadows", "other-task")
N_RANDOM_RECORDS = 1000


@dataclass(frozen=True)
class AttackRecipe:
    """An attack with a name; from :func:`get_attack` or :func:`register_attack`.

    Attributes
    ----------
    name : str
        Name, as :func:`get_attack` takes it.
    attack : Pipeline
        The attack, not fitted, see :func:`make_attack`: its steps are "evidence", what
        it sees of a pair of a model and a record, and "model", a binary classifier.
    fitted_on : {"shadows", "other-task", "members", "nonmembers", "random-records", \
"candidates"} or None
        Where pairs with known membership come from: shadow models, shadow models of
        another task, known members and non-members of the target (or only
        non-members), random records that nobody has, or the candidates themselves.
        None: nothing is learned.
    paper : str
        Source.
    """

    name: str
    attack: Pipeline
    fitted_on: str | None = "shadows"
    paper: str = ""

    @property
    def signals(self):
        """What the attack sees of each answer, where it is signals."""
        signals = getattr(self.attack[0], "signals", ())
        return tuple(signals) if isinstance(signals, list | tuple) else (signals,)

    @property
    def access(self):
        """Access to the target: "label", "scores" or "white-box"."""
        # A union of evidences does not say.
        return access_of(getattr(self.attack[0], "asks", {"predict_proba"}))

    @property
    def needs(self):
        """What the adversary needs beyond that, in words of :func:`attack_needs`."""
        own = getattr(self.attack[0], "needs", ())
        needs = (*own, *SOURCES[self.fitted_on][0])
        if self.access == "white-box":
            needs = ("stages", *needs)
        # References and students are shadow models, and more than that.
        both = {"references", "distillation"} & set(needs)
        return tuple(need for need in needs if not (both and need == "shadows"))

    @property
    def knowledge(self):
        """Classes of Bai et al. (2021).

        M1 parameters, M2 structure, M3 platform, M4 kind of model; D1 properties of the
        training data, D2 data that contain it; Q queries.
        """
        classes = SOURCES[self.fitted_on][1]
        if self.access == "white-box":
            classes = ("M1", *(one for one in classes if one != "Q"))
        return classes

    @property
    def queries(self):
        """Queries of the target for one candidate, in words."""
        signals = [get_signal(signal) for signal in self.signals]
        methods = {method for s in signals if not s.probing for method in s.asks}
        words = str(len(methods) + sum(s.price for s in signals if s.probing))
        if self.fitted_on == "random-records":
            words += f", and {N_RANDOM_RECORDS:,} random records in all"
        if "distillation" in self.needs:
            words += ", and all distillation records"
        return words

    @property
    def fits(self):
        """Models trained by the adversary: "0" or "N"."""
        return "N" if self.fitted_on in TRAINS else "0"

    def make(self):
        """Attack model of the recipe, not fitted; use ``attack`` instead.

        Returns
        -------
        attack : classifier
            A clone of the last step.
        """
        warnings.warn(
            "AttackRecipe.make() is deprecated: the attack is recipe.attack, a "
            "Pipeline of evidence and model; its classifier is recipe.attack['model'].",
            FutureWarning,
            stacklevel=2,
        )
        return clone(self.attack[-1])
