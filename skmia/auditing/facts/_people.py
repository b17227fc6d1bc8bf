"""Groups and recognised records as facts that may be forwarded."""

from dataclasses import replace

import numpy as np
import pandas as pd

from skmia.auditing._by_group import by_group
from skmia.auditing._row_names import by_place

_FDR = 0.1
# Smaller groups are left out where a report is to be forwarded: they may be one family.
_FEWEST = 10
_MOST_ROWS = 2000
# Enough for what is said of a gap, at 5 %.
_N_PERMUTATIONS = 200
_SHOWN = (
    *("n_members", "n_nonmembers", "status"),
    *("recall", "recall_low", "recall_high", "fpr"),
    *("auc", "auc_low", "auc_high", "p_adjusted"),
)


def groups(report, by, safe):
    """The classes, and other groups, with how well their members are found.

    Parameters
    ----------
    report : AuditReport
    by : dict of str to array-like
        More columns to report by.
    safe : bool
        Leave out groups of fewer than ten training records.

    Returns
    -------
    groups : list of dict or None
    why : str or None
        Why there are none, or none of a column.
    """
    found, reasons = [], []
    by = by if report.label is None else {"label": "label", **by}
    for name, values in by.items():
        try:
            table = by_group(report, values, None, ("auc",), _N_PERMUTATIONS)
        except ValueError as error:
            reasons.append(str(error) if name == "label" else f"By {name}: {error}")
            continue
        found.append(_of_column(name, table, safe))
    if not by:
        reasons.append("The records have no labels, and no other column was named.")
    return found or None, " ".join(reasons) or None


def _of_column(name, table, safe):
    rows = table[table["n_members"] >= _FEWEST] if safe else table
    return {
        "by": name,
        "attack": table.attrs["attack"],
        "p_value": table.attrs["auc_gap"]["p_value"],
        "n_left_out": len(table) - len(rows),
        "rows": [
            {"group": _text(group)} | row[list(_SHOWN)].to_dict()
            for group, row in rows.iterrows()
        ],
    }


def _text(group):
    return ", ".join(map(str, group)) if isinstance(group, tuple) else str(group)


def recognised(report, safe):
    """The list of recognised records: how many, why, and which rows.

    In a safe report rows are named by their place: row names may be those of people.

    Returns
    -------
    recognised : dict or None
        Rows are None above so many, where nobody reads them.
    why : str or None
        Why there is no list.
    """
    if safe:
        report = replace(report, index=by_place(report.index))
    try:
        flagged = report.flag_members(fdr=_FDR)
    except ValueError as error:
        return None, str(error)
    rows = None
    if len(flagged) <= _MOST_ROWS:
        flagged = flagged.sort_values("record") if safe else flagged
        rows = [str(row) for row in flagged["record"]]
    return {
        "attack": flagged.attrs["attack"],
        "fdr": _FDR,
        "n": len(flagged),
        "n_members": flagged.attrs["n_members"],
        "false_expected": _FDR * len(flagged),
        "reasons": _shares(report, flagged["reason"]),
        "rows": rows,
        "row_reasons": None if rows is None else flagged["reason"].tolist(),
    }, None


def _shares(report, reasons):
    """How often each trait is found on the list, and among all training records."""
    if report.traits is None or not len(reasons):
        return {}
    listed = reasons.str.split(", ").explode()
    among = report.traits[np.asarray(report.member) == 1].mean()
    counts = pd.Series(listed).value_counts() / len(reasons)
    return {
        trait: {"listed": float(counts.get(trait, 0.0)), "all": float(share)}
        for trait, share in among.items()
    }
