"""The last layer of a network of scikit-learn: logistic regression on what is below."""

import numpy as np
from scipy.special import expit
from sklearn.neural_network import MLPClassifier
from sklearn.utils import check_array

from skmia.shadow.surgery._change import probabilities
from skmia.shadow.surgery._newton import other_logits
from skmia.shadow.surgery._operation import Operation

_ACTIVATIONS = {
    "identity": lambda Z: Z,
    "logistic": expit,
    "tanh": np.tanh,
    "relu": lambda Z: np.maximum(Z, 0),
}


def refuses(model):
    """Why the last layer is no logistic regression of all records."""
    if model.out_activation_ == "logistic" and model.n_outputs_ > 1:
        return "it learned several labels per record, not one class."
    if model.early_stopping:
        return "early_stopping held some of its records out: which is not known."
    return None


def operate(model, X, codes, inside):
    """Newton's step of the last layer, on hidden activations that stay as they are."""
    hidden = check_array(X, accept_sparse=["csr", "csc"], dtype=np.float64)
    activation = _ACTIVATIONS[model.activation]
    for coef, intercept in zip(model.coefs_[:-1], model.intercepts_[:-1], strict=True):
        hidden = activation(hidden @ coef + intercept)
    F = hidden @ model.coefs_[-1] + model.intercepts_[-1]
    Z = np.hstack([hidden, np.ones((len(hidden), 1))])
    penalty = np.full(Z.shape[1], _penalty(model, np.count_nonzero(inside)))
    penalty[-1] = 0  # of the intercept
    # The last layer is seldom at its minimum: the losses of others are not followed.
    logits = other_logits(Z, F, codes, inside, penalty, follow=False)
    return probabilities(logits)


def _penalty(model, n_trained):
    """Penalty of the summed losses: `alpha` is added once for each step of an epoch."""
    if model.solver == "lbfgs":
        return float(model.alpha)
    size = 200 if model.batch_size == "auto" else model.batch_size
    return model.alpha * max(1.0, n_trained / size)


OPERATIONS = {MLPClassifier: Operation(operate, refuses, exact=False)}
