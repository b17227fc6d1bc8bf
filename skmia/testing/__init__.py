"""Checks for authors: of attacks, defenses, evidence, games, generators, signals."""

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
    "check_attack",
    "check_defense",
    "check_evidence",
    "check_game",
    "check_generator",
    "check_signal",
    "yield_checks",
]
