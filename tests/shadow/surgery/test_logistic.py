"""Logistic regressions with and without a record, beside those that are fitted anew."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array, csr_matrix
from scipy.special import logit
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from slow_cases import slow

from skmia.shadow.surgery import _curvature, _newton
from skmia.shadow.surgery._logistic import OPERATIONS, operate, refuses


def logistic(**params):
    """At its minimum: what a looser fit leaves is as large as the change itself."""
    exact = {"solver": "newton-cholesky", "tol": 1e-7, "max_iter": 1000}
    exact["random_state"] = 0  # of the solvers that shuffle
    return LogisticRegression(**{**exact, **params})


def both(model, X, y, inside, rows=None):
    """Own, other and refitted answers about records, (n_rows, n_classes) each."""
    model = clone(model).fit(X[inside], y[inside])
    codes = np.searchsorted(model.classes_, y)
    rows = np.arange(len(y)) if rows is None else rows
    other = operate(model, X, codes, inside)[rows]
    refitted = np.empty_like(other)
    for i, row in enumerate(rows):
        swapped = inside ^ (np.arange(len(y)) == row)
        refit = clone(model).fit(X[swapped], y[swapped])
        refitted[i] = refit.predict_proba(X[[row]])[0]
    return model.predict_proba(X)[rows], other, refitted


def scaled(load, n=None):
    X, y = load(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(y))[:n]
    return StandardScaler().fit_transform(X[rows]), y[rows]


def binary_iris():
    X, y = load_iris(return_X_y=True)
    return X[50:], y[50:] - 1


DATA = {
    "binary iris": binary_iris(),
    "cancer": scaled(load_breast_cancer, 150),
    "iris": load_iris(return_X_y=True),
    "wine": scaled(load_wine, 120),
}


def halves(y, seed=0):
    return np.random.default_rng(seed).permutation(len(y)) % 2 == 0


def test_values_of_iris():
    # Worked out beside this code; refits say .40525, .45882 and .479995, .451257.
    X, y = load_iris(return_X_y=True)
    inside = np.arange(150) % 2 == 0
    model = logistic(solver="lbfgs", tol=1e-12, max_iter=10_000)
    P = operate(clone(model).fit(X[inside], y[inside]), X, y, inside)
    assert_allclose(P[[70, 83], 1], [0.40542, 0.45913], atol=6e-6)
    X, y = binary_iris()
    inside = np.arange(100) % 2 == 0
    P = operate(model.fit(X[inside], y[inside]), X, y, inside)
    assert_allclose(P[[20, 33], 0], [0.479908, 0.451413], atol=6e-7)


@pytest.mark.parametrize("C", [0.1, *slow(1.0, 100.0)])
@pytest.mark.parametrize("name", DATA)
def test_every_record_as_refitted(name, C, global_random_seed):
    X, y = DATA[name]
    inside = halves(y, global_random_seed)
    own, other, refitted = both(logistic(C=C), X, y, inside)
    answered = ~np.isnan(other).any(axis=1)
    assert answered.mean() > 0.99
    own, other, refitted = own[answered], other[answered], refitted[answered]
    error = np.abs(other - refitted).max(axis=1)
    # Others are not followed where none of their logits moves by m = .5. The second
    # derivative of a loss changes by exp(m) at most, so that what a parabola says of
    # a move is off by (exp(m) - 1 - m) / m = .3 of it; .18 was seen with 14 seeds.
    change = np.abs(own - refitted).max(axis=1)
    assert (error < 1e-3 + 0.3 * change).all()
    assert np.quantile(error, 0.9) < 5e-3
    assert np.median(error - 0.03 * change) < 1e-9
    assert_allclose(other.sum(axis=1), 1)


@pytest.mark.parametrize(
    "params",
    [
        {"fit_intercept": False},
        {"class_weight": {0: 3.0, 1: 0.5}},
        {"solver": "liblinear"},
        {"solver": "liblinear", "intercept_scaling": 5.0, "C": 0.1},
        {"solver": "liblinear", "dual": True, "max_iter": 100_000},
        {"solver": "saga", "max_iter": 10_000},
        {"C": np.inf},
    ],
    ids=str,
)
def test_parameters(params):
    X, y = binary_iris()
    X = StandardScaler().fit_transform(X)[:, :2]
    if params.get("solver") == "liblinear":
        params = {"tol": 1e-8, **params}
    own, other, refitted = both(logistic(**params), X, y, halves(y))
    error, change = np.abs(other - refitted)[:, 0], np.abs(own - refitted)[:, 0]
    # Of 50 records the worst neglects .11 of its change, all together .02 to .04.
    assert (error < 1e-3 + 0.12 * change).all()
    assert error.sum() < 0.06 * change.sum()


@pytest.mark.slow
def test_balanced_classes_keep_their_weights():
    X, y = DATA["cancer"]
    inside = halves(y)
    own, other, refitted = both(logistic(class_weight="balanced"), X, y, inside)
    error = np.abs(other - refitted).max(axis=1)
    # A refit's weights change with the record, by 1 in the number of its class.
    assert error.max() < 0.02
    assert error.sum() < 0.05 * np.abs(own - refitted).max(axis=1).sum()
    weights = len(y[inside]) / (2 * np.bincount(y[inside]))
    model = logistic(class_weight=dict(enumerate(weights))).fit(X[inside], y[inside])
    assert_allclose(operate(model, X, y, inside), other, atol=1e-6)


@pytest.mark.parametrize("container", [csr_matrix, csr_array])
@pytest.mark.parametrize("name", ["cancer", "wine"])
def test_sparse_records(container, name):
    X, y = (values[:60] for values in DATA[name])
    inside = halves(y)
    model = logistic(solver="lbfgs").fit(X[inside], y[inside])
    dense = operate(model, X, y, inside)
    assert_allclose(operate(model, container(X), y, inside), dense, atol=1e-12)
    assert_allclose(operate(model.sparsify(), X, y, inside), dense, atol=1e-12)


def test_more_features_than_records(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    X = (rng.random((40, 300)) < 0.1).astype(float)
    y = rng.integers(0, 3, 40)
    rows = np.arange(16)
    own, other, refitted = both(logistic(solver="lbfgs"), X, y, halves(y), rows)
    error = np.abs(other - refitted).sum(axis=1)
    assert error.max() < 1e-2
    assert np.median(error / np.abs(own - refitted).sum(axis=1)) < 0.02
    model = logistic(solver="lbfgs").fit(X[halves(y)], y[halves(y)])
    assert_allclose(
        operate(model, csr_matrix(X), y, halves(y)),
        operate(model, X, y, halves(y)),
        atol=1e-7,
    )


def test_float32_and_other_labels():
    X, y = DATA["cancer"]
    inside = halves(y)
    model = logistic().fit(X[inside], y[inside])
    P = operate(model, X, y, inside)
    single = operate(model, X.astype(np.float32), y, inside)
    assert single.dtype == np.float64
    assert_allclose(single, P, atol=1e-4)
    model = model.fit(X[inside], np.array(["no", "yes"])[y[inside]])
    assert_array_equal(operate(model, X, y, inside), P)
    model = logistic(class_weight={"no": 1.0, "yes": 2.0})
    model.fit(X[inside], np.array(["no", "yes"])[y[inside]])
    assert np.isfinite(operate(model, X, y, inside)).all()


def test_record_with_a_column_of_its_own():
    X, y = binary_iris()
    X = np.hstack([StandardScaler().fit_transform(X)[:, :2], np.zeros((100, 2))])
    inside = halves(y)
    member, other = np.flatnonzero(inside)[3], np.flatnonzero(~inside)[5]
    X[member, 2], X[other, 3] = 70.0, 500.0  # leverages of thousands
    own, new, refitted = both(logistic(), X, y, inside, [member, other])
    assert np.abs(own - refitted).max() > 0.05
    assert_allclose(new, refitted, atol=1e-4)


def shared_column():
    """Two records of different classes share a rare column: neither's loss is flat."""
    X, y = binary_iris()
    X = np.hstack([StandardScaler().fit_transform(X)[:, :2], np.zeros((100, 1))])
    X[[2, 60, 7], 2] = 3.0
    inside = halves(y)
    inside[[2, 60]], inside[7] = True, False
    return X, y, inside


def test_losses_of_neighbours_are_followed(monkeypatch):
    X, y, inside = shared_column()
    rows = [2, 60, 7]
    _, new, refitted = both(logistic(C=100.0), X, y, inside, rows)
    error = np.abs(new - refitted)
    assert error.max() < 5e-3
    # A step with the record alone, as it would be, is wrong by far.
    monkeypatch.setattr(_newton, "_REACH", np.inf)
    _, alone, _ = both(logistic(C=100.0), X, y, inside, rows)
    assert np.abs(alone - refitted).max() > 10 * error.max()


def test_equal_weights_are_a_weaker_penalty():
    X, y, inside = shared_column()
    model = logistic(C=20.0).fit(X[inside], y[inside])
    P = operate(model, X, y, inside)
    model.set_params(C=0.2, class_weight={0: 100.0, 1: 100.0})
    assert_allclose(operate(model, X, y, inside), P, atol=1e-9)


def test_nan_where_following_is_not_enough(monkeypatch):
    X, y, inside = shared_column()
    monkeypatch.setattr(_newton, "_MOVED", 0.01)
    monkeypatch.setattr(_newton, "_ROUNDS", ((1e-12, 1),))
    monkeypatch.setattr(_newton, "_GIVEN_UP", 1e-12)
    model = logistic(C=100.0).fit(X[inside], y[inside])
    P = operate(model, X, y, inside)
    assert np.isnan(P[[2, 60]]).all()
    assert np.isfinite(P).all(axis=1).any()


def test_separated_classes():
    X, y = scaled(load_breast_cancer, 150)
    inside = halves(y)
    own, other, refitted = both(logistic(C=1e3), X, y, inside)
    assert np.isfinite(other).all()
    # The largest change is .59, of which .007 are missing.
    assert (np.abs(other - refitted) < 1e-3 + 0.03 * np.abs(own - refitted)).all()
    # No minimum but at infinity, where the solver stops is its own affair.
    model = logistic(C=1e7).fit(X[inside], y[inside])
    assert np.isnan(operate(model, X, y, inside)).all()


def test_constant_features_and_duplicates():
    X, y = DATA["wine"]
    X, y = np.hstack([X[:60], np.full((60, 1), 7.0)]), y[:60]
    X, y = np.vstack([X, X[:20]]), np.r_[y, y[:20]]
    inside = halves(y)
    for C in (1.0, 1e3):
        P = operate(logistic(C=C).fit(X[inside], y[inside]), X, y, inside)
        without = logistic(C=C).fit(X[inside, :-1], y[inside])
        expected = operate(without, X[:, :-1], y, inside)
        # A constant column is a second intercept, which makes the first one free.
        assert_allclose(P, expected, atol=2e-3)
        same = inside[:20] == inside[60:]
        assert_allclose(P[:20][same], P[60:][same], atol=1e-9)


def test_class_of_one_record_and_of_two():
    X, y = DATA["wine"]
    keep = np.r_[np.flatnonzero(y != 2), np.flatnonzero(y == 2)[:3]]
    X, y = X[keep], y[keep]
    inside = halves(y)
    for n_left in (1, 2):
        inside[-3:] = np.arange(3) < n_left
        model = logistic().fit(X[inside], y[inside])
        P = operate(model, X, y, inside)
        swapped = inside.copy()
        swapped[-3] = False
        refit = clone(model).fit(X[swapped], y[swapped]).predict_proba(X[[-3]])[0]
        if n_left == 1:
            assert P[-3, 2] == 0
            # What the class had of the others' answers is not given back to them.
            assert_allclose(P[-3, :2], refit, atol=0.05)
            assert_allclose(P[-3].sum(), 1)
        else:
            assert_allclose(P[-3], refit, atol=5e-3)
        assert np.isfinite(P).all()


def test_no_model_is_left_without_one_of_two_classes():
    X, y = binary_iris()
    inside = halves(y) & (y == 0)
    inside[70] = True
    P = operate(logistic().fit(X[inside], y[inside]), X, y, inside)
    assert_array_equal(np.flatnonzero(np.isnan(P).any(axis=1)), [70])


@pytest.mark.parametrize("name", ["cancer", "wine"])
def test_records_are_answered_each_by_itself(name, monkeypatch):
    X, y = (values[:60] for values in DATA[name])
    inside = halves(y)
    model = logistic(C=30.0).fit(X[inside], y[inside])
    P = operate(model, X, y, inside)
    monkeypatch.setattr(_newton, "_CHUNK", 1)
    assert_allclose(operate(model, X, y, inside), P, atol=1e-8)
    some = np.flatnonzero(inside | (np.arange(len(y)) % 3 == 0))[::-1]
    assert_allclose(operate(model, X[some], y[some], inside[some]), P[some], atol=1e-8)


def test_a_hessian_of_each_class(monkeypatch):
    X, y = load_digits(return_X_y=True)
    X, y = X[:250] / 16, y[:250]
    inside, rows = halves(y), np.arange(8)
    model = logistic(solver="lbfgs", tol=1e-6)
    own, joint, refitted = both(model, X, y, inside, rows)
    monkeypatch.setattr(_curvature, "_MAX_JOINT", 0)
    blocks = operate(model.fit(X[inside], y[inside]), X, y, inside)[rows]

    def log_odds(P):
        return logit(P[rows, y[rows]])

    change = log_odds(refitted) - log_odds(own)
    error = np.abs(log_odds(joint) - log_odds(refitted)) / np.abs(change)
    assert np.median(error) < 0.015
    error = np.abs(log_odds(blocks) - log_odds(refitted)) / np.abs(change)
    assert 0.015 < np.median(error) < 0.2
    assert np.corrcoef(log_odds(blocks) - log_odds(own), change)[0, 1] > 0.99
    # Separated classes are not answered, which need others to be followed.
    model.set_params(C=1e4, tol=1e-4).fit(X[inside], y[inside])
    assert np.isnan(operate(model, X, y, inside)).all()
    monkeypatch.undo()
    assert np.isfinite(operate(model, X, y, inside)).all(axis=1).mean() > 0.5


def test_what_is_refused():
    (operation,) = OPERATIONS.values()
    assert list(OPERATIONS) == [LogisticRegression]
    assert not operation.exact
    for params in (
        {"l1_ratio": 1.0},
        {"l1_ratio": 0.3},
        {"penalty": "l1"},
        {"penalty": "elasticnet", "l1_ratio": 0.5},
    ):
        assert "not L2 alone" in refuses(LogisticRegression(**params))
    for params in ({}, {"C": np.inf}, {"penalty": "l2"}, {"penalty": None}):
        assert refuses(LogisticRegression(**params)) is None


@pytest.mark.parametrize("name", ["cancer", "iris", "wine"])
@pytest.mark.parametrize("solver", ["lbfgs", "newton-cholesky", "newton-cg"])
def test_records_of_others_are_noticed(name, solver):
    X, y = DATA[name]
    inside = halves(y)
    model = LogisticRegression(solver=solver, max_iter=5000, random_state=0)
    model.fit(X[inside], y[inside])
    codes = np.searchsorted(model.classes_, y)
    assert np.isfinite(operate(model, X, codes, inside)).any()
    wrong = {"records": (codes, ~inside), "labels": (np.roll(codes, 7), inside)}
    for labels, marked in wrong.values():
        with pytest.raises(ValueError, match="was not trained on the records"):
            operate(model, X, labels, marked)


def test_weights_are_noticed():
    X, y = DATA["cancer"]
    weight = np.where(np.arange(len(y)) % 2, 1, 20)
    model = logistic().fit(X, y, sample_weight=weight)
    with pytest.raises(ValueError, match="without weights"):
        operate(model, X, y, np.ones(len(y), dtype=bool))


def test_a_loose_fit_that_ends_by_its_step_is_no_false_alarm():
    X, y = load_wine(return_X_y=True)
    inside = np.arange(len(y)) % 2 == 0
    model = LogisticRegression(solver="sag", tol=1e-3, max_iter=10000, random_state=0)
    model.fit(X[inside], y[inside])
    assert model.n_iter_ < model.max_iter
    assert operate(model, X, y, inside).shape == (len(y), 3)


def test_a_fit_that_was_given_up_tells_nothing_of_its_records():
    X, y = DATA["cancer"]
    inside = halves(y)
    with pytest.warns(ConvergenceWarning):
        model = LogisticRegression(max_iter=3).fit(X[inside], y[inside])
    assert operate(model, X, y, ~inside).shape == (len(y), 2)
