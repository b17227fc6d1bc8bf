"""How a check of an audit ended."""

from typing import Literal, NamedTuple

from skmia.auditing._findings import failed

# A check that compares with chance is wrong at most so often where nothing is amiss.
LEVEL = 0.01
# The positive control compares with nothing: a table is caught, or it is not.
WITHOUT_CHANCE = ("positive control",)
# Of the holdout records: what concerns fewer changes the numbers little.
MATERIAL = 0.05


class Check(NamedTuple):
    """How one check of an audit ended.

    Attributes
    ----------
    name : str
        What was looked at.
    outcome : {"passed", "note", "not-measurable", "invalid", "not run"}
        "note": something is amiss, but the numbers count, or the check failed.
        "not-measurable": a leak would not have been seen. "invalid": the numbers do
        not count. "not run": the check does not apply.
    text : str
        The same as a sentence.
    p_value : float or None
        Probability of what was found, or more, where chance alone is at work.
    """

    name: str
    outcome: Literal["passed", "note", "not-measurable", "invalid", "not run"]
    text: str
    p_value: float | None = None


def checked(name, X, check, *args):
    """A check by its name; where it fails, it fails alone.

    Parameters
    ----------
    name : str
    X : records
        No values of records that are not numbers are quoted.
    check : callable
        Returns outcome, text and perhaps a p-value.
    *args
        What it takes.

    Returns
    -------
    check : Check
    """
    try:
        return Check(name, *check(*args))
    except Exception as error:
        return Check(name, "note", f"The check of {name} {failed(error, X)}.")
