"""All facts of a report as plain values, ready for JSON."""

import platform
from datetime import UTC, datetime
from importlib.metadata import version

from skmia.auditing._epsilon import as_dict
from skmia.auditing.facts._audited import audited, not_run, run
from skmia.auditing.facts._curves import curves
from skmia.auditing.facts._finding import finding, rates_of
from skmia.auditing.facts._people import groups, recognised
from skmia.reporting._facts import plain
from skmia.reporting._glossary import LIMITATIONS, glossary
from skmia.reporting._scale import scale
from skmia.reporting._schema import SCHEMA

_PACKAGES = ("skmia", "scikit-learn", "numpy", "scipy", "pandas")


def head_of(report):
    """The cheap part: what the text of a report says.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    facts : dict
    """
    rates = rates_of(report)
    return plain(
        {
            "schema": SCHEMA,
            "created": datetime.now(UTC).date().isoformat(),
            "model": report.model,
            "n_train": int(report.member.sum()),
            "n_holdout": int((report.member == 0).sum()),
            "train_accuracy": report.train_accuracy,
            "holdout_accuracy": report.holdout_accuracy,
            "confidence_level": report.confidence_level,
            "seed": report.seed,
            "fprs": list(report.fprs),
            "verdict": report.verdict,
            "finding": finding(report, rates),
            "reasons": report.reasons,
            "checks": [check._asdict() for check in report.checks],
            "headline": _headline(report, rates),
            "run": run(report),
            "epsilon": as_dict(report),
            "attacks": _attacks(report),
            "notes": report.notes,
            **({} if report.structure is None else {"structure": report.structure}),
            **({} if report.errors is None else {"errors": _errors(report)}),
            **({} if report.scores is None else {"scores": _scores(report)}),
        }
    )


def facts_of(report, head, safe):
    """Everything that the audit alone tells; what was not measured is None.

    Parameters
    ----------
    report : AuditReport
    head : dict
        From :func:`head_of`.
    safe : bool
        Leave out what must not be forwarded: small groups, many classes, the order of
        recognised records.

    Returns
    -------
    facts : dict
    """
    rest = {
        "safe": safe,
        "scale": scale(),
        "audited": audited(report, safe),
        "not_run": not_run(report),
        "roc": curves(report),
        **_people(report, safe),
        "limitations": LIMITATIONS,
        "glossary": glossary(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
        },
    }
    return head | plain(rest)


def _errors(report):
    return report.errors | {"n_outputs": report.error.shape[1]}


def _scores(report):
    return report.scores | {"of": report.kind}


def _headline(report, rates):
    shown = {f"{fpr:g}": rate for fpr, rate in rates.items()}
    return report.headline | {
        "named_before": report.named_before,
        "tpr_at_fpr": shown,
    }


def _attacks(report):
    rows = report.summary.reset_index().to_dict(orient="records")
    for row, result in zip(rows, report.results, strict=True):
        row |= {"family": result.family, "uses_membership": result.uses_membership}
        row["spared"] = result.spared
    return rows


def _people(report, safe):
    """Groups and recognised records; of numbers that do not count there are none."""
    if report.verdict == "invalid":
        why = "The numbers of this audit do not count."
        return {
            "groups": None,
            "groups_why": why,
            "recognised": None,
            "recognised_why": why,
        }
    by, why = groups(report, report.about.get("by", {}), safe)
    listed, why_none = recognised(report, safe)
    return {
        "groups": by,
        "groups_why": why,
        "recognised": listed,
        "recognised_why": why_none,
    }
