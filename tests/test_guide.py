"""The code of the landing page and of the guides runs, and prints what is shown."""

import contextlib
import io
import re
import sys
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import pytest
from slow_cases import others_slow

DOCS = Path(__file__).parents[1] / "docs"
PAGES = [DOCS / "index.md", *sorted((DOCS / "guide").glob("*.md"))]
# A block, and what it prints where that is shown right after it.
BLOCK = re.compile(r"```python\n(.*?)```(?:\s*```text\n(.*?)```)?", re.DOTALL)

WITH_CODE = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]


def run(code, page, namespace):
    """What a block of a page prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, page.name, "exec"), namespace)
    return [line.rstrip() for line in printed.getvalue().rstrip().splitlines()]


# Five seconds and more.
LONG = ("cluster", "choose_defense", "synthetic_data")
QUICK = [page for page in WITH_CODE if page.stem not in LONG]


@pytest.mark.parametrize(
    "page", others_slow(WITH_CODE, QUICK), ids=lambda page: page.stem
)
@pytest.mark.usefixtures("catalogue", "signals")
def test_code_runs_and_prints_what_is_shown(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # A module, so that what a page defines can be pickled.
    module = ModuleType("guide")
    monkeypatch.setitem(sys.modules, "guide", module)
    for code, shown in BLOCK.findall(page.read_text(encoding="utf-8")):
        printed = run(code, page, vars(module))
        if shown:
            assert printed == shown.rstrip().splitlines()
    plt.close("all")
