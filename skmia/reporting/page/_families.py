"""Attacks by what an attacker must have."""

from skmia.reporting._attack_rules import has_run

# From who sees least to who knows most.
_ORDER = (
    "The decision only",
    "Numbers of the answer",
    "Imitations of the model",
    "Shadow models",
    "References without the candidates",
    "References with the candidates",
    "The model itself",
)
# False positive rates of which a page shows one, the first that was measured.
_FPRS = (0.01, 0.001)


def families(facts):
    """Attacks that were run, by family.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    families : list of dict
        "name", "rows", those with the largest AUC first, "best", the first of them, and
        "on_top": whether the attack of the headline is among them.
    """
    by_name = {}
    for row in facts["attacks"]:
        if has_run(row) and row["auc"] is not None:
            by_name.setdefault(row["family"], []).append(row)
    names = [name for name in _ORDER if name in by_name]
    names += [name for name in by_name if name not in _ORDER]
    first = facts["headline"]["attack"]
    found = []
    for name in names:
        rows = sorted(by_name[name], key=lambda row: -row["auc"])
        top = any(row["attack"] == first for row in rows)
        found.append({"name": name, "rows": rows, "best": rows[0], "on_top": top})
    return found


def shown_fpr(facts):
    """The false positive rate at which a page tells who is named, or None."""
    candidates = [fpr for fpr in _FPRS if fpr in facts["fprs"]]
    candidates += sorted(facts["fprs"])
    for fpr in candidates:
        if any(row.get(f"tpr_at_fpr_{fpr}") is not None for row in facts["attacks"]):
            return fpr
    return None
