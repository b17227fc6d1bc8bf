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
        self.leaves, self.codes, self.times, self.equals = leaves, codes, times, equals
        grown = tree.tree_
        left, right = grown.children_left, grown.children_right
        self.nodes = Nodes(left, right, left == right)
        learned = grown.value[:, 0] * grown.weighted_n_node_samples[:, np.newaxis]
        self.counts = np.rint(learned)
        found = self._counted(leaves, learned.shape)
        agrees = np.allclose(found[left == right], learned[left == right])
        check_trained_on(agrees, tree)

    def _counted(self, places, shape):
        """Training records by place and class, as often as they were trained on."""
        there = np.flatnonzero(self.times)
        flat = places[there] * shape[1] + self.codes[there]
        return np.bincount(flat, self.times[there], np.prod(shape)).reshape(shape)

    def own(self, rows):
        """What the tree answers about these records, as it is."""
        return _shares(self.counts)[self.leaves[rows]]

    def without(self, rows):
        """Shares in the leaf of each record but itself, however often it is there.

        A leaf that nobody else is in would not be there: then the nearest node above
        it where others are. nan where nobody else is in the tree.
        """
        n_records, times = self.counts.sum(axis=1), self.times[rows]
        nodes = self.nodes.with_others(
            self.leaves[rows], lambda nodes, at: n_records[nodes] - times[at]
        )
        # A record alone in the tree (-1) is in its only node, and leaves nothing there.
        counts = self.counts[nodes]
        counts[np.arange(len(rows)), self.codes[rows]] -= times
        return _shares(counts)

    def joined(self, rows, chances):
        """Expected shares in the leaf of each record that joins.

        A tree that is grown until its leaves are pure parts the record from all that
        are not equal to it.

        Parameters
        ----------
        rows : ndarray of int of shape (n_rows,)
        chances : dict
            {how often it is there: chance of that}.
        """
        met = self.counts[self.leaves[rows]]
        if self.equals is not None:
            shape = self.equals.max() + 1, met.shape[1]
            met = self._counted(self.equals, shape)[self.equals[rows]]
        own = np.arange(len(rows)), self.codes[rows]
        shares = chances.get(0, 0) * self.own(rows)
        for times in filter(None, chances):
            counts = met.copy()
            counts[own] += times
            shares += chances[times] * _shares(counts)
        return shares


def _shares(counts):
    """Counts by their sum; nan where there are none."""
    # Sums of a few columns: many times as fast as the method.
    total = np.einsum("ij->i", counts)[:, np.newaxis]
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
    answers = np.empty((len(codes), len(model.classes_)))
    members, joins = np.flatnonzero(inside), np.flatnonzero(~inside)
    answers[members] = counted.without(members)
    answers[joins] = counted.joined(joins, {1: 1.0})
    return answers


OPERATIONS = {
    kind: Operation(_tree, refuses_to_count, exact=False)
    for kind in (DecisionTreeClassifier, ExtraTreeClassifier)
}
