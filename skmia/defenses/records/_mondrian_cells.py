"""Strict multidimensional Mondrian on a matrix of numbers: cells, nothing else."""

from dataclasses import dataclass

import numpy as np

# Slack for sums of rounded frequencies.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class CellTree:
    """Splits "below the threshold: left", and the cells they end in.

    Attributes
    ----------
    column, left, right : ndarray of int, shape (n_nodes,)
        Column of each split, -1 at a cell, and the nodes it leads to.
    threshold : ndarray of shape (n_nodes,)
    cell : ndarray of int, shape (n_nodes,)
        Number of each cell.
    """

    column: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    cell: np.ndarray

    def apply(self, V):
        """Cell of each row of a matrix."""
        V = _missing_last(V)
        node = np.zeros(len(V), dtype=np.intp)
        moving = np.flatnonzero(self.column[node] >= 0)
        while len(moving):
            at = node[moving]
            below = V[moving, self.column[at]] < self.threshold[at]
            node[moving] = np.where(below, self.left[at], self.right[at])
            moving = moving[self.column[node[moving]] >= 0]
        return self.cell[node]


def mondrian_tree(V, categorical, k, is_allowed):
    """Cells of at least `k` rows, each cut where it is widest.

    Parameters
    ----------
    V : ndarray of shape (n_samples, n_columns)
        Numbers, or nan; of a categorical column the places in its list of values.
    categorical : ndarray of bool, shape (n_columns,)
    k : int
    is_allowed : callable
        ``is_allowed(rows)``: whether these rows may be a cell.

    Returns
    -------
    tree : CellTree
    """
    V = _missing_last(V)
    scale = np.maximum(_spans(V, categorical), np.finfo(float).tiny)
    # Of each node: column, threshold, left and right; a cell until it is split.
    nodes = [(-1, 0.0, 0, 0)]
    waiting = [(0, np.arange(len(V)))]
    while waiting:
        node, rows = waiting.pop()
        split = _first_valid_split(V, rows, categorical, scale, k, is_allowed)
        if split is None:
            continue
        column, threshold, below = split
        left, right = len(nodes), len(nodes) + 1
        nodes[node] = (column, threshold, left, right)
        nodes += [(-1, 0.0, 0, 0)] * 2
        waiting += [(left, rows[below]), (right, rows[~below])]
    column, threshold, left, right = map(np.array, zip(*nodes, strict=True))
    cell = np.cumsum(column < 0) - 1
    return CellTree(column, threshold, left, right, cell)


def sensitive_condition(codes, *, l, l_kind, t, ordered):  # noqa: E741
    """Condition on the sensitive values of a cell, as ``is_allowed(rows)``.

    Parameters
    ----------
    codes : ndarray of int, shape (n_samples,)
        Places of the sensitive values in their sorted list.
    l : float or None
        Least diversity of a cell.
    l_kind : {"distinct", "entropy"}
        What diversity is: the number of values, or the exponential of their entropy.
    t : float or None
        Largest distance of a cell to all rows.
    ordered : bool
        Whether the distance counts how far values are apart.
    """
    n_values = codes.max() + 1
    overall = np.bincount(codes) / len(codes)

    def is_allowed(rows):
        share = np.bincount(codes[rows], minlength=n_values) / len(rows)
        if l is not None and diversity(share, l_kind) < l * (1 - _ROUNDING):
            return False
        return t is None or distance(share, overall, ordered) <= t + _ROUNDING

    return is_allowed


def diversity(share, kind):
    """Number of values, or the exponential of their entropy."""
    share = share[share > 0]
    return len(share) if kind == "distinct" else np.exp(-np.sum(share * np.log(share)))


def distance(p, q, ordered):
    """Earth mover's distance of two distributions on the same list of values.

    Between categories all ways are equally long, which makes it the total variation;
    ordered values lie side by side, from one end of the list to the other in length 1.
    """
    if not ordered:
        return np.abs(p - q).sum() / 2
    return np.abs(np.cumsum(p - q)).sum() / max(len(p) - 1, 1)


def _missing_last(V):
    """Missing numbers as one value more, above all others."""
    return np.where(np.isnan(V), np.inf, V)


def _spans(part, categorical):
    """Width of each numeric column, number of values of each categorical one."""
    highest = np.where(part < np.inf, part, -np.inf).max(axis=0)
    spans = np.maximum(highest - part.min(axis=0), 0)
    for column in np.flatnonzero(categorical):
        spans[column] = len(np.unique(part[:, column]))
    return spans


def _first_valid_split(V, rows, categorical, scale, k, is_allowed):
    """Column, threshold and who is below; None where every split is refused."""
    if len(rows) < 2 * k:
        return None
    part = V[rows]
    widest_first = np.argsort(-_spans(part, categorical) / scale, kind="stable")
    for column in widest_first:
        values = part[:, column]
        threshold = (_half if categorical[column] else _middle)(values)
        if threshold is None:
            continue
        below = values < threshold
        if min(below.sum(), (~below).sum()) < k:
            continue
        if is_allowed(rows[below]) and is_allowed(rows[~below]):
            return column, threshold, below
    return None


def _half(codes):
    """Where the second half of the values that occur begins."""
    present = np.unique(codes)
    return present[len(present) // 2] if len(present) > 1 else None


def _middle(values):
    """Between two neighbouring values, at the median; None if all are equal.

    Values equal to the median stay together. Below them unless above is more even:
    always below, a column that is 0 for most rows could never be cut.
    """
    n = len(values)
    median = np.partition(values, n // 2)[n // 2]
    below, above = values[values < median], values[values > median]
    if not len(below) and not len(above):
        return None
    if abs(n - 2 * len(below)) <= abs(n - 2 * (n - len(above))):
        return _between(below.max(), median)
    return _between(median, above.min())


def _between(low, high):
    middle = low / 2 + high / 2
    # Between two neighbouring floats there is none.
    return middle if low < middle else high
