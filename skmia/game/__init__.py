"""The membership inference game: an adversary, a victim, and who wins."""

from skmia.game._game import GameOutcome, MembershipGame
from skmia.game._protocols import Canaries, Halves

__all__ = ["Canaries", "GameOutcome", "Halves", "MembershipGame"]
