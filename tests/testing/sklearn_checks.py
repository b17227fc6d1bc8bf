"""scikit-learn's checks as tests, whose names are made once for each estimator."""

from functools import partial

import numpy as np
import pytest
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import estimator_checks_generator

# It permutes records by a draw from numpy's global generator.
DRAWS_GLOBALLY = "check_methods_sample_order_invariance"


def name_of(estimator):
    """Its representation, which is slow to make, as the part of a test's name."""
    return "".join(repr(estimator).split())


def parametrize_with_checks(estimators):
    """Mark a test of an estimator and a check, as the decorator of scikit-learn does.

    That one represents the estimator anew for each of fifty checks, which took a third
    of the time in which the tests are found. No check is expected to fail. The fast run
    has the first estimator of each class, the slow run those with other parameters.
    """
    cases, classes = [], set()
    for estimator in estimators:
        name = name_of(estimator)
        marks = [pytest.mark.slow] if type(estimator) in classes else []
        classes.add(type(estimator))
        cases += [
            pytest.param(one, check, id=f"{name}-{name_of_check(check)}", marks=marks)
            for one, check in estimator_checks_generator(estimator)
        ]
    return pytest.mark.parametrize(("estimator", "check"), cases)


def check_estimator(estimator):
    """All checks in one test, which is no slower to find than others.

    What the one that draws from the global generator did to it is undone.
    """
    states = [np.random.get_state()]  # noqa: NPY002

    def after(check_name, status, exception, **_):
        if status == "failed":
            raise exception
        if check_name == DRAWS_GLOBALLY:
            np.random.set_state(states[-1])  # noqa: NPY002
        states.append(np.random.get_state())  # noqa: NPY002

    estimator_checks.check_estimator(
        estimator, on_skip=None, on_fail=None, callback=after
    )


def name_of_check(check):
    """Name of the function, and what it is called with beside the estimator."""
    if not isinstance(check, partial):
        return check.__name__
    told = ",".join(f"{key}={value}" for key, value in check.keywords.items())
    return f"{check.func.__name__}({told})" if told else check.func.__name__
