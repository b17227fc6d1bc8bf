"""Observations that lay a target beside reference models, as one table.

One row per record. For every signal column ``c`` there is ``c|target`` and, for each of
N reference models, ``c|0`` to ``c|N-1``; ``in|0`` to ``in|N-1`` say which models were
trained on the record. Without the last block all references are out models. An array
without names has the target in its first column and out models in the others.

The signal "true_label" says to which class a record belongs: a key, of which no attack
takes the distance. It stands beside the other signals and is none of them.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

_NAME = re.compile(r"(?P<column>.+)\|(?P<place>target|\d+)")
_INSIDE = "in"
_LABEL = "true_label"


@dataclass(frozen=True)
class ReferenceView:
    """One signal column of a reference table.

    Attributes
    ----------
    column : str
        Name of the signal column; "" in an array without names.
    target : ndarray of shape (n_records,)
        Signal of the target.
    reference : ndarray of shape (n_records, n_references)
        Signal of the reference models.
    inside : ndarray of bool of shape (n_records, n_references) or None
        Which reference was trained on which record; None when none was on any.
    label : ndarray of shape (n_records,) or None
        Class of each record, if the table says it.
    """

    column: str
    target: np.ndarray
    reference: np.ndarray
    inside: np.ndarray | None
    label: np.ndarray | None = None

    @property
    def in_models(self):
        """The same as `inside`, and all False where none was trained on any record."""
        if self.inside is None:
            return np.zeros(self.reference.shape, dtype=bool)
        return self.inside


def reference_table(columns, target, reference, inside=None, index=None):
    """Table from the signals of a target and of reference models.

    Parameters
    ----------
    columns : list of str
        Names of the signal columns.
    target : ndarray of shape (n_records, n_columns)
    reference : ndarray of shape (n_records, n_references, n_columns)
    inside : ndarray of bool of shape (n_records, n_references), default=None
    index : Index, default=None

    Returns
    -------
    Z : DataFrame of float32
    """
    sides = None if inside is None else inside.T
    blocks = [[values] for values in reference.transpose(1, 0, 2)]
    return table_of(columns, target, blocks, len(blocks), sides, index)


def table_of(
    columns, target, references, n_references, inside=None, index=None, room=np.empty
):
    """The same, of references that are seen one after the other.

    Parameters
    ----------
    columns : list of str
        Names of the signal columns.
    target : ndarray of shape (n_records, n_columns)
    references : iterable of lists of ndarray
        Each a list of blocks of columns, beside each other (n_records, n_columns).
    n_references : int
    inside : sequence of ndarray of bool of shape (n_records,), default=None
    index : Index, default=None
    room : callable, default=numpy.empty
        Gives the array of shape (n_table_columns, n_records) and type that is filled.

    Returns
    -------
    Z : DataFrame of float32
    """
    n_columns = len(columns)
    names = [
        f"{column}|{place}"
        for column in columns
        for place in ("target", *range(n_references))
    ]
    if inside is not None:
        names += [f"{_INSIDE}|{i}" for i in range(n_references)]
    # One type for target and references: equal values stay equal. A row of this array
    # is a column of the table, which pandas holds in the same way: nothing is copied.
    values = room((len(names), len(target)), np.float32)
    places = values[: n_columns * (n_references + 1)]
    places = places.reshape(n_columns, n_references + 1, len(target))
    places[:, 0] = target.T
    for i, blocks in enumerate(references):
        # Column by column, wherever the blocks end.
        columns = (column for block in blocks for column in block.T)
        for place, column in zip(places[:, i + 1], columns, strict=True):
            place[:] = column
    if inside is not None:
        values[-n_references:] = inside
    return pd.DataFrame(values.T, columns=names, index=index, copy=False)


def of_signal(Z, signal):
    """Part of a reference table: one signal, and what references were trained on.

    Of several outputs it has a column for each, ``<signal>_0`` and so on.

    Parameters
    ----------
    Z : DataFrame of shape (n_records, n_table_columns)
    signal : str
        Name of a signal.

    Returns
    -------
    part : DataFrame
    """
    own = re.compile(rf"({re.escape(signal)}(_\d+)?|{_INSIDE})\|")
    return Z[[name for name in Z if own.match(name)]]


def split_table(Z, names=None):
    """Views of a reference table, one per signal column.

    Parameters
    ----------
    Z : ndarray of shape (n_records, n_table_columns)
    names : array-like of str, default=None
        Names of the columns; None for an array of one target and its references.

    Returns
    -------
    views : list of ReferenceView
    """
    if names is None:
        return [ReferenceView("", Z[:, 0], Z[:, 1:], None)]
    places = {}
    for i, name in enumerate(names):
        found = _NAME.fullmatch(name)
        if found is None:
            raise ValueError(
                f"The column {name!r} is not of a table of references. Make the table "
                "with ShadowModels.reference_observations, or pass an array with the "
                "target in the first column and out models in the others."
            )
        places.setdefault(found["column"], {})[found["place"]] = i
    inside = _inside(Z, places.pop(_INSIDE, None))
    label = None
    if places.keys() > {_LABEL}:
        label = _view(Z, _LABEL, places.pop(_LABEL), inside).target
    return [_view(Z, column, place, inside, label) for column, place in places.items()]


def _inside(Z, place):
    return None if place is None else Z[:, _in_order(place)] > 0.5


def _view(Z, column, place, inside, label=None):
    target = place.pop("target", None)
    if target is None or not place:
        raise ValueError(
            f"The signal {column!r} needs a column for the target and at least one for "
            "a reference model."
        )
    reference = Z[:, _in_order(place)]
    if inside is not None and inside.shape != reference.shape:
        raise ValueError(
            f"The signal {column!r} has {reference.shape[1]} references, but the table "
            f"says of {inside.shape[1]} what they were trained on."
        )
    return ReferenceView(column, Z[:, target], reference, inside, label)


def _in_order(place):
    """Columns in the order of their models; a slice where they are neighbours."""
    columns = [place[key] for key in sorted(place, key=int)]
    if columns == list(range(columns[0], columns[0] + len(columns))):
        return slice(columns[0], columns[0] + len(columns))
    return columns
