"""Sums of training records in the nodes of a tree, and where one of them moves to."""

import numpy as np

NO_PARENT = -1


class Nodes:
    """Nodes of a fitted tree: which is above which.

    Parameters
    ----------
    left, right : ndarray of int of shape (n_nodes,)
        Children of each node. Anything where `is_leaf`.
    is_leaf : ndarray of bool of shape (n_nodes,)

    Attributes
    ----------
    parent : ndarray of int of shape (n_nodes,)
        -1 for the root.
    """

    def __init__(self, left, right, is_leaf):
        self.parent = np.full(len(left), NO_PARENT)
        inner = np.flatnonzero(~np.asarray(is_leaf, dtype=bool))
        for children in (left, right):
            self.parent[np.asarray(children, dtype=np.intp)[inner]] = inner

    def sums(self, leaves, values):
        """Sums of the records' values in every node, (n_nodes, n_values).

        Parameters
        ----------
        leaves : ndarray of int of shape (n_records,)
            In which leaf each record is.
        values : ndarray of shape (n_records, n_values)
        """
        n_nodes = len(self.parent)
        at_leaves = [np.bincount(leaves, column, n_nodes) for column in values.T]
        sums, below = np.transpose(at_leaves), np.unique(leaves)
        above, added = self.parent[below], sums[below]
        # One step up for all leaves at a time: as many steps as the tree is deep.
        while (above != NO_PARENT).any():
            there = above != NO_PARENT
            above, added = above[there], added[there]
            np.add.at(sums, above, added)
            above = self.parent[above]
        return sums

    def with_others(self, leaves, others):
        """The nearest node, from its leaf upwards, where a record is not alone.

        Parameters
        ----------
        leaves : ndarray of int of shape (n_records,)
        others : callable
            ``others(nodes, records)``: how many training records are in each of the
            nodes beside the record (positions of records in `leaves`).

        Returns
        -------
        nodes : ndarray of int of shape (n_records,)
            -1 where a record is alone in the whole tree.
        """
        nodes = leaves.astype(np.intp)
        rows = np.arange(len(nodes))
        while len(rows):
            rows = rows[others(nodes[rows], rows) <= 0]
            nodes[rows] = self.parent[nodes[rows]]
            rows = rows[nodes[rows] != NO_PARENT]
        return nodes
