"""The whole report as plain text of 80 columns."""

import textwrap

from skmia.reporting._performance import (
    change_in_words,
    how_good,
    is_of_regressor,
    takes_no_labels,
)
from skmia.reporting._plain_text import one_line
from skmia.reporting._structure import NO_MEASUREMENT, shown, structure_of
from skmia.reporting._text import compact
from skmia.reporting._words import (
    NOT_TOLD,
    asked,
    for_whom,
    granted,
    short,
    times,
)
from skmia.utils._units import percent

_WIDTH = 80


def render_text(facts):
    """Every section of a report, for terminals and mail.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    text : str
    """
    blocks = [_head(facts)]
    for title, section in _SECTIONS.items():
        rows = [*section(facts)]
        if rows:
            blocks.append([title.upper(), "-" * len(title), *rows])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _head(facts):
    name = facts["audited"]["name"] or facts["model"]
    *first, title = _wrapped(f"MEMBERSHIP AUDIT of {name}")
    date = facts["created"] or ""
    if len(title) + 1 + len(date) > _WIDTH:
        first, title = [*first, title], ""
    found = facts["finding"]
    rows = [*first, title + date.rjust(_WIDTH - len(title)), "=" * _WIDTH]
    rows += _wrapped(f"{found['symbol']} {short(facts)}")
    return rows + [line for text in found["sentences"] for line in _wrapped(text)]


def _scale(facts):
    found = facts["finding"]
    if found["step"] is None:
        return
    yield "  step                 odds multiplied by   50 in 100 becomes"
    for row in facts["scale"]:
        here = row["step"] == found["step"]
        name = f"{'>' if here else ' '} {row['step']} {row['name']}"
        line = f"{name:<23}{row['factor']:<21}{row['of_even']:<12}"
        if here and row["step"]:
            line += f"  <- here: {times(found['factor'])} or more"
        yield line.rstrip()


def _for_one(facts):
    for row in facts["finding"]["ppv"] or ():
        before = f"1 in {round(1 / row['prior'])}"
        if row["value"] is None:
            after = "not measurable"
        else:
            value, low, high = (100 * row[key] for key in ("value", "low", "high"))
            after = f"{value:.0f} in 100 [{low:.0f}, {high:.0f}]"
        yield f"  suspected before: {before:<9} once named: {after}"


def _audited(facts):
    what, run = facts["audited"], facts["run"]
    for step in what["steps"]:
        inside = ", ".join(f"{key}={one}" for key, one in step["parameters"].items())
        name = "" if step["name"] is None else f"{step['name']}: "
        yield from _row("model", f"{name}{step['kind']}({inside})")
    right = what["accuracy"]
    known = {key: value for key, value in right.items() if value is not None}
    if "train" in known and "holdout" in known:
        text = f"{right['train']:.3f} on training, {right['holdout']:.3f} on holdout"
        if "base" in known:
            text += (
                f" (balanced {right['balanced_train']:.3f}, "
                f"{right['balanced_holdout']:.3f}; always the larger class: "
                f"{right['base']:.3f})"
            )
        yield from _row("accuracy", text)
    elif is_of_regressor(facts) or takes_no_labels(facts):
        yield from _row(*how_good(facts))
    for file in what["files"]:
        text = f"{file['name']} sha256 {file['sha256']}"
        yield from _row("file", f"{text} {file['bytes']:,} bytes")
    if granted(run):
        yield from _row("granted", granted(run))
    if asked(run):
        yield from _row("asked", asked(run))
    versions = ", ".join(f"{key} {value}" for key, value in facts["versions"].items())
    seconds = "" if run["seconds"] is None else f", {run['seconds']:.1f} s"
    shadows = f"seed {run['seed']}, {run['n_shadows']} shadow models{seconds}"
    yield from _row("run", f"{shadows}; {versions}")
    if run["command"]:
        yield from _row("repeat", run["command"])


def _checks(facts):
    for check in facts["checks"]:
        yield from _row(check["outcome"], f"{check['name']}: {check['text']}", 15)


def _attacks(facts):
    if facts["verdict"] == "invalid":
        return
    table = compact(facts)
    shown = [title for title in table.columns if title != "balanced accuracy"]
    nothing = table.isin(["not measurable", "not run"]).all()
    shown = [title for title in shown if not nothing[title]]
    width = max(len(name) for name in table.index) + 1
    yield (" " * width + "  ".join(f"{title:<17}" for title in shown)).rstrip()
    for name, row in table.iterrows():
        # ".530 [.514, .545]": three columns fit.
        cells = (row[title].replace("0.", ".") for title in shown)
        yield (f"{name:<{width}}" + "  ".join(f"{cell:<17}" for cell in cells)).rstrip()


def _epsilon(facts):
    found = facts["epsilon"]
    if found is None or facts["verdict"] == "invalid":
        return
    text = f"at least {found['epsilon']:.2f}{for_whom(found)} ({found['attack']})"
    yield from _row("measured", text)
    declared = found["declared"]
    yield from _row("declared", "nothing" if declared is None else f"{declared:g}")


def _structure(facts):
    found = structure_of(facts)
    if found is None:
        return
    if found["why"]:
        yield from _wrapped(found["why"])
        return
    for outcome, name, text in shown(found):
        yield from _row(outcome, f"{name}: {text}", 16)
    yield from _wrapped(NO_MEASUREMENT)


def _groups(facts):
    if facts["groups"] is None:
        yield from _wrapped(facts["groups_why"])
        return
    for table in facts["groups"]:
        for row in table["rows"]:
            if row["auc"] is None:
                yield from _row(f"{table['by']} {row['group']}", row["status"], 24)
                continue
            ends = f"[{row['auc_low']:.3f}, {row['auc_high']:.3f}]"
            text = f"AUC {row['auc']:.3f} {ends}, {row['n_members']} members"
            yield from _row(f"{table['by']} {row['group']}", text, 24)
        if table["n_left_out"]:
            yield from _row(
                table["by"], f"{table['n_left_out']} left out: too small", 24
            )
        p_value = table["p_value"]
        if p_value is not None:
            chance = "no more than" if p_value > 0.05 else "more than"
            yield f"  largest gap: {chance} chance explains (p = {p_value:.3f})"
    if facts["groups_why"]:
        yield from _wrapped(facts["groups_why"])


def _recognised(facts):
    found = facts["recognised"]
    if found is None:
        yield from _wrapped(facts["recognised_why"])
        return
    yield from _wrapped(
        f"{found['n']} of {found['n_members']} training records, of which "
        f"{percent(found['fdr'])} at most are expected to be there by chance "
        f"({found['attack']})."
    )
    for trait, share in found["reasons"].items():
        text = f"{share['listed']:.0%} of these, {share['all']:.0%} of all"
        yield from _row(trait, text.replace("%", " %"), 16)


def _remedies(facts):
    if facts["defenses"] is None:
        yield from _wrapped(facts["defenses_why"])
        return
    for row in facts["defenses"]:
        if row.get("auc") is None:
            yield from _row(str(row["defense"]), str(row["status"]), 28)
            continue
        text = (
            f"{times(row['factor'])} at least, AUC {row['auc']:.3f}, "
            f"{change_in_words(row)}, training ×{row['train_seconds_ratio']:.1f}"
        )
        yield from _row(str(row["defense"]), text, 28)


def _not_run(facts):
    if facts["not_run"] is None:
        yield from _row("*", NOT_TOLD, 4)
    for row in facts["not_run"] or ():
        yield from _row("*", f"{row['why']}: {row['what']}", 4)


def _listed(name):
    return lambda facts: [line for text in facts[name] for line in _row("*", text, 4)]


def _row(name, text, indent=12):
    """A name and what is said of it, in lines that leave the names free."""
    first, text = f"  {one_line(name)}", one_line(text)
    if len(first) < indent:
        first = first.ljust(indent)
    else:
        first, text = "  ", f"{first[2:]} {text}"
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )


def _wrapped(text):
    return textwrap.wrap(one_line(text), _WIDTH, break_on_hyphens=False)


_SECTIONS = {
    "How much surer an attacker gets": _scale,
    "What it means for one person named by the attack": _for_one,
    "What was audited": _audited,
    "Validity checks": _checks,
    "Attacks": _attacks,
    "Epsilon": _epsilon,
    "Structure of the model": _structure,
    "Groups of records": _groups,
    "Recognised records": _recognised,
    "Which defense to try": _remedies,
    "Not run": _not_run,
    "Notes": _listed("notes"),
    "Limits": _listed("limitations"),
}
