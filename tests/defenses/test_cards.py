"""Every defense has a card, and the table in the docs says what the cards say.

``python tests/defenses/test_cards.py`` writes the table anew.
"""

from pathlib import Path

import pytest

from skmia.neural import objectives
from skmia.utils import all_estimators
from skmia.utils._card import FAMILIES

DOCS = Path(__file__).parents[2] / "docs" / "defenses.md"
START, END = "<!-- cards -->", "<!-- end of cards -->"
# They change records for a classifier, and answer nothing.
TRANSFORMERS = {
    "BoundedScaler",
    "DeclaredOneHotEncoder",
    "MondrianAnonymizer",
    "PrivatePCA",
    "PrivateStandardScaler",
    "TreeAnonymizer",
}


def defenses():
    """Classes by name, in the order of the families: wherever there is a card, too."""
    found = {
        name: cls
        for name, cls in all_estimators()
        if (cls.__module__.startswith("skmia.defenses") or hasattr(cls, "_card"))
        and name not in TRANSFORMERS
    }
    # What a network is trained for is no estimator, and a defense.
    named = ((name, getattr(objectives, name)) for name in objectives.__all__)
    found |= {name: cls for name, cls in named if cls is not objectives.Objective}
    return dict(
        sorted(found.items(), key=lambda item: FAMILIES.index(item[1]._card.family))
    )


def table():
    lines = [
        "| defense | family | addresses | guarantee | known to break it | paper |",
        "|---|---|---|---|---|---|",
    ]
    for name, cls in defenses().items():
        card = cls._card
        cells = (
            f"`{name}`",
            card.family,
            ", ".join(card.addresses),
            card.guarantee,
            card.broken_by,
            card.paper,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


DEFENSES = defenses()


@pytest.mark.parametrize("name", DEFENSES)
def test_card_is_of_the_class_itself(name):
    cls = DEFENSES[name]
    assert "_card" in vars(cls)
    assert cls._card.broken_by
    assert cls._card.addresses


def test_docs_have_the_cards():
    written = DOCS.read_text(encoding="utf-8").partition(START)[2].partition(END)[0]
    assert written.strip() == table()


if __name__ == "__main__":
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    DOCS.write_text(f"{before}{START}\n{table()}\n{END}{after}", encoding="utf-8")
