"""Which attack single records and groups are judged by."""

# By the share of members found where few others are called members, in the table of
# docs/attacks.md: a rule that does not look at the records of the audit.
_ORDER = (
    "lira-augmented-online",
    "margin-lira-online",
    "lira-online",
    "rmia-online",
    "lira-offline",
    "rmia-offline",
    "label-rmia",
    "shadow",
    "loss-threshold",
)


def named_attack(report, attack, caller):
    """Result of an attack that was run, by name.

    Parameters
    ----------
    report : AuditReport
    attack : str or None
        None: the first by a fixed order, or the first of the report where it has none
        of those. An attack whose scores do not know members goes first.
    caller : str
        Whose parameter it is.

    Returns
    -------
    result : AttackResult
    """
    if not hasattr(report, "ran"):
        raise TypeError(
            f"The 'report' parameter of {caller} must be an AuditReport, which holds "
            f"the scores of single records. Got a {type(report).__name__}."
        )
    ran = {result.name: result for result in report.ran}
    if not ran:
        raise ValueError("No attack was run that could judge the records.")
    if attack is None:
        names = [name for name in _ORDER if name in ran] + list(ran)
        return ran[min(names, key=lambda name: ran[name].uses_membership)]
    if not (isinstance(attack, str) and attack in ran):
        raise ValueError(
            f"The 'attack' parameter of {caller} must be one of {list(ran)}, which "
            f"were run. Got {attack!r}."
        )
    return ran[attack]
