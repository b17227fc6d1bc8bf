"""The former path of the checks; they live in `skmia.testing`."""

from skmia.utils._deprecation import former_names

__all__ = []

_NAMES = ("check_attack", "check_defense", "check_game", "yield_checks")

__getattr__ = former_names(
    __name__,
    {name: f"skmia.testing.{name}" for name in _NAMES},
    since="0.2",
    until="0.4",
)
