"""The other side of ridge regression, also of classes: leverages of least squares."""

import numpy as np
from scipy import linalg, sparse
from sklearn.linear_model import Ridge, RidgeClassifier

from skmia.shadow.surgery._change import Change, check_trained_on
from skmia.shadow.surgery._operation import Operation

# Solvers that end at the solution, not near it.
EXACT_SOLVERS = ("cholesky", "svd")
# Parts that are smaller than this, relative to the whole, are rounding.
ROUNDING = 1e-12
# A record whose leverage is closer to 1 decides alone in some direction.
LEAST_REST = 1e-9


def _ridge(model, X, codes, inside):
    """Decision values, one column for each class; with two classes minus and plus."""
    change = Change(codes, inside, len(model.classes_))
    targets = np.where(codes[:, np.newaxis] == np.arange(len(change.counts)), 1.0, -1.0)
    if len(change.counts) == 2:
        targets = targets[:, 1:]
    return _by_class(_least_squares(model, X, targets, inside), change)


def _least_squares(model, X, targets, inside):
    """Values of every output, as they would be with the record or without it.

    With leverage h the value f of a record with target t becomes f + h / (1 - h)
    (f - t) without the record, and (f + h t) / (1 + h) with it.
    """
    coef = np.atleast_2d(model.coef_).astype(float)
    values = np.asarray(X @ coef.T + model.intercept_)
    X = X.toarray() if sparse.issparse(X) else np.asarray(X, dtype=float)
    center = X[inside].mean(axis=0) if model.fit_intercept else np.zeros(X.shape[1])
    training = X[inside] - center
    _check_minimum(model, coef, training, (values - targets)[inside])
    leverage = _leverages(model, X - center, training, inside)
    if model.fit_intercept:
        leverage += 1 / np.count_nonzero(inside)
    return _changed(values, targets, leverage[:, np.newaxis], inside[:, np.newaxis])


def _check_minimum(model, coef, training, residuals):
    """The model is where the gradient on these records is 0, or had others."""
    gradient = residuals.T @ training + model.alpha * coef
    scale = np.abs(residuals).sum(axis=0).max() * np.abs(training).max(initial=0)
    # Single precision ends where its rounding does.
    tolerance = 1e-6 if model.coef_.dtype == np.float64 else 1e-2
    check_trained_on(np.abs(gradient).max(initial=0) <= tolerance * (scale + 1), model)


def _leverages(model, X, training, inside):
    """Leverage of every record, centred as the training records are."""
    _, scales, directions = linalg.svd(training, full_matrices=False)
    kept = scales > ROUNDING * scales.max(initial=0)
    scales, directions = scales[kept], directions[kept]
    parts = X @ directions.T
    leverage = (parts**2 / (scales**2 + model.alpha)).sum(axis=1)
    # What lies outside of all that the training records span has the penalty alone.
    length = (X**2).sum(axis=1)
    outside = ((X - parts @ directions) ** 2).sum(axis=1)
    outside[inside | (outside < ROUNDING * length)] = 0
    return leverage + outside / model.alpha


def _changed(values, targets, leverage, inside):
    rest = np.where(1 - leverage < LEAST_REST, np.nan, 1 - leverage)
    without = values + leverage / rest * (values - targets)
    joined = targets + (values - targets) / (1 + leverage)
    return np.where(inside, without, joined)


def _by_class(values, change):
    """One column for each class; a class that is gone has the smallest of the row."""
    if values.shape[1] == 1:
        # Without one of two classes there is nothing to decide.
        values = np.c_[-values, values]
        values[change.gone] = np.nan
        return values
    gone = change.gone
    values[change.rows[gone], change.codes[gone]] = np.inf
    values[change.rows[gone], change.codes[gone]] = values[gone].min(axis=1)
    return values


def _refuses(model):
    if len(model.classes_) < 2:
        return "it knows one class only."
    if model.class_weight is not None:
        return "it has class_weight."
    return _refuses_penalty(model)


def _refuses_penalty(model):
    if np.ndim(model.alpha):
        return "alpha is not one number."
    if model.alpha == 0:
        return "alpha is 0: where features are collinear, rounding decides."
    if model.positive:
        return "its coefficients are kept positive."
    if model.solver_ not in EXACT_SOLVERS:
        return f"solver {model.solver_!r} stops before the solution."
    return None


OPERATIONS = {
    Ridge: Operation(_least_squares, _refuses_penalty, exact=True),
    RidgeClassifier: Operation(_ridge, _refuses, exact=True),
}
