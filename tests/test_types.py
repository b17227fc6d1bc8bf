"""Types of everything public: there, in the wheel, and the same as in the docstrings.

Whether the bodies keep them is what mypy says (.ci/run), and whether they are of use
what it says of ``tests/types/uses.py``.
"""

import inspect
import re
import tomllib
from functools import cached_property
from importlib import import_module
from pathlib import Path

import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc

import skmia

ROOT = Path(skmia.__file__).parents[1]
PUBLIC = Path(__file__).with_name("public_api.txt").read_text().split()
# Python's own names for "the signature says nothing".
NOTHING = inspect.Parameter.empty
SPECIAL = ("__init__", "__call__", "__len__", "__getitem__")


def resolved(path):
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def ours(function):
    return getattr(function, "__module__", "").partition(".")[0] == "skmia"


def methods(cls):
    """What one calls, by the class that a reader finds it in."""
    for name, member in inspect.getmembers_static(cls):
        if name.startswith("_") and name not in SPECIAL:
            continue
        if isinstance(member, property):
            member = member.fget
        elif isinstance(member, cached_property):
            member = member.func
        else:
            member = getattr(cls, name)
        member = inspect.unwrap(member) if callable(member) else None
        if inspect.isroutine(member) and ours(member):
            yield name, member


def signatures():
    """Functions, constructors and methods that are public, each once."""
    found = {}
    for path in PUBLIC:
        value = resolved(path)
        if inspect.isclass(value):
            for name, method in methods(value):
                # Parameters of a constructor are in the docstring of the class.
                cls = value if name == "__init__" else None
                found.setdefault(method, (f"{path}.{name}", cls))
        elif callable(value):
            found.setdefault(inspect.unwrap(value), (path, None))
    return {path: (function, cls) for function, (path, cls) in found.items()}


SIGNATURES = signatures()


@pytest.mark.parametrize(
    "path",
    [
        "skmia.audit",  # validate_params around it
        "skmia.attacks.ThresholdAttack.__init__",
        "skmia.MembershipGame.fit",  # _fit_context and hashed_once
        "skmia.attacks.ClasswiseAttack.predict_proba",  # available_if
        "skmia.auditing.AuditReport.summary",  # cached_property
        "skmia.ShadowModels.from_models",  # classmethod of a private base
        "skmia.targets.Session.__len__",
    ],
)
def test_all_kinds_of_functions_are_looked_at(path):
    assert path in SIGNATURES


@pytest.mark.parametrize("path", SIGNATURES)
def test_everything_has_a_type(path):
    signature = inspect.signature(SIGNATURES[path][0])
    untyped = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.annotation is NOTHING and name not in ("self", "cls")
    ]
    assert not untyped
    assert signature.return_annotation is not NOTHING


def documented_types(function, cls):
    """Type of each parameter in the docstring, and its annotation as it is written."""
    doc = ClassDoc(cls) if cls else FunctionDoc(function)
    parameters = inspect.signature(function).parameters
    for entry in doc["Parameters"]:
        for name in entry.name.replace("*", "").split(", "):
            if name in parameters:
                parameter = parameters[name]
                written = parameter.annotation
                if not isinstance(written, str):
                    written = inspect.formatannotation(written)
                yield name, entry.type, written, parameter.default


def members_of(annotation):
    """Words of a union; those of brackets belong to what is before them."""
    return set(re.split(r" \| (?![^\[]*\])", annotation))


def options(text):
    return set(re.findall(r"[\"']([^\"']*)[\"']", text))


# Words of docstrings that mean one type. An int will do where a float is meant.
PLAIN = {"int": {"int", "float"}, "float": {"float"}, "bool": {"bool"}, "str": {"str"}}
# Options with a name of their own.
ALIASES = {"Access", "Design", "FittedOn"}
# Such a word includes None, or anything.
WIDE = {"None", "Any", "object", "RandomStateLike", "MemoryLike", "FittedModel"}


@pytest.mark.parametrize("path", SIGNATURES)
def test_docstrings_say_the_same(path):
    function, cls = SIGNATURES[path]
    for name, described, written, default in documented_types(function, cls):
        words, kind = members_of(written), described.split(", default")[0]
        if kind in PLAIN:
            assert words & PLAIN[kind], (name, described, written)
            assert words <= PLAIN[kind] | WIDE, (name, described, written)
        if re.fullmatch(r"\{(\"[^\"]*\"(, )?)+\}", kind) and not words & ALIASES:
            assert "Literal" in written
            assert options(written) == options(kind), name
        if default is None or kind.endswith("or None"):
            assert words & WIDE, (name, described, written)


def test_wheel_says_that_it_has_types():
    assert (ROOT / "skmia" / "py.typed").read_text() == ""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert (
        "skmia" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    )


@pytest.mark.parametrize(
    "module",
    sorted(
        {inspect.getmodule(function) for function, _ in SIGNATURES.values()}, key=str
    ),
    ids=lambda module: module.__name__,
)
def test_signatures_are_shown_as_they_are_written(module):
    """Not as what an alias stands for, a screenful of unions."""
    source = inspect.getsource(module)
    assert "\nfrom __future__ import annotations\n" in source
