"""The public path of the audit; the package behind it is `skmia.auditing`."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skmia.auditing import AuditReport, LogRocDisplay, audit

__all__ = ["AuditReport", "LogRocDisplay", "audit"]


def __getattr__(name):
    """What is asked for, of what this is the path of; `skmia` loads this module."""
    if name not in __all__:
        raise AttributeError(f"module 'skmia.audit' has no attribute {name!r}")
    return getattr(import_module("skmia.auditing"), name)
