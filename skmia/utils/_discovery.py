"""Find every public estimator of the package."""

from __future__ import annotations

from importlib import import_module
from inspect import isabstract, isclass
from pathlib import Path
from pkgutil import walk_packages


def all_estimators() -> list[tuple[str, type]]:
    """Public estimators of skmia, found by importing all of its public modules.

    Returns
    -------
    estimators : list of (str, type)
        Name and class, sorted by name. Estimators of an extra that is not installed
        are left out.

    Examples
    --------
    >>> from skmia.utils import all_estimators
    >>> "ThresholdAttack" in dict(all_estimators())
    True
    """
    from sklearn.base import BaseEstimator

    found = {}
    for module in public_modules():
        for name in getattr(module, "__all__", ()):
            public = getattr(module, name)
            if isclass(public) and issubclass(public, BaseEstimator):
                found[name] = public
    return sorted(
        (name, cls)
        for name, cls in found.items()
        if hasattr(cls, "fit") and not isabstract(cls)
    )


def public_modules():
    """Import and yield every module without an underscore in its path."""
    root = str(Path(__file__).parents[1])
    for name in ["skmia", *(m.name for m in walk_packages([root], "skmia."))]:
        if "._" in name:
            continue
        try:
            yield import_module(name)
        except ModuleNotFoundError as error:
            # The module of an extra; a module of ours that is missing is a bug.
            if error.name.startswith("skmia"):
                raise
