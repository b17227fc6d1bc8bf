"""Docstrings of everything public: complete, and with one text per shared parameter."""

import dataclasses
import inspect
from fnmatch import fnmatch
from functools import cache
from operator import itemgetter

import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc
from numpydoc.validate import validate

from skmia.utils._discovery import public_modules

# What we do not ask for: an extended summary, "See Also" and examples for every
# method (ES01, SA01, EX01); unnamed return values, and a description of those whose
# name and shape say it all (RT02, RT03); imperative summaries (SS05), since "Accuracy
# of the attack" says more than "Return the accuracy"; capitals after a dtype (RT04).
LEFT_OUT = {"ES01", "SA01", "EX01", "RT02", "RT03", "RT04", "SS05"}

WITHOUT_LABELS = (
    *("Anonymizer", "Encoder", "PCA", "Scaler"),
    *("PartitionedGenerator", "PrivateGaussianMixture", "PrivateHistogram"),
)
REGRESSORS = ("Regressor", "Prediction", "LinearRegression")


def is_result(value):
    """Results and signals are read, not made, by users: attributes are documented."""
    return dataclasses.is_dataclass(value)


def public_objects():
    """Objects that are public, each by its longest path."""
    found, values = {}, {}
    for module in public_modules():
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if callable(value):
                path = f"{module.__name__}.{name}"
                found[id(value)] = max(found.get(id(value), ""), path, key=len)
                values[id(value)] = value
    return {path: values[key] for key, path in sorted(found.items(), key=itemgetter(1))}


def documented():
    """Public objects and the public methods that classes of ours define."""
    for path, value in public_objects().items():
        yield path, value
        if inspect.isclass(value):
            for name, member in inspect.getmembers(value, is_method_or_property):
                if not name.startswith("_") and defined_here(member):
                    yield f"{path}.{name}", member


def is_method_or_property(value):
    return inspect.isroutine(value) or isinstance(value, property)


def defined_here(member):
    function = getattr(member, "fget", None) or member
    return getattr(function, "__module__", "").startswith("skmia.")


DOCUMENTED = dict(documented())


@pytest.mark.parametrize("path", DOCUMENTED)
def test_docstring_is_complete(path):
    left_out = LEFT_OUT | ({"PR01"} if is_result(DOCUMENTED[path]) else set())
    errors = [e for e in validate(path)["errors"] if e[0] not in left_out]
    assert not errors


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, value in public_objects().items()
        if not is_result(value)
        and not (inspect.isclass(value) and issubclass(value, Exception))
        and path != "skmia.cli.main"
    ],
)
def test_docstring_has_an_example(path):
    assert ">>> " in inspect.getdoc(DOCUMENTED[path])


@cache
def parsed():
    """Docstrings by the object that has them."""
    return {
        path: (ClassDoc if inspect.isclass(value) else FunctionDoc)(value)
        for path, value in DOCUMENTED.items()
        if not isinstance(value, property)
    }


def sections(name, section):
    """Texts of one parameter or attribute by the object that documents it."""
    for path, doc in parsed().items():
        for entry in doc[section]:
            if entry.name == name:
                yield path, (entry.type, " ".join(entry.desc))


@pytest.mark.parametrize("name", ["memory", "n_jobs", "random_state", "verbose"])
def test_shared_parameters_have_one_type(name):
    types = {kind for _, (kind, _) in sections(name, "Parameters")}
    assert len(types) == 1


@pytest.mark.parametrize(
    ("section", "name", "where"),
    [
        ("Parameters", "n_jobs", "*"),
        ("Parameters", "verbose", "skmia.[!an]*"),
        ("Parameters", "y", "skmia.attacks.*.fit"),
        ("Parameters", "Z", "skmia.attacks.*.predict*"),
        ("Parameters", "X", "skmia.defenses.*.fit"),
        ("Parameters", "X", "skmia.defenses.*.predict*"),
        ("Parameters", "y", "skmia.defenses.*.fit"),
        ("Parameters", "X", "skmia.defenses.*Regressor.fit"),
        ("Parameters", "y", "skmia.defenses.*Regressor.fit"),
        ("Parameters", "X", "skmia.defenses.*Prediction.fit"),
        ("Parameters", "y", "skmia.defenses.*Prediction.fit"),
        ("Parameters", "member", "skmia.metrics.*"),
        ("Parameters", "groups", "skmia.shadow.*Split.split"),
        ("Parameters", "data_home", "skmia.datasets.*"),
        ("Parameters", "download_if_missing", "skmia.datasets.*"),
        ("Parameters", "return_X_y", "skmia.datasets.*"),
        ("Parameters", "as_frame", "skmia.datasets.*"),
        *(
            ("Attributes", name, f"skmia.{part}.*")
            for name in ("n_features_in_", "feature_names_in_")
            for part in ("attacks", "defenses")
        ),
        ("Attributes", "classes_", "skmia.attacks.*"),
    ],
)
def test_siblings_have_one_text(section, name, where):
    texts = [
        text
        for path, text in sections(name, section)
        if fnmatch(path, where) and text[0] != "Ignored"
        # Of records alone, no classifiers; and regressors, which have their own.
        if not any(fnmatch(path, f"*{kind}*") for kind in WITHOUT_LABELS)
        if not any(fnmatch(path, f"*{kind}.fit") for kind in REGRESSORS)
        or any(kind in where for kind in REGRESSORS)
    ]
    assert len(texts) > 1
    assert len(set(texts)) == 1
