"""Audits of a table of answers: label, member, and what the model said."""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from skmia.auditing import audit_predictions
from skmia.cli._parquet_table import ParquetTable
from skmia.cli._paths import SEPARATORS, check_file, suffix_of
from skmia.cli._text_table import Labelled, TextTable

_PREFIX = "proba_"


class _Answered(NamedTuple):
    """What a file says of records and of what a model answered about them."""

    path: Path
    y: np.ndarray
    member: pd.Series
    kind: str
    columns: list
    answers: np.ndarray
    classes: np.ndarray | None
    groups: np.ndarray | None


def audited_predictions(path, shadows, labels, groups, reading, **params):
    """Report on a table of answers.

    Parameters
    ----------
    path : Path
    shadows : sequence of Path
        Tables of the answers of shadow models about the same records.
    labels : list of str or None
        Column of the labels; "label" by default. One, as answers are of one output.
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
        A column is missing, a row is no answer, or a file is about other records; file,
        row and column are named.
    """
    reading.check(path, *shadows)
    if len(labels or ()) > 1:
        raise ValueError(
            f"--predictions takes one --label, as its answers are of one output. Got "
            f"{', '.join(labels)}."
        )
    [label] = labels or ["label"]
    model = _read(path, label, groups, reading)
    others = [_read(one, label, None, reading) for one in shadows]
    for other in others:
        _check_same(model, other, label)
    shadow = [one.answers for one in others], [one.member for one in others]
    try:
        return audit_predictions(
            model.y,
            **{model.kind: model.answers},
            member=model.member,
            classes=model.classes,
            shadow=shadow if others else None,
            groups=model.groups,
            **params,
        )
    except ValueError as error:
        raise ValueError(_in_words_of_files(str(error), model, others)) from error


def _read(path, label, groups, reading):
    """Records and answers of one file."""
    check_file(path, *SEPARATORS, ".parquet")
    text = suffix_of(path) in SEPARATORS
    table = TextTable(path, reading) if text else ParquetTable(path)
    for name in (label, "member", *([groups] if groups else [])):
        if name not in table.names:
            raise ValueError(
                f"{path} has no column {name!r}. Its columns are "
                f"{', '.join(map(str, table.names))}."
            )
    kind, columns, classes = _answers(path, table.names)
    y = table.labels(label, Labelled([] if classes is None else classes))
    answers = table.labels(columns[0], Labelled(y)) if kind == "labels" else None
    values = table.features(["member", *(columns if answers is None else ())], {})
    if answers is None:
        answers = values[columns].to_numpy()
        answers = answers[:, 0] if kind == "scores" else answers
    of = None if groups is None else table.groups(groups)
    member = _members(values["member"])
    return _Answered(path, y, member, kind, columns, answers, classes, of)


def _check_same(model, other, label):
    """Refuse answers of another kind, or about other records."""
    if other.columns != model.columns:
        raise ValueError(
            f"{other.path} must have the answers of {model.path}, in this order: "
            f"{', '.join(model.columns)}. Got {', '.join(other.columns)}."
        )
    same = f"It must be about the records of {model.path}, in their order."
    if len(other.y) != len(model.y):
        raise ValueError(
            f"{other.path} has {len(other.y)} rows, not {len(model.y)}. {same}"
        )
    differs = np.asarray(other.y != model.y)
    if differs.any():
        row = int(differs.argmax())
        raise ValueError(
            f"{other.path}, row {row + 1}, column {label!r}: {other.y[row]!s} is not "
            f"{model.y[row]!s}. {same}"
        )


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


def _in_words_of_files(message, model, others):
    """A message in words of a file, whose first record is row 1."""
    path, columns = model.path, model.columns
    if found := re.match(r"Shadow model (\d+): ", message):
        path, message = others[int(found[1])].path, message[found.end() :]
        message = re.sub(
            r"shadow model (\d+)", lambda one: str(others[int(one[1])].path), message
        )
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
