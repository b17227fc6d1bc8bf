"""Sections of the page, in their order, and what stands in each."""

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

from skmia.reporting._words import NOT_TOLD
from skmia.reporting.page._attacks import attacks
from skmia.reporting.page._audited import audited
from skmia.reporting.page._checks import checks
from skmia.reporting.page._curves import curves
from skmia.reporting.page._epsilon import measured_epsilon
from skmia.reporting.page._first_screen import first_screen
from skmia.reporting.page._people import groups, recognised
from skmia.reporting.page._remedies import attribution, before_and_after, defenses
from skmia.reporting.page._structure import structure


class Section(NamedTuple):
    """One section.

    Parameters
    ----------
    name : str
        Place in the page, name of the template, and of the facts that say why there is
        nothing in it.
    title : str
    view : callable
        What stands in it, from facts; None where that was not computed.
    counts : bool
        Whether it needs numbers that count: an invalid audit has none.
    """

    name: str
    title: str
    view: Callable
    counts: bool = True


def _not_run(facts):
    about = {"rows": facts["not_run"], "notes": facts["notes"]}
    return about | {"not_told": NOT_TOLD}


SECTIONS = (
    Section("verdict", "Verdict", first_screen, False),
    Section("audited", "What was audited", audited, False),
    Section("checks", "Validity checks", checks, False),
    Section("attacks", "Attacks", attacks),
    Section("roc", "Named against falsely accused", curves),
    Section("epsilon", "Epsilon, measured against declared", measured_epsilon),
    Section("structure", "Structure of the model", structure),
    Section("groups", "Groups of records", groups),
    Section("recognised", "Recognised records", recognised),
    Section("attribution", "Which step leaks", attribution),
    Section("defenses", "Which defense to try", defenses),
    Section("before", "Before and after", before_and_after),
    Section("not-run", "What was not run, and why", _not_run, False),
    Section("limitations", "Limitations", itemgetter("limitations"), False),
    Section("glossary", "Glossary", itemgetter("glossary"), False),
)
_WHY = {
    "checks": "No check was made.",
    "attacks": "No attack was run.",
    "roc": "No attack was run, or the file was written before curves were kept.",
    "epsilon": "No attack was run whose scores know no members.",
    "structure": "Not examined: attackers were not granted the model itself.",
}


def sections(facts):
    """What the page shows.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    shown : list of dict
        "name", "title", "view", and "why" there is nothing where the view is None.
    """
    shown = []
    for section in SECTIONS:
        if section.counts and facts["verdict"] == "invalid":
            continue
        view = section.view(facts)
        why = facts.get(f"{section.name}_why") or _WHY.get(section.name)
        shown.append(
            {
                "name": section.name,
                "title": section.title,
                "view": view or None,
                "why": why,
            }
        )
    return shown
