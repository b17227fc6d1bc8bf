"""The membership inference game: an adversary, a victim, and who wins."""

from skmia.game._game import MembershipGame
from skmia.game._outcome import GameOutcome
from skmia.game._protocols import Canaries, Halves

__all__ = ["Canaries", "GameOutcome", "Halves", "MembershipGame"]
