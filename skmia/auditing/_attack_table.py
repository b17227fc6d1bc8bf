"""The attacks of an audit as rows of numbers, and the one that it is judged by."""

import numpy as np
import pandas as pd

from skmia.auditing._epsilon import lower_bound
from skmia.metrics import membership_metrics


def summary(report):
    """One row per attack, see :class:`AuditReport`."""
    rows = [_row(report, result) for result in report.results]
    return pd.DataFrame(rows).set_index("attack")


def headline(report):
    """Attack that was named before, or has the largest AUC, with its interval.

    The attack is None, and the numbers are nan, where none was run.
    """
    best = _headline_result(report)
    n_choices = 1 if report.named_before else max(report.n_planned, 1)
    level = 1 - (1 - report.confidence_level) / n_choices
    names = ("auc", "auc_low", "auc_high")
    found = dict.fromkeys(names, np.nan)
    if best is not None:
        found = _metrics(report, best, level)
    return {
        "attack": None if best is None else best.name,
        "n_attacks": len(report.ran),
        "confidence_level": level,
    } | {name: found[name] for name in names}


def _headline_result(report):
    if not report.ran:
        return None
    if report.named_before:
        return next(r for r in report.ran if r.name == report.headline_attack)
    aucs = report.summary["auc"].to_numpy()
    return report.results[np.nanargmax(aucs)]


def _row(report, result):
    about = {
        "attack": result.name,
        "access": result.access,
        "knowledge": result.knowledge,
        "paper": result.paper,
    }
    more = {
        "auc_outsider": result.auc_outsider,
        "epsilon_low": lower_bound(report, result),
    }
    cost = {
        "n_fits": result.n_fits,
        "seconds": result.seconds,
        "status": result.status,
    }
    return about | _metrics(report, result, report.confidence_level) | more | cost


def _metrics(report, result, confidence_level):
    """Metrics of an attack; nan for one that was not run."""
    ran = result.score is not None
    score = result.score if ran else report.member
    there = ~np.isnan(score)
    metrics = membership_metrics(
        report.member[there],
        score[there],
        predicted=result.predicted[there] if ran else report.member,
        fprs=report.fprs,
        confidence_level=confidence_level,
        groups=None if report.groups is None else report.groups[there],
    )
    if result.uses_membership:
        # What learns its direction from members says nothing below chance: fold by
        # fold it is wrong about members because others of them were seen.
        base = max(report.member.mean(), 1 - report.member.mean())
        chance = {"auc": 0.5, "accuracy": base, "balanced_accuracy": 0.5}
        for name, value in chance.items():
            metrics[f"{name}_high"] = max(metrics[f"{name}_high"], value)
    return metrics if ran else dict.fromkeys(metrics, np.nan)
