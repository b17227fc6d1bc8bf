"""What was audited, how, and what was not run, as facts."""

import pandas as pd


def audited(report, safe):
    """The model: what it is, how good it is, and which files it came from.

    Parameters
    ----------
    report : AuditReport
    safe : bool
        Leave out the names of very many classes.
    """
    about = dict(report.described or {"kind": report.model})
    classes = about.pop("classes", None)
    if safe and classes is not None and len(classes) > 20:
        classes = None
    declared = report.declared
    return {
        "name": report.about.get("name"),
        "kind": about.get("kind"),
        "steps": about.get("steps", []),
        "classes": classes,
        "n_features": about.get("n_features"),
        "accuracy": _accuracy(report),
        "files": report.about.get("files", []),
        "declared": None
        if declared is None
        else {"epsilon": declared.epsilon, "delta": declared.delta},
    }


def _accuracy(report):
    """Accuracy beside that of the mean class, and of always naming the larger one."""
    if report.error is not None or report.label is None:
        names = "train", "holdout", "balanced_train", "balanced_holdout", "base"
        return dict.fromkeys(names)
    frame = pd.DataFrame(
        {"member": report.member, "label": report.label, "right": report.correct}
    )
    by_class = frame.groupby(["member", "label"], dropna=False)["right"].mean()
    balanced = {side: _mean(by_class, side) for side in (1, 0)}
    held_out = frame.loc[frame["member"] == 0, "label"]
    return {
        "train": report.train_accuracy,
        "holdout": report.holdout_accuracy,
        "balanced_train": balanced[1],
        "balanced_holdout": balanced[0],
        "base": float(held_out.value_counts(normalize=True, dropna=False).max()),
    }


def _mean(by_class, side):
    sides = by_class.index.get_level_values("member")
    return float(by_class[sides == side].mean())


def run(report):
    """How the audit was run, so that others may repeat it."""
    return {
        "command": report.about.get("command"),
        "seed": report.seed,
        "access": report.granted.named,
        "top_k": report.granted.seen_top_k,
        "n_queries": report.n_queries,
        "n_models": _n_models(report.index),
        "n_shadows": max((result.n_fits for result in report.results), default=0),
        "shadow_model": report.shadow_model,
        "seconds": report.seconds,
        "attacks_run": len(report.ran),
        "attacks_planned": len(report.results),
    }


def _n_models(index):
    """Audited models; of a cross-validation every record is counted for each."""
    return index.get_level_values("model").nunique() if "model" in index.names else 1


def not_run(report):
    """Attacks that were not run, by reason."""
    reasons = {}
    for result in report.results:
        if result.score is None:
            reasons.setdefault(result.status, []).append(result.name)
    for name, why in report.not_chosen.items():
        reasons.setdefault(why, []).append(name)
    return [
        {"what": ", ".join(names), "why": why.removeprefix("not run: ")}
        for why, names in reasons.items()
    ]
