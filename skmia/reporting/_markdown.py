"""The facts of an audit as Markdown, for a model card."""

from skmia.reporting._markdown_parts import (
    as_list,
    as_table,
    as_text,
    attack_table,
    audit_rows,
)
from skmia.reporting._paragraph import n_run
from skmia.reporting._structure import NO_MEASUREMENT, shown, structure_of
from skmia.utils._units import percent

_N_SHOWN = 5


def render_markdown(facts):
    """A section of a model card, without its heading.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    text : str
        GitHub's Markdown: sentences, and tables of what was audited and of the
        strongest attacks. Those are left out where the numbers do not count.
    """
    found = facts["finding"]
    more = f", {found['chip_more']}" if found["chip_more"] else ""
    chip = as_text(f"{found['symbol']} {found['chip']}{more}")
    blocks = [f"**{chip}.** {as_text(found['headline'])}"]
    blocks += map(as_text, found["sentences"])
    blocks.append(as_table(("audit", ""), audit_rows(facts)))
    if facts["verdict"] != "invalid" and (rows := _strongest(facts)):
        blocks += [attack_table(facts, rows), _below(facts)]
    blocks += _structure(facts)
    if facts["limitations"]:
        blocks.append(as_list(facts["limitations"]))
    return "\n\n".join(blocks) + "\n"


def _structure(facts):
    found = structure_of(facts)
    if found is None:
        return []
    if found["why"]:
        return [as_text(f"Structure of the model: {found['why']}")]
    head = ("structure of the model", "", "")
    rows = [(name, outcome, text) for outcome, name, text in shown(found)]
    return [as_table(head, rows), as_text(NO_MEASUREMENT)]


def _strongest(facts):
    measured = [row for row in facts["attacks"] if row["auc"] is not None]
    return sorted(measured, key=lambda row: -row["auc"])[:_N_SHOWN]


def _below(facts):
    level = percent(facts["confidence_level"])
    n_more = n_run(facts)[0] - _N_SHOWN
    others = f" {n_more} weaker attacks are left out." if n_more > 0 else ""
    return as_text(
        f"In brackets: {level} intervals of one attack each, not corrected for their "
        f"number.{others}"
    )
