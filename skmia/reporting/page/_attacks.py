"""Attacks by family."""

from skmia.reporting._words import SEES
from skmia.reporting.page import _numbers
from skmia.reporting.page._families import families, shown_fpr
from skmia.reporting.pictures._axis import round_up
from skmia.reporting.pictures._interval import interval


def attacks(facts):
    """One row per family, that of its attack with the largest AUC.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "families" with "picture", "cells" and "rows"; "axis" and what is "plotted";
        "titles" of the cells, and "inner_titles" of those of the rows.
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
    parts = [SEES.get(row["access"], row["access"])]
    parts += [row["knowledge"]] * (row["knowledge"] not in ("", "-"))
    parts += [f"{row['n_fits']} models trained"] * bool(row["n_fits"])
    return "; ".join(parts)
