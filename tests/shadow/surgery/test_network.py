"""The last layer of networks with and without a record."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from scipy.special import expit
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.datasets import (
    load_breast_cancer,
    load_wine,
    make_multilabel_classification,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from skmia.shadow.surgery._logistic import operate as operate_logistic
from skmia.shadow.surgery._network import OPERATIONS, operate, refuses


def scaled(load, n):
    X, y = load(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(y))[:n]
    return StandardScaler().fit_transform(X[rows]), y[rows]


DATA = {2: scaled(load_breast_cancer, 120), 3: scaled(load_wine, 120)}
INSIDE = np.arange(120) % 2 == 0

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning"  # as networks are used
)


def hidden(model, X, activation):
    for coef, intercept in zip(model.coefs_[:-1], model.intercepts_[:-1], strict=True):
        X = activation(X @ coef + intercept)
    return X


@pytest.mark.parametrize("n_classes", DATA)
@pytest.mark.parametrize(
    ("name", "activation"),
    [
        ("identity", lambda Z: Z),
        ("logistic", expit),
        ("tanh", np.tanh),
        ("relu", lambda Z: np.where(Z > 0, Z, 0)),
    ],
)
def test_as_logistic_regression_on_what_is_below(n_classes, name, activation):
    X, y = DATA[n_classes]
    model = MLPClassifier(
        (6, 4), activation=name, solver="lbfgs", alpha=0.5, tol=1e-10, random_state=0
    ).set_params(max_iter=5000, max_fun=100_000)
    model.fit(X[INSIDE], y[INSIDE])
    Z = hidden(model, X, activation)
    last = LogisticRegression(C=2, solver="newton-cholesky", tol=1e-10)
    last.fit(Z[INSIDE], y[INSIDE])
    # At the network's minimum its last layer is that regression.
    assert_allclose(model.predict_proba(X), last.predict_proba(Z), atol=2e-3)
    answered = operate(model, X, y, INSIDE)
    expected = operate_logistic(last, Z, y, INSIDE)
    # Records on whose side others' losses bend are followed there, and not here.
    error = np.abs(answered - expected).max(axis=1)
    change = np.abs(expected - last.predict_proba(Z)).max(axis=1)
    assert np.quantile(error, 0.9) < 0.01
    assert error.sum() < 0.3 * change.sum()


@pytest.mark.slow
@pytest.mark.parametrize("n_classes", DATA)
def test_in_the_order_of_refits(n_classes):
    X, y = DATA[n_classes]
    model = MLPClassifier((16,), random_state=0, max_iter=200)
    fitted = clone(model).fit(X[INSIDE], y[INSIDE])
    rows = np.arange(30)

    def log_odds(P):
        p = P[rows, y[rows]]
        return np.log(p) - np.log1p(-p)

    own = log_odds(fitted.predict_proba(X[rows]))
    refitted = np.empty((30, n_classes))
    for row in rows:
        swapped = INSIDE ^ (np.arange(120) == row)
        refit = clone(model).fit(X[swapped], y[swapped])
        refitted[row] = refit.predict_proba(X[[row]])[0]
    change = log_odds(operate(fitted, X, y, INSIDE)[rows]) - own
    # Its size is another matter: the layers below stay as they are.
    assert spearmanr(change, log_odds(refitted) - own)[0] > 0.7
    assert_array_equal(change > 0, ~INSIDE[:30])


def test_penalty_is_added_for_every_step():
    X, y = DATA[2]
    model = MLPClassifier((8,), alpha=0.1, batch_size=20, random_state=0, max_iter=50)
    model.fit(X[INSIDE], y[INSIDE])
    thrice = operate(model, X, y, INSIDE)  # 60 records in batches of 20
    model.solver, model.alpha = "lbfgs", 0.3
    assert_allclose(operate(model, X, y, INSIDE), thrice)
    model.alpha = 0.1
    assert np.abs(operate(model, X, y, INSIDE) - thrice).max() > 1e-4


def test_records_of_other_kinds():
    X, y = DATA[3]
    model = MLPClassifier((8,), random_state=0, max_iter=50)
    P = operate(model.fit(X[INSIDE], y[INSIDE]), X, y, INSIDE)
    assert np.isfinite(P).all()
    assert_allclose(P.sum(axis=1), 1)
    assert_allclose(operate(model, csr_matrix(X), y, INSIDE), P)
    single = X.astype(np.float32)
    fitted = clone(model).fit(single[INSIDE], np.array(list("abc"))[y[INSIDE]])
    assert_allclose(operate(fitted, single, y, INSIDE), P, atol=1e-2)


def test_what_is_refused():
    (operation,) = OPERATIONS.values()
    assert list(OPERATIONS) == [MLPClassifier]
    assert not operation.exact
    X, y = DATA[2]
    model = MLPClassifier((4,), random_state=0, max_iter=5)
    assert refuses(model.fit(X, y)) is None
    stopped = clone(model).set_params(early_stopping=True)
    assert "early_stopping" in refuses(stopped.fit(X, y))
    X, Y = make_multilabel_classification(50, random_state=0)
    assert "several labels" in refuses(model.fit(X, Y))
