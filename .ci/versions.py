"""The version of a release, which stands in three files.

python .ci/versions.py          # prints it, and fails where the files differ
python .ci/versions.py 0.2.0    # writes it, where towncrier has written the notes
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACES = {
    "pyproject.toml": r'^version = "(.*)"$',
    "CITATION.cff": r"^version: (.*)$",
    "CHANGES.md": r"^## (\S+) \(\d{4}-\d\d-\d\d\)$",
}
UNRELEASED = r"^## {} \(unreleased\)\n\n"


def said(file):
    """The version that a file has first, "none" where it has none."""
    found = re.search(PLACES[file], (ROOT / file).read_text("utf-8"), re.MULTILINE)
    return found[1] if found else "none"


def agreed():
    """The version of all files."""
    versions = {file: said(file) for file in PLACES}
    if len(set(versions.values())) > 1:
        told = ", ".join(f"{file}: {version}" for file, version in versions.items())
        sys.exit(f"The versions differ: {told}. `.ci/release write` writes them.")
    return versions["pyproject.toml"]


def put(file, pattern, value):
    """Write a value in the place of the group of a pattern, which must be there."""
    path = ROOT / file
    text = path.read_text("utf-8")
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        sys.exit(f"{file} has no line like {pattern}.")
    start, end = found.span(1)
    path.write_text(text[:start] + value + text[end:], encoding="utf-8")


def write(version):
    """Name a release in the files, and put the notes by hand below its new heading."""
    put("pyproject.toml", PLACES["pyproject.toml"], version)
    put("CITATION.cff", PLACES["CITATION.cff"], version)
    path = ROOT / "CHANGES.md"
    heading = UNRELEASED.format(re.escape(version))
    text = path.read_text("utf-8")
    path.write_text(re.sub(heading, "", text, flags=re.MULTILINE), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write(sys.argv[1])
    else:
        print(agreed())
