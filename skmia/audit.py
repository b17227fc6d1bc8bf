"""The former path of the audit; it lives in `skmia.auditing`.

`skmia` loads this module, and puts the function of the same name in its place.
"""

from skmia.utils._deprecation import former_names

__all__ = []

__getattr__ = former_names(
    __name__,
    {
        "AuditReport": "skmia.auditing.AuditReport",
        "LogRocDisplay": "skmia.auditing.LogRocDisplay",
        "audit": "skmia.auditing.audit",
    },
    since="0.2",
    until="0.4",
)
