"""The former path of the checks; they live in `skmia.testing`."""

from skmia.testing import check_attack, check_defense, check_game, yield_checks

__all__ = ["check_attack", "check_defense", "check_game", "yield_checks"]
