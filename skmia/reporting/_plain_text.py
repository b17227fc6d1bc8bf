"""Texts of others, in lines of ours."""


def one_line(text):
    """One line without signs that a terminal, a log or XML would obey.

    Parameters
    ----------
    text : object

    Returns
    -------
    line : str
    """
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
