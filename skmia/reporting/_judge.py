"""A policy, applied to the facts of an audit."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any

from skmia.reporting._attack_rules import (
    attack_row,
    epsilon_row,
    has_run,
    is_measured,
    rule_of,
)
from skmia.reporting._decision import Decision, Row, outcome_of
from skmia.reporting._group_rules import group_row
from skmia.reporting._paragraph import paragraph
from skmia.reporting._plain_text import one_line

if TYPE_CHECKING:
    from skmia.reporting._policy import Policy

_VERDICTS = {"leak": "passed", "none-found": "passed"} | {
    "not-measurable": "not measurable"
}


def judge(facts: dict[str, Any], policy: Policy | None = None) -> Decision:
    """Decide on an audit.

    An audit that does not count, or could not have seen a leak, never passes; nor does
    a condition on what was not measured.

    .. versionadded:: 0.2

    Parameters
    ----------
    facts : dict
        Of :meth:`AuditReport.to_dict`.
    policy : Policy, default=None
        None: only whether the audit counts is decided.

    Returns
    -------
    decision : Decision

    Raises
    ------
    ValueError
        A condition is on a false positive rate that the audit does not look at.

    See Also
    --------
    skmia.testing.assert_private : The same as an assertion.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> from skmia.auditing import Policy, judge
    >>> X, y = load_digits(return_X_y=True)
    >>> model = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> report = audit(model, X[::2], y[::2], X[1::2], y[1::2], attacks=["gap"])
    >>> decision = judge(report.to_dict(), Policy("auc > 0.9"))
    >>> decision.outcome, decision.exit_code
    ('passed', 0)
    >>> decision.rows[-1].attack
    'gap'
    """
    rows = [_verdict(facts)]
    if policy is not None:
        policy.check_rates(facts["fprs"])
        rows += [*_power(facts, policy), *_notes(facts, policy)]
        rows += [_row(facts, policy, *rule) for rule in policy.rules()]
    outcome = outcome_of(rows, policy is not None)
    return Decision(outcome, tuple(rows), paragraph(facts, rows, outcome))


def _verdict(facts):
    # Of a verdict that is not known here, nothing can be made.
    outcome = _VERDICTS.get(facts["verdict"], "invalid")
    why = [] if outcome == "passed" else facts["reasons"]
    text = " ".join([facts["finding"]["headline"], *why])
    return Row("verdict", outcome, one_line(text))


def _row(facts, policy, where, condition):
    if facts["verdict"] == "invalid":
        text = "The numbers of this audit do not count."
        return Row(rule_of(condition, where), "invalid", text)
    if where == "groups":
        return group_row(facts, condition, policy.use)
    if condition.metric == "epsilon":
        return epsilon_row(facts, condition)
    return attack_row(facts, condition, policy.use, where)


def _power(facts, policy):
    """Whether the audit was as thorough as it must be."""
    for name in policy.attacks:
        ran = any(has_run(row) and row["attack"] == name for row in facts["attacks"])
        text = f"{name} {'was run' if ran else 'had to be run, and was not'}."
        yield Row(f"attack {name}", _seen(ran), text)
    if (least := policy.min_holdout) is not None:
        n = facts["n_holdout"]
        text = f"There are {n:,} holdout records; {least:,} are the least."
        yield Row(f"min_holdout {least}", _seen(n >= least), text, value=n, limit=least)
    if (least := policy.min_provable_factor) is not None:
        yield _provable(facts["epsilon"], least)


def _provable(evidence, least):
    rule = f"min_provable_factor {least:g}"
    if evidence is None or not is_measured(evidence["ceiling"]):
        text = "No attack of this audit could prove a factor of the odds."
        return Row(rule, "not measurable", text, limit=least)
    factor = exp(evidence["ceiling"])
    text = (
        f"A perfect attack could have proved x{factor:.3g} on these records; "
        f"x{least:g} is the least."
    )
    return Row(rule, _seen(factor >= least), text, value=factor, limit=least)


def _notes(facts, policy):
    if policy.allow_notes is None:
        return
    for check in facts["checks"]:
        if check["outcome"] == "note" and check["name"] not in policy.allow_notes:
            text = f"The policy does not allow this note. {check['text']}"
            yield Row(f"check {check['name']}", "invalid", one_line(text))


def _seen(is_seen):
    return "passed" if is_seen else "not measurable"
