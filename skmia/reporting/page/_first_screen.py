"""What a reader sees first: the verdict, what it means, and what to do."""

from math import exp

from skmia.reporting._words import SEES, can_name, times
from skmia.reporting.page._families import families
from skmia.reporting.page._next_steps import next_steps
from skmia.reporting.page._numbers import people, with_counts_strong
from skmia.reporting.pictures._dots import dots
from skmia.reporting.pictures._interval import interval
from skmia.utils._units import percent

_FPR = "0.01"
_TOLD = 1.05  # smaller factors are written as 1
_SURE = 0.995  # what would be written as 100 of 100, and is not


def first_screen(facts):
    """The verdict.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict
        "lead" and "more" (sentences), "arrays" and "for_one" (None where nobody is
        named), "scale", "proved_by", "needs", "next_steps".
    """
    found = facts["finding"]
    names = _names_people(facts)
    first, *more = found["sentences"] or [""]
    return {
        "lead": with_counts_strong(first),
        "more": more,
        "arrays": _arrays(found) if names else None,
        "for_one": [_for_one(row) for row in found["ppv"] or ()] if names else None,
        "scale": _scale(facts),
        "proved_by": _proved_by(facts),
        "needs": [*_needs(facts)] if facts["verdict"] == "leak" else [],
        "next_steps": next_steps(facts),
        "n_checks": _n_checks(facts["checks"]),
    }


def _names_people(facts):
    """Whether it is shown that more are named than guessing names."""
    return facts["verdict"] == "leak" and can_name(facts["finding"]["counts"])


def _arrays(found):
    counts, unit = found["counts"], found["unit"]
    of, guessing = counts["of"], counts["guessing"]
    named, low, high = (people(counts[key]) for key in ("named", "low", "high"))
    return [
        {
            "picture": dots(
                "named",
                f"Of {of:,} {unit} in the training data, {named} are named",
                of,
                *(counts[key] for key in ("low", "named", "high")),
            ),
            "count": named,
            "words": f"of {of:,} {unit} in the training data named",
            "interval": f"({low} to {high})",
        },
        {
            "picture": dots(
                "accused",
                f"Of {of:,} {unit} that are not in it, {guessing} falsely accused",
                of,
                guessing,
            ),
            "count": people(guessing),
            "words": f"of {of:,} {unit} not in it falsely accused",
            "interval": None,
        },
    ]


def _for_one(row):
    before = f"1 in {round(1 / row['prior'])}"
    if row["value"] is None:
        return {"before": before, "picture": None, "after": None, "interval": None}
    ends = row["low"], row["high"]
    return {
        "before": before,
        "picture": interval(row["value"], *ends, 1, tick=row["prior"], hot=True),
        "after": f"{_in_100(row['value'])} in 100",
        "interval": f"[{', '.join(map(_in_100, ends))}]",
    }


def _in_100(chance):
    return "over 99" if chance > _SURE else f"{100 * chance:.0f}"


def _scale(facts):
    """The steps, and which is that of the model; none where it has none."""
    found = facts["finding"]
    if found["step"] is None:
        return []
    bound = found["not_ruled_out"]
    above = bound is not None and bound["step"] > found["step"]
    rows = []
    for row in facts["scale"]:
        here = row["step"] == found["step"]
        proved = f"here: {times(found['factor'])} or more"
        if found["factor"] == 1:
            proved = "seen here"
        open_ = above and row["step"] == bound["step"]
        rows.append(
            row
            | {
                "here": proved if here else None,
                "open": f"not ruled out: {times(bound['factor'])}" if open_ else None,
            }
        )
    return rows


def _proved_by(facts):
    """Which numbers show a factor above 1, the largest first."""
    evidence, routes = facts["epsilon"], {}
    if evidence is not None and evidence["design"] != "pairs":
        text = f"by epsilon, at least {evidence['epsilon']:.2f}"
        routes[text] = exp(evidence["epsilon"])
    for fpr, rate in facts["headline"]["tpr_at_fpr"].items():
        if rate["low"] is not None:
            text = f"by the share named at {percent(float(fpr))} false accusations"
            routes[text] = rate["low"] / float(fpr)
    ordered = sorted(routes.items(), key=lambda route: -route[1])
    return [f"{times(factor)} {text}" for text, factor in ordered if factor > 1]


def _needs(facts):
    """What each kind of attacker must have, and what for."""
    for family in families(facts):
        best = family["best"]
        trains = f", and trains {best['n_fits']} models" if best["n_fits"] else ""
        yield {
            "name": family["name"],
            "given": f"Sees {SEES.get(best['access'], best['access'])}{trains}.",
            "gets": _gets(best, _rate(best, facts), facts["finding"]),
            "on_top": family["on_top"],
        }


def _rate(row, facts):
    """Who is named; by the attack of the headline at the level of the verdict."""
    first = facts["headline"]
    if row["attack"] == first["attack"] and _FPR in first["tpr_at_fpr"]:
        return first["tpr_at_fpr"][_FPR]
    ends = {"value": "", "low": "_low", "high": "_high"}
    return {name: row.get(f"tpr_at_fpr_{_FPR}{end}") for name, end in ends.items()}


def _gets(row, rate, found):
    # By itself an attack proves more than among others, of which the verdict tells.
    factor = min(exp(row.get("epsilon_low") or 0), found["factor"] or 1)
    odds = f"; odds {times(factor)} or more" if factor >= _TOLD else ""
    if None in rate.values():
        return f"Right in {100 * row['auc']:.0f} of 100 pairs{odds}."
    if rate["low"] > float(_FPR):
        value, low, high = (people(100 * one) for one in rate.values())
        return f"Names {value} of 100 {found['unit']} ({low} to {high})."
    return f"Not shown to name anybody{odds}."


def _n_checks(checks):
    """How many ended how, in words."""
    outcomes = [check["outcome"] for check in checks]
    kinds = ("invalid", "not-measurable", "passed", "note", "not run")
    shown = [kind for kind in kinds if kind in outcomes]
    words = (f"{outcomes.count(kind)} {kind.replace('-', ' ')}" for kind in shown)
    return ", ".join(words)
