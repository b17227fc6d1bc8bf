"""Membership inference for scikit-learn: attacks, defenses and audits."""

from importlib.metadata import version

from skmia.audit import audit
from skmia.black_box import BlackBox
from skmia.game import MembershipGame
from skmia.metrics import game_scorer
from skmia.shadow import ShadowModels
from skmia.signals import observe

__version__ = version("skmia")

__all__ = [
    "BlackBox",
    "MembershipGame",
    "ShadowModels",
    "__version__",
    "audit",
    "game_scorer",
    "observe",
]
