"""Links and anchors in the Markdown of the repository, found without building it."""

import re
from pathlib import PurePosixPath

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
CODE = re.compile(r"^(```+).*?^\1\s*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,4} (.*)$", re.MULTILINE)


def outside_of_code(change, text):
    """Text in which every link has been changed that stands in no block of code."""
    pieces, end = [], 0
    for block in CODE.finditer(text):
        pieces += [LINK.sub(change, text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*pieces, LINK.sub(change, text[end:])])


def links(text):
    """Target and anchor of every link that leads to no other host."""
    found = LINK.findall(CODE.sub("", text))
    return [(to, anchor) for _, _, to, anchor in found if ":" not in to]


def anchors(text):
    """What the headings of a page are called in a link."""
    names, found = [], CODE.sub("", text)
    for heading in HEADING.findall(found):
        plain = LINK.sub(r"\2", heading).strip().lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        times = names.count(name)
        names.append(f"{name}-{times}" if times else name)
    return names


def resolved(file, target):
    """Path in the repository that a link of a file leads to."""
    parts = []
    for part in (PurePosixPath(file).parent / target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
