"""Every private scikit-learn name that skmia uses, in one place.

scikit-learn keeps its parameter validation private until it is stable. We use it
for the uniform error messages; should it move, only this file changes. A test
asserts that no other module imports a private scikit-learn name.
"""

from sklearn.base import _fit_context
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_params,
)
from sklearn.utils.validation import _check_feature_names_in

__all__ = [
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "_check_feature_names_in",
    "_fit_context",
    "check_param_validation",
    "validate_params",
]


def check_param_validation(name, estimator):
    """Check that bad parameters get clear errors; ``check_estimator`` has it not."""
    # Inside, since the module imports much that only tests need.
    from sklearn.utils import estimator_checks

    estimator_checks.check_param_validation(name, estimator)
