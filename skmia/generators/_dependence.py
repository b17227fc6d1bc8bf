"""Marginals of columns, and how columns depend on each other.

A model of dependence draws ranks in [0, 1), one column per column of the records; the
marginals make values of them. Ranks and marginals are learned apart.
"""

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata
from sklearn.covariance import OAS

# Numbers are cut into this many parts of equal count at most.
_MAX_BINS = 10
# Records per cell of the table of two columns, on average.
_CELL_SIZE = 2
# Rounds of reciprocal averaging; it only has to find an order.
_ROUNDS = 20


class Marginals:
    """Quantile function of every column.

    Discrete columns give values that were observed, in their frequencies; continuous
    ones values between two neighbouring ones, so that no value need be a record's.
    """

    def __init__(self, V, discrete):
        self.sorted = np.sort(V, axis=0)
        self.discrete = discrete

    def values(self, U):
        """Values at the ranks `U`, of shape (n_samples, n_columns)."""
        last = len(self.sorted) - 1
        step = np.minimum((U * (last + 1)).astype(np.intp), last)
        observed = np.take_along_axis(self.sorted, step, axis=0)
        place = U * last
        below = place.astype(np.intp)
        part = place - below
        between = np.take_along_axis(self.sorted, below, axis=0) * (1 - part)
        above = np.minimum(below + 1, last)
        between += np.take_along_axis(self.sorted, above, axis=0) * part
        return np.where(self.discrete, observed, between)


class Independence:
    """Columns that do not depend on each other."""

    def __init__(self, V, kinds):
        self.n_columns = V.shape[1]

    def ranks(self, n_samples, rng):
        """Ranks of shape (n_samples, n_columns)."""
        return rng.random_sample((n_samples, self.n_columns))


class GaussianCopula:
    """Columns whose ranks are those of correlated Gaussians."""

    def __init__(self, V, kinds):
        S = _standardised(ndtri((rankdata(V, axis=0) - 0.5) / len(V)))
        covariance = np.eye(S.shape[1])
        if len(S) > 1:
            # Not the correlations themselves: of two records all would be 1 or -1.
            shrunk = OAS(assume_centered=True, store_precision=False)
            covariance = shrunk.fit(S).covariance_
        covariance[np.diag_indices_from(covariance)] = 1
        values, vectors = np.linalg.eigh(covariance)
        self.root = vectors * np.sqrt(np.clip(values, 0, None))

    def ranks(self, n_samples, rng):
        """Ranks of shape (n_samples, n_columns)."""
        G = rng.standard_normal((n_samples, len(self.root))) @ self.root.T
        return np.minimum(ndtr(G), np.nextafter(1, 0))


class ChowLiuTree:
    """Columns of which each depends on one other, along the best tree.

    Numbers are cut into parts of equal count. The tree is the one with the largest sum
    of mutual informations, hence the likeliest of all trees. Within a part the rank is
    uniform.
    """

    def __init__(self, V, kinds):
        self.bins = _bins(V, np.array(kinds) == "categorical")
        counts = [np.bincount(column) for column in self.bins.T]
        self.share = [count / len(V) for count in counts]
        self.start = [np.cumsum(share) - share for share in self.share]
        self.edges = _spanning_tree(_mutual_information(self.bins))

    def ranks(self, n_samples, rng):
        """Ranks of shape (n_samples, n_columns)."""
        drawn = np.empty((n_samples, self.bins.shape[1]), dtype=np.intp)
        for column, parent in self.edges:
            if parent is None:
                record = rng.randint(len(self.bins), size=n_samples)
            else:
                record = _records_alike(self.bins[:, parent], drawn[:, parent], rng)
            drawn[:, column] = self.bins[record, column]
        U = rng.random_sample(drawn.shape)
        for j, (start, share) in enumerate(zip(self.start, self.share, strict=True)):
            U[:, j] = start[drawn[:, j]] + U[:, j] * share[drawn[:, j]]
        return np.minimum(U, np.nextafter(1, 0))


def _records_alike(observed, drawn, rng):
    """A random record for each row, one that is in the same part as the row."""
    order = np.argsort(observed, kind="stable")
    counts = np.bincount(observed)
    starts = np.cumsum(counts) - counts
    place = (rng.random_sample(len(drawn)) * counts[drawn]).astype(np.intp)
    return order[starts[drawn] + place]


def _bins(V, categorical):
    """Part of each entry, numbered from 0 within its column, in the order of values."""
    n_bins = int(np.clip(np.sqrt(len(V) / _CELL_SIZE), 2, _MAX_BINS))
    bins = np.empty(V.shape, dtype=np.intp)
    for j, column in enumerate(V.T):
        values, part = np.unique(column, return_inverse=True)
        if not categorical[j] and len(values) > n_bins:
            rank = rankdata(column, method="min") - 1
            part = np.unique(rank * n_bins // len(column), return_inverse=True)[1]
        bins[:, j] = part
    return bins


def _mutual_information(bins):
    """Of every pair of columns, less what columns without dependence would show."""
    n_samples, n_columns = bins.shape
    widths = bins.max(axis=0) + 1
    starts = np.cumsum(widths) - widths
    onehot = np.zeros((n_samples, widths.sum()), dtype=np.float32)
    onehot[np.arange(n_samples)[:, np.newaxis], starts + bins] = 1
    marginal = onehot.mean(axis=0, dtype=np.float64)
    information = np.empty((n_columns, n_columns))
    for j, (start, width) in enumerate(zip(starts, widths, strict=True)):
        here = slice(start, start + width)
        joint = onehot[:, here].T @ onehot / n_samples
        independent = np.outer(marginal[here], marginal)
        ratio = np.where(joint > 0, joint / independent, 1)
        terms = (joint * np.log(ratio)).sum(axis=0)
        expected = (width - 1) * (widths - 1) / (2 * n_samples)
        information[j] = np.add.reduceat(terms, starts) - expected
    return information


def _spanning_tree(weights):
    """Pairs of a column and its parent, parents first; maximal sum of weights."""
    n_columns = len(weights)
    edges, best, parent = [(0, None)], weights[0].copy(), np.zeros(n_columns, dtype=int)
    best[0] = -np.inf
    outside = np.arange(n_columns) > 0
    while outside.any():
        j = int(np.argmax(np.where(outside, best, -np.inf)))
        edges.append((j, int(parent[j])))
        outside[j] = False
        closer = weights[j] > best
        best[closer], parent[closer] = weights[j][closer], j
    return edges


def order_categories(V, kinds):
    """Number categories so that neighbours are alike.

    Their codes have no order, but a copula needs one. Reciprocal averaging finds it:
    a category is scored by the mean of its records, a record by the sum over its
    categories and its numbers, each number weighted by its correlation with the score.

    Returns
    -------
    V : ndarray of shape (n_samples, n_columns)
        With new numbers in the categorical columns.
    codes : dict of int to ndarray
        Of each categorical column, the code that each new number stands for.
    """
    is_category = np.array(kinds) == "categorical"
    categories = np.flatnonzero(is_category)
    numbers = _standardised(rankdata(V[:, ~is_category], axis=0))
    V, codes = V.copy(), {}
    present = {}
    for j in categories:
        codes[j], present[j] = np.unique(V[:, j], return_inverse=True)
    score = _standardised(rankdata(V, axis=0).sum(axis=1))
    for _ in range(_ROUNDS):
        total = numbers @ (numbers.T @ score) / len(V)
        for j in categories:
            total += _means(score, present[j])[present[j]]
        score = _standardised(total)
    for j in categories:
        order = np.argsort(_means(score, present[j]), kind="stable")
        V[:, j] = np.argsort(order)[present[j]]
        codes[j] = codes[j][order]
    return V, codes


def _standardised(S):
    spread = S.std(axis=0)
    return (S - S.mean(axis=0)) / np.where(spread > 0, spread, 1)


def _means(values, groups):
    return np.bincount(groups, weights=values) / np.bincount(groups)
