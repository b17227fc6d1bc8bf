"""The public names of the package, pinned: a change of this list is an API change.

``python tests/test_public_api.py`` writes the list anew.
"""

import inspect
from pathlib import Path

import pytest

from skmia.utils._discovery import public_modules

PINNED = Path(__file__).with_name("public_api.txt")


def public_names():
    return sorted(
        f"{module.__name__}.{name}"
        for module in public_modules()
        for name in getattr(module, "__all__", None) or own_names(module)
    )


def own_names(module):
    """What a module without ``__all__`` defines itself."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and inspect.getmodule(value) is module
        and not inspect.ismodule(value)
    ]


@pytest.fixture(scope="module")
def names():
    return public_names()


def test_public_names_are_the_pinned_ones(names):
    assert names == PINNED.read_text().split()


def test_every_estimator_has_keyword_only_parameters_after_the_sub_estimators():
    from skmia.utils import all_estimators

    positional = {
        "MembershipGame": ["target", "shadow_estimator", "attack"],
        "TaughtStudent": ["teacher", "student"],
        "OtherRecords": ["records", "labels"],  # as fit(X, y)
        # What records are numbers of, or are compared with.
        "NodeClassifier": ["estimator", "features", "adjacency"],
        "GraphClassifier": ["estimator", "graphs"],
        "TripleScorer": ["estimator", "tails"],
    }
    for name, cls in all_estimators():
        parameters = inspect.signature(cls).parameters.values()
        free = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        assert free == positional.get(name, free[:1])


if __name__ == "__main__":
    PINNED.write_text("\n".join(public_names()) + "\n")
