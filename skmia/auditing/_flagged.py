"""The training records that an attack recognises, with few false ones among them."""

import math

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from skmia.auditing._named import named_attack
from skmia.auditing._traits import reasons
from skmia.metrics._discoveries import conformal_p_values, most_false, q_values

COLUMNS = ["record", "score", "p_value", "q_value", "fdp_high", "n_agreeing", "reason"]


def flag_members(report, fdr, attack):
    """List of recognised members, see :meth:`AuditReport.flag_members`."""
    result = named_attack(report, attack, "flag_members")
    if result.uses_membership:
        raise ValueError(
            f"The attack {result.name!r} learned from known members of the model: its "
            "scores of members and of others cannot be compared. Name an attack that "
            "does not."
        )
    units = _units(report, ~np.isnan(result.score))
    n_members, n_others = _numbers(units)
    _check_enough(n_members, n_others, fdr)
    units = _judged(units, result.score)
    members = units[units["member"] == 1].copy()
    alpha = 1 - report.confidence_level
    n_false = _most_false(units, alpha, check_random_state(report.seed))
    members["fdp_high"] = n_false / members["p_value"].rank(method="max").to_numpy()
    members["n_agreeing"] = _agreeing(report, result, fdr).reindex(
        members.index, fill_value=0
    )
    on_list = members[members["q_value"] <= fdr]
    table = _by_record(report, on_list)
    table.attrs |= {
        "attack": result.name,
        "fdr": fdr,
        "n_members": n_members,
        "n_nonmembers": n_others,
        "n_shortest": _shortest(n_members, n_others, fdr),
    }
    return table


def _units(report, there):
    """Records by what was dealt as one: each, or its group; none that is in both sets.

    Groups compare with those of their size: copies that were dealt row by row are the
    likelier to be in one set, the fewer they are and the larger the set.

    Parameters
    ----------
    report : AuditReport
    there : ndarray of bool of shape (n_records,)
        Records with a score.
    """
    rows = np.arange(len(report.member))
    table = pd.DataFrame({"unit": report.units, "member": report.member, "row": rows})
    by = table.groupby("unit")["member"]
    table["size"] = by.transform("size")
    table = table[there & (by.transform("nunique") == 1).to_numpy()]
    comparable = table.groupby("size")["member"].transform("nunique") == 2
    return table[comparable]


def _numbers(units):
    """Members that are judged, and others that one of them compares with, at most."""
    counts = units.groupby(["member", "size"])["unit"].nunique()
    members, others = (counts.reindex([side], level="member") for side in (1, 0))
    return int(members.sum()), int(others.max()) if len(others) else 0


def _judged(units, score):
    """A row per unit: its mean score and side; members have p- and q-values."""
    scored = units.assign(score=score[units["row"]])
    by = scored.groupby("unit")
    judged = by[["member", "size"]].first().assign(score=by["score"].mean())
    is_member = judged["member"] == 1
    for _, alike in judged.groupby("size"):
        members, others = (alike[alike["member"] == side] for side in (1, 0))
        p_values = conformal_p_values(
            members["score"].to_numpy(), others["score"].to_numpy()
        )
        judged.loc[members.index, "p_value"] = p_values
    judged.loc[is_member, "q_value"] = q_values(judged.loc[is_member, "p_value"])
    return judged


def _most_false(units, alpha, rng):
    """How many of all members that are as sure are there by chance at most.

    Sizes have bounds of their own, of which none is too small but with `alpha` in all.
    """
    members = units[units["member"] == 1]
    p_values = members["p_value"].to_numpy()
    n_false = np.zeros(len(members), dtype=int)
    sizes = np.unique(members["size"])
    for size in sizes:
        own = np.sort(p_values[members["size"] == size])
        n_others = np.count_nonzero((units["size"] == size) & (units["member"] == 0))
        bound = np.append(0, most_false(own, n_others, alpha / len(sizes), rng))
        n_false += bound[np.searchsorted(own, p_values * (1 + 1e-12), side="right")]
    return n_false


def _agreeing(report, chosen, fdr):
    """How many of the other attacks have a unit on their list, too."""
    lists = []
    for result in report.ran:
        units = _units(report, ~np.isnan(result.score))
        n_members, n_others = _numbers(units)
        if result is chosen or result.uses_membership or not min(n_members, n_others):
            continue
        judged = _judged(units, result.score)
        lists.append(judged.index[judged["q_value"] <= fdr])
    return pd.Series(np.concatenate([[], *lists]), dtype=int).value_counts()


def _by_record(report, units):
    """A row for each record of the units, the surest first."""
    rows = np.flatnonzero(np.isin(report.units, units.index))
    table = units.loc[report.units[rows], COLUMNS[1:-1]].reset_index(drop=True)
    table.insert(0, "record", report.index[rows].get_level_values("row"))
    table["reason"] = reasons(report, rows)
    # Of equal ones the first of the training set comes first.
    order = np.argsort(-table["score"].to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _shortest(n_members, n_others, fdr):
    """Fewest that a list can hold: the smallest p-value is 1 / (n_others + 1)."""
    return math.ceil(n_members / (fdr * (n_others + 1)) * (1 - 1e-12))


def _check_enough(n_members, n_others, fdr):
    if n_members and _shortest(n_members, n_others, fdr) <= n_members:
        return
    raise ValueError(
        f"With {n_members} training and {n_others} holdout records that stand for "
        f"themselves no list has a false discovery rate of {fdr:g}: it takes at least "
        f"one and {math.ceil(1 / fdr - 1 - 1e-9)} of them."
    )
