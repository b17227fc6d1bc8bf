"""One structural risk: raised, not raised, or not examined."""

from typing import NamedTuple


class Flag(NamedTuple):
    """What was looked for in a model, and whether it is there.

    Attributes
    ----------
    name : str
        What was looked for.
    flagged : bool or None
        Whether it is there. None: not examined.
    value : float or None
        What was found, in the unit of the limit.
    limit : float or None
        What it is compared with.
    reason : str
        The same as a sentence.
    """

    name: str
    flagged: bool | None
    value: float | None
    limit: float | None
    reason: str


def not_examined(name, why, limit=None):
    """A flag of which a model does not tell.

    Parameters
    ----------
    name : str
    why : str
        A sentence without its beginning and its end.
    limit : float, default=None

    Returns
    -------
    flag : Flag
    """
    return Flag(name, None, None, limit, f"Not examined: {why}.")
