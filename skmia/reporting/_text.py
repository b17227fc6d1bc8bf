"""Facts of a report as lines of text, and as a table of them."""

import pandas as pd

from skmia.reporting._performance import how_good
from skmia.reporting._structure import in_one_line, structure_of
from skmia.reporting._words import counted_as, short
from skmia.utils._units import percent

# So many thresholds on single signals are one row: they say nearly the same.
_JOINED = 3


def lines(facts):
    """What is said of an audit, without its table.

    Parameters
    ----------
    facts : dict
        Of a report, or the cheap part of them.
    """
    yield (
        f"AuditReport of {facts['model']}: {facts['n_train']} training and "
        f"{facts['n_holdout']} holdout {counted_as(facts)}"
    )
    yield " ".join(how_good(facts))
    yield short(facts)
    yield from facts["finding"]["sentences"]
    best = facts["headline"]
    if best["attack"] is not None and facts["verdict"] != "invalid":
        what = (
            "the attack named before"
            if best["named_before"]
            else f"strongest of {best['n_attacks']} attacks"
        )
        yield (
            f"{what}: {best['attack']}, AUC {best['auc']:.3f} "
            f"[{best['auc_low']:.3f}, {best['auc_high']:.3f}]"
        )
    if structure := structure_of(facts):
        yield in_one_line(structure)
    yield from facts["notes"]


def compact(facts, every=False):
    """Table of the attacks, see :meth:`AuditReport.compact`.

    ``attrs["strongest"]`` is the row of the attack of the headline.
    """
    names = ["auc", "balanced_accuracy", *(f"tpr_at_fpr_{f}" for f in facts["fprs"])]
    titles = ["AUC", "balanced accuracy"]
    titles += [f"TPR at {percent(f)} FPR" for f in facts["fprs"]]
    every_row = {row["attack"]: row for row in facts["attacks"]}
    labels = _labels(every_row, every)
    rows = [every_row[name] for name in labels]
    table = pd.DataFrame(
        {
            title: [_with_interval(row, name) for row in rows]
            for title, name in zip(titles, names, strict=True)
        },
        index=pd.Index(labels.values(), name="attack"),
    )
    table.attrs["strongest"] = labels.get(facts["headline"]["attack"])
    return table


def _labels(rows, every):
    """Attacks that have a row, and what it is called."""
    labels = {name: name for name in rows}
    ran = [name for name in rows if rows[name]["auc"] is not None]
    thresholds = [name for name in ran if name.endswith("-threshold")]
    if every or len(thresholds) < _JOINED:
        return labels
    best = max(thresholds, key=lambda name: rows[name]["auc"])
    labels[best] = f"thresholds (best of {len(thresholds)})"
    return {n: label for n, label in labels.items() if n == best or n not in thresholds}


def _with_interval(row, name):
    if row["auc"] is None:
        return "not run"
    if row[name] is None:
        return "not measurable"
    return f"{row[name]:.3f} [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]"
