"""An annex as Markdown: what was asked, what was shown, what was not tested."""

from skmia.reporting._attack_rules import has_run
from skmia.reporting._markdown_parts import (
    as_list,
    as_table,
    as_text,
    attack_table,
    audit_rows,
)
from skmia.reporting._words import NOT_TOLD, short
from skmia.reporting.annex import _edpb, _five_safes, _nist
from skmia.reporting.annex._criterion import ran
from skmia.reporting.annex._release import RELEASES, described
from skmia.utils._names import check_name
from skmia.utils._units import percent

STANDARDS = {
    "edpb-28-2024": _edpb,
    "nist-sp-800-226": _nist,
    "five-safes": _five_safes,
}
_NO_ADVICE = (
    "This is no legal advice, and no finding that a model is anonymous, private or "
    "compliant. It says which tests were made, what they showed, and what was not "
    "tested. What follows from that is for others to decide."
)


def render_annex(facts, standard, release):
    """Evidence of an audit in the order of what somebody asks.

    Parameters
    ----------
    facts : dict
    standard : str
        One of `STANDARDS`.
    release : str
        One of `RELEASES`.

    Returns
    -------
    text : str
        GitHub's Markdown.
    """
    check_name(standard, STANDARDS, "a standard of an annex")
    check_name(release, RELEASES, "a release")
    asked = STANDARDS[standard]
    rows = [(one.where, one.asks, one.shown) for one in asked.criteria(facts, release)]
    blocks = [
        f"# Evidence annex: {as_text(asked.TITLE)}",
        as_text(_NO_ADVICE),
        f"**{as_text(short(facts))}**",
        f"Source of the criteria, in our words: {as_text(asked.SOURCE)}",
        as_table(("audit", ""), [*audit_rows(facts), ("release", described(release))]),
        "## Criteria",
        as_table(("where", "what is asked", "what this audit shows"), rows),
        "## Attacks that were run",
        _run(facts),
        "## Attacks that were not run",
        _not_run(facts),
        "## Limits",
        as_list(facts["limitations"]),
    ]
    return "\n\n".join(blocks) + "\n"


def _run(facts):
    rows = ran(facts)
    if not rows:
        return "No attack was run."
    if facts["verdict"] == "invalid":
        names = ", ".join(row["attack"] for row in rows)
        return as_text(f"Their numbers do not count: {names}.")
    level = percent(facts["confidence_level"])
    table = attack_table(facts, rows, ("attack", "access", "knowledge"))
    note = f"{level} intervals of one attack each, not corrected for their number."
    return f"{table}\n\n{as_text(note)}"


def _not_run(facts):
    """Every attack that was not run, by its reason."""
    if facts["not_run"] is None:
        others = (row for row in facts["attacks"] if not has_run(row))
        lines = [f"{row['status']}: {row['attack']}" for row in others]
        return as_list([*lines, NOT_TOLD])
    lines = [f"{one['why']}: {one['what']}" for one in facts["not_run"]]
    return as_list(lines) if lines else "Every attack that skmia knows was run."
