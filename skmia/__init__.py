"""Membership inference for scikit-learn: attacks, defenses and audits."""

from importlib.metadata import version

__version__ = version("skmia")

__all__ = ["__version__"]
