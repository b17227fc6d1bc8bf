"""Two reports side by side."""

import numpy as np
import pandas as pd

from skmia.reporting._performance import is_of_regressor, takes_no_labels

_SIDES = ("train", "holdout")


def diff(before, after):
    """Numbers of two reports, see :meth:`AuditReport.diff`.

    Parameters
    ----------
    before, after : dict
        Facts.
    """
    table = pd.DataFrame({"before": _numbers(before), "after": _numbers(after)})
    table["change"] = table["after"] - table["before"]
    table.index.name = "metric"
    table.attrs["notes"] = [*_unlike(before, after)]
    return table


def _numbers(facts):
    found, best = facts["finding"], facts["headline"]
    epsilon = facts["epsilon"] or {}
    of_model = _of_model(facts)
    rows = dict(of_model)
    rows |= {"step": found["step"], "factor": found["factor"], "auc": best["auc"]}
    for fpr in ("0.01", "0.001"):
        rate = best["tpr_at_fpr"].get(fpr, {})
        rows[f"tpr_at_fpr_{fpr}"] = rate.get("value")
    rows["epsilon"] = epsilon.get("epsilon")
    counts = facts["verdict"] != "invalid"
    return {
        name: np.nan if value is None or not (counts or name in of_model) else value
        for name, value in rows.items()
    }


def _of_model(facts):
    """How good the model is on both sets: accuracy, R² of a regressor, or a score."""
    if takes_no_labels(facts):
        return {
            f"{side}_{name}": value
            for side in _SIDES
            for name, value in facts["scores"][side].items()
        }
    if is_of_regressor(facts):
        return {f"{side}_r2": facts["errors"][side]["r2"] for side in _SIDES}
    return {f"{side}_accuracy": facts[f"{side}_accuracy"] for side in _SIDES}


def _unlike(before, after):
    """In what two audits are not alike, as sentences."""
    for when, facts in {"before": before, "after": after}.items():
        if facts["verdict"] in ("invalid", "not-measurable"):
            yield f"The audit {when} is {facts['finding']['chip'].lower()}."
    for name, words in {
        "n_train": "training records",
        "n_holdout": "holdout records",
        "confidence_level": "confidence level",
    }.items():
        if before[name] != after[name]:
            yield f"Other {words}: {before[name]} before, {after[name]} after."
    ours, theirs = ([*_ran(facts)] for facts in (before, after))
    if ours != theirs:
        yield "Other attacks were run."


def _ran(facts):
    return (row["attack"] for row in facts["attacks"] if row["auc"] is not None)
