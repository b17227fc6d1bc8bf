"""Structural flags of a model, as every rendering says them."""

NO_MEASUREMENT = (
    "A flag is a reason to look closer, no measurement of leakage: the verdict does "
    "not depend on it."
)
_OUTCOMES = {True: "flagged", False: "not flagged", None: "not examined"}


def outcome_of(flag):
    """How a flag stands, in words."""
    return _OUTCOMES[flag["flagged"]]


def shown(structure):
    """Flags as rows.

    Parameters
    ----------
    structure : dict
        "flags", a list of dict.

    Returns
    -------
    rows : list of (outcome, name, reason)
    """
    return [(outcome_of(one), one["name"], one["reason"]) for one in structure["flags"]]


def structure_of(facts):
    """What is told of the structure of an audited model.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    structure : dict or None
        None where an audit was not granted the model itself, and where its records do
        not count: they may not be those of the training.
    """
    return None if facts["verdict"] == "invalid" else facts.get("structure")


def in_one_line(structure):
    """What was flagged, in a line.

    Parameters
    ----------
    structure : dict

    Returns
    -------
    line : str
    """
    if structure["why"]:
        return f"Structure of the model: {structure['why']}"
    flags = structure["flags"]
    examined = [one for one in flags if one["flagged"] is not None]
    raised = ", ".join(one["name"] for one in examined if one["flagged"])
    return (
        f"Structure of the model: flagged for {raised or 'nothing'} ({len(examined)} "
        f"of {len(flags)} risks were examined); no measurement of leakage."
    )
