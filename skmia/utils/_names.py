"""Names that users choose from: what was meant by one that is not there."""

from difflib import get_close_matches


def check_name(name, names, what, otherwise=""):
    """Refuse what is none of the names, and say which are like it.

    Parameters
    ----------
    name : object
        What came.
    names : iterable of str
    what : str
        What the names are of, with its article.
    otherwise : str, default=""
        What else can be done, after "Use one of [...]".

    Raises
    ------
    ValueError
    """
    names = sorted(names)
    if isinstance(name, str) and name in names:
        return
    like = _alike(name.lower(), names) if isinstance(name, str) else []
    meant = f" Did you mean {' or '.join(map(repr, like[:3]))}?" if like else ""
    raise ValueError(
        f"{name!r} is not the name of {what}.{meant} Use one of {names}{otherwise}."
    )


def _alike(name, names):
    """Those that begin with it or hold it, short ones first; or are written like it."""
    holding = [known for known in names if name in known]
    holding.sort(key=lambda known: (not known.startswith(name), len(known)))
    return holding or get_close_matches(name, names)
