"""The table of attacks in the docs says what the catalogue says.

``python tests/attacks/test_catalogue_table.py`` writes the table anew.
"""

from pathlib import Path

from skmia.attacks import get_attack, get_attack_names

DOCS = Path(__file__).parents[2] / "docs" / "attacks.md"
START, END = "<!-- catalogue -->", "<!-- end of catalogue -->"
PUBLISHED = get_attack_names()


def table():
    lines = [
        "| attack | sees | knows | learns from | queries per candidate | paper |",
        "|---|---|---|---|---|---|",
    ]
    for recipe in map(get_attack, PUBLISHED):
        cells = (
            f"`{recipe.name}`",
            recipe.access,
            " ".join(recipe.knowledge),
            recipe.fitted_on or "nothing",
            recipe.queries,
            recipe.paper,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def test_docs_have_the_catalogue():
    written = DOCS.read_text(encoding="utf-8").partition(START)[2].partition(END)[0]
    assert written.strip() == table()


if __name__ == "__main__":
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    DOCS.write_text(f"{before}{START}\n{table()}\n{END}{after}", encoding="utf-8")
