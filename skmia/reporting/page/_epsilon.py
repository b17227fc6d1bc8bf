"""The epsilon that attacks prove, beside the one that is declared."""

from math import exp

from skmia.reporting._declared import compares, declared_by
from skmia.reporting._words import confidence_of, on_declaration, times
from skmia.reporting.page import _numbers
from skmia.reporting.page._families import families
from skmia.reporting.pictures._interval import bar
from skmia.utils._units import percent

# A declaration of very much does not make the bars beside it vanish.
_LONGEST = 3
_CHANGED = {
    "replace-one": "that one {unit} rather than another was in",
    "add-or-remove": "that a {unit} was in",
}


def measured_epsilon(facts):
    """The bounds of epsilon, the declared one beside them.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "sentences", "rows", "axis", "declared", and whether it "compares".
    """
    evidence, declared = facts["epsilon"], declared_by(facts)
    if evidence is None:
        return None
    best = [*_best_bounds(facts)]
    values = [row["epsilon_low"] for row in best] + [evidence["epsilon"]]
    top = 1.1 * max(1.0, *values)
    if declared is not None:
        top = max(top, min(1.1 * declared["epsilon"], _LONGEST * top))
    leak = facts["verdict"] == "leak"
    rows = [
        {
            "name": row["family"],
            "attack": row["attack"],
            "picture": bar(row["epsilon_low"], top, hot=leak and row["on_top"]),
            "epsilon": _numbers.epsilon(row["epsilon_low"]),
            "odds": _numbers.odds(row["epsilon_low"]),
            "on_top": row["on_top"],
        }
        for row in best
    ]
    return {
        "sentences": [*_of_epsilon(facts, evidence)],
        "rows": rows,
        "axis": f"{top:.1f}",
        "compares": compares(facts),
        "declared": declared
        and {
            "picture": bar(declared["epsilon"], top),
            "epsilon": f"{declared['epsilon']:g}",
            "odds": _numbers.odds(declared["epsilon"]),
            "delta": declared["delta"],
        },
    }


def _best_bounds(facts):
    """Of each family the attack that proves most."""
    for family in families(facts):
        proved = [r for r in family["rows"] if r.get("epsilon_low") is not None]
        if proved:
            best = max(proved, key=lambda row: row["epsilon_low"])
            yield best | {"on_top": best["attack"] == facts["epsilon"]["attack"]}


def _of_epsilon(facts, evidence):
    value, declared = evidence["epsilon"], evidence["declared"]
    level = percent(facts["confidence_level"])
    if value:
        changed = _CHANGED[evidence["relation"]].format(unit=evidence["unit"])
        yield (
            f"Whatever an attacker believed, answers of this model can multiply the "
            f"odds {changed} by {times(exp(value))} or more: ε ≥ {value:.2f}, by "
            f"{evidence['attack']}. At the level of one end of a {level} interval, "
            "corrected for the number of attacks."
        )
    else:
        yield "No attack proves an epsilon above 0."
    if evidence["ceiling"] is not None:
        yield (
            "An attack that is right about everybody would have proved ε ≥ "
            f"{evidence['ceiling']:.2f}."
        )
    if evidence["design"] == "pairs":
        yield "It is a bound for pairs of records, and no factor of one person's odds."
    if declared is not None:
        confidence = confidence_of(evidence["alpha"])
        said = on_declaration(value, declared, evidence["unit"], confidence)
        yield f"The model declares ε = {declared:g}. {said}"
