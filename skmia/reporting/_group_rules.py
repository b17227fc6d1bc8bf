"""Conditions on groups of records: the worst of them is judged."""

from skmia.reporting._attack_rules import WORDS, is_measured, rule_of
from skmia.reporting._decision import Row
from skmia.reporting._plain_text import one_line


def group_row(facts, condition, end):
    """How a condition on the worst group ends.

    Parameters
    ----------
    facts : dict
    condition : Condition
    end : {"estimate", "lower", "upper"}

    Returns
    -------
    row : Row
    """
    rule, limit = rule_of(condition, "groups"), condition.limit
    found = [
        (row[condition.column(end)], f"{table['by']} {row['group']}", table["attack"])
        for table in facts["groups"] or ()
        for row in table["rows"]
    ]
    measured = [one for one in found if is_measured(one[0])]
    if not measured:
        why = facts["groups_why"] or "it was measured for none."
        text = one_line(f"{condition.name} of groups: {why}")
        return Row(rule, "not measurable", text, end=end, limit=limit)
    value, group, attack = max(measured)
    about = {"attack": attack, "value": value, "end": end, "limit": limit}
    text = (
        f"{condition.name} of the group {group} ({attack}, {WORDS[end]}): "
        f"{condition.compared(value)}"
    )
    outcome = "failed" if condition.fails(value) else "passed"
    missing = [group for value, group, _ in found if not is_measured(value)]
    if outcome == "passed" and missing:
        outcome = "not measurable"
        text = f"{condition.name} of groups: not measured for {', '.join(missing)}."
    return Row(rule, outcome, one_line(text), **about)
