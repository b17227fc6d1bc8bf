"""Membership inference for scikit-learn: attacks, defenses and audits."""

from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules

# First the module `skmia.audit`, then the function of that name, which hides it here.
from skmia.audit import audit
from skmia.auditing import structural_risks
from skmia.game import MembershipGame
from skmia.metrics import game_scorer
from skmia.shadow import ShadowModels
from skmia.signals import observe
from skmia.targets import BlackBox
from skmia.utils._store import Store

__version__ = version("skmia")

__all__ = [
    "BlackBox",
    "MembershipGame",
    "ShadowModels",
    "Store",
    "__version__",
    "audit",
    "game_scorer",
    "observe",
    "structural_risks",
]


def __getattr__(name):
    """Parts of the package, imported when they are first asked for."""
    if name in _parts():
        return import_module(f"skmia.{name}")
    raise AttributeError(f"module 'skmia' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_parts()})


def _parts():
    return {part.name for part in iter_modules(__path__)}
