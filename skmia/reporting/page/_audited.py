"""What was audited: the model, the records, how it was done."""

from skmia.reporting._performance import (
    how_good,
    is_known,
    is_of_regressor,
    kind_of,
    takes_no_labels,
)
from skmia.reporting._words import asked, counted_as, granted, is_of_one_model
from skmia.reporting.page._numbers import count, share

_N_CLASSES = 12


def audited(facts):
    """The model and the run.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict
        "rows" of names and texts, and the facts "steps", "files" and "command".
    """
    about, run = facts["audited"], facts["run"]
    rows = {
        "Model": _model(about, facts["model"]),
        "Task": _task(facts),
        **_good(facts),
        "Records": _records(facts),
        "Declared": _declared(about["declared"]),
        "Attackers see": granted(run),
        "The model was asked": asked(run),
        "Judged by": _judged_by(facts),
        "Shadow models": _shadows(run),
        "Seed, time": _seed(run),
    }
    return {
        "rows": {name: text for name, text in rows.items() if text},
        "steps": about["steps"],
        "files": about["files"],
        "command": run["command"],
    }


def _model(about, model):
    kinds = [step["kind"] for step in about["steps"]]
    kind = about["kind"] or model
    if len(kinds) < 2:
        return kind
    return f"{kind}: {' → '.join(kinds)}"


def _records(facts):
    one = is_of_one_model(facts)
    return (
        f"{count(facts['n_train'])} training, {count(facts['n_holdout'])} holdout; "
        f"counted as {facts['finding']['unit'] if one else counted_as(facts)}"
    )


def _task(facts):
    parts, about = [], facts["audited"]
    classes = about["classes"]
    if takes_no_labels(facts):
        parts.append(kind_of(facts))
    if is_of_regressor(facts):
        parts.append(_regression(facts["errors"]["n_outputs"]))
    if classes is not None:
        shown = ", ".join(classes[:_N_CLASSES])
        more = ", …" if len(classes) > _N_CLASSES else ""
        parts.append(f"{len(classes)} classes ({shown}{more})")
    if about["n_features"] is not None:
        parts.append(f"{count(about['n_features'])} features")
    return "; ".join(parts)


def _regression(n_outputs):
    return "regression" if n_outputs == 1 else f"regression of {n_outputs} outputs"


def _good(facts):
    """What measures the model, and its numbers."""
    if takes_no_labels(facts):
        what, text = how_good(facts)
        return {what.capitalize(): f"{text}."} if is_known(facts) else {}
    if is_of_regressor(facts):
        return {"Error": f"{how_good(facts)[1]}."} if is_known(facts) else {}
    return {"Accuracy": _accuracy(facts["audited"]["accuracy"])}


def _accuracy(right):
    if None in (right["train"], right["holdout"]):
        return ""
    text = f"{share(right['train'])} on training, {share(right['holdout'])} on holdout "
    text += "records"
    if None not in (right["balanced_train"], right["balanced_holdout"]):
        balanced = (share(right[f"balanced_{side}"]) for side in ("train", "holdout"))
        text += f". Balanced: {', '.join(balanced)}"
    if right["base"] is not None:
        text += f". Always the larger class: {share(right['base'])}"
    return text + "."


def _declared(declared):
    if declared is None or declared["epsilon"] is None:
        return ""
    delta = f", δ = {declared['delta']:g}" if declared["delta"] else ""
    return f"ε = {declared['epsilon']:g}{delta}"


def _judged_by(facts):
    best = facts["headline"]
    if best["attack"] is None or facts["verdict"] == "invalid":
        return ""
    if best["named_before"]:
        return f"{best['attack']}, named before the audit"
    return (
        f"{best['attack']}, the strongest of {best['n_attacks']} attacks; what is said "
        "at the top allows for the choice"
    )


def _shadows(run):
    if not run["n_shadows"]:
        return ""
    kind = f" of {run['shadow_model']}" if run["shadow_model"] else ""
    return f"{run['n_shadows']}{kind}"


def _seed(run):
    seconds = "" if run["seconds"] is None else f"; {run['seconds']:.1f} s"
    return f"{run['seed']}{seconds}"
