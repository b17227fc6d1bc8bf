"""The other side of a tree: its splits stay, the counts of a leaf change by a record.

What a record does to the splits is not computed, so the change is smaller than that of
a tree trained anew, but the order of the records is much the same. Only where a tree is
grown until its leaves are pure is the answer about a record that joins known: it is
that of its equals.
"""

import numpy as np
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from skmia.shadow.surgery._change import check_trained_on
from skmia.shadow.surgery._nodes import Nodes
from skmia.shadow.surgery._operation import Operation
from skmia.utils._equal_records import number_records


class CountedTree:
    """Training records in the leaves of a fitted tree, and what one more or less does.

    Parameters
    ----------
    tree : DecisionTreeClassifier or ExtraTreeClassifier
    leaves : ndarray of int of shape (n_records,)
        Leaf of each record, whether trained on or not.
    codes : ndarray of int of shape (n_records,)
        Positions of the labels among the classes.
    times : ndarray of shape (n_records,)
        How often the tree was trained on each record; 0 for one that it never saw.
    equals : ndarray of int of shape (n_records,) or None
        Number of each record, one for equal ones; of a tree grown until its leaves are
        pure. None for any other.
    """

    def __init__(self, tree, leaves, codes, times, equals=None):
        self.leaves, self.codes, self.times = leaves, codes, times
        self.rows = np.arange(len(codes))
        n_classes = len(tree.classes_)
        left, right = tree.tree_.children_left, tree.tree_.children_right
        self.nodes = Nodes(left, right, left == right)
        weights = np.zeros((len(codes), n_classes))
        weights[self.rows, codes] = times
        self.counts = self.nodes.sums(leaves, weights)
        self.equal_counts = None
        if equals is not None:
            columns = [np.bincount(equals, column) for column in weights.T]
            self.equal_counts = np.transpose(columns)[equals]
        self._check(tree)

    def _check(self, tree):
        """What the tree learned is what the records say."""
        n_records = self.counts.sum(axis=1)
        agrees = np.allclose(n_records, tree.tree_.weighted_n_node_samples)
        agrees = agrees and np.allclose(
            self.counts, tree.tree_.value[:, 0] * n_records[:, np.newaxis]
        )
        check_trained_on(agrees, tree)

    def own(self):
        """What the tree answers, as it is."""
        return _shares(self.counts[self.leaves])

    def without(self):
        """Shares in the leaf of each record but itself, however often it is there.

        A leaf that nobody else is in would not be there: then the nearest node above
        it where others are. nan where nobody else is in the tree.
        """
        n_records = self.counts.sum(axis=1)
        nodes = self.nodes.with_others(
            self.leaves, lambda nodes, rows: n_records[nodes] - self.times[rows]
        )
        # A record alone in the tree (-1) is in its only node, and leaves nothing there.
        counts = self.counts[nodes]
        counts[self.rows, self.codes] -= self.times
        return _shares(counts)

    def with_more(self, times):
        """Shares in the leaf of each record when it is there as often, in addition.

        A tree that is grown until its leaves are pure parts the record from all that
        are not equal to it.
        """
        base = self.counts[self.leaves]
        if self.equal_counts is not None:
            base = self.equal_counts.copy()
        base[self.rows, self.codes] += times
        return _shares(base)


def _shares(counts):
    """Counts by their sum; nan where there are none."""
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)


def equals_if_pure(model, X):
    """Numbers of the records if the model's trees grow until leaves are pure, or None.

    Parameters
    ----------
    model : tree or forest
        Both have the parameters that end the growth of a tree.
    X : {ndarray, sparse matrix} of shape (n_records, n_features)
    """
    ends = {
        "max_depth": None,
        "max_leaf_nodes": None,
        "min_samples_split": 2,
        "min_samples_leaf": 1,
        "min_weight_fraction_leaf": 0,
        "min_impurity_decrease": 0,
        "ccp_alpha": 0,
    }
    grown = all(getattr(model, name) == value for name, value in ends.items())
    # In single precision, as trees compare records.
    return number_records(X) if grown else None


def refuses_to_count(model):
    """Why counts of records are not what a tree or a forest answers, or None."""
    if model.n_outputs_ > 1:
        return "it learned several outputs."
    if model.class_weight is not None:
        return "class_weight is given: its leaves have weights instead of counts."
    if model.monotonic_cst is not None:
        return "monotonic_cst is given: shares in leaves are cut to be in order."
    return None


def _tree(model, X, codes, inside):
    """Counts of the record's leaf, less the record or with it."""
    leaves, equals = model.apply(X), equals_if_pure(model, X)
    counted = CountedTree(model, leaves, codes, inside.astype(float), equals)
    return np.where(inside[:, np.newaxis], counted.without(), counted.with_more(1))


OPERATIONS = {
    kind: Operation(_tree, refuses_to_count, exact=False)
    for kind in (DecisionTreeClassifier, ExtraTreeClassifier)
}
