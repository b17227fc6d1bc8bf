"""What an audit states at a nominal level, and whether it is wrong without a leak."""

import pandas as pd

from skmia.auditing.validity._check import LEVEL, WITHOUT_CHANCE


def statements(report):
    """One row per statement: "statement", "attack", "nominal" and "wrong".

    Of a model that cannot leak, whose two sets are of one population.

    Parameters
    ----------
    report : AuditReport
    """
    rows = [
        *_of_attacks(report),
        *_of_checks(report.checks),
        *_of_the_whole(report),
    ]
    return pd.DataFrame(rows, columns=["statement", "attack", "nominal", "wrong"])


def _of_attacks(report):
    """Intervals, of both sides or of the lower end alone, and bounds of epsilon."""
    alpha = 1 - report.confidence_level
    truths = {"auc": 0.5, "advantage": 0.0}
    if report.member.mean() == 0.5:
        truths["accuracy"] = 0.5
    ran = report.summary[report.summary["auc"].notna()]
    for attack, row in ran.iterrows():
        for name, truth in truths.items():
            above, below = row[f"{name}_low"] > truth, row[f"{name}_high"] < truth
            yield f"interval of {name}", attack, alpha, above or below
            yield f"lower end of {name}", attack, alpha / 2, above
        for fpr in report.fprs:
            low = row[f"tpr_at_fpr_{fpr}_low"]
            if pd.notna(low):
                yield f"TPR at an FPR of {fpr:g}", attack, alpha / 2, low > fpr
        if pd.notna(row["epsilon_low"]):
            refuted = row["epsilon_low"] > 0
            yield "lower bound of epsilon", attack, alpha / 2, refuted


def _of_checks(checks):
    """Checks that find what is not there; a note without a probability is none."""
    for check in _compared(checks):
        rare = check.p_value is not None and check.p_value <= LEVEL
        amiss = check.outcome == "invalid" or rare
        yield f"check: {check.name}", "", LEVEL, amiss


def _compared(checks):
    """Checks that compared something with chance."""
    return [
        check
        for check in checks
        if check.outcome != "not run" and check.name not in WITHOUT_CHANCE
    ]


def _of_the_whole(report):
    """What is corrected for the number of attacks, and what follows from it all."""
    alpha = 1 - report.confidence_level
    if report.ran:
        best = report.headline
        yield "AUC of the headline", "", alpha / 2, best["auc_low"] > 0.5
    if report.epsilon is not None:
        yield "largest bound of epsilon", "", alpha / 2, report.epsilon.epsilon > 0
    yield "verdict: leak", "", alpha, report.verdict == "leak"
    yield "factor of the odds", "", alpha, (report.finding["factor"] or 1) > 1
    n_checks = len(_compared(report.checks))
    yield "verdict: invalid", "", n_checks * LEVEL, report.verdict == "invalid"
