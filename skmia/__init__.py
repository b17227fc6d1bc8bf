"""Membership inference for scikit-learn: attacks, defenses and audits.

Nothing is loaded before it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skmia._public import *

    __version__: str
else:
    # The module of that name is loaded now: were it loaded later, Python would put it
    # in the place of the function.
    from skmia import audit

    del audit

__all__ = [
    "BlackBox",
    "MembershipGame",
    "ShadowModels",
    "Store",
    "__version__",
    "audit",
    "audit_synthetic",
    "game_scorer",
    "observe",
    "structural_risks",
]


def __getattr__(name):
    """Public names, and parts of the package, when they are first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        value = version("skmia")
    elif name in __all__:
        value = getattr(import_module("skmia._public"), name)
    elif name in _parts():
        return _part(name)
    else:
        raise AttributeError(f"module 'skmia' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__, *_parts()})


def _part(name):
    try:
        return import_module(f"skmia.{name}")
    except ModuleNotFoundError as error:  # of an extra
        # What looks at all attributes, such as help(), must go on to the next one.
        raise AttributeError(str(error), name=name) from error


def _parts():
    from pkgutil import iter_modules

    return {part.name for part in iter_modules(__path__)}
