"""The owner's audit and its report."""

from skmia.audit._audit import audit
from skmia.audit._plots import LogRocDisplay
from skmia.audit._report import AuditReport

__all__ = ["AuditReport", "LogRocDisplay", "audit"]
