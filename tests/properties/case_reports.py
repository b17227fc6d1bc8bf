"""Reports of no audit: of scores whose truth is known."""

from dataclasses import replace

import numpy as np
import pandas as pd

from skmia.auditing import AuditReport
from skmia.auditing._epsilon import Declared
from skmia.auditing._findings import AttackResult
from skmia.auditing.validity._check import Check
from skmia.reporting._words import CASES_OF_CHECKS


def report_of(*scores, n_members=None, bets=False, names=("rmia-online",), **changes):
    """Of attacks that give these scores, to members first; without bets on epsilon."""
    n = len(scores[0])
    member = (np.arange(n) < (n // 2 if n_members is None else n_members)).astype(int)
    results = [
        AttackResult(name, "scores", "-", "", score, (score > 0).astype(int))
        for name, score in zip(names, scores, strict=False)
    ]
    rng = np.random.default_rng(0)
    settings = {
        "model": "Tree",
        "results": results,
        "member": member,
        "label": np.zeros(n, dtype=int),
        "index": pd.MultiIndex.from_arrays(
            [np.where(member, "train", "holdout"), range(n)], names=["set", "row"]
        ),
        "correct": np.ones(n),
        "fprs": (0.001, 0.01, 0.1),
        "confidence_level": 0.95,
        "seed": 0,
        "order": rng.permutation(n) if bets else None,
    }
    return AuditReport(**settings | changes)


def sure_of(n_sure, n=2000, seed=0):
    """Scores that are noise but of so many members, who are far above all others."""
    score = np.random.default_rng(seed).normal(size=2 * n)
    score[:n_sure] += 100
    return score


def none_of(n=1000, **changes):
    return report_of(sure_of(0, n), **changes)


def not_run(report):
    """The same report, had its attack not been run."""
    lacking = {"score": None, "status": "not run: no reason"}
    return replace(report, results=[replace(report.results[0], **lacking)])


def shifted():
    score = sure_of(0)
    score[:2000] += 0.2
    return report_of(score)


def of_each_case():
    """A report of every case of a verdict, by what it is."""
    missed = [Check("positive control", "not-measurable", "A model was not caught.")]
    few = np.r_[np.ones(500), np.zeros(60)]
    reports = {
        "leak-1": shifted(),
        "leak-2": report_of(sure_of(100)),
        "leak-3": report_of(sure_of(350)),
        "leak-4": report_of(sure_of(900)),
        "leak-5": report_of(sure_of(6000, 6000)),
        "leak-unsized": report_of(few, n_members=500),
        "few people": report_of(sure_of(25, 1000), bets=True),
        "contradicted": report_of(sure_of(100), bets=True, declared=Declared(0.1, 0)),
        "groups": report_of(
            sure_of(100, 1000),
            bets=True,
            declared=Declared(0.1, 0),
            groups=np.arange(2000) // 2,
        ),
        "none-found": none_of(),
        "none-found-bounded": none_of(declared=Declared(1, 0)),
        "too-few": none_of(5),
        "no-attack": not_run(none_of()),
        "positive-control": none_of(checks=missed),
    }
    for name in CASES_OF_CHECKS:
        amiss = [Check(name, "invalid", f"The check of {name} failed.", 0.001)]
        bets = name == "copies"
        reports[f"invalid by {name}"] = report_of(sure_of(900), checks=amiss, bets=bets)
    return reports
