"""Conditions on attacks: the worst of them is judged."""

from math import ceil, isnan

from skmia.reporting._decision import Row
from skmia.reporting._plain_text import one_line
from skmia.reporting._words import granted
from skmia.utils._access import ACCESS, grants

_NO_RESULT = ("not run", "failed")
WORDS = {
    "estimate": "estimate",
    "lower": "lower end",
    "upper": "upper end",
    "proved": "proved lower bound, corrected for the number of attacks",
}


def has_run(row):
    """Whether an attack has a result: of a status not known here, it should have."""
    return not row["status"].startswith(_NO_RESULT)


def is_measured(value):
    """Whether a value is a number: nan, which JSON lacks, would pass any limit."""
    return value is not None and not isnan(value)


def rule_of(condition, where):
    """What the rule of a condition is called."""
    return str(condition) if where is None else f"{where}: {condition}"


def attack_row(facts, condition, end, access):
    """How a condition on the worst attack ends.

    Parameters
    ----------
    facts : dict
    condition : Condition
    end : {"estimate", "lower", "upper"}
    access : str or None
        Only attacks that need that access or less.

    Returns
    -------
    row : Row
    """
    rule = rule_of(condition, access)
    rows = [row for row in facts["attacks"] if _within(row, access)]
    column = condition.column(end)
    values = {row["attack"]: row.get(column) for row in rows if has_run(row)}
    measured = {name: value for name, value in values.items() if is_measured(value)}
    worst = max(measured, key=measured.get, default=None)
    about = {"attack": worst, "value": measured.get(worst), "end": end}
    about["limit"] = condition.limit
    if worst is not None and condition.fails(about["value"]):
        return Row(rule, "failed", _compared(condition, about), **about)
    if why := _not_granted(facts, access) or _unmeasured(
        facts, condition, rows, values
    ):
        return Row(rule, "not measurable", f"{condition.name}: {why}", **about)
    return Row(rule, "passed", _compared(condition, about), **about)


def epsilon_row(facts, condition):
    """How a condition on the proved lower bound of epsilon ends.

    It passes only where a perfect attack would have failed it.

    Parameters
    ----------
    facts : dict
    condition : Condition

    Returns
    -------
    row : Row
    """
    evidence = facts["epsilon"] or {"attack": None, "epsilon": None, "ceiling": None}
    value, ceiling = (
        evidence[name] if is_measured(evidence[name]) else None
        for name in ("epsilon", "ceiling")
    )
    about = {"attack": evidence["attack"], "value": value, "end": "proved"}
    about["limit"] = condition.limit
    outcome = "not measurable"
    if value is None:
        text = "epsilon: no attack of this audit can prove a lower bound."
    elif condition.fails(value):
        outcome, text = "failed", _compared(condition, about)
    elif ceiling is None or not condition.fails(ceiling):
        most = "" if ceiling is None else f" ({ceiling:.3g} is the most)"
        text = f"epsilon: no attack could have proved that much on these records{most}."
    elif why := _unfinished(facts["attacks"]):
        text = f"epsilon: {why}"
    else:
        outcome, text = "passed", _compared(condition, about)
    return Row(str(condition), outcome, one_line(text), **about)


def _within(row, access):
    """Whether an attack needs no more than an access; one that says nothing is in."""
    if access is None or row["access"] not in ACCESS:
        return True
    return row["access"] in grants(access)


def _not_granted(facts, access):
    """That attackers did not have the access of a condition, or None."""
    run = facts["run"]
    names = run.get("access")
    if access is None or names is None or access in grants(names):
        return None
    return f"{access!r} was not granted to the attackers here, who see {granted(run)}."


def _unmeasured(facts, condition, rows, values):
    """Why nothing can be said although no attack is above the limit, or None."""
    missing = [name for name, value in values.items() if not is_measured(value)]
    if not values:
        return "no attack was run that counts here."
    if missing:
        least = 0 if condition.fpr is None else ceil(1 / condition.fpr - 1e-9)
        if facts["n_holdout"] < least:
            return (
                f"it takes {least:,} holdout records to measure it, and there are "
                f"{facts['n_holdout']:,}."
            )
        return f"not measured for {one_line(', '.join(missing))}."
    return _unfinished(rows)


def _unfinished(rows):
    """That an attack failed or its turn did not come, or None: it may be the worst."""
    crashed = [row["attack"] for row in rows if row["status"].startswith("failed")]
    if crashed:
        return f"not measured, since it failed: {one_line(', '.join(crashed))}."
    spared = [row["attack"] for row in rows if row["spared"]]
    if not spared:
        return None
    return f"the audit stopped before it was the turn of {one_line(', '.join(spared))}."


def _compared(condition, about):
    of = f"{about['attack']}, {WORDS[about['end']]}"
    return one_line(f"{condition.name} ({of}): {condition.compared(about['value'])}")
