"""What the stages of boosted trees give away about a record.

Every tree moves the scores of the records in a leaf towards the labels that they still
miss. A record that it was trained on pulls the leaf its way, the more the fewer share
it.
"""

import numpy as np
from scipy.special import softmax
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.utils.validation import validate_data

from skmia.utils._sklearn import leaves_of_stages

# Records that count as many as a leaf has: among 1, 5, 20 and 80 the best of digits,
# breast cancer, Adult and made records.
_SMOOTHING = 20


def pulled(model, X, codes, smoothing):
    """How far the stages pulled a record towards its label, small leaves before all.

    Parameters
    ----------
    model : GradientBoostingClassifier or HistGradientBoostingClassifier
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    codes : ndarray of int of shape (n_samples,)
        Positions of the labels among the classes.
    smoothing : ignored

    Returns
    -------
    value : ndarray of shape (n_samples,)
        From -1 to 1. Sum over the stages of their steps along the residual of the
        record before them, each step divided by the size of the leaf that takes it.
    """
    stages = _STAGES[type(model)](model, X)
    total = np.zeros(len(codes))
    for after, (steps, sizes) in zip(
        model.staged_decision_function(X), stages, strict=True
    ):
        before = after.reshape(len(codes), -1) - steps
        along = _towards(codes, before) * steps / (sizes + _SMOOTHING)
        total += along.sum(axis=1)
    return total / (1 + np.abs(total))


def _towards(codes, scores):
    """Unit vector of the residuals: the label less the posterior of the scores."""
    if scores.shape[1] == 1:
        return np.where(codes == 1, 1.0, -1.0)[:, np.newaxis]
    # Up to a factor, which may be too small for a float.
    rows = np.arange(len(codes))
    others = scores.copy()
    others[rows, codes] = -np.inf
    residual = -softmax(others, axis=1)
    residual[rows, codes] = 1
    return residual / np.linalg.norm(residual, axis=1, keepdims=True)


def _of_gradient_boosting(model, X):
    X = validate_data(model, X, reset=False, dtype=np.float32, accept_sparse="csr")
    for stage in model.estimators_:
        trees = [tree.tree_ for tree in stage]
        leaves = [tree.apply(X) for tree in trees]
        yield _side_by_side(
            (model.learning_rate * tree.value[at, 0, 0], tree.n_node_samples[at])
            for tree, at in zip(trees, leaves, strict=True)
        )


def _of_histograms(model, X):
    for stage in leaves_of_stages(model, X):
        yield _side_by_side(
            (nodes["value"][at], nodes["count"][at]) for nodes, at in stage
        )


def _side_by_side(of_classes):
    steps, sizes = zip(*of_classes, strict=True)
    return np.column_stack(steps), np.column_stack(sizes)


_STAGES = {
    GradientBoostingClassifier: _of_gradient_boosting,
    HistGradientBoostingClassifier: _of_histograms,
}
