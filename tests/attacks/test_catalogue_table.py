"""The tables of attacks in the docs say what the catalogue says.

``python tests/attacks/test_catalogue_table.py`` writes the tables anew.
"""

from pathlib import Path

import pytest

from skmia.attacks import get_attack, get_attack_names

DOCS = Path(__file__).parents[2] / "docs" / "attacks.md"
TABLES = {
    "catalogue": "classifier",
    "catalogue of regressors": "regressor",
    "catalogue of detectors": "outlier_detector",
    "catalogue of clusterers": "clusterer",
    "catalogue of segmenters": "segmenter",
    "catalogue of recommenders": "recommender",
    "catalogue of synthesizers": "synthesizer",
    "catalogue of autoencoders": "autoencoder",
    "catalogue of encoders": "encoder",
}


def table(kind):
    lines = [
        "| attack | sees | knows | learns from | queries per candidate | paper |",
        "|---|---|---|---|---|---|",
    ]
    for name in get_attack_names(of=kind):
        recipe = get_attack(name, of=kind)
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


def parts(name):
    """Text before, in and after a table."""
    text = DOCS.read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = text.partition(start)
    written, _, after = rest.partition(end)
    return f"{before}{start}\n", written, f"\n{end}{after}"


@pytest.mark.parametrize("name", TABLES)
def test_docs_have_the_catalogue(name):
    assert parts(name)[1].strip() == table(TABLES[name])


if __name__ == "__main__":
    for name, kind in TABLES.items():
        before, _, after = parts(name)
        DOCS.write_text(f"{before}{table(kind)}{after}", encoding="utf-8")
