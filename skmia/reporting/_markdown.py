"""The facts of an audit as Markdown, for a model card."""

import re

from skmia.reporting._paragraph import counted, model_sha256, n_run
from skmia.reporting._plain_text import one_line
from skmia.utils._units import percent

# What would be a mark, a cell or a tag.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&])")
_N_SHOWN = 5
_ACCURACIES = ("train_accuracy", "holdout_accuracy")


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
    chip = _text(f"{found['symbol']} {found['chip']}{more}")
    blocks = [f"**{chip}.** {_text(found['headline'])}"]
    blocks += map(_text, found["sentences"])
    blocks.append(_table(("audit", ""), _audit(facts)))
    if facts["verdict"] != "invalid" and (rows := _strongest(facts)):
        blocks += [_attacks(facts, rows), _below(facts)]
    if facts["limitations"]:
        blocks.append("\n".join(f"- {_text(one)}" for one in facts["limitations"]))
    return "\n\n".join(blocks) + "\n"


def _audit(facts):
    audited = facts["audited"]
    name = ", ".join(filter(None, (audited["name"], audited["kind"])))
    yield "model", name or facts["model"]
    records = f"{facts['n_train']:,} training, {facts['n_holdout']:,} holdout"
    yield "records", records
    if None not in (facts["train_accuracy"], facts["holdout_accuracy"]):
        accuracy = (f"{facts[side]:.3f}" for side in _ACCURACIES)
        yield "accuracy", "{} on training, {} on holdout records".format(*accuracy)
    yield from _guarantees(facts)
    ran, others = n_run(facts)
    yield "attacks", f"{ran} run, {others} not run"
    yield "validity", counted(facts)
    yield "made", f"skmia {facts['versions']['skmia']}, {facts['created']}"
    yield "seed", facts["seed"]
    if digest := model_sha256(facts):
        yield "model file", f"sha256 {digest}"


def _guarantees(facts):
    evidence, declared = facts["epsilon"], facts["audited"]["declared"]
    if evidence is not None and evidence["epsilon"] is not None:
        level = percent(round(1 - evidence["alpha"], 6))
        yield "epsilon", f"at least {evidence['epsilon']:.2f} (confidence {level})"
    if declared is not None:
        delta = f", delta {declared['delta']:g}" if declared["delta"] else ""
        yield "declared", f"epsilon {declared['epsilon']:g}{delta}"


def _strongest(facts):
    measured = [row for row in facts["attacks"] if row["auc"] is not None]
    return sorted(measured, key=lambda row: -row["auc"])[:_N_SHOWN]


def _attacks(facts, rows):
    names = {"AUC": "auc"} | {
        f"TPR at {percent(fpr)} FPR": f"tpr_at_fpr_{fpr}" for fpr in facts["fprs"]
    }
    cells = [
        [row["attack"], row["access"]]
        + [_interval(row, name) for name in names.values()]
        for row in rows
    ]
    return _table(("attack", "access", *names), cells)


def _below(facts):
    level = percent(facts["confidence_level"])
    n_more = n_run(facts)[0] - _N_SHOWN
    others = f" {n_more} weaker attacks are left out." if n_more > 0 else ""
    return _text(
        f"In brackets: {level} intervals of one attack each, not corrected for their "
        f"number.{others}"
    )


def _interval(row, name):
    ends = [row[f"{name}{end}"] for end in ("", "_low", "_high")]
    if None in ends:
        return "not measurable"
    return "{:.3f} [{:.3f}, {:.3f}]".format(*ends)


def _table(head, rows):
    lines = [head, ["---"] * len(head)]
    lines += [[_text(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(value):
    """Text that is no mark of Markdown, nor of HTML."""
    return _SPECIAL.sub(r"\\\1", one_line(value))
