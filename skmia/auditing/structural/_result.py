"""Structural risks of a model, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from skmia.auditing.structural._flag import Flag
from skmia.reporting._structure import NO_MEASUREMENT, outcome_of, shown


@dataclass(frozen=True, eq=False, repr=False)
class StructuralRisks:
    """Result of :func:`skmia.structural_risks`.

    .. versionadded:: 0.2

    Attributes
    ----------
    model : str
        Kind of the model.
    flags : list of Flag
        What was looked for: ``name``, ``flagged`` (None: not examined), ``value``,
        ``limit`` and ``reason``, a sentence.
    records : DataFrame
        One row per training record: its ``cell`` (a number), ``n_in_cell`` training
        records in it; whether a class is ruled out there (``class_disclosure``),
        whether one stands for few (``small_group``), whether the record is ``stored``
        in the model. None where that was not examined.
    """

    model: str
    flags: list[Flag]
    records: pd.DataFrame = field(repr=False)

    @property
    def flagged(self) -> list[str]:
        """Names of the flags that are raised."""
        return [flag.name for flag in self.flags if flag.flagged]

    def to_frame(self) -> pd.DataFrame:
        """One row per flag.

        Returns
        -------
        table : DataFrame
            Columns "flagged", "value", "limit" and "reason"; the index has the names.
        """
        return pd.DataFrame(self.flags, columns=Flag._fields).set_index("name")

    def to_dict(self) -> dict[str, Any]:
        """What may be told of it: no single record.

        Returns
        -------
        facts : dict
            "flags", a list of dict.
        """
        return {"flags": [flag._asdict() for flag in self.flags], "why": None}

    def __repr__(self):
        rows = (f"{name}: {text}" for _, name, text in shown(self.to_dict()))
        first = f"{self.model}: {len(self.flagged)} of {len(self.flags)} flags raised"
        outcomes = (outcome_of(flag._asdict()) for flag in self.flags)
        lines = (f"  {o:<13}{row}" for o, row in zip(outcomes, rows, strict=True))
        return "\n".join([f"StructuralRisks of {first}", *lines, NO_MEASUREMENT])

    def _repr_html_(self):
        table = pd.DataFrame(shown(self.to_dict()), columns=["", "risk", "why"])
        html = table.to_html(index=False)
        return f"<div>{html}<p>{escape(NO_MEASUREMENT)}</p></div>"
