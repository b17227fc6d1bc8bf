"""Which attack and defense of the literature is where: tables from the catalogue.

Two directives, ``literature-of-attacks`` and ``literature-of-defenses``, so that the
tables say what the package says at the moment when the site is built.
"""

from sklearn.base import RegressorMixin
from sphinx.util.docutils import SphinxDirective

from skmia.attacks import get_attack, get_attack_names
from skmia.neural import objectives
from skmia.utils import all_estimators
from skmia.utils._kinds import UNLABELLED

KINDS = ("classifier", "regressor", *UNLABELLED)


def attacks():
    """Rows: paper, names of its attacks, what they see, kinds of model."""
    found = {}
    for kind in KINDS:
        for name in get_attack_names(of=kind):
            recipe = get_attack(name, of=kind)
            names, accesses, kinds = found.setdefault(recipe.paper, ({}, {}, {}))
            names[f"`{name}`"] = accesses[recipe.access] = None
            kinds[kind.replace("_", " ")] = None
    return [_row(paper, *cells) for paper, cells in sorted(found.items())]


def defenses():
    """Rows: paper, names of its defenses, whom they address, kinds of model."""
    found = {}
    for name, cls in _with_cards():
        names, addressed, kinds = found.setdefault(cls._card.paper, ({}, {}, {}))
        names[f"`{name}`"] = None
        addressed |= dict.fromkeys(cls._card.addresses)
        kinds[_kind(cls)] = None
    return [_row(paper, *cells) for paper, cells in sorted(found.items())]


def _with_cards():
    trained_for = [(name, getattr(objectives, name)) for name in objectives.__all__]
    return [
        pair for pair in all_estimators() + trained_for if hasattr(pair[1], "_card")
    ]


def _kind(cls):
    if cls.__module__.startswith("skmia.neural.objectives"):
        return "network"
    return "regressor" if issubclass(cls, RegressorMixin) else "classifier"


def _row(paper, *cells):
    return [paper, *(", ".join(cell) for cell in cells)]


def table(header, rows):
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


class OfAttacks(SphinxDirective):
    """A row for each paper that attacks are from."""

    def run(self):
        """Called by Sphinx."""
        header = ["paper", "attacks", "sees", "of a"]
        return self.parse_text_to_nodes(table(header, attacks()))


class OfDefenses(SphinxDirective):
    """A row for each paper that defenses are from."""

    def run(self):
        """Called by Sphinx."""
        header = ["paper", "defenses", "against who sees", "of a"]
        return self.parse_text_to_nodes(table(header, defenses()))


def setup(app):
    """Called by Sphinx."""
    app.add_directive("literature-of-attacks", OfAttacks)
    app.add_directive("literature-of-defenses", OfDefenses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
