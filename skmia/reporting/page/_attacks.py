"""Attacks by family, their curves, and the epsilon that they prove."""

from math import exp

from skmia.reporting._words import SEES, times
from skmia.reporting.page import _numbers
from skmia.reporting.page._families import families, shown_fpr
from skmia.reporting.pictures._axis import round_up
from skmia.reporting.pictures._interval import bar, interval
from skmia.reporting.pictures._roc import roc
from skmia.utils._units import percent

# A declaration of very much does not make the bars beside it vanish.
_LONGEST = 3
_CHANGED = {
    "replace-one": "that one {unit} rather than another was in",
    "add-or-remove": "that a {unit} was in",
}


def attacks(facts):
    """One row per family, that of its attack with the largest AUC.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "axis", "metric" and "families" with "cells" and "rows".
    """
    found = families(facts)
    if not found:
        return None
    fpr = shown_fpr(facts)
    name = "auc" if fpr is None else f"tpr_at_fpr_{fpr}"
    highs = [one["best"].get(f"{name}_high") or 0 for one in found]
    top = 1.0 if fpr is None else min(round_up(max(*highs, fpr)), 1.0)
    rates = [
        rate for rate in facts["fprs"] if _is_measured(found, f"tpr_at_fpr_{rate}")
    ]
    outsiders = _is_measured(found, "auc_outsider")
    for one in found:
        one["picture"] = _plot(one, name, top, 0.5 if fpr is None else fpr, facts)
        one["cells"] = _cells(one["best"], [rate for rate in [fpr] if rate])
        one["rows"] = [_inner(row, rates, outsiders) for row in one["rows"]]
    return {
        "families": found,
        "axis": _numbers.percent(top) if fpr else "1",
        "plotted": f"named at {_numbers.percent(fpr)}" if fpr else "AUC",
        "titles": _titles([fpr] if fpr else [], 0),
        "inner_titles": _titles(rates, outsiders),
    }


def _is_measured(found, name):
    return any(row.get(name) is not None for one in found for row in one["rows"])


def _titles(rates, outsiders):
    titles = [f"named at {_numbers.percent(rate)} false accusations" for rate in rates]
    titles += ["AUC", "balanced accuracy", "epsilon, at least"]
    return titles + ["AUC of an outsider"] * bool(outsiders)


def _plot(family, name, top, guessing, facts):
    row = family["best"]
    numbers = [row.get(f"{name}{end}") for end in ("", "_low", "_high")]
    if None in numbers:
        return None
    hot = family["on_top"] and facts["verdict"] == "leak"
    return interval(*numbers, top, tick=guessing, hot=hot)


def _cells(row, rates):
    cells = [_numbers.shares(row, f"tpr_at_fpr_{rate}") for rate in rates]
    cells += [_numbers.area(row), _numbers.shares(row, "balanced_accuracy")]
    return [*cells, (_numbers.epsilon(row.get("epsilon_low")), None)]


def _inner(row, rates, outsiders):
    cells = _cells(row, rates)
    if outsiders:
        value = row.get("auc_outsider")
        cells.append(("–" if value is None else f"{value:.3f}", None))
    status = "" if row["status"] == "ok" else row["status"]
    return {
        "name": row["attack"],
        "cells": cells,
        "given": _given(row),
        "paper": row["paper"],
        "more": status,
    }


def _given(row):
    parts = [SEES[row["access"]]]
    parts += [row["knowledge"]] * (row["knowledge"] not in ("", "-"))
    parts += [f"{row['n_fits']} models of its own"] * bool(row["n_fits"])
    return "; ".join(parts)


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
    declared, evidence = _declared(facts), facts["epsilon"]
    if declared is None:
        return
    epsilon, delta = declared["epsilon"], declared["delta"]
    yield "declared", f"most that the declared ε {epsilon:g} allows", epsilon, delta
    if evidence is not None and evidence["epsilon"]:
        shown = evidence["epsilon"]
        yield "measured", f"most that the measured ε {shown:.2f} allows", shown, delta


def _declared(facts):
    """What the model declares; an infinite epsilon, None in JSON, is nothing."""
    declared = facts["audited"]["declared"]
    return None if declared is None or declared["epsilon"] is None else declared


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


def measured_epsilon(facts):
    """The bounds of epsilon, the declared one beside them.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "sentences", "rows", "axis" and "declared".
    """
    evidence, declared = facts["epsilon"], _declared(facts)
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
        false = value > declared
        yield f"The model declares ε = {declared:g}: " + (
            "the declaration is false." if false else "that is not contradicted."
        )
