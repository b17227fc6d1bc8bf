"""What can be shown of an audit, from its facts alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from skmia.reporting._diff import diff
from skmia.reporting._files import write_text
from skmia.reporting._markdown import render_markdown
from skmia.reporting._plain_page import render_text
from skmia.reporting._text import compact, lines
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import pandas as pd


class Shown:
    """The part of a report that shows it; subclasses have its facts.

    They write ``to_dict``, and ``_head``, the facts that its text needs.
    """

    to_dict: Callable[..., dict[str, Any]]
    _head: dict[str, Any]

    @property
    def finding(self) -> dict[str, Any]:
        """The verdict as everything that a reader is told first."""
        return dict(self._head["finding"])

    def __repr__(self):
        return "\n".join(lines(self._head))

    def _repr_html_(self):
        text = "<br>".join(escape(line) for line in lines(self._head))
        counts = self._head["verdict"] != "invalid"
        table = self.compact().to_html() if counts else ""
        return f"<div><p>{text}</p>{table}</div>"

    def compact(self, every: bool = False) -> pd.DataFrame:
        """Headline metrics of the attacks, as text with intervals.

        Parameters
        ----------
        every : bool, default=False
            Whether thresholds on single signals, if there are more than two, have a row
            each, and not one for the largest AUC of them.

        Returns
        -------
        table : DataFrame of str
        """
        return compact(self._head, every)

    def diff(self, before: Shown) -> pd.DataFrame:
        """What has changed since another report: of the model before it was defended.

        Parameters
        ----------
        before : AuditReport or SavedReport
            Of the same records, with the same attacks.

        Returns
        -------
        changes : DataFrame
            A row for each number, with "before", "after" and "change"; nan where it
            was not measured. ``attrs["notes"]`` says where the two audits were not
            alike, so that their numbers are not to be compared.
        """
        return diff(before._head, self._head)

    def to_text(self, *, safe: bool = True, **sections: Any) -> str:
        """The whole report as text of 80 columns.

        Parameters
        ----------
        safe : bool, default=True
            As for ``to_dict``.
        **sections : DataFrame
            As for ``to_dict``.

        Returns
        -------
        text : str
        """
        return render_text(self.to_dict(safe=safe, **sections))

    def to_html(self, path: FilePath, *, safe: bool = True, **sections: Any) -> None:
        """Write one self-contained HTML file.

        Parameters
        ----------
        path : str or path-like
            Where to write it.
        safe : bool, default=True
            As for ``to_dict``.
        **sections : DataFrame
            As for ``to_dict``.
        """
        from skmia.reporting._html import render_html

        write_text(path, render_html(self.to_dict(safe=safe, **sections)))

    def to_markdown(
        self, path: FilePath | None = None, *, safe: bool = True, **sections: Any
    ) -> str | None:
        """Section of a model card, without its heading.

        Parameters
        ----------
        path : str or path-like, default=None
            Where to write it. None: return it.
        safe : bool, default=True
            As for ``to_dict``.
        **sections : DataFrame
            As for ``to_dict``.

        Returns
        -------
        text : str or None
            GitHub's Markdown. Of a card of skops it is one section:
            ``card.add(**{"Membership audit": report.to_markdown()})``.
        """
        text = render_markdown(self.to_dict(safe=safe, **sections))
        if path is None:
            return text
        write_text(path, text)
        return None

    def annex(
        self,
        standard: Literal["edpb-28-2024", "nist-sp-800-226", "five-safes"],
        *,
        release: Literal["public-api", "internal", "open-weights"],
        path: FilePath | None = None,
        safe: bool = True,
    ) -> str | None:
        """Evidence of an audit, in the order of what a standard asks.

        No legal advice: it says which tests were made and what they showed, and names
        every attack that was not run.

        Parameters
        ----------
        standard : {"edpb-28-2024", "nist-sp-800-226", "five-safes"}
            EDPB Opinion 28/2024 on AI models, NIST SP 800-226 on guarantees of
            differential privacy, or the output check of trusted research environments.
        release : {"public-api", "internal", "open-weights"}
            Who can reach the model: anybody may ask it, people of an organisation may,
            or anybody has the model itself.
        path : str or path-like, default=None
            Where to write it. None: return it.
        safe : bool, default=True
            As for ``to_dict``.

        Returns
        -------
        text : str or None
            GitHub's Markdown.
        """
        from skmia.reporting.annex._annex import render_annex

        text = render_annex(self.to_dict(safe=safe), standard, release)
        if path is None:
            return text
        write_text(path, text)
        return None

    def to_json(
        self, path: FilePath | None = None, *, safe: bool = True, **sections: Any
    ) -> str | None:
        """Report as JSON, without the scores of single records.

        Parameters
        ----------
        path : str or path-like, default=None
            Where to write it. None: return it.
        safe : bool, default=True
            As for ``to_dict``.
        **sections : DataFrame
            As for ``to_dict``.

        Returns
        -------
        text : str or None
        """
        facts = self.to_dict(safe=safe, **sections)
        text = json.dumps(facts, indent=2, allow_nan=False)
        if path is None:
            return text
        write_text(path, text + "\n")
        return None
