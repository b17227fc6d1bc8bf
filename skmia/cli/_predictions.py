"""Audits of a table of answers: label, member, and what the model said."""

import re
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from skmia.auditing import audit_predictions
from skmia.cli._parquet_table import ParquetTable
from skmia.cli._paths import SEPARATORS, check_file, suffix_of
from skmia.cli._text_table import TextTable

Predictions = Annotated[
    Path | None,
    typer.Option(
        help="Answers in the place of model and records: .csv, .tsv or .parquet with "
        "label, member (1 or 0), and proba_<class>, predicted or score."
    ),
]
_PREFIX = "proba_"


class _Labelled:
    """What tells a table how to read labels."""

    def __init__(self, classes):
        self.classes_ = classes


def audited_predictions(path, label, groups, reading, **params):
    """Report on a table of answers.

    Parameters
    ----------
    path : Path
    label : str or None
        Column of the labels; "label" by default.
    groups : str or None
        Column that says whose the records are.
    reading : Reading
    **params
        Of :func:`skmia.auditing.audit_predictions`.

    Returns
    -------
    report : AuditReport

    Raises
    ------
    ValueError
        A column is missing, or a row is no answer; both are named.
    """
    check_file(path, *SEPARATORS, ".parquet")
    reading.check(path)
    text = suffix_of(path) in SEPARATORS
    table = TextTable(path, reading) if text else ParquetTable(path)
    label = label or "label"
    for name in (label, "member", *([groups] if groups else [])):
        if name not in table.names:
            raise ValueError(
                f"{path} has no column {name!r}. Its columns are "
                f"{', '.join(map(str, table.names))}."
            )
    kind, columns, classes = _answers(path, table.names)
    y = table.labels(label, _Labelled([] if classes is None else classes))
    answers = table.labels(columns[0], _Labelled(y)) if kind == "labels" else None
    values = table.features(["member", *(columns if answers is None else ())], {})
    if answers is None:
        answers = values[columns].to_numpy()
        answers = answers[:, 0] if kind == "scores" else answers
    try:
        return audit_predictions(
            y,
            **{kind: answers},
            member=_members(values["member"]),
            classes=classes,
            groups=None if groups is None else table.groups(groups),
            **params,
        )
    except ValueError as error:
        raise ValueError(_of_file(path, str(error), columns)) from error


def _members(column):
    """0 and 1; truth values are read as such."""
    return column.astype(int) if pd.api.types.is_bool_dtype(column) else column


def _answers(path, names):
    """The kind of answers that a table holds, their columns and their classes."""
    columns = [name for name in names if name.startswith(_PREFIX)]
    if columns:
        classes = [name.removeprefix(_PREFIX) for name in columns]
        numbers = all(re.fullmatch(r"-?\d+", one) for one in classes)
        return "proba", columns, np.array(classes, dtype=int if numbers else object)
    for name, kind in (("predicted", "labels"), ("score", "scores")):
        if name in names:
            return kind, [name], None
    raise ValueError(
        f"{path} must have columns {_PREFIX}<class>, or one named 'predicted' or "
        f"'score'. Its columns are {', '.join(map(str, names))}."
    )


def _of_file(path, message, columns):
    """A message in words of the file, whose first record is row 1."""
    words = {"proba": f"{columns[0]} to {columns[-1]}", "labels": "predicted"}
    words |= {"scores": "score", "y": "the labels", "classes": "the classes"}
    message = re.sub(
        r"The '(\w+)' parameter of audit_predictions",
        lambda found: words.get(found[1], found[1]),
        message,
    )
    message = re.sub(r"row (\d+)", lambda found: f"row {int(found[1]) + 1}", message)
    message = re.sub(
        r"column (\d+)", lambda found: f"column {columns[int(found[1])]!r}", message
    )
    return f"{path}: {message}"
