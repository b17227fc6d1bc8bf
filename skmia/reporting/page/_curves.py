"""Curves of attacks, and what a guarantee allows."""

from skmia.reporting._declared import compares, declared_by
from skmia.reporting.page import _numbers
from skmia.reporting.page._families import shown_fpr
from skmia.reporting.pictures._roc import roc
from skmia.utils._units import percent


def curves(facts):
    """The curves of the headline and of the best of each family.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "picture" and "legend".
    """
    if not facts["roc"]:
        return None
    fpr = shown_fpr(facts)
    rows = {row["attack"]: row for row in facts["attacks"]}
    kinds = [f"c{i}" for i in range(1, len(facts["roc"]) + 1)]
    legend, lines = [], []
    for kind, one in zip(kinds, facts["roc"], strict=True):
        value = rows[one["attack"]].get(f"tpr_at_fpr_{fpr}")
        text = None if value is None else _numbers.share(value)
        name = f"{one['family']}: {one['attack']}"
        legend.append({"kind": kind, "name": name, "value": text})
        lines.append((kind, one["fpr"], one["tpr"]))
    limits = [*_limits(facts)]
    legend += [{"kind": k, "name": name, "value": None} for k, name, _, _ in limits]
    picture = roc(
        lines,
        facts["n_holdout"],
        _finding(legend, fpr),
        _point(facts),
        [(kind, epsilon, delta) for kind, _, epsilon, delta in limits],
    )
    at = None if fpr is None else f"named at {_numbers.percent(fpr)} false accusations"
    return {"picture": picture, "legend": legend, "at": at}


def _limits(facts):
    """What the declared guarantee allows, and one of the epsilon that was measured."""
    declared, evidence = declared_by(facts), facts["epsilon"]
    if declared is None or not compares(facts):
        return
    epsilon, delta = declared["epsilon"], declared["delta"]
    yield "declared", f"most that the declared ε {epsilon:g} allows", epsilon, delta
    if evidence["epsilon"]:
        shown = evidence["epsilon"]
        yield "measured", f"most that the measured ε {shown:.2f} allows", shown, delta


def _point(facts):
    rate = facts["headline"]["tpr_at_fpr"].get("0.01")
    if rate is None or None in rate.values() or facts["verdict"] != "leak":
        return None
    return 0.01, rate["value"], rate["low"], rate["high"]


def _finding(legend, fpr):
    if fpr is None:
        return "There are too few records to measure who is named."
    named = (f"{one['name']}, {one['value']}" for one in legend if one["value"])
    level = percent(fpr)
    return f"Named at {level} false accusations, where guessing names {level}: " + (
        "; ".join(named) + "."
    )
