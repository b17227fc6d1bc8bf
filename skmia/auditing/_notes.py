"""What could not be measured, or is to be known beside the numbers of an audit."""

from collections import Counter

import numpy as np

from skmia.utils._access import TIMING
from skmia.utils._units import percent


def notes(report):
    """Sentences, see :class:`AuditReport`."""
    yield from (
        _sentence(f"{r.name}: {r.status}")
        for r in report.results
        if r.status != "ok" and not r.spared
    )
    n_nonmembers = int((report.member == 0).sum())
    for fpr in report.fprs:
        if n_nonmembers * fpr < 1 - 1e-9:
            yield (
                f"TPR at {percent(fpr)} FPR is not measurable with {n_nonmembers} "
                f"holdout records: at least {int(np.ceil(1 / fpr))} are needed."
            )
    yield from map(_sentence, report.remarks)
    yield from filter(None, (report.on_groups, report.on_references))
    yield from (check.text for check in report.checks if check.outcome == "note")
    if report.unmeasured is not None:
        what = "accuracy" if report.error is None else "errors"
        what = what if report.score is None else "scores"
        yield _sentence(f"{what} of the model: {report.unmeasured}")
    timed = [r.name for r in report.ran if r.access == TIMING]
    if timed:
        yield (
            f"No seed repeats the numbers of {', '.join(timed)}: they depend on the "
            "machine, and on what else ran there."
        )
    if report.private is not None:
        yield (
            f"The noise of {report.private} is secret and has no seed: another audit "
            "trains other shadow models, unless both are given the same memory."
        )


def extent(report):
    """How much was run, and why no more, in words; None where all was."""
    n_ran, n = len(report.ran), len(report.results)
    if n_ran == n:
        return None
    failed = [r.status for r in report.results if r.score is None]
    [(status, n_times)] = Counter(failed).most_common(1)
    others = "" if n_times == len(failed) else " (others for other reasons)"
    # Some libraries add a trace of their own to what went wrong.
    reason = status.partition(": ")[2].partition("\n")[0].rstrip(".")
    return f"{n_ran} of {n} attacks were run: {reason}{others}."


def _sentence(text):
    """With one full stop: some reasons are sentences, and have theirs."""
    return text if text.endswith(".") else f"{text}."
