"""Errors and warnings of skmia that a caller may want to catch."""

__all__ = ["PrivacyLeakWarning", "QueryBudgetExceeded", "SkmiaError"]


class SkmiaError(Exception):
    """Root of the errors that only skmia raises."""


class QueryBudgetExceeded(SkmiaError, RuntimeError):
    """A model was asked more rows than its budget allows.

    Raised before anything is computed: no partial answer is returned and the
    refused rows are not counted.
    """


class PrivacyLeakWarning(UserWarning):
    """A guarantee was declared, and something was read from the data all the same.

    A differentially private estimator warns so where it takes from the training data
    what should be declared, such as the list of classes.
    """
