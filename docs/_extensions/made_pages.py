"""Pages that are made when the site is built, from what the package says of itself.

The pages of the API, one for each public name, from ``tests/public_api.txt``; and the
documents of the repository's root (README, contributing guide, changes) as pages.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BARE_ATTRIBUTE = re.compile(r"(?<=[( ])(\w+_)(?=[,)])")
PINNED = ROOT / "tests" / "public_api.txt"
# Documents of the root, by their page.
PROJECT = {
    "project/contributing": "CONTRIBUTING.md",
    "project/changes": "CHANGES.md",
    "project/security": "SECURITY.md",
    "project/governance": "GOVERNANCE.md",
    "project/conduct": "CODE_OF_CONDUCT.md",
}


def public_names():
    """Path and value of every public name."""
    for path in PINNED.read_text(encoding="utf-8").split():
        module, _, name = path.rpartition(".")
        yield path, getattr(import_module(module), name)


def rooms():
    """Parts of the package, each with its own names and those that live elsewhere.

    Returns
    -------
    rooms : dict
        By the part's name a dict: the path of a name in it, and the path that the
        value is documented under, which is the same where the name is at home.
    """
    values = dict(public_names())
    paths = {}
    for path, value in values.items():
        paths.setdefault(id(value), []).append(path)
    found = {}
    for path, value in values.items():
        room = path.rpartition(".")[0]
        found.setdefault(room, {})[path] = _home(value, paths[id(value)])
    return found


def _home(value, paths):
    """Of the paths of a value the one whose module defines it, else the first."""
    defined = f"{getattr(value, '__module__', '')}."
    at_home = [p for p in paths if defined.startswith(f"{p.rpartition('.')[0]}.")]
    return max(at_home, default=paths[0], key=len)


def api_pages():
    """Text of every page of the API by its name."""
    found = rooms()
    pages = {"api/index": _index(found)}
    for room, names in found.items():
        own = {path: _page(path, names) for path, home in names.items() if path == home}
        pages[f"api/{room}"] = _room(room, own, names)
        pages |= {f"api/{page}": _name(path) for path, page in own.items()}
    return pages


def _page(path, names):
    """Page of a name. Some file systems do not tell `signal` from `Signal`."""
    name = path.rpartition(".")[2]
    taken = [other for other in names if other.lower() == path.lower()]
    return f"{path}-function" if len(taken) > 1 and name.islower() else path


def introduction(room):
    """First line of the docstring of a part."""
    return inspect.getdoc(import_module(room)).splitlines()[0]


def _title(text):
    return [text, "=" * len(text), ""]


def _directive(name, argument="", options=(), body=()):
    lines = [f".. {name}:: {argument}".rstrip(), *options, "", *body]
    return [lines[0], *(f"   {line}" for line in lines[1:]), ""]


def _index(found):
    lines = _title("API")
    lines += ["Every public name, by the part of the package that it is in.", ""]
    for room in sorted(found):
        lines.append(f"- :doc:`{room} <{room}>`: {introduction(room)}")
    lines.append("")
    return "\n".join(lines + _directive("toctree", options=[":hidden:"], body=found))


def _room(room, own, names):
    elsewhere = {path: home for path, home in names.items() if path != home}
    lines = [*_title(room), introduction(room), ""]
    if own:
        lines += _directive("autosummary", body=[f"~{path}" for path in own])
        lines += _directive("toctree", options=[":hidden:"], body=own.values())
    if elsewhere:
        lines += ["Also from here:", ""]
        lines += [f"- ``{p}``: :py:obj:`{home}`" for p, home in elsewhere.items()]
    return "\n".join(lines)


def _name(path):
    room, _, name = path.rpartition(".")
    value = getattr(import_module(room), name)
    if inspect.isclass(value):
        kind = "autoclass"
    else:
        kind = "autofunction" if callable(value) else "autodata"
    back = [f"From :doc:`{room} <{room}>`.", ""]
    return "\n".join([*_title(name), *back, *_directive(kind, path)])


def is_of_others(app, what, name, member, skip, options):
    """Leave out what a class inherits from other packages, and their machinery."""
    function = getattr(member, "fget", None) or inspect.unwrap(member)
    module = getattr(function, "__module__", None) or ""
    return skip or not module.startswith("skmia.")


def name_attributes(app, what, name, member, options, lines):
    """Shapes name attributes, ``(n_features_in_,)``: without this they are links."""
    for i, line in enumerate(lines):
        before, shape, after = line.partition(" of shape ")
        lines[i] = before + shape + BARE_ATTRIBUTE.sub(r"`\1`", after)


def write_pages(app):
    """Write the pages that differ, so that others are not built again."""
    pages = {f"{name}.rst": text for name, text in api_pages().items()}
    for name, document in PROJECT.items():
        pages[f"{name}.md"] = (ROOT / document).read_text(encoding="utf-8")
    for name, text in pages.items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for folder in ("api", "project"):
        for path in (DOCS / folder).iterdir():
            if path.relative_to(DOCS).as_posix() not in pages:
                path.unlink()


def setup(app):
    """Called by Sphinx."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-skip-member", is_of_others)
    # Before numpydoc, which makes reStructuredText of it.
    app.connect("autodoc-process-docstring", name_attributes, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
