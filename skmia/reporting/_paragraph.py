"""An audit and what a gate makes of it, in one paragraph for a log."""

from collections import Counter

from skmia.reporting._attack_rules import has_run
from skmia.reporting._decision import exit_code_of
from skmia.reporting._performance import change_in_words, change_of
from skmia.reporting._plain_text import one_line
from skmia.reporting._words import can_name, confidence_of, for_whom, granted

_TITLES = {
    "no gate": "NO GATE",
    "passed": "PASS",
    "failed": "FAIL",
    "not measurable": "NOT MEASURABLE",
    "invalid": "INVALID",
}
_MOST_RULES = 5
_SHA_DIGITS = 12


def paragraph(facts, rows, outcome):
    """One line: what was decided, what was found, by which rules, and what to do.

    Parameters
    ----------
    facts : dict
    rows : sequence of Row
        The first is the verdict.
    outcome : str
        Of the decision.

    Returns
    -------
    paragraph : str
    """
    parts = [
        f"skmia: {_TITLES[outcome]} (exit {exit_code_of(outcome)}).",
        _found(facts),
        *_rules(rows),
        _checks(facts),
        _attacks(facts),
        _remedy(facts),
        _provenance(facts),
    ]
    return one_line(" ".join(part for part in parts if part))


def model_sha256(facts):
    """Digest of the file of the model, or None."""
    digests = [f["sha256"] for f in facts["audited"]["files"] if f["role"] == "model"]
    return digests[0] if digests else None


def counted(facts):
    """How the checks of an audit ended, and how often.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    text : str
        Such as "7 checks passed, 1 note (copies)", or that there were none.
    """
    if not facts["checks"]:
        return "no checks were made"
    n_times = Counter(check["outcome"] for check in facts["checks"])
    n_passed = n_times.pop("passed", 0)
    parts = [f"{n_passed} {'check' if n_passed == 1 else 'checks'} passed"]
    for outcome, n in sorted(n_times.items()):
        of = [c["name"] for c in facts["checks"] if c["outcome"] == outcome]
        parts.append(f"{n} {outcome.replace('-', ' ')} ({', '.join(of)})")
    return ", ".join(parts)


def n_run(facts):
    """Attacks that were run, and those that were not."""
    ran = sum(map(has_run, facts["attacks"]))
    return ran, len(facts["attacks"]) - ran


def _found(facts):
    found, audited = facts["finding"], facts["audited"]
    name = audited["name"] or audited["kind"] or facts["model"]
    more = f", {found['chip_more']}" if found["chip_more"] else ""
    return f"{found['chip']} in {name}{more}{_proved(facts)}{_counts(facts)}."


def _proved(facts):
    """What a leak multiplies the odds by; of other verdicts there is nothing to say."""
    found, numbers = facts["finding"], []
    if facts["verdict"] != "leak":
        return ""
    if found["factor"] is not None and found["factor"] > 1:
        numbers.append(f"odds {_times(found['factor'])} or more")
    evidence = facts["epsilon"]
    if evidence is not None and evidence["epsilon"]:
        value = f"{evidence['epsilon']:.3g}{for_whom(evidence)}"
        numbers.append(f"epsilon >= {value} at {confidence_of(evidence['alpha'])}")
    return f" ({', '.join(numbers)})" if numbers else ""


def _times(factor):
    return f"x{factor:.1f}" if factor < 10 else f"x{factor:,.0f}"


def _counts(facts):
    """How many are named, where that is more than guessing names."""
    counts = facts["finding"]["counts"]
    if facts["verdict"] != "leak" or not can_name(counts):
        return ""
    low, named, high = (f"{counts[end]:.3g}" for end in ("low", "named", "high"))
    return (
        f": {facts['headline']['attack']} names {named} of {counts['of']:,} "
        f"{facts['finding']['unit']} [{low}, {high}] in the training data, and falsely "
        f"accuses {counts['guessing']} of {counts['of']:,} others"
    )


def _rules(rows):
    """What is wrong, or what was kept."""
    verdict, *others = rows
    if verdict.outcome != "passed":
        yield verdict.text
    if verdict.outcome == "invalid":
        return
    wrong = [row for row in others if row.outcome != "passed"]
    shown = wrong or others
    for row in shown[:_MOST_RULES]:
        yield f"{row.outcome.capitalize()}: {row.text}".removesuffix(".") + "."
    if len(shown) > _MOST_RULES:
        yield f"And {len(shown) - _MOST_RULES} more."


def _checks(facts):
    return f"Validity: {counted(facts)}." if facts["checks"] else None


def _attacks(facts):
    ran, others = n_run(facts)
    counts = f"{ran} {'attack' if ran == 1 else 'attacks'} run, {others} not run."
    run = facts["run"]
    if run.get("access") in (None, ["scores"]):
        return counts
    return f"{counts} Attackers see {granted(run)}."


def _remedy(facts):
    """The defense that gains most steps, then accuracy; only a trial can tell."""
    step = facts["finding"]["step"]
    if facts["verdict"] != "leak" or step is None:
        return None
    better = [
        row
        for row in facts["defenses"] or ()
        if row["step"] is not None and row["step"] < step
    ]
    if not better:
        return None
    best = min(better, key=lambda row: (row["step"], -(change_of(row) or 0)))
    points = "" if change_of(best) is None else f", {change_in_words(best)}"
    return f"Try {best['defense']} (step {best['step']} here{points}): audit it again."


def _provenance(facts):
    digest = model_sha256(facts)
    more = "" if digest is None else f", model sha256 {digest[:_SHA_DIGITS]}"
    return f"Seed {facts['seed']}{more}."
