"""What an audit comes to: its case, its step, and what is said of them."""

from math import isnan, nan

import numpy as np

from skmia.auditing._verdict import n_units
from skmia.metrics import tpr_at_fpr, tpr_at_fpr_interval
from skmia.reporting import _words
from skmia.reporting._scale import factor_of, step_of

# False positive rates of the scale: one falsely accused of 100, and of 1,000.
FPRS = (0.01, 0.001)
_PRIORS = (0.5, 0.1, 0.01)


def rates_of(report):
    """True positive rate of the headline at the rates of the scale, with its interval.

    At a level that allows for the choice of the attack and for all of these rates.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    rates : dict of float to dict
        "value", "low" and "high"; only rates that so many holdout records can show.
    """
    result = report.headline_result
    if result is None:
        return {}
    there = ~np.isnan(result.score)
    member, score = report.member[there], result.score[there]
    groups = None if report.groups is None else report.groups[there]
    shown = [fpr for fpr in FPRS if (member == 0).sum() * fpr >= 1 - 1e-9]
    level = 1 - (1 - report.headline["confidence_level"]) / max(len(shown), 1)
    rates = {}
    for fpr in shown:
        low, high = tpr_at_fpr_interval(
            member, score, fpr=fpr, confidence_level=level, groups=groups
        )
        value = tpr_at_fpr(member, score, fpr=fpr)
        if not isnan(low):
            rates[fpr] = {"value": value, "low": low, "high": high}
    return rates


def finding(report, rates):
    """The verdict as everything that a reader is told first.

    Parameters
    ----------
    report : AuditReport
    rates : dict
        From :func:`rates_of`.

    Returns
    -------
    found : dict
        "case", "symbol", "chip", "chip_more", "headline", "sentences", "step",
        "factor", "factor_from", "counts", "not_ruled_out", "ppv" and "unit".
    """
    verdict = report.verdict
    seen = verdict in ("leak", "none-found")
    factor, by = proved(report, rates) if verdict == "leak" else (1.0, None)
    case = _case(report, verdict, factor)
    sized = seen and case != "leak-unsized"
    step = (max(step_of(factor), 1) if verdict == "leak" else 0) if sized else None
    counts = _counts(rates, step, by) if sized else None
    bound = None
    if sized and FPRS[0] in rates:
        bound = _words.bound_of(FPRS[0], rates[FPRS[0]]["high"])
    return {
        "case": case,
        "symbol": _words.SIGNS[verdict],
        "chip": _words.TITLES[verdict],
        "chip_more": _words.more_of_chip(case, step),
        "headline": _words.headline(case, names=not sized or _words.can_name(counts)),
        "sentences": [*_sentences(report, case, step, factor, counts, bound)],
        "step": step,
        "factor": factor if seen else None,
        "factor_from": by,
        "counts": counts,
        "not_ruled_out": bound,
        "ppv": _ppv(rates) if verdict == "leak" else None,
        "unit": report.unit_name,
    }


def proved(report, rates):
    """The largest factor that is proved.

    A bound of pairs speaks of two records at once, and not of one person's odds.
    """
    evidence = report.epsilon
    bets = evidence is not None and evidence.design != "pairs"
    epsilon = evidence.epsilon if bets else nan
    return factor_of(epsilon, {fpr: rate["low"] for fpr, rate in rates.items()})


def _case(report, verdict, factor):
    checks = {check.name for check in report.checks if check.outcome == verdict}
    if verdict == "invalid":
        cases = _words.CASES_OF_CHECKS
        return next((cases[name] for name in cases if name in checks), "invalid")
    if verdict == "not-measurable":
        if not report.ran:
            return "no-attack"
        return "positive-control" if "positive control" in checks else "too-few"
    if verdict == "none-found":
        # What is declared for one record allows more for a group of them.
        bounded = report.declared is not None and report.groups is None
        return "none-found-bounded" if bounded else "none-found"
    if n_units(report)[1] < 1 / FPRS[0]:
        return "leak-unsized"
    return f"leak-{max(step_of(factor), 1)}"


def _counts(rates, step, by):
    """How many of 100 are named; of 1,000, where these show that it is step 5."""
    fpr = FPRS[1] if step == 5 and by == f"tpr_at_fpr_{FPRS[1]}" else FPRS[0]
    if fpr not in rates:
        return None
    of, rate = round(1 / fpr), rates[fpr]
    named = {"named": of * rate["value"], "low": of * rate["low"]}
    return {"of": of, "fpr": fpr, **named, "high": of * rate["high"], "guessing": 1}


def _sentences(report, case, step, factor, counts, bound):
    if not case.startswith(("leak", "none-found")):
        yield from report.reasons
    elif case.startswith("none-found"):
        yield from _of_none(report, bound)
    else:
        yield from _of_a_leak(report, step, factor, counts)
    if step and (more := _words.upper(bound, step)):
        yield more
    if report.ran and report.extent:
        yield report.extent


def _of_none(report, bound):
    yield f"None of {report.headline['n_attacks']} attacks did better than guessing."
    yield from report.reasons
    yield "This is no proof that there is no leak."
    if bound is not None:
        yield _words.not_ruled_out(bound, report.unit_name)


def _of_a_leak(report, step, factor, counts):
    yield from _who_is_named(report, step, factor, counts)
    if report.headline["auc_low"] <= 0.5:
        yield (
            "On average the attack does hardly better than guessing; a few "
            f"{report.unit_name} stand out."
        )
    yield from report.reasons


def _who_is_named(report, step, factor, counts):
    if step is None:
        if factor > 1:
            yield f"The odds change by {_words.times(factor)} or more."
        return
    if step > 1 and _words.can_name(counts):
        attacker = _attacker(report.headline_result)
        yield _words.named(attacker, counts, report.unit_name, report.confidence_level)
    elif step > 1:
        # Nobody is shown to be named: the factor is that of the bound of epsilon.
        by_name = {result.name: result for result in report.ran}
        attacker = _attacker(by_name[report.epsilon_attack])
        yield _words.ruled_out(attacker, factor, counts, report.unit_name)
    elif factor > 1:
        yield f"Nobody can be named; the odds change by {_words.times(factor)} or more."
    else:
        yield "Nobody can be named."


def _attacker(result):
    """What somebody must be able to do, for an attack."""
    asks = f"may ask it for {_words.SEES[result.access]}"
    if result.access == "white-box":
        asks = "has the model itself"
    if not result.n_fits:
        return asks
    return f"{asks}, and trains {result.n_fits} models of its kind on such records,"


def _ppv(rates):
    """Chance that somebody named was in, by what was believed before."""
    fpr = FPRS[0]
    rows = []
    for prior in _PRIORS:
        values = rates.get(fpr, dict.fromkeys(("value", "low", "high")))
        row = {
            name: None if tpr is None else _right(tpr, fpr, prior)
            for name, tpr in values.items()
        }
        rows.append({"prior": prior, **row})
    return rows


def _right(tpr, fpr, prior):
    return tpr * prior / (tpr * prior + fpr * (1 - prior))
