"""What the package is known for, from where it lives."""

from skmia.auditing import audit, audit_synthetic, structural_risks
from skmia.game import MembershipGame
from skmia.metrics import game_scorer
from skmia.shadow import ShadowModels
from skmia.signals import observe
from skmia.targets import BlackBox
from skmia.utils._store import Store

__all__ = [
    "BlackBox",
    "MembershipGame",
    "ShadowModels",
    "Store",
    "audit",
    "audit_synthetic",
    "game_scorer",
    "observe",
    "structural_risks",
]
