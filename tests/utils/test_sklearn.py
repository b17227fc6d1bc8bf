"""What differs between the versions of scikit-learn; `.ci/oldest` runs it, too."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.linear_model import LogisticRegression

from skmia.utils._sklearn import discriminant_solver, has_l1_penalty, logistic_penalty


@pytest.mark.parametrize(("penalty", "some_are_0"), [("l1", True), ("l2", False)])
def test_penalty_of_a_logistic_regression(penalty, some_are_0):
    X, y = load_iris(return_X_y=True)
    given = logistic_penalty(penalty)
    options = {"C": 0.1, "solver": "liblinear", "random_state": 0}
    model = LogisticRegression(**options, **given)
    assert has_l1_penalty(model) == some_are_0
    assert np.any(model.fit(X, y == 0).coef_ == 0) == some_are_0


def test_default_penalty_is_smooth():
    assert not has_l1_penalty(LogisticRegression())


def test_solver_of_discriminants():
    assert discriminant_solver(QuadraticDiscriminantAnalysis()) == "svd"
    assert discriminant_solver(LinearDiscriminantAnalysis(solver="lsqr")) == "lsqr"
