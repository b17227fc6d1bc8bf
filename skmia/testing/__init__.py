"""Checks for authors: of attacks, defenses, evidence, games, generators, signals.

And for those who release models: that an audit passes.
"""

from skmia.testing._assert_private import assert_private
from skmia.testing._kinds import (
    check_attack,
    check_defense,
    check_evidence,
    check_game,
    check_generator,
    check_signal,
    yield_checks,
)

__all__ = [
    "assert_private",
    "check_attack",
    "check_defense",
    "check_evidence",
    "check_game",
    "check_generator",
    "check_signal",
    "yield_checks",
]
