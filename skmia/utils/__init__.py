"""Helpers shared by all parts of skmia."""

from skmia.utils._discovery import all_estimators

__all__ = ["all_estimators"]
