"""Logistic regression, of two classes or more."""

import numpy as np
from scipy.sparse import issparse
from sklearn.linear_model import LogisticRegression
from sklearn.utils import check_array, compute_class_weight

from skmia.shadow.surgery._change import check_trained_on, probabilities
from skmia.shadow.surgery._newton import in_their_span, other_logits
from skmia.shadow.surgery._operation import Operation
from skmia.utils._sklearn import has_l1_penalty

# Times what the tolerance allows: solvers measure it in several ways.
_SLOPE_LEFT = 10


def refuses(model):
    """Why there is no Newton step: a penalty that is not smooth."""
    if has_l1_penalty(model):
        return "its penalty is not L2 alone: it has a kink at 0."
    return None


def operate(model, X, codes, inside):
    """Newton's step from the model to the one with, or without, each record."""
    return probabilities(other_logits(*problem(model, X, codes, inside)))


def problem(model, X, codes, inside):
    """What the model has minimised, as :func:`other_logits` takes it."""
    X = check_array(X, accept_sparse="csr", dtype=np.float64)
    coef = model.coef_.toarray() if issparse(model.coef_) else model.coef_
    F = X @ coef.T.astype(np.float64) + model.intercept_
    column, column_penalty = _intercept(model)
    penalty = _penalty(model)
    Z = in_their_span(X)
    penalties = np.full(Z.shape[1], penalty)
    weight = _weights(model, codes, inside)
    agrees = _may_be_its_minimum(model, X, coef, F, codes, inside, weight)
    check_trained_on(agrees, model)
    if model.fit_intercept:
        Z = np.hstack([Z, np.full((len(Z), 1), column)])
        penalties = np.append(penalties, column_penalty)
    return Z, F, codes, inside, penalties, weight


def _may_be_its_minimum(model, X, coef, F, codes, inside, weight):
    """Whether the loss of these records is as flat as the fit has left that of its own.

    Other records of the population leave slopes of 1.4 times their standard deviation;
    a fit leaves next to nothing, or what its tolerance allows. One that was given up
    tells nothing, nor does one that ends where its coefficients hardly move.
    """
    ends_by_step = model.solver in ("sag", "saga")
    if ends_by_step or np.max(model.n_iter_) >= model.max_iter:
        return True
    P = probabilities(F[inside])
    residual = P - (codes[inside, None] == np.arange(P.shape[1]))
    if F.shape[1] == 1:
        P, residual = P[:, 1:], residual[:, 1:]
    w, inner = weight[inside, None], X[inside]
    slope = np.abs(inner.T @ (w * residual) + _penalty(model) * coef.T)
    square = inner.multiply(inner) if issparse(inner) else inner**2
    deviation = np.sqrt(square.T @ (w**2 * P * (1 - P)))
    left = _SLOPE_LEFT * model.tol * len(P)
    return not ((slope > deviation) & (slope > left)).any()


def _penalty(model):
    return 0.0 if model.penalty is None else 1 / model.C


def _intercept(model):
    """Value of the column that the intercept is a coefficient of, and its penalty."""
    if model.solver == "liblinear":
        return model.intercept_scaling, 1 / model.C
    return 1.0, 0.0


def _weights(model, codes, inside):
    """Weight of each record by its class; "balanced" ones as they were in the fit."""
    if model.class_weight is None:
        return np.ones(len(codes))
    weights = compute_class_weight(
        model.class_weight, classes=model.classes_, y=model.classes_[codes[inside]]
    )
    return weights[codes]


def _work(model, n_records, n_trained):
    """Leverages by a Hessian for each class, and the inverses."""
    n_parameters = min(model.n_features_in_, n_trained) + 1
    return len(model.coef_) * (n_records + n_parameters) * n_parameters**2


OPERATIONS = {LogisticRegression: Operation(operate, refuses, exact=False, work=_work)}
