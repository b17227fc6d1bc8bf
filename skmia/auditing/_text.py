"""A report as lines of text, and as a table of them."""

import numpy as np
import pandas as pd

from skmia.auditing._words import TITLES, sentence
from skmia.utils._units import percent

# So many thresholds on single signals are one row: they say nearly the same.
_JOINED = 3


def lines(report):
    """What is said of an audit, without its table.

    Parameters
    ----------
    report : AuditReport
    """
    n_members, best = int(report.member.sum()), report.headline
    yield (
        f"AuditReport of {report.model}: {n_members} training and "
        f"{len(report.member) - n_members} holdout records"
    )
    yield (
        f"accuracy {report.train_accuracy:.3f} on training, "
        f"{report.holdout_accuracy:.3f} on holdout records"
    )
    yield f"{TITLES[report.verdict]}: {sentence(report)}"
    yield from report.reasons
    if report.ran:
        yield (
            f"strongest of {best['n_attacks']} attacks: {best['attack']}, AUC "
            f"{best['auc']:.3f} [{best['auc_low']:.3f}, {best['auc_high']:.3f}]"
        )
    yield from report.notes


def compact(report, every):
    """Table of the attacks, see :meth:`AuditReport.compact`.

    ``attrs["strongest"]`` is the row of the attack with the largest AUC.
    """
    names = ["auc", "balanced_accuracy", *(f"tpr_at_fpr_{f}" for f in report.fprs)]
    titles = ["AUC", "balanced accuracy"]
    titles += [f"TPR at {percent(f)} FPR" for f in report.fprs]
    labels = _labels(report, every)
    rows = report.summary.loc[list(labels)]
    table = pd.DataFrame(
        {
            title: [_with_interval(row, name) for _, row in rows.iterrows()]
            for title, name in zip(titles, names, strict=True)
        },
        index=pd.Index(labels.values(), name="attack"),
    )
    table.attrs["strongest"] = labels.get(report.headline["attack"])
    return table


def _labels(report, every):
    """Attacks that have a row, and what it is called."""
    labels = {name: name for name in report.summary.index}
    aucs = report.summary["auc"].dropna()
    thresholds = [name for name in aucs.index if name.endswith("-threshold")]
    if every or len(thresholds) < _JOINED:
        return labels
    best = aucs[thresholds].idxmax()
    labels[best] = f"thresholds (best of {len(thresholds)})"
    return {n: label for n, label in labels.items() if n == best or n not in thresholds}


def _with_interval(row, name):
    if pd.isna(row["auc"]):
        return "not run"
    if np.isnan(row[name]):
        return "not measurable"
    return f"{row[name]:.3f} [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]"
