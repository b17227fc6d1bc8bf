"""What an adversary may ask: a model, the records in question, one conversation."""

from skmia.targets._black_box import BlackBox
from skmia.targets._pairs import Pairs
from skmia.targets._session import Session

__all__ = ["BlackBox", "Pairs", "Session"]
