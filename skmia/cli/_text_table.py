"""Records in a text file: what its cells become."""

import numbers
import shlex

import numpy as np
import pandas as pd

from skmia.cli._kinds import (
    NUMBER,
    TEXT,
    TRUTH,
    in_kind,
    in_own_kind,
    is_missing_word,
    missing_words,
)
from skmia.cli._text_file import TextFile
from skmia.utils._kinds import is_regressor


class Labelled:
    """What tells a table how to read labels: like these classes."""

    def __init__(self, classes):
        self.classes_ = classes


class TextTable:
    """Columns of a CSV or TSV file.

    Parameters
    ----------
    path : Path
    reading : Reading

    Attributes
    ----------
    names : list of str
        Names of the columns.

    Raises
    ------
    ValueError
        The file cannot be read, or lacks a column of ``--string-columns``.
    """

    def __init__(self, path, reading):
        self._file, self._reading = TextFile(path, reading), reading
        self._cells = self._file.cells()
        self.names = list(self._cells)
        for name in reading.texts:
            if name not in self.names:
                raise ValueError(
                    f"{path} has no column {name!r}, of --string-columns. Its columns "
                    f"are {', '.join(self.names)}."
                )

    def features(self, names, kinds):
        """Columns as numbers, truth values or text.

        Parameters
        ----------
        names : sequence of str
        kinds : dict
            Kinds of columns in the training file; others go by their cells.

        Returns
        -------
        X : DataFrame

        Raises
        ------
        ValueError
            A cell is none of its column.
        """
        return pd.DataFrame({name: self._feature(name, kinds) for name in names})

    def labels(self, name, model):
        """Labels, as text where the model's classes are text, or a regressor's numbers.

        Parameters
        ----------
        name : str
        model : fitted classifier or regressor

        Returns
        -------
        y : ndarray of shape (n_records,)

        Raises
        ------
        ValueError
            A label is missing, or text where the model's classes are numbers, or where
            the model is a regressor.
        """
        classes = list(getattr(model, "classes_", ()))
        words = {one for one in classes if isinstance(one, str)}
        cells = self._column(name, but=words)
        if cells.isna().any():
            raise self._error(cells.isna(), name, "the label is missing.")
        if words and len(words) == len(classes):
            return cells.to_numpy(object)
        if is_regressor(model):
            values, wrong = in_kind(cells, NUMBER)
            if wrong.any():
                what = f"{self._first(wrong, name)!r} is no number"
                raise self._error(wrong, name, f"{what}, as the model is a regressor.")
            return values.to_numpy()
        kind, values = in_own_kind(cells)
        if kind == TEXT and classes and all(map(_is_number, classes)):
            shown = ", ".join(map(str, classes[:5])) + ", ..." * (len(classes) > 5)
            # The kind that most labels are of.
            wrong = min((in_kind(cells, kind)[1] for kind in (NUMBER, TRUTH)), key=sum)
            what = f"{self._first(wrong, name)!r} is none like the model's classes"
            raise self._error(wrong, name, f"{what}: {shown}")
        return values.to_numpy()

    def groups(self, name):
        """Whose the records are, as text: another file may have names among numbers.

        Parameters
        ----------
        name : str

        Returns
        -------
        groups : ndarray of shape (n_records,)
        """
        return self._column(name).to_numpy(object)

    def _feature(self, name, kinds):
        cells = self._column(name)
        if name in self._reading.texts:
            return cells
        if name in kinds:
            values, wrong = in_kind(cells, kinds[name])
            what = f"no {kinds[name]}, as in the training file"
        else:
            kind, values = in_own_kind(cells)
            if kind != TEXT:
                return values
            wrong, what = missing_words(cells), "no number, as all other cells are"
        if wrong.any():
            raise self._no_value(wrong, name, what)
        return values

    def _column(self, name, but=()):
        """Cells, missing where the options say so, `but` some."""
        cells = self._cells[name]
        return cells.mask(cells.isin(self._reading.missing - set(but)))

    def _no_value(self, rows, name, what):
        cell = self._first(rows, name)
        give = f"--string-columns {shlex.quote(name)} if the column is text"
        if is_missing_word(cell):
            give = f"--na-values {shlex.quote(cell)} if it is missing, {give}"
        return self._error(rows, name, f"{cell!r} is {what}. Give {give}.")

    def _first(self, rows, name):
        return self._cells[name][rows].iloc[0]

    def _error(self, rows, name, what):
        """What is wrong in the first of some rows of a column."""
        place = self._file.place(int(np.flatnonzero(rows)[0]))
        return ValueError(f"{self._file.path}, {place}, column {name!r}: {what}")


def _is_number(one):
    return isinstance(one, numbers.Number | np.bool_)
