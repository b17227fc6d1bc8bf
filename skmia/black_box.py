"""The public path of the black box; it lives in `skmia.targets`."""

from skmia.targets import BlackBox

__all__ = ["BlackBox"]
