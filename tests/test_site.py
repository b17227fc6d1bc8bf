"""The site, without building it: its pages are complete, its links lead somewhere."""

import re
import sys
from pathlib import Path

import pytest

from skmia.attacks import get_attack_names
from skmia.utils import all_estimators

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS / "_extensions"))

import literature  # noqa: E402 - from where Sphinx finds it
import made_pages  # noqa: E402
import own_links  # noqa: E402
import page_links  # noqa: E402

FILES = [
    *(path.relative_to(ROOT).as_posix() for path in sorted(DOCS.rglob("*.md"))),
    *made_pages.PROJECT.values(),
    "README.md",
]
FILES = [file for file in FILES if not file.startswith("docs/project/")]
TOCTREE = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)


def test_the_api_has_every_public_name():
    rooms = made_pages.rooms()
    pages = made_pages.api_pages()
    text = "\n".join(pages.values())
    names = [path for room in rooms.values() for path in room]
    assert sorted(names) == made_pages.PINNED.read_text().split()
    for room, paths in rooms.items():
        for path, home in paths.items():
            assert path in pages[f"api/{room}"]
            assert text.count(f":: {home}\n") == 1


def test_pages_of_names_differ_by_more_than_case():
    pages = [page.lower() for page in made_pages.api_pages()]
    assert len(set(pages)) == len(pages)


@pytest.mark.parametrize("file", FILES)
def test_links_lead_somewhere(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    wrong = []
    for target, anchor in page_links.links(text):
        path = ROOT / (page_links.resolved(file, target) if target else file)
        if not path.exists():
            wrong.append(target)
        elif anchor and anchor not in page_links.anchors(path.read_text("utf-8")):
            wrong.append(f"{target}#{anchor}")
    assert wrong == []


def test_every_page_is_in_the_navigation():
    in_tree = {"docs/index"}
    for file in FILES:
        for body in TOCTREE.findall((ROOT / file).read_text(encoding="utf-8")):
            entries = re.findall(r"^(?!:)(?:.* <)?([\w/-]+)>?$", body, re.MULTILINE)
            in_tree |= {page_links.resolved(file, entry) for entry in entries}
    pages = {file.removesuffix(".md") for file in FILES if file.startswith("docs/")}
    assert pages <= in_tree


def test_files_become_pages():
    text = "[a](../README.md) [b](gate.md#conditions) [c](../benchmarks) `d`"
    assert own_links.on_the_site("report", text) == (
        "[a](/index.md) [b](/gate.md#conditions) c `d`"
    )
    text = "[a](docs/gate.md) [b](examples/plot_media.py) [c](skmia/targets)"
    assert own_links.on_the_site("project/contributing", text) == (
        "[a](/gate.md) [b](/gallery/plot_media.rst) [c](/api/skmia.targets.rst)"
    )


def test_links_in_code_are_no_links():
    text = "```\n[a](b.md)\n# c\n```\n## D, e\n## D, e\n[f](g.md#h)"
    assert page_links.links(text) == [("g.md", "h")]
    assert page_links.anchors(text) == ["d-e", "d-e-1"]


def test_words_that_may_be_other_things_are_no_names():
    names = own_links.names_in_text()
    assert names["skmia.audit"] == names["skmia.auditing.audit"]
    assert names["MembershipGame"] == "skmia.game.MembershipGame"
    assert "run" not in names
    assert "signal" not in names


def test_the_literature_has_every_attack_and_every_defense():
    attacks = {name for row in literature.attacks() for name in row[1].split(", ")}
    assert attacks == {f"`{name}`" for name in get_attack_names(of=None)}
    defenses = {name for row in literature.defenses() for name in row[1].split(", ")}
    cards = {f"`{n}`" for n, cls in all_estimators() if hasattr(cls, "_card")}
    assert cards < defenses
    assert "`DPSGD`" in defenses
