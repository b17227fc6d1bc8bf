"""Errors and warnings of skmia that a caller may want to catch."""

__all__ = [
    "PrivacyBudgetExceeded",
    "PrivacyLeakWarning",
    "QueryBudgetExceeded",
    "SkmiaError",
    "StoreWarning",
]


class SkmiaError(Exception):
    """Root of the errors that only skmia raises."""


class QueryBudgetExceeded(SkmiaError, RuntimeError):
    """A model was asked more rows than its budget allows.

    Raised before anything is computed: no partial answer is returned and the
    refused rows are not counted.
    """


class PrivacyBudgetExceeded(SkmiaError, RuntimeError):
    """A private estimator would spend more than its accountant allows.

    Raised before any noise is drawn: nothing was learned from the data and nothing is
    charged.

    .. versionadded:: 0.2
    """


class PrivacyLeakWarning(UserWarning):
    """A guarantee was declared, and something around it can undo it.

    A differentially private estimator warns so where it takes from the training data
    what should be declared, such as the list of classes, and where its noise comes from
    a seed: who knows or guesses the seed takes the noise away, and two fits with the
    same one cancel it.
    """


class StoreWarning(UserWarning):
    """A :class:`skmia.Store` cannot be written to: nothing more is kept.

    .. versionadded:: 0.2
    """
