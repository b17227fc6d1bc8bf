"""What the leaves of trees and forests give away about a record.

A leaf keeps how many records of each class the tree was trained on there. A record that
the tree was trained on is one of them: its leaf holds its label, for certain, and more
often in a small one than the label of another record does.
"""

import numpy as np
from sklearn.utils.validation import validate_data

from skmia.utils._sklearn import n_fitted_records

# What a tree without the label in the leaf counts where every tree had every record: a
# proof, which is written as very unlikely, since values are finite.
_ALL = 0.999


def in_leaf(model, X, codes, smoothing):
    """Of one tree: share of the label in the leaf, and more where that is small.

    Parameters
    ----------
    model : DecisionTreeClassifier or ExtraTreeClassifier
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    codes : ndarray of int of shape (n_samples,)
        Positions of the labels among the classes.
    smoothing : ignored

    Returns
    -------
    value : ndarray of shape (n_samples,)
        ``share * (1 + 1 / size)``, from 0 to 2; 0 where the leaf does not hold the
        label, so that the tree was not trained on the record.
    """
    share, size = _held(model)
    leaves = model.tree_.apply(_as_trees_take(model, X))
    return share[leaves, codes] * (1 + 1 / size[leaves])


def in_leaves(model, X, codes, smoothing):
    """Of a forest: how many times likelier its leaves are if it had the record.

    Parameters
    ----------
    model : RandomForestClassifier, ExtraTreesClassifier or BaggingClassifier
        The latter of trees.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    codes : ndarray of int of shape (n_samples,)
        Positions of the labels among the classes.
    smoothing : float
        Records that an even number of all classes adds to each leaf.

    Returns
    -------
    value : ndarray of shape (n_samples,)
        Geometric mean over the trees, from 0.001 to the number of classes.
    """
    X = _as_trees_take(model, X)
    trees, n_classes = model.estimators_, len(model.classes_)
    every = np.arange(X.shape[1])
    columns = getattr(model, "estimators_features_", [every] * len(trees))
    drawn = sum(tree.tree_.n_node_samples[0] for tree in trees)
    chance = min(drawn / (len(trees) * n_fitted_records(model)), _ALL)
    total = np.zeros(len(codes))
    for tree, seen in zip(trees, columns, strict=True):
        # A tree of a bag may not know all classes.
        ratio = np.zeros((tree.tree_.node_count, n_classes))
        ratio[:, tree.classes_.astype(int)] = _likelier(tree, n_classes, smoothing)
        weight = np.log1p(chance * (ratio - 1))
        of_tree = X if np.array_equal(seen, every) else X[:, seen]
        total += weight[tree.tree_.apply(of_tree), codes]
    return np.exp(total / len(trees))


def _likelier(tree, n_classes, smoothing):
    """Share of each class in the nodes, beside that if one record were not there."""
    share, size = _held(tree)
    size = size[:, np.newaxis]
    others = np.maximum(share * size - 1, 0)
    return share * (size - 1 + smoothing) / (others + smoothing / n_classes)


def _held(tree):
    """Shares of the classes in the nodes of a tree, and their numbers of records."""
    return tree.tree_.value[:, 0], tree.tree_.n_node_samples


def _as_trees_take(model, X):
    return validate_data(
        *(model, X),
        reset=False,
        dtype=np.float32,
        accept_sparse="csr",
        ensure_all_finite="allow-nan",
    )
