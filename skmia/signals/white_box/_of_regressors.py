"""What a regressor that is held gives away: gradients, and leaves (Gupta et al.)."""

import numpy as np
from scipy import sparse
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor
from sklearn.utils.validation import validate_data

from skmia.signals._input_gradients import LINEAR_REGRESSORS, differentiable
from skmia.signals.white_box._blocks import norms
from skmia.signals.white_box._torch import of_two
from skmia.utils._inside import into_last_step, last_step
from skmia.utils._kinds import name_of

GRADIENT_COLUMNS = ("last_layer", "all_layers")
LEAF_COLUMNS = ("size", "impurity", "depth")
_TREES = (DecisionTreeRegressor, ExtraTreeRegressor)
_FORESTS = (RandomForestRegressor, ExtraTreesRegressor)


def error_gradient(model, X, y, classes):
    """Length of the gradient of a record's squared error by the parameters.

    By those of the last layer, which with the residual r and what that layer is given,
    a, is ``2 |r| sqrt(|a|² + 1)``, and by those of all layers.

    Parameters
    ----------
    model : fitted regressor
        A linear model or ``MLPRegressor``, or a pipeline that ends in one.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True values.
    classes : ignored

    Returns
    -------
    norms : ndarray of shape (n_samples, 2)
        Euclidean. A linear model is one layer.

    References
    ----------
    U. Gupta et al., "Membership Inference Attacks on Deep Regression Models for
    Neuroimaging", MIDL 2021, arXiv:2105.02866.
    """
    last, X = into_last_step(model, X)
    known = differentiable(last)
    X = np.asarray(X.toarray() if sparse.issparse(X) else X, dtype=float)
    outputs = known.outputs(X)
    slope = 2 * (outputs - np.reshape(y, outputs.shape))
    layers = known.by_parameters(X, of_two(slope))
    every = [block for layer in layers for block in layer]
    return np.column_stack([norms(layers[-1]), norms(every)])


def no_error_gradient(model):
    """Why the gradients of a regressor are not known, in words, or None."""
    last, _ = last_step(model)
    linear = type(last) in LINEAR_REGRESSORS
    network = type(last) is MLPRegressor and last.out_activation_ == "identity"
    if linear or network:
        return None
    return f"the gradients of this {name_of(last)} by its parameters are not known"


def leaf(model, X, y, classes):
    """The leaf of a record: its number of training records, their variance, its depth.

    Parameters
    ----------
    model : fitted regressor
        A tree or a forest, or a pipeline that ends in one.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y, classes : ignored

    Returns
    -------
    facts : ndarray of shape (n_samples, 3)
        Of a forest the means over its trees.
    """
    last, X = into_last_step(model, X)
    X = validate_data(
        *(last, X),
        reset=False,
        dtype=np.float32,
        accept_sparse="csr",
        ensure_all_finite="allow-nan",
    )
    trees = [last] if type(last) in _TREES else last.estimators_
    return np.mean([_of_tree(tree.tree_, X) for tree in trees], axis=0)


def _of_tree(tree, X):
    leaves = tree.apply(X)
    depth = np.asarray(tree.decision_path(X).sum(axis=1)).ravel() - 1
    size, impurity = tree.weighted_n_node_samples[leaves], tree.impurity[leaves]
    return np.column_stack([size, impurity, depth])


def no_leaf(model):
    """Why a regressor has no leaves, in words, or None."""
    last, _ = last_step(model)
    if type(last) in (*_TREES, *_FORESTS):
        return None
    return f"this {name_of(last)} is no tree or forest"
