"""Training rows that a fitted model holds, and whether a record is among them.

Nearest neighbours and Gaussian processes hold all rows, kernel machines those that they
lean on. Whether a record is one of them is no guess. What a kind of model holds is a
line in a table by exact type: what a subclass keeps is not known.
"""

from copy import copy

import numpy as np
from scipy import sparse
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.neighbors import KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.svm import SVC, NuSVC

from skmia.utils._inside import into_last_step, last_step
from skmia.utils._kinds import name_of
from skmia.utils._labels import encode_labels
from skmia.utils._record_keys import exact_keys

# How far the conditions of a fitted machine may be from met, in units of its `tol`.
_SLACK = 2


def stored_rows(model, X, y, classes):
    """Whether a record is one of the rows that the model holds.

    Parameters
    ----------
    model : fitted classifier
        Nearest neighbours, a Gaussian process or a kernel machine, or a pipeline that
        ends in one.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y, classes : ignored

    Returns
    -------
    stored : ndarray of shape (n_samples,)
        1 for those that are. The others were not trained on, but for a kernel machine:
        it holds its support vectors only.
    """
    last, given = into_last_step(model, X)
    return _among(given, _ROWS[type(last)](last)).astype(float)


def margin_test(model, X, y, classes):
    """What a kernel machine proves about a record: in, out, or nothing.

    Support vectors are members. Any other training record lies beyond all margins of
    its class, or it would be one; so what is neither was not trained on.

    Parameters
    ----------
    model : fitted SVC, or a pipeline that ends in one
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y : array-like of shape (n_samples,)
        True labels.
    classes : ignored

    Returns
    -------
    proved : ndarray of shape (n_samples,)
        1 for support vectors, 0 for records that were certainly not trained on with
        this label, 0.5 for all others.
    """
    last, given = into_last_step(model, X)
    proved = np.full(len(y), 0.5)
    proved[_least_margin(last, given, y) < 1 - _SLACK * last.tol] = 0
    proved[_among(given, last.support_vectors_)] = 1
    return proved


def holds_no_rows(model):
    """Why a fitted model cannot be searched for records, in words, or None."""
    if type(last_step(model)[0]) in _ROWS:
        return None
    return f"this {name_of(model)} holds no training rows"


def proves_nothing(model):
    """Why a fitted model proves nothing by its margins, in words, or None."""
    last, _ = last_step(model)
    if type(last) is not SVC:
        return f"this {name_of(model)} is no SVC, whose margins prove something"
    if last.fit_status_:
        return f"this {name_of(model)} did not converge: its margins prove nothing"
    return None


def _among(X, rows):
    """Which records are equal to one of the rows, in double precision."""
    dense = not (sparse.issparse(X) and sparse.issparse(rows))
    held = set(exact_keys(_plain(rows, dense)))
    return np.array([key in held for key in exact_keys(_plain(X, dense))], dtype=bool)


def _plain(X, dense):
    if not sparse.issparse(X):
        return np.asarray(X, dtype=float)
    return X.toarray() if dense else sparse.csr_array(X)


def _least_margin(machine, X, y):
    """Of the margins between the class of each record and the others the least.

    Minus infinity where the machine does not know the label.
    """
    one_by_one = copy(machine)
    one_by_one.decision_function_shape = "ovo"
    decisions = one_by_one.decision_function(X)
    codes = encode_labels(y, machine.classes_)
    n_classes = len(machine.classes_)
    if n_classes == 2:
        return np.where(codes < 0, -np.inf, np.where(codes == 1, 1, -1) * decisions)
    first, second = np.triu_indices(n_classes, 1)
    codes = codes[:, None]
    sides = (codes == first) * 1.0 - (codes == second)
    margins = np.where(sides == 0, np.inf, sides * decisions).min(axis=1)
    return np.where(codes[:, 0] < 0, -np.inf, margins)


def _of_neighbours(model):
    return model._fit_X


def _of_process(model):
    base = model.base_estimator_
    return np.vstack([one.X_train_ for one in getattr(base, "estimators_", [base])])


def _of_machine(model):
    return model.support_vectors_


_ROWS = {
    KNeighborsClassifier: _of_neighbours,
    RadiusNeighborsClassifier: _of_neighbours,
    GaussianProcessClassifier: _of_process,
    SVC: _of_machine,
    NuSVC: _of_machine,
}
