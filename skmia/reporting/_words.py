"""What an audit found, in sentences for people who do not know the metrics."""

from skmia.reporting._scale import chance, step_of
from skmia.utils._units import percent

# What an attacker with each access sees of an answer.
SEES = {
    "label": "what it predicts",
    "top-k": "the probabilities of the most likely classes",
    "scores": "every probability or score that it gives",
    "explanations": "explanations of its answers",
    "timing": "how long an answer takes",
    "insider": "what the parties of its federation were sent, and sent",
    "white-box": "the model itself",
}
# A verdict in a few words, and as a sign: never in colour alone.
TITLES = {
    "leak": "Leak found",
    "none-found": "None found",
    "not-measurable": "Not measurable",
    "invalid": "Invalid",
}
SIGNS = {"leak": "▲", "none-found": "○", "not-measurable": "?", "invalid": "✕"}

# Of a file of 0.1.
NOT_TOLD = "This report does not say which other attacks there are."

_GIVES_AWAY = {
    1: "leaves a trace of who is in its training data",
    2: "gives hints about who is in its training data",
    3: "makes strong suspicions possible about who is in its training data",
    4: "gives away who is in its training data",
    5: "gives away, with near certainty, who is in its training data",
}
_DO_NOT_COUNT = {
    "population": "the two sets differ without the model.",
    "same-rows": "holdout records are also in the training set.",
    "labels": "labels are unknown to the model.",
    "swapped": "are the two sets swapped?",
    "groups": "groups have records in both sets.",
    "negative-control": "the attacks see leaks where there are none.",
}
# The check that an invalid audit fails says of which case it is.
CASES_OF_CHECKS = {
    "labels": "labels",
    "label shares": "population",
    "copies": "same-rows",
    "neighbours": "same-rows",
    "population": "population",
    "groups": "groups",
    "accuracy": "swapped",
    "errors": "swapped",
    "scores": "swapped",
    "direction": "swapped",
    "negative control": "negative-control",
}


def on_declaration(epsilon, declared, unit, confidence):
    """What a lower bound of epsilon says of the one that a model declares.

    Parameters
    ----------
    epsilon : float
        What was measured.
    declared : float
        For one record.
    unit : {"record", "group"}
        What was measured is for.
    confidence : str
        Of the bound.

    Returns
    -------
    sentence : str
    """
    if unit != "record":
        return (
            f"The declaration is for one record, what was measured is for one {unit}: "
            "the two cannot be compared."
        )
    if epsilon > declared:
        return f"The declaration is false (confidence {confidence})."
    return "The declaration is not contradicted."


def confidence_of(alpha):
    """Confidence of a bound of epsilon that is too large in a share of cases."""
    return percent(round(1 - alpha, 6))


def for_whom(evidence):
    """Whose epsilon it is, unless that of one record."""
    unit = evidence["unit"]
    return "" if unit == "record" else f" for one {unit}"


def is_of_one_model(facts):
    """Whether one model was audited, and not those of a cross-validation."""
    return facts["run"].get("n_models") in (None, 1)


def counted_as(facts):
    """What the numbers of training and holdout records count."""
    if is_of_one_model(facts):
        return "records"
    return f"pairs of a record and one of {facts['run']['n_models']} models"


def granted(run):
    """What attackers may see, in words; None where a report does not say."""
    names, k = run.get("access"), run.get("top_k")
    if names is None:
        return None
    return "; ".join(SEES[name] for name in names) + (f" ({k} of them)" if k else "")


def asked(run):
    """How often the model was asked, in words; None where a report does not say."""
    n = run.get("n_queries")
    return None if n is None else f"{n:,} queries (rows)"


def headline(case, names=True):
    """The verdict in a sentence.

    Parameters
    ----------
    case : str
        "leak-1" to "leak-5", "leak-unsized", "none-found", "none-found-bounded",
        "too-few", "no-attack", "positive-control", or why an audit is invalid.
    names : bool, default=True
        Whether it is shown that members are named: else some may be ruled out only.
    """
    if case == "leak-unsized":
        return "This model gives something away; how much could not be measured."
    if case.startswith("leak-"):
        step = int(case[-1])
        who = "who is in" if names or step == 1 else "who is, or is not, in"
        return f"This model {_GIVES_AWAY[step].replace('who is in', who)}."
    if case.startswith("none-found"):
        bounded = ", and the model's declaration allows no large one"
        return f"These attacks found no leak{bounded if 'bounded' in case else ''}."
    if case in ("too-few", "no-attack"):
        return "This audit could not have seen a leak."
    if case == "positive-control":
        return "These attacks do not see leaks in models of this kind."
    why = _DO_NOT_COUNT.get(case)
    return "These numbers do not count" + (f": {why}" if why else ".")


def more_of_chip(case, step):
    """What stands beside the verdict, or None."""
    if case == "leak-unsized":
        return "size not measurable"
    if case.startswith("leak-"):
        return f"step {step} of 5"
    if case.startswith("none-found"):
        return "bounded" if "bounded" in case else "step 0 seen"
    return None


def short(facts):
    """The verdict in one line, of the facts of a report."""
    found = facts["finding"]
    more = f", {found['chip_more']}" if found["chip_more"] else ""
    return f"{found['chip']}{more}: {found['headline']}"


def can_name(counts):
    """Whether it is shown that more are named than by guessing."""
    return counts is not None and counts["low"] > counts["guessing"]


def named(attacker, counts, unit, level):
    """How many an attacker names, and how many falsely."""
    of, fpr = counts["of"], counts["guessing"]
    value, low, high = (_count(counts[key]) for key in ("named", "low", "high"))
    return (
        f"Somebody who {attacker} can name {value} of {of:,} {unit} in its training "
        f"data ({percent(level)} interval: {low} to {high}) and falsely accuses "
        f"{_count(fpr)} of {of:,} who are not in it. Guessing names {_count(fpr)}."
    )


def ruled_out(attacker, factor, counts, unit):
    """What can be done with answers of which it is not shown that they name anybody."""
    sure = 100 * chance(factor)
    moved = (
        f"the odds change by {times(factor)} or more. An even guess, 50 in 100, moves "
        f"to {100 - sure:.0f} or less, or to {sure:.0f} or more."
    )
    if counts is None:
        return f"For somebody who {attacker} {moved} Of how many is not measurable."
    if counts["named"] <= counts["guessing"]:
        return (
            f"Somebody who {attacker} can name nobody, but can rule some {unit} out: "
            f"{moved}"
        )
    value, low, high = (_count(counts[key]) for key in ("named", "low", "high"))
    return (
        f"For somebody who {attacker} {moved} That anybody can be named is not shown: "
        f"{value} of {counts['of']} {unit} were, at {_count(counts['guessing'])} "
        f"falsely accused, and the interval is {low} to {high}."
    )


def told_apart(best, named_before, level):
    """What the area under the curve of the attack of the headline means."""
    low, high = (_in_100(best[bound]) for bound in ("auc_low", "auc_high"))
    what = f"the strongest of {best['n_attacks']} attacks ({best['attack']})"
    if named_before:
        what = f"{best['attack']}, the attack named before,"
    return (
        f"Shown a training record and a record that was not used for training, {what} "
        f"tells which is "
        f"which in {_in_100(best['auc'])} of 100 cases ({percent(level)} interval: "
        f"{low} to {high}). Guessing is right in 50 of 100."
    )


def not_ruled_out(bound, unit):
    """The most that these attacks may find."""
    if not bound["step"]:
        return "Ruled out for these attacks: that they name more than guessing does."
    return (
        f"Not ruled out for these attacks: up to {_count(bound['named'])} of "
        f"{bound['of']} {unit} named, {times(bound['factor'])}: step {bound['step']}."
    )


def upper(bound, step):
    """That a leak may be of a higher step than is proved, or nothing."""
    if bound is None or bound["step"] <= step:
        return None
    return f"Not ruled out: step {bound['step']}, {times(bound['factor'])}."


def bound_of(fpr, high):
    """What the upper end of a true positive rate does not rule out."""
    of = round(1 / fpr)
    factor = max(high / fpr, 1)
    return {"of": of, "named": of * high, "factor": factor, "step": step_of(factor)}


def times(factor):
    """A factor with no more digits than it has."""
    return f"×{factor:.1f}" if factor < 10 else f"×{factor:,.0f}"


def _count(value):
    """People: whole ones, unless they are very few."""
    return f"{value:.1f}" if 0 < value < 1 else f"{value:,.0f}"


def _in_100(fraction):
    return f"{100 * fraction:.1f}"
