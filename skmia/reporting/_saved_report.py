"""A report that was read from its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from skmia.reporting._facts import complete
from skmia.reporting._schema import content_hash, upgraded
from skmia.reporting._shown import Shown
from skmia.utils._typing import FilePath


class SavedReport(Shown):
    """Report of an audit from its JSON, which holds no scores of single records.

    .. versionadded:: 0.2

    Parameters
    ----------
    facts : dict
        What the JSON holds, of schema "skmia-audit/1" or "skmia-audit/2".

    Attributes
    ----------
    verdict, reasons, notes, headline, seed, confidence_level, model
        As those of :class:`AuditReport`.
    summary : DataFrame
        One row per attack.

    Raises
    ------
    ValueError
        Another schema, or none.

    See Also
    --------
    AuditReport.from_json : Read it from a file.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> from skmia.auditing import AuditReport
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> sets = X[::2], y[::2], X[1::2], y[1::2]
    >>> report = audit(tree, *sets, attacks="gap", random_state=0)
    >>> saved = AuditReport.from_json(report.to_json())
    >>> saved.verdict == report.verdict, saved.verify()
    (True, True)
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        self._given = facts
        self._head = upgraded(facts)
        for name in ("verdict", "model", "seed", "confidence_level"):
            setattr(self, name, self._head[name])

    @classmethod
    def read(cls, source: FilePath) -> SavedReport:
        """From a path, or from the text itself.

        Parameters
        ----------
        source : str or path-like
            A file, or the text itself.

        Returns
        -------
        report : SavedReport
        """
        is_text = isinstance(source, str) and source.lstrip().startswith("{")
        if not is_text and not Path(source).is_file():
            raise FileNotFoundError(f"There is no file {source}.")
        text = str(source) if is_text else Path(source).read_bytes()
        what = "The text" if is_text else source
        try:
            facts = json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            raise ValueError(f"{what} is no JSON: {error}.") from error
        if not isinstance(facts, dict):
            raise ValueError(f"{what} holds no report, but a {type(facts).__name__}.")
        return cls(facts)

    def verify(self) -> bool | None:
        """Whether the file is as it was written.

        Returns
        -------
        same : bool or None
            None where the file has no hash, as those of 0.1.
        """
        written = self._given.get("content_sha256")
        return None if written is None else written == content_hash(self._given)

    @property
    def is_safe(self) -> bool:
        """Whether it was written to be forwarded."""
        return self._head["safe"]

    @property
    def reasons(self) -> list[str]:
        """Why, in sentences."""
        return list(self._head["reasons"])

    @property
    def notes(self) -> list[str]:
        """What could not be measured, and why."""
        return list(self._head["notes"])

    @property
    def headline(self) -> dict[str, Any]:
        """The attack that the audit is judged by."""
        return dict(self._head["headline"])

    @property
    def summary(self) -> pd.DataFrame:
        """One row per attack."""
        table = pd.DataFrame(self._head["attacks"]).set_index("attack")
        return table.fillna(np.nan).infer_objects()

    def to_dict(
        self,
        *,
        safe: bool = True,
        attribution: pd.DataFrame | None = None,
        defenses: pd.DataFrame | None = None,
        before: pd.DataFrame | None = None,
    ) -> dict[str, Any]:
        """What the file holds, with what was computed since.

        Parameters
        ----------
        safe : bool, default=True
            A file that was written to be forwarded stays so; of one that was not,
            False is all that can be asked.
        attribution, defenses, before : DataFrame, default=None
            As for :meth:`AuditReport.to_dict`.

        Returns
        -------
        facts : dict

        Raises
        ------
        ValueError
            The file was not written to be forwarded.
        """
        if safe and not self._head["safe"]:
            raise ValueError(
                "The report was written with safe=False: write it anew to forward it, "
                "or say safe=False."
            )
        sections = {"attribution": attribution, "defenses": defenses, "before": before}
        return complete(self._head, **sections)


def _refuse(constant):
    raise ValueError(f"it holds {constant}")
