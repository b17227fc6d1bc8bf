"""The former path of the audit; it lives in `skmia.auditing`.

`skmia` loads this module, and puts the function of the same name in its place.
"""

__all__ = []

_NAMES = ("AuditReport", "LogRocDisplay", "audit")


def __getattr__(name):
    """Former names; what they need is loaded with the first of them."""
    from skmia.utils._deprecation import former_names

    names = {former: f"skmia.auditing.{former}" for former in _NAMES}
    return former_names(__name__, names, since="0.2", until="0.4")(name)
