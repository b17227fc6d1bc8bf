"""Parts of Markdown that several renderings of an audit have in common."""

import re

from skmia.reporting._declared import declared_by
from skmia.reporting._paragraph import counted, model_sha256, n_run
from skmia.reporting._performance import how_good, is_known
from skmia.reporting._plain_text import one_line
from skmia.reporting._words import (
    confidence_of,
    counted_as,
    for_whom,
    is_of_one_model,
)
from skmia.utils._units import percent

# What would be a mark, a cell or a tag.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&$])")


def audit_rows(facts):
    """What was audited and how, as rows of a table."""
    audited = facts["audited"]
    name = ", ".join(filter(None, (audited["name"], audited["kind"])))
    yield "model", name or facts["model"]
    records = f"{facts['n_train']:,} training, {facts['n_holdout']:,} holdout"
    several = "" if is_of_one_model(facts) else f": {counted_as(facts)}"
    yield "records", f"{records}{several}"
    if is_known(facts):
        yield how_good(facts)
    yield from _guarantees(facts)
    ran, others = n_run(facts)
    yield "attacks run", f"{ran} of the {ran + others} that were chosen"
    yield "validity", counted(facts)
    made = f"skmia {facts['versions']['skmia']}", facts["created"]
    yield "made", ", ".join(filter(None, made))
    yield "seed", facts["seed"]
    if digest := model_sha256(facts):
        yield "model file", f"sha256 {digest}"


def _guarantees(facts):
    evidence, declared = facts["epsilon"], declared_by(facts)
    counts = facts["verdict"] != "invalid" and evidence is not None
    if counts and evidence["epsilon"] is not None:
        value = f"at least {evidence['epsilon']:.2f}{for_whom(evidence)}"
        yield "epsilon", f"{value} (confidence {confidence_of(evidence['alpha'])})"
    if declared is not None:
        delta = f", delta {declared['delta']:g}" if declared["delta"] else ""
        yield "declared", f"epsilon {declared['epsilon']:g}{delta}"


def attack_table(facts, rows, columns=("attack", "access")):
    """Attacks, what is said of them in `columns`, and the metrics of a report."""
    names = {"AUC": "auc"} | {
        f"TPR at {percent(fpr)} FPR": f"tpr_at_fpr_{fpr}" for fpr in facts["fprs"]
    }
    cells = [
        [row[name] for name in columns]
        + [_interval(row, name) for name in names.values()]
        for row in rows
    ]
    return as_table((*columns, *names), cells)


def _interval(row, name):
    ends = [row[f"{name}{end}"] for end in ("", "_low", "_high")]
    if None in ends:
        return "not measurable"
    return "{:.3f} [{:.3f}, {:.3f}]".format(*ends)


def as_table(head, rows):
    """A table of cells that are text of others."""
    lines = [head, ["---"] * len(head)]
    lines += [[as_text(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_list(lines):
    """Lines that are text of others, each with a bullet."""
    return "\n".join(f"- {as_text(line)}" for line in lines)


def as_text(value):
    """Text that is no mark of Markdown, nor of HTML."""
    return _SPECIAL.sub(r"\\\1", one_line(value))
