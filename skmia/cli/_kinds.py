"""Kinds of columns in text files: numbers, truth values or text."""

import pandas as pd

NUMBER, TRUTH, TEXT = "number", "truth value", "text"

_TRUTHS = {
    word: value
    for value in (True, False)
    for word in (f"{value}", f"{value}".upper(), f"{value}".lower())
}
_MISSING = {
    *("na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "null", "none", "nil"),
    *("missing", "?", "-", "."),
}


def in_own_kind(cells):
    """Values of a column, of the kind that its own cells have.

    Parameters
    ----------
    cells : Series of str, with missing values

    Returns
    -------
    kind : str
        What pandas would make of it: numbers, also where all are missing, truth
        values, or text as soon as one cell is something else.
    values : Series
    """
    for kind in (NUMBER, TRUTH):
        values, wrong = in_kind(cells, kind)
        if not wrong.any():
            return kind, values
    return TEXT, cells


def kinds_of(table):
    """Kind of each column of a DataFrame, by its name."""
    return {name: _kind_of_values(table[name]) for name in table}


def in_kind(cells, kind):
    """Values of a column.

    Parameters
    ----------
    cells : Series of str, with missing values
    kind : str

    Returns
    -------
    values : Series
        Numbers as pandas reads them, truth values, or the text itself.
    wrong : Series of bool
        Cells that are neither missing nor of that kind.
    """
    if kind == NUMBER:
        values = pd.to_numeric(cells, errors="coerce")
    elif kind == TRUTH:
        values = cells.astype(object).map(_TRUTHS)
    else:
        values = cells
    return values, values.isna() & cells.notna()


def missing_words(cells):
    """Which cells of a text column stand for missing numbers.

    Parameters
    ----------
    cells : Series of str, with missing values

    Returns
    -------
    found : Series of bool
        Cells such as "NA" or "?", if all others are numbers. None where there are
        other words, or no number.
    """
    numbers, words = in_kind(cells, NUMBER)
    found = pd.Series(cells[words].unique(), dtype=object).map(is_missing_word)
    return words & bool(numbers.notna().any() and found.all())


def is_missing_word(cell):
    """Whether a cell is a usual way to write that a value is missing."""
    return cell.strip().casefold() in _MISSING


def _kind_of_values(column):
    values = column
    if isinstance(column.dtype, pd.CategoricalDtype):
        values = column.cat.categories
    if pd.api.types.infer_dtype(values, skipna=True) == "boolean":
        return TRUTH
    return NUMBER if pd.api.types.is_numeric_dtype(values) else TEXT
