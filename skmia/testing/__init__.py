"""Checks for authors: of evidence, attacks, defenses and games."""

from skmia.testing._evidence_checks import check_evidence
from skmia.testing._kinds import (
    check_attack,
    check_defense,
    check_game,
    yield_checks,
)

__all__ = [
    "check_attack",
    "check_defense",
    "check_evidence",
    "check_game",
    "yield_checks",
]
