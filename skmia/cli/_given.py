"""Options that hold several values: records that the adversary has, and rates."""

from pathlib import Path
from typing import Annotated

import typer

Given = Annotated[
    list[str] | None,
    typer.Option(
        help="What the adversary has besides: public=FILE, records without labels; "
        "other-task=FILE, records of another task with theirs in --label."
    ),
]
_KINDS = ("public", "other-task")


def records_given(given, model, labels, reading):
    """Parameters of an audit that are records.

    Parameters
    ----------
    given : list of str or None
        Each ``KIND=FILE``.
    model : fitted classifier
    labels : list of str or None
    reading : Reading

    Returns
    -------
    records : dict
        "public" and "other_task", where they are given.
    """
    from skmia.cli._files import as_model_takes, load_features, load_records

    records = {}
    for text in given or ():
        kind, equals, path = text.partition("=")
        if not (equals and kind in _KINDS):
            raise ValueError(
                f"--given must be {' or '.join(f'{one}=FILE' for one in _KINDS)}. Got "
                f"{text!r}."
            )
        if kind == "public":
            X = load_features(Path(path), model, labels, reading)
            records["public"] = as_model_takes(model, X, path)
        else:
            X, y, _ = load_records(Path(path), None, labels, None, reading)
            records["other_task"] = X, y
    return records


def files_given(given):
    """Files of ``KIND=FILE``."""
    return [Path(text.partition("=")[2]) for text in given or ()]


def fractions(text):
    """Fractions from a text such as "0.001,0.01"."""
    return listed("--fprs", text, float, "fractions, such as 0.001,0.01")


def listed(option, text, kind, says):
    """Numbers of a kind from a text such as "1,2"; what an option must be `says`."""
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError as error:
        raise ValueError(f"{option} must be {says}. Got {text!r}.") from error
