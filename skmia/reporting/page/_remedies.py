"""Which step leaks, what to do, and what has changed."""

from skmia.reporting._performance import change_of, quality_of
from skmia.reporting._scale import STARTS
from skmia.reporting._words import times
from skmia.reporting.page import _numbers
from skmia.reporting.page._next_steps import AS_IT_IS
from skmia.reporting.pictures._axis import round_up
from skmia.reporting.pictures._front import front
from skmia.reporting.pictures._interval import interval

_FPR = "tpr_at_fpr_0.01"
# What a model is good in: its title, the unit of a change, and how it is written.
_QUALITIES = {
    "accuracy": ("accuracy", "points", _numbers.share),
    "r2": ("R²", "", "{:.3f}".format),
}
_METRICS = {
    "train_accuracy": ("Accuracy on training records", _numbers.share),
    "holdout_accuracy": ("Accuracy on holdout records", _numbers.share),
    "train_r2": ("R² on training records", "{:.3f}".format),
    "holdout_r2": ("R² on holdout records", "{:.3f}".format),
    **{
        f"{side}_{name}": (f"Mean {name} of {side} records", "{:.4g}".format)
        for side in ("train", "holdout")
        for name in ("score", "distance")
    },
    "step": ("Step", lambda value: f"{value:.0f}"),
    "factor": ("Odds multiplied by, at least", times),
    "auc": ("AUC of the attack that the audit is judged by", "{:.3f}".format),
    "tpr_at_fpr_0.01": ("Named at 1 % false accusations", _numbers.share),
    "tpr_at_fpr_0.001": ("Named at 0.1 % false accusations", _numbers.share),
    "epsilon": ("Epsilon, at least", _numbers.epsilon),
}


def attribution(facts):
    """Which step of a pipeline leaks.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "title", "axis" and "rows".
    """
    rows = facts["attribution"]
    if not rows:
        return None
    named = any(row.get(_FPR) is not None for row in rows)
    name, tick = (_FPR, 0.01) if named else ("auc", 0.5)
    highs = [row.get(f"{name}_high") or 0 for row in rows]
    top = min(round_up(max(*highs, tick)), 1.0)
    return {
        "title": "named at 1 %" if named else "AUC",
        "axis": _numbers.percent(top) if named else f"{top:g}",
        "rows": [_step(row, name, top, tick) for row in rows],
    }


def _step(row, name, top, tick):
    numbers = [row.get(f"{name}{end}") for end in ("", "_low", "_high")]
    measured = None not in numbers
    hot = measured and numbers[1] > tick
    accuracy = row.get("accuracy")
    return {
        "name": row["step"],
        "note": row.get("note"),
        "picture": interval(*numbers, top, tick=tick, hot=hot) if measured else None,
        "named": _numbers.shares(row, _FPR),
        "auc": _numbers.area(row),
        "accuracy": "–" if accuracy is None else _numbers.share(accuracy),
    }


def defenses(facts):
    """Defenses that were tried.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "picture" (None for fewer than two points), "quality", what a model is good in,
        with its "unit", and "rows".
    """
    rows = facts["defenses"]
    if not rows:
        return None
    quality = quality_of(rows[0])
    points = [
        (row["defense"], row[quality], max(row["factor"], 1), _kind(row))
        for row in rows
        if None not in (row.get(quality), row.get("factor"))
    ]
    picture = None
    title, unit, _ = _QUALITIES[quality]
    if len(points) > 1:
        picture = front(points, STARTS, _finding(rows), title, bool(unit))
    rows = [_defense(row) for row in rows]
    return {"picture": picture, "quality": title, "unit": unit, "rows": rows}


def _kind(row):
    if row["defense"] == AS_IT_IS:
        return "now"
    return "on" if row.get("on_front") else "off"


def _finding(rows):
    name = quality_of(rows[0])
    title, _, written = _QUALITIES[name]
    known = [row for row in rows if None not in (row.get("factor"), row[name])]
    least = min(known, key=lambda row: (row["factor"], -row[name]))
    now = next((row for row in known if row["defense"] == AS_IT_IS), None)
    text = (
        f"{least['defense']} leaves the smallest factor, {times(least['factor'])}, "
        f"with an {title} of {written(least[name])}"
    )
    if now is not None and now is not least:
        text += f"; the model as it is has {times(now['factor'])} and "
        text += written(now[name])
    return f"{text}. The numbers are in the table below."


def _defense(row):
    change, ratio = change_of(row), row.get("train_seconds_ratio")
    factor, step = row.get("factor"), row.get("step")
    status = row.get("status") or "ok"
    return {
        "name": row["defense"],
        "on_front": bool(row.get("on_front")),
        "step": "–" if step is None else f"{step:.0f}",
        "factor": "–" if factor is None else times(factor),
        "named": _numbers.shares(row, _FPR),
        "change": "–" if change is None else _change_of(row),
        "time": "–" if ratio is None else times(ratio),
        "loses": row.get("loses") or "–",
        "status": "" if status == "ok" else status,
    }


def _change_of(row):
    change = change_of(row)
    if quality_of(row) == "accuracy":
        return _numbers.signed(change)
    return _numbers.signed(change / 100, digits=3)


def before_and_after(facts):
    """Numbers of two audits, side by side.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : list of dict or None
        "name", "before" and "after", as text.
    """
    rows = facts["before"]
    if not rows:
        return None
    return [_change(row) for row in rows]


def _change(row):
    name, write = _METRICS.get(row["metric"], (row["metric"], "{:g}".format))
    values = (row["before"], row["after"])
    before, after = ("–" if value is None else write(value) for value in values)
    return {"name": name, "before": before, "after": after}
