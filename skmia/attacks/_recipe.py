"""A published attack as data: what it is, what it is fitted on, and who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sklearn.base import clone, is_regressor
from sklearn.pipeline import FeatureUnion, Pipeline

from skmia.attacks.evidence import Evidence, Signals, Update
from skmia.signals import get_signal
from skmia.utils._access import (
    ACCESS,
    DECODER,
    DISCRIMINATOR,
    READ,
    STAGES,
    access_of,
)
from skmia.utils._deprecation import warn_deprecated
from skmia.utils._kinds import suits
from skmia.utils._typing import Classifier

if TYPE_CHECKING:
    from skmia.signals._base import Signal

# What an attack may need beyond answers, in words.
NEEDS = {
    "members": "known members and non-members of the target, for a threshold",
    "nonmembers": "known non-members of the target",
    "shadows": "an estimator like the target, and records to train shadow models on",
    "references": "an estimator like the target, and records to train references on",
    "candidates": "references that were trained on the candidates",
    "features": "the features of the records as numbers",
    "random-records": "the domain of the features, and queries of random records",
    "batch": "all candidates at once",
    "distillation": "unlabelled records to query, and a model to imitate with",
    "stages": "the stages of a boosted target",
    "bags": "the ensemble itself, and which of its models would have drawn a record",
    "gradients": "the model itself, of a kind whose gradients are known",
    "parameters": "the model itself, of a kind whose parameters are known",
    "transfer": "shadow models of another task",
    "model": "the model itself",
    "rounds": "what was sent in each round of a federation",
    "exchanges": "the scores that were shared in each round of a federation",
    "parties": "what each party of a federation answers",
    "training": "to act while the federation is trained",
    "former": "a former version of the model, trained without the record",
}
# The same as classes of Bai et al., where there are any.
_CLASSES = {
    "members": "D2",
    "nonmembers": "D1",
    "shadows": "M4 D1",
    "references": "M2 D1",
    "candidates": "D2",
    "random-records": "D1",
    "batch": "D2",
    "distillation": "M4 D1",
    "stages": "M1",
    "bags": "M1 D2",
    "model": "M1",
    "gradients": "M1",
    "parameters": "M1",
    "rounds": "M1",
    "exchanges": "M4",
    "parties": "M1",
}
# Where labelled pairs come from, and what that is called among the needs.
SOURCES = {
    None: (),
    "shadows": ("shadows",),
    "other-task": ("transfer",),
    "members": ("members",),
    "nonmembers": ("nonmembers",),
    "random-records": ("random-records",),
    "candidates": ("batch",),
}
TRAINS = ("shadows", "other-task")
N_RANDOM_RECORDS = 1000
# Of signals that ask many rows about each, as Li and Zhang: their percentile is coarse.
N_RANDOM_RECORDS_PROBED = 100
# What who knows a class of Bai et al. knows, too: who holds the model may ask it, and
# who can train where the target was trained need not know what it is.
IMPLIES = {
    "M1": {"M1", "M2", "M4", "Q"},
    "M2": {"M2", "M4"},
    "M3": {"M2", "M3", "M4"},
    "M4": {"M4"},
    "D1": {"D1"},
    "D2": {"D1", "D2"},
    "Q": {"Q"},
}


def implied(classes):
    """Classes of Bai et al. that an adversary with these has."""
    return set().union(*(IMPLIES[one] for one in classes))


def takes_pairs(attack):
    """Whether an attack begins with evidence; else it sees tables."""
    if not (isinstance(attack, Pipeline) and len(attack) > 1):
        return False
    first = attack[0]
    if isinstance(first, FeatureUnion):
        first = first.transformer_list[0][1]
    return isinstance(first, Evidence)


def own_signal(attack):
    """The one signal with a direction that an attack sees, or its change, or None."""
    if type(attack[0]) not in (Signals, Update):
        return None
    signals = attack[0]._signals()
    alone = len(signals) == 1 and signals[0].greater_is_member is not None
    return signals[0] if alone else None


def _seen(attack):
    signals = getattr(attack[0], "signals", None) or ()
    return tuple(signals) if isinstance(signals, list | tuple) else (signals,)


def price_of(signals):
    """Rows that the model is asked for one record."""
    methods = {method for s in signals if not s.probing for method in s.asks}
    return len(methods - READ) + sum(s.price for s in signals if s.probing)


def of_random_records(attack):
    """How many random records an attack needs, and the rows that it asks for each.

    They have no label but the model's, which is asked for where a signal needs it.
    """
    signals = [get_signal(signal) for signal in _seen(attack)]
    if not any(signal.probing for signal in signals):
        asks = getattr(attack[0], "asks", frozenset()) - {"parameters"}
        return N_RANDOM_RECORDS, len(asks)
    labels = any(signal.needs_y for signal in signals)
    return N_RANDOM_RECORDS_PROBED, price_of(signals) + labels


def access_to(attack):
    """Access to the target that an attack needs, one of `ACCESS`."""
    # A union of evidences does not say.
    access = access_of(getattr(attack[0], "asks", {"predict_proba"}))
    levels = [signal.access for signal in _recorded(attack)]
    return max(levels, key=ACCESS.index) if levels else access


def n_top_of(attack):
    """How many of the largest posteriors an attack looks at that looks at no others."""
    return max((one.params.get("n_top", 1) for one in _recorded(attack)), default=1)


def _recorded(attack):
    seen = attack[0].recorded() if hasattr(attack[0], "recorded") else None
    return seen or ()


def _judges(model):
    called = hasattr(model, "predict") or hasattr(model, "fit_predict")
    return called and not is_regressor(model)


@dataclass(frozen=True)
class AttackRecipe:
    """An attack with a name; from :func:`get_attack` or :func:`register_attack`.

    Everything else that is said of an attack follows from these fields.

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

    def __post_init__(self):
        if not (isinstance(self.name, str) and self.name):
            raise TypeError(
                f"The name of an attack must be a str. Got {self.name!r} instead."
            )
        if not (takes_pairs(self.attack) and _judges(self.attack[-1])):
            raise TypeError(
                f"The attack {self.name!r} must be a Pipeline that begins with an "
                "Evidence and ends in a classifier, see make_attack. Got "
                f"{self.attack!r} instead."
            )
        if self.fitted_on not in SOURCES:
            raise ValueError(
                f"The 'fitted_on' parameter of the attack {self.name!r} must be one of "
                f"{list(SOURCES)}. Got {self.fitted_on!r} instead."
            )

    @property
    def of(self) -> str | tuple[str, ...] | None:
        """Kind of model that it is of, as ``estimator_type``; None for any."""
        kinds = [get_signal(one).of for one in self.signals] or ["classifier"]
        return next((kind for kind in kinds if kind is not None), None)

    def suits(self, kind: str | None) -> bool:
        """Whether it is an attack on models of this kind; None is of unknown kind.

        Parameters
        ----------
        kind : str or None
            As ``estimator_type`` of scikit-learn.

        Returns
        -------
        suits : bool
        """
        return suits(self.of, kind)

    @property
    def signals(self) -> tuple[str | Signal, ...]:
        """What the attack sees of each answer, where it is signals."""
        return _seen(self.attack)

    @property
    def asked_signals(self) -> tuple[str | Signal, ...]:
        """Those of `signals` that are asked of the target.

        Models that were sent in a federation are held, and a table that was published
        is read: what is asked of these is no query, and of a surrogate neither.
        """
        evidence = self.attack[0]
        asks = getattr(evidence, "asks", None)
        elsewhere = (asks and asks <= READ) or getattr(evidence, "imitates", False)
        return () if elsewhere else self.signals

    @property
    def access(self) -> str:
        """Access to the target that it needs: "label", "top-k", "scores", ..."""
        return access_to(self.attack)

    @property
    def needs(self) -> tuple[str, ...]:
        """What the adversary needs beyond that, in words of :func:`attack_needs`."""
        evidence = self.attack[0]
        own = getattr(evidence, "needs", ())
        needs = (*own, *SOURCES[self.fitted_on])
        if STAGES in getattr(evidence, "asks", ()):
            needs = ("stages", *needs)
        inside = {"parameters", DISCRIMINATOR, DECODER}
        held = not inside.isdisjoint(getattr(evidence, "asks", ()))
        if held and not {"gradients", "bags", "parameters"} & set(needs):
            needs = ("model", *needs)
        # References and students are shadow models, and more than that.
        both = {"references", "distillation"} & set(needs)
        return tuple(need for need in needs if not (both and need == "shadows"))

    @property
    def knowledge(self) -> tuple[str, ...]:
        """Classes of Bai et al. (2021), without those that others imply.

        M1 parameters, M2 structure, M3 platform, M4 kind of model; D1 properties of the
        training data, D2 data that contain it; Q queries. M1 implies M2 and Q, M2
        implies M4, D2 implies D1, and M3 is as good as M2.
        """
        needs = [_CLASSES.get(need, "") for need in self.needs]
        needed = {"Q", *" ".join(needs).split()}
        weaker = set().union(*(IMPLIES[one] - {one} for one in needed))
        return tuple(one for one in IMPLIES if one in needed - weaker)

    @property
    def queries(self) -> str:
        """Queries of the target for one candidate, in words."""
        asks = getattr(self.attack[0], "asks", ())
        price = price_of([get_signal(signal) for signal in self.asked_signals])
        words = str(price + ("party_proba" in asks))
        if self.fitted_on == "random-records":
            n, price = of_random_records(self.attack)
            each = f", {price} for each" if price > 1 else ""
            words += f", and {n:,} random records in all{each}"
        if "distillation" in self.needs:
            words += ", and all distillation records"
        return words

    @property
    def fits(self) -> str:
        """Models trained by the adversary: "0" or "N"."""
        return "N" if self.fitted_on in TRAINS else "0"

    @property
    def uses_membership(self) -> bool:
        """Whether the score of a record depends on known members of the target.

        Then nothing that assumes scores made before anybody knew who is a member holds
        for it: no lower bound of epsilon.
        """
        known = self.fitted_on in ("members", "nonmembers")
        return known and own_signal(self.attack) is None

    def make(self) -> Classifier:
        """Attack model of the recipe, not fitted; use ``attack`` instead.

        Returns
        -------
        attack : classifier
            A clone of the last step.
        """
        warn_deprecated(
            "AttackRecipe.make()",
            "the attack is recipe.attack, a Pipeline of evidence and model; its "
            "classifier is recipe.attack['model']",
            since="0.2",
            until="0.4",
        )
        return clone(self.attack[-1])
