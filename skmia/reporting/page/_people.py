"""Groups and recognised records."""

from skmia.reporting._performance import is_of_outputs, is_of_regressor
from skmia.reporting.page import _numbers
from skmia.reporting.pictures._axis import round_up
from skmia.reporting.pictures._interval import bar, interval

_MOST_GROUPS = 30
_CHANCE = 0.05


def groups(facts):
    """How well members of each group are found.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "axis" and "tables".
    """
    if not facts["groups"]:
        return None
    label = "Label" if is_of_regressor(facts) else "Class"
    label = "Labels" if is_of_outputs(facts) else label
    rows = [row for table in facts["groups"] for row in table["rows"]]
    highs = [row["recall_high"] for row in rows if row["recall_high"] is not None]
    top = min(round_up(max(highs, default=1)), 1.0)
    return {
        "axis": _numbers.percent(top),
        "tables": [_table(table, top, label) for table in facts["groups"]],
    }


def _table(table, top, label):
    ordered = sorted(table["rows"], key=lambda row: -(row["recall"] or 0))
    mean = _mean_auc(table["rows"])
    return {
        "by": label if table["by"] == "label" else table["by"],
        "attack": table["attack"],
        "gap": _gap(table["p_value"]),
        "rows": [_group(row, top, mean) for row in ordered[:_MOST_GROUPS]],
        "n_more": max(len(ordered) - _MOST_GROUPS, 0),
        "n_left_out": table["n_left_out"],
    }


def _group(row, top, mean):
    falsely, p_value = row["fpr"], row["p_adjusted"]
    numbers = [row["recall"], row["recall_low"], row["recall_high"]]
    measured = None not in numbers
    hot = p_value is not None and p_value <= _CHANCE and row["auc"] > mean
    return {
        "name": row["group"],
        "picture": interval(*numbers, top, falsely, hot) if measured else None,
        "named": _numbers.shares(row, "recall", 0),
        "falsely": "–" if falsely is None else _numbers.share(falsely, 0),
        "auc": _numbers.area(row),
        "n_members": row["n_members"],
        "status": "" if row["status"] == "ok" else row["status"],
    }


def _mean_auc(rows):
    """Mean of the groups that are shown, by their members."""
    known = [(row["auc"], row["n_members"]) for row in rows if row["auc"] is not None]
    n_members = sum(n for _, n in known)
    return sum(auc * n for auc, n in known) / max(n_members, 1)


def _gap(p_value):
    if p_value is None:
        return None
    than = "more than" if p_value <= _CHANCE else "no more than"
    p_value = "p < 0.01" if p_value < 0.01 else f"p = {p_value:.2f}"
    return f"largest gap of the AUC: {than} chance explains ({p_value})"


def recognised(facts):
    """The list of recognised records, by reason.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        The facts of the list, "bars" for the reasons, and "by_reason" with row numbers.
    """
    found = facts["recognised"]
    if found is None:
        return None
    shares = [one for pair in found["reasons"].values() for one in pair.values()]
    top = min(round_up(max(shares, default=1)), 1.0)
    bars = [
        {
            "name": name,
            "picture": bar(
                pair["listed"], top, pair["all"], hot=pair["listed"] > 2 * pair["all"]
            ),
            "listed": _numbers.share(pair["listed"], 0),
            "all": _numbers.share(pair["all"], 0),
        }
        for name, pair in found["reasons"].items()
    ]
    return found | {
        "bars": bars,
        "axis": _numbers.percent(top),
        "by_reason": _by_reason(found, facts["safe"]),
    }


def _by_reason(found, safe):
    """Row numbers; in their own order where that of the list must not be told."""
    lists = {}
    reasons = found["row_reasons"] or ["-"] * len(found["rows"] or ())
    for row, reason in zip(found["rows"] or (), reasons, strict=True):
        lists.setdefault("no reason known" if reason == "-" else reason, []).append(row)
    if safe:
        lists = {reason: sorted(rows, key=_natural) for reason, rows in lists.items()}
    ordered = sorted(lists.items(), key=lambda item: -len(item[1]))
    return {reason: ", ".join(rows) for reason, rows in ordered}


def _natural(row):
    return (0, int(row), row) if row.isdecimal() else (1, 0, row)
