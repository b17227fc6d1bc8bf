"""What the layers of a network say of a record's class, each given the ones below."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from skmia.signals._input_gradients import differentiable
from skmia.signals.white_box._displacement import above_mean, of_the_class
from skmia.utils._inside import into_last_step, last_step
from skmia.utils._kinds import name_of


def network_evidence(model, X, y, classes):
    """What a network gives the class of each record, above the mean of all classes.

    Parameters
    ----------
    model : fitted MLPClassifier, or a pipeline that ends in one
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that a model may know.

    Returns
    -------
    evidence : ndarray of shape (n_samples,)
        Of the values before the last activation.
    """
    network, given = into_last_step(model, X)
    scores = above_mean(differentiable(network).scores(_matrix(given)))
    return of_the_class(scores, y, network.classes_, classes)


def no_layers(model):
    """Why a fitted model has no layers that are known, in words, or None."""
    last, _ = last_step(model)
    if type(last) is MLPClassifier:
        return None
    return f"this {name_of(last)} is no MLPClassifier, whose layers are known"


def hidden_states(model, X):
    """What each hidden layer of a network makes of the records, the lowest first."""
    network, given = into_last_step(model, X)
    return differentiable(network).hidden(_matrix(given))


def _matrix(X):
    return X if sparse.issparse(X) else np.asarray(X, dtype=float)


def upper_part(model, n_below, Z, y, random_state):
    """Network of the layers above some, trained on what these make of records.

    Parameters
    ----------
    model : fitted MLPClassifier, or a pipeline that ends in one
    n_below : int
        Hidden layers that stay as they are.
    Z : ndarray of shape (n_samples, n_units)
        What the last of them makes of the records.
    y : array-like of shape (n_samples,)
        Labels.
    random_state : int

    Returns
    -------
    network : MLPClassifier
    """
    network = clone(last_step(model)[0])
    sizes = np.atleast_1d(network.hidden_layer_sizes)[n_below:]
    network.set_params(
        hidden_layer_sizes=sizes, random_state=random_state, warm_start=False
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(Z, y)
