"""The membership inference game: an adversary, a victim, and who wins."""

from skmia.game._game import GameOutcome, MembershipGame

__all__ = ["GameOutcome", "MembershipGame"]
