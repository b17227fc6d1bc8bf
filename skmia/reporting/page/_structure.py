"""Structural flags of the model."""

from skmia.reporting._structure import NO_MEASUREMENT, shown, structure_of

# Sign, and kind of the style sheet.
_MARKS = {
    "flagged": ("!", "note"),
    "not flagged": ("–", "not-run"),
    "not examined": ("?", "not-measurable"),
}


def structure(facts):
    """What was looked for in the model.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : dict or None
        "rows" ("sign", "kind", "outcome", "name" and "text"), "why" there are none,
        and "note".
    """
    found = structure_of(facts)
    if found is None:
        return None
    rows = [
        dict(zip(("sign", "kind"), _MARKS[outcome], strict=True))
        | {"outcome": outcome, "name": name, "text": text}
        for outcome, name, text in shown(found)
    ]
    return {"rows": rows, "why": found["why"], "note": NO_MEASUREMENT}
