"""Reports of audits that were not run: of given scores."""

import numpy as np
import pandas as pd

from skmia.auditing import AuditReport
from skmia.auditing._findings import AttackResult


def attack(score, name="loss-threshold", **changes):
    predicted = (np.nan_to_num(score) > 0).astype(int)
    return AttackResult(name, "scores", "-", "-", score, predicted, **changes)


def report_of(*results, n_members, names=None, **changes):
    n = len(results[0].score)
    member = (np.arange(n) < n_members).astype(int)
    rows = np.where(member, np.arange(n), np.arange(n) - n_members)
    index = pd.MultiIndex.from_arrays(
        [np.where(member, "train", "holdout"), rows if names is None else names],
        names=["set", "row"],
    )
    settings = {
        "model": "Tree",
        "results": list(results),
        "member": member,
        "label": np.zeros(n, dtype=int),
        "index": index,
        "correct": np.ones(n),
        "fprs": (0.1,),
        "confidence_level": 0.95,
        "seed": 1,
    }
    return AuditReport(**settings | changes)
