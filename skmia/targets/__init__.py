"""What an adversary may ask: a model, the records in question, one conversation."""

from skmia.targets._session import Pairs, Session

__all__ = ["Pairs", "Session"]
