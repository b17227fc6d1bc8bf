"""Training rows that a fitted model holds, and whether a record is among them.

Nearest neighbours and Gaussian processes hold all rows, kernel machines those that they
lean on. Whether a record is one of them is no guess. What a kind of model holds is a
line in a table by exact type: what a subclass keeps is not known.
"""

from copy import copy
from math import comb

import numpy as np
from scipy import sparse
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.neighbors import KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.svm import SVC, NuSVC
from sklearn.utils.extmath import row_norms

from skmia.signals.white_box._preprocessing import steps_repeat
from skmia.signals.white_box._same_rows import among
from skmia.utils._inside import into_last_step, last_step
from skmia.utils._kinds import name_of
from skmia.utils._labels import encode_labels
from skmia.utils._records import n_records

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
        1 for those that are: to the last bit or, behind steps that do not repeat what
        they did in `fit` to it (a PCA), and in another precision, up to rounding. The
        others were not trained on, but for a kernel machine: it holds its support
        vectors only.
    """
    last, given = into_last_step(model, X)
    return are_held(last, given, steps_repeat(model)).astype(float)


def margin_test(model, X, y, classes):
    """What a kernel machine proves about a record: in, out, or nothing.

    Support vectors are members. Any other training record lies beyond all margins of
    its class, or it would be one; so what is neither was not trained on.

    Parameters
    ----------
    model : fitted SVC, or a pipeline that ends in one
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records, in the precision of those that were trained on.
    y : array-like of shape (n_samples,)
        True labels.
    classes : ignored

    Returns
    -------
    proved : ndarray of shape (n_samples,)
        1 for support vectors, 0 for records that were certainly not trained on with
        this label, 0.5 for all others. Behind steps that are not known to repeat what
        they did in `fit` to the last bit (a PCA), and of records in another precision,
        nobody is certainly out: support vectors might not be known again.
    """
    last, given = into_last_step(model, X)
    return by_margins(last, given, y, steps_repeat(model))


def are_held(model, X, exact):
    """Which records are among the rows of a model, as it is given them.

    Parameters
    ----------
    model : fitted classifier
        One of which :func:`holds_no_rows` says nothing; no pipeline.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
    exact : bool
        Whether what prepared the records did the same in training, to the last bit.

    Returns
    -------
    held : ndarray of bool of shape (n_samples,)
    """
    found, _ = among(X, _ROWS[type(model)](model), exact)
    return found


def by_margins(model, X, y, exact):
    """:func:`margin_test` of records as the machine is given them."""
    found, sure = among(X, model.support_vectors_, exact)
    proved = np.full(len(y), 0.5)
    proved[sure & (_least_margin(model, X, y) < 1 - _slack(model, X))] = 0
    proved[found] = 1
    return proved


def holds_no_rows(model):
    """Why a fitted model cannot be searched for records, in words, or None."""
    last, _ = last_step(model)
    if type(last) not in _ROWS:
        return f"this {name_of(model)} holds no training rows"
    if type(last) in (SVC, NuSVC) and not last.support_vectors_.shape[0]:
        return (
            f"this {name_of(model)} was given a kernel that was computed elsewhere, "
            "and not the rows"
        )
    return None


def proves_nothing(model):
    """Why a fitted model proves nothing by its margins, in words, or None."""
    last, _ = last_step(model)
    if type(last) is not SVC:
        return f"this {name_of(model)} is no SVC, whose margins prove something"
    if last.fit_status_:
        return f"this {name_of(model)} did not converge: its margins prove nothing"
    if len(last.intercept_) != comb(len(last.classes_), 2):
        return f"this {name_of(model)} was not trained on some of its classes"
    return holds_no_rows(model)


def _slack(machine, X):
    """How far below 1 the margin of a training record may be, for each record.

    The solver stops at `tol`, and keeps the kernel in single precision.
    """
    weights = np.abs(machine.dual_coef_).sum()
    rounding = np.finfo(np.float32).eps * weights * _largest_kernel(machine, X)
    return _SLACK * machine.tol + rounding


def _largest_kernel(machine, X):
    """Of each record and the support vectors, in absolute terms; not below it."""
    if machine.kernel in ("rbf", "sigmoid"):
        return np.ones(n_records(X))
    held = _lengths(machine.support_vectors_).max()
    product = np.maximum(_lengths(X), held) * held
    if machine.kernel == "linear":
        return product
    return (machine._gamma * product + abs(machine.coef0)) ** machine.degree


def _lengths(X):
    X = X if sparse.issparse(X) else np.asarray(X, dtype=float)
    return np.ravel(row_norms(X))


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
