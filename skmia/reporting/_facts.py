"""Facts as plain values, and what is added to them."""

import numpy as np
import pandas as pd

from skmia.reporting._schema import content_hash

# Why a section is empty that the audit alone does not fill.
_WHY = {
    "attribution": "Not computed: attribute_leak(report, model, ...) does.",
    "defenses": "Not computed: suggest_defenses(report, model, ...) does.",
    "before": "Nothing to compare with: report.diff(other) compares.",
}
# Nor where there are scores, of models without labels.
_NO_DEFENSES = "Not computed: no defenses of models without labels are tried yet."


def complete(facts, **sections):
    """Facts with what was computed apart, and their hash.

    Parameters
    ----------
    facts : dict
    **sections : DataFrame or None
        "attribution", "defenses" and "before"; None for what the facts have.
    """
    for name, why in _WHY.items():
        table, rows = sections.get(name), facts.get(name)
        notes = facts.get(f"{name}_notes", [])
        if table is not None:
            rows = plain(table.reset_index().to_dict(orient="records"))
            notes = list(table.attrs.get("notes", []))
        if name == "defenses" and "scores" in facts:
            why = _NO_DEFENSES
        why = why if rows is None else None
        facts = facts | {name: rows, f"{name}_why": why, f"{name}_notes": notes}
    return facts | {"content_sha256": content_hash(facts)}


def plain(value):
    """Python's own types; nan becomes None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return None if pd.isna(value) else str(value)
