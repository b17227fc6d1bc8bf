"""A report as plain numbers and text, ready for JSON."""

import platform
from importlib.metadata import version

import numpy as np

from skmia.auditing._epsilon import as_dict

SCHEMA = "skmia-audit/1"


def as_plain(report):
    """Everything but the scores of single records; what was not measured is None.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    plain : dict
    """
    attacks = report.summary.reset_index().to_dict(orient="records")
    found = {
        "schema": SCHEMA,
        "model": report.model,
        "n_train": int(report.member.sum()),
        "n_holdout": int((report.member == 0).sum()),
        "train_accuracy": report.train_accuracy,
        "holdout_accuracy": report.holdout_accuracy,
        "confidence_level": report.confidence_level,
        "seed": report.seed,
        "verdict": report.verdict,
        "reasons": report.reasons,
        "checks": [check._asdict() for check in report.checks],
        "headline": report.headline,
        "epsilon": as_dict(report),
        "attacks": attacks,
        "notes": report.notes,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("skmia", "scikit-learn", "numpy")},
        },
    }
    return _plain(found)


def _plain(value):
    """Python's own types; nan becomes None."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
