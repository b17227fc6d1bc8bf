"""The public path of the audit; the package behind it is `skmia.auditing`."""

from skmia.auditing import AuditReport, LogRocDisplay, audit

__all__ = ["AuditReport", "LogRocDisplay", "audit"]
