"""Facts of reports of no audit, with the keys of "skmia-audit/2"."""

from copy import deepcopy

FPRS = [0.001, 0.01, 0.1]
METRICS = ("auc", "balanced_accuracy", "advantage")


def row(name="loss-threshold", access="scores", value=0.6, status="ok", **changes):
    """An attack all of whose metrics are `value`, with 0.05 on either side."""
    made = {"attack": name, "access": access, "status": status, "spared": False}
    for metric in (*METRICS, *(f"tpr_at_fpr_{fpr}" for fpr in FPRS)):
        there = value is not None
        made[metric] = value
        made[f"{metric}_low"] = max(value - 0.05, 0.0) if there else None
        made[f"{metric}_high"] = min(value + 0.05, 1.0) if there else None
    return made | changes


def not_run(name="rmia-online"):
    return row(name, value=None, status="not run: n_shadows=0.")


def check(name="copies", outcome="passed", text="No copies.", p_value=None):
    return {"name": name, "outcome": outcome, "text": text, "p_value": p_value}


def group(name, value, by="label", **changes):
    """A table of one group."""
    ends = {"_low": -0.1, "": 0.0, "_high": 0.1}
    there = value is not None
    metrics = {
        f"{metric}{end}": value + more if there else None
        for metric in ("recall", "auc")
        for end, more in ends.items()
    }
    about = {"group": name, "n_members": 50, "n_nonmembers": 50, "fpr": 0.1}
    rows = [about | metrics | {"status": "ok"} | changes]
    return {"by": by, "attack": "loss-threshold", "rows": rows, "p_value": 0.5}


EPSILON = {
    "attack": "loss-threshold",
    "epsilon": 3.47,
    "relation": "replace-one",
    "unit": "record",
    "design": "fixed",
    "order": "bottom",
    "ceiling": 6.13,
    "alpha": 0.025,
    "decides_above": None,
    "declared": None,
    "declared_delta": None,
}
FINDING = {
    "case": "leak-4",
    "chip": "Leak found",
    "symbol": "▲",
    "chip_more": "step 4 of 5",
    "headline": "This model gives away who is in its training data.",
    "sentences": ["Somebody can name 22 of 100 records in its training data."],
    "step": 4,
    "factor": 32.1,
    "factor_from": "epsilon",
    "counts": {
        "of": 100,
        "fpr": 0.01,
        "named": 22.4,
        "low": 17.0,
        "high": 27.6,
        "guessing": 1,
    },
    "not_ruled_out": None,
    "ppv": None,
    "unit": "records",
}
DIGEST = "e3be6c09a438" + "0" * 52
MODEL_FILE = {"role": "model", "name": "model.skops", "sha256": DIGEST}
AUDITED = {
    "name": "income-forest",
    "kind": "Pipeline",
    "files": [MODEL_FILE],
    "declared": None,
}
OTHER_VERDICTS = {
    "none-found": ("None found", "step 0 seen", "These attacks found no leak."),
    "not-measurable": (
        "Not measurable",
        None,
        "This audit could not have seen a leak.",
    ),
    "invalid": ("Invalid", None, "These numbers do not count."),
}


def facts(**changes):
    """Of a leak; of another `verdict` with the finding that belongs to it."""
    made = {
        "schema": "skmia-audit/2",
        "created": "2026-11-28",
        "model": "Pipeline",
        "n_train": 2500,
        "n_holdout": 2500,
        "train_accuracy": 0.973,
        "holdout_accuracy": 0.849,
        "confidence_level": 0.95,
        "seed": 7,
        "verdict": "leak",
        "reasons": ["Shown two records, the strongest attack tells which is which."],
        "checks": [check(), check("groups", "note", "No groups were given.")],
        "headline": {"attack": "loss-threshold", "n_attacks": 2},
        "epsilon": EPSILON,
        "fprs": FPRS,
        "attacks": [row("gap", "label", 0.55), row(), not_run()],
        "finding": FINDING,
        "audited": AUDITED,
        "run": {"access": None},
        "not_run": [],
        "groups": None,
        "groups_why": "No groups were asked for.",
        "defenses": None,
        "limitations": ["Attacks that are not known today may find more."],
        "versions": {"skmia": "0.2.0"},
    }
    verdict = changes.get("verdict", "leak")
    if verdict != "leak":
        chip, more, headline = OTHER_VERDICTS[verdict]
        about = {"case": verdict, "chip": chip, "chip_more": more}
        nothing = {"step": None, "factor": None, "counts": None, "symbol": "○"}
        made["finding"] = FINDING | about | nothing | {"headline": headline}
    return deepcopy(made | changes)
