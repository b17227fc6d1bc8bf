"""The output check of trusted research environments, after the Five Safes."""

from skmia.reporting._structure import shown, structure_of
from skmia.reporting._words import short
from skmia.reporting.annex._criterion import NOT_EXAMINED, Criterion, ran
from skmia.reporting.annex._release import described, tested

TITLE = "Five Safes: output check of a trained model"
SOURCE = (
    "The Five Safes of trusted research environments, and E. Jefferson et al., "
    "GRAIMATTER Green Paper: recommendations for disclosure control of trained machine "
    "learning models, 2022, arXiv:2211.01656."
)
# Families of attacks that have the audited model alone; files of 0.1 name none.
_HELD = "The model itself"
_ALONE = ("The decision only", "Numbers of the answer", _HELD, "Other")
_OTHERS = {
    "safe projects": "An appropriate use of the data.",
    "safe people": "Researchers who can be trusted with them.",
    "safe data": "Data that are de-identified as far as the purpose allows.",
    "safe settings": "An environment that limits misuse.",
}


def criteria(facts, release):
    """What output checkers look at, and what an audit shows of it.

    Parameters
    ----------
    facts : dict
    release : str
        One of `RELEASES`.

    Returns
    -------
    criteria : list of Criterion
    """
    others = [Criterion(name, asks, NOT_EXAMINED) for name, asks in _OTHERS.items()]
    return [
        *others,
        Criterion(
            "safe outputs: simulated attacks",
            "Membership inference, from what an attacker may have at worst.",
            f"{short(facts)} {_worst(facts)}",
        ),
        Criterion(
            "safe outputs: small groups",
            "Classes or groups that are recognised more than others.",
            _groups(facts),
        ),
        Criterion(
            "safe outputs: structure",
            "Models that hold training rows, residual degrees of freedom, cells of "
            "few records, certain answers for a class.",
            _structure(facts),
        ),
        Criterion("safe outputs: attribute inference", "Of members.", NOT_EXAMINED),
        Criterion(
            "safe outputs: release",
            "What leaves the environment, and who can ask it.",
            f"Declared by the user: {described(release)}. {tested(facts, release)}",
        ),
    ]


def _worst(facts):
    strong = [row["attack"] for row in ran(facts) if _compares(row)]
    if not strong:
        return "No attacker here compared the model with others."
    return f"Attackers who compared the model with others: {', '.join(strong)}."


def _structure(facts):
    """What was looked for in the model itself; numbers are those of the attacks."""
    looked = [row["attack"] for row in ran(facts) if row["family"] == _HELD]
    attacks = f"Training rows: {', '.join(looked)}. " if looked else ""
    found = structure_of(facts)
    if found is None or found["why"]:
        return f"{attacks}All else was not examined." if looked else NOT_EXAMINED
    rows = (f"{name} {outcome}. {text}" for outcome, name, text in shown(found))
    return attacks + " ".join(row[0].upper() + row[1:] for row in rows)


def _compares(row):
    """Whether an attack has other models, trained for it or given."""
    return bool(row["n_fits"]) or row["family"] not in _ALONE


def _groups(facts):
    if facts["verdict"] == "invalid" or not facts["groups"]:
        return NOT_EXAMINED
    parts = []
    for one in facts["groups"]:
        p = one["p_value"]
        gap = "not measurable" if p is None else f"p = {p:.2g} for a gap between them"
        small = one["n_left_out"]
        aside = f"; {small} of fewer than 10 training records left out" if small else ""
        parts.append(f"{len(one['rows'])} groups by {one['by']}{aside}: {gap}.")
    return " ".join(parts)
