"""Graphs drawn from block models, and models of them that are attacked."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from skmia.tasks import SGC

N_BLOCKS, BLOCK_SIZE, N_FEATURES, SHIFT = 4, 60, 150, 3.0
# Chances of a link within a block and between two, fixed before the tables.
BLOCK_MODELS = {
    "assortative": (0.08, 0.01),
    "dense": (0.16, 0.03),
    "without blocks": (0.03, 0.03),
}
# With more features than training nodes it fits all of them.
TARGET = SGC(LogisticRegression(C=10_000, max_iter=5000))


def block_graph(p_inside, p_between, seed, n_features=N_FEATURES):
    """Features, links and blocks of the nodes, whose order tells nothing.

    Features are standard normal, the one that stands for the own block has mean 3.
    """
    rng = np.random.RandomState(seed)
    block = rng.permutation(np.repeat(np.arange(N_BLOCKS), BLOCK_SIZE))
    n = len(block)
    chance = np.where(block[:, None] == block, p_inside, p_between)
    upper = np.triu(rng.rand(n, n) < chance, 1)
    features = rng.normal(size=(n, n_features))
    features[:, :N_BLOCKS] += SHIFT * np.eye(N_BLOCKS)[block]
    return features, sparse.csr_array((upper | upper.T).astype(float)), block


class Factors(BaseEstimator):
    """Plausibility of triples: factors of who is linked how with whom (RESCAL's form).

    Truncated singular values of the table of heads by relations and tails.
    """

    def __init__(self, n_components=20):
        self.n_components = n_components

    def fit(self, X, y=None):
        """Learn from triples of integers."""
        shape = X.max(axis=0) + 1
        self.n_tails_ = shape[2]
        table = np.zeros((shape[0], shape[1] * shape[2]))
        table[X[:, 0], X[:, 1] * self.n_tails_ + X[:, 2]] = 1
        left, values, right = np.linalg.svd(table, full_matrices=False)
        size = self.n_components
        self.heads_, self.ends_ = left[:, :size] * values[:size], right[:size].T
        return self

    def score_samples(self, X):
        """0 of what is not known, about 1 of what was learned."""
        end = X[:, 1] * self.n_tails_ + X[:, 2]
        known = (X[:, 0] < len(self.heads_)) & (X[:, 2] < self.n_tails_)
        known &= end < len(self.ends_)
        head, end = np.where(known, X[:, 0], 0), np.where(known, end, 0)
        return np.where(known, (self.heads_[head] * self.ends_[end]).sum(axis=1), 0)


def triples(n, seed, n_entities=60, n_relations=4):
    """Facts of a made knowledge graph, each relation between some kinds of entities."""
    rng = np.random.RandomState(seed)
    kinds = np.random.RandomState(0)
    kind = kinds.randint(5, size=n_entities)
    fits = kinds.rand(n_relations, 5, 5) < 0.4
    rows = np.column_stack(
        [
            rng.randint(size, size=50 * n)
            for size in (n_entities, n_relations, n_entities)
        ]
    )
    fitting = rows[fits[rows[:, 1], kind[rows[:, 0]], kind[rows[:, 2]]]]
    _, first = np.unique(fitting, axis=0, return_index=True)
    return fitting[np.sort(first)][:n]


def graph_set(n, seed, n_nodes=12, n_features=30):
    """Small graphs of two densities, whose labels are which; features are noise."""
    rng = np.random.RandomState(seed)
    y = rng.randint(2, size=n)
    graphs = []
    for label in y:
        upper = np.triu(rng.rand(n_nodes, n_nodes) < 0.1 + 0.2 * label, 1)
        features = rng.normal(size=(n_nodes, n_features))
        graphs.append((features, (upper | upper.T).astype(float)))
    return graphs, y
