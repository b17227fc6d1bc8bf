"""What to do next, in three steps at most."""

from skmia.reporting._performance import change_in_words, change_of
from skmia.reporting._words import times

AS_IT_IS = "as it is"
_MOST = 3
_AGAIN = ("Audit the model again after every new fit", "it holds for this one only")
# What to do, and what it costs or how it is done, by the case of the finding.
_BY_CASE = {
    "none-found": [
        ("Keep this report with the model", "it holds for this fit and this split"),
        _AGAIN,
        (
            "If a proof is needed, train with a guarantee",
            "the private estimators of skmia.defenses: it costs accuracy, and bounds "
            "what any attack can do",
        ),
    ],
    "none-found-bounded": [
        ("Keep this report with the model", "it holds for this fit and this split"),
        _AGAIN,
    ],
    "leak-unsized": [
        (
            "Give more holdout records",
            "100 show who is named at 1 % false accusations, 1,000 at 0.1 %",
        ),
        (
            "Until then take the leak for a large one",
            "nothing here says that it is not",
        ),
    ],
    "too-few": [
        ("Give more records on both sides", "plan_audit says what so many would show"),
    ],
    "no-attack": [
        ("Give the attacks what they need", "see what was not run, and why"),
    ],
    "positive-control": [
        ("Run other attacks", "a model that memorises must be caught by some"),
    ],
    "population": [
        (
            "Draw both sets at random from one population",
            "train_test_split, before the model is trained",
        ),
        (
            "If time or place divides them, compare within one period or place",
            "as many records of each on both sides",
        ),
    ],
    "same-rows": [
        ("Remove records that are in both sets", "or give other holdout records"),
    ],
    "labels": [
        ("Write labels as the model does", "a trailing dot or blank is another label"),
    ],
    "swapped": [
        ("Exchange the two sets", "training records are those the model was fitted to"),
    ],
    "groups": [
        ("Split by group", "GroupShuffleSplit, before the model is trained"),
    ],
    "negative-control": [
        (
            "Look for what tells the two sets apart",
            "the attacks tell them apart for a model that saw neither",
        ),
    ],
}


def next_steps(facts):
    """What to do, of defenses that were tried or by the case.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    steps : list of dict
        "what" and "price".
    """
    found = facts["finding"]
    steps = [_pair(*pair) for pair in _BY_CASE.get(found["case"], ())]
    if facts["verdict"] != "leak":
        return steps
    tried = [*_tried(facts)]
    if not tried:
        tried = [_pair("Look for a defense that costs little", facts["defenses_why"])]
    return [*steps, *tried][:_MOST]


def _tried(facts):
    """Defenses that lower the factor: by step, then by how good they are.

    Beside the model as it was tried with them: the verdict's factor is that of more
    attacks, and lower for their number.
    """
    rows = facts["defenses"] or ()
    measured = [row for row in rows if row.get("factor") is not None]
    as_it_is = [row for row in measured if row["defense"] == AS_IT_IS]
    found = (as_it_is or [facts["finding"]])[0]
    now, step = found["factor"] or 1, found["step"]
    better = [row for row in measured if row["factor"] < now]
    better.sort(key=lambda row: (row["step"], -(change_of(row) or 0)))
    for row in better:
        yield _pair(f"Try: {row['defense']}", _price(row, step, now))


def _price(row, step, now):
    before = "" if step is None else f"step {step:.0f} → {row['step']:.0f} ("
    parts = [f"{before}{times(now)} → {times(row['factor'])}" + ")" * bool(before)]
    if change_of(row) is not None:
        parts.append(change_in_words(row).replace("-", "−"))
    if row.get("train_seconds_ratio") is not None:
        parts.append(f"training {times(row['train_seconds_ratio'])}")
    if row.get("loses"):
        parts.append(f"users lose: {row['loses']}")
    not_enough = " Not enough alone." if row["step"] == step else ""
    return f"{' · '.join(parts)}.{not_enough}"


def _pair(what, price):
    return {"what": what, "price": price}
