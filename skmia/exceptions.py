"""Errors and warnings of skmia that a caller may want to catch."""

__all__ = ["QueryBudgetExceeded", "SkmiaError"]


class SkmiaError(Exception):
    """Root of the errors that only skmia raises."""


class QueryBudgetExceeded(SkmiaError, RuntimeError):
    """A black box was asked more rows than its budget allows.

    Raised before anything is computed: no partial answer is returned and the
    refused rows are not counted.
    """
