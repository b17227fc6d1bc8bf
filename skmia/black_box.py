"""The former path of the black box; it lives in `skmia.targets`."""

from skmia.utils._deprecation import former_names

__all__ = []

__getattr__ = former_names(
    __name__, {"BlackBox": "skmia.targets.BlackBox"}, since="0.2", until="0.4"
)
