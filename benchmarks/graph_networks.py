"""A graph network of PyTorch Geometric, with the methods of SGC.

    python3 -m venv geometric && geometric/bin/pip install -c constraints.txt \\
        ".[graph]" pytest hypothesis
    geometric/bin/python -m pytest tests/integrations/test_torch_geometric.py
"""

import numpy as np
import torch
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from torch.nn.functional import cross_entropy
from torch_geometric.nn import GCNConv


class GCN(ClassifierMixin, BaseEstimator):
    """Two graph convolutions (Kipf and Welling 2017), trained on all nodes at once.

    Parameters
    ----------
    hidden_units : int, default=32
    max_epochs : int, default=100
    random_state : int, RandomState instance or None, default=None
    """

    def __init__(self, hidden_units=32, *, max_epochs=100, random_state=None):
        self.hidden_units = hidden_units
        self.max_epochs = max_epochs
        self.random_state = random_state

    def fit(self, X, y, adjacency):
        """Train on a graph."""
        self.classes_, target = np.unique(y, return_inverse=True)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._first = GCNConv(X.shape[1], self.hidden_units)
            self._second = GCNConv(self.hidden_units, len(self.classes_))
        layers = torch.nn.ModuleList([self._first, self._second])
        optimizer = torch.optim.Adam(layers.parameters(), lr=0.01)
        given, target = _tensors(X, adjacency), torch.from_numpy(target)
        for _ in range(self.max_epochs):
            optimizer.zero_grad()
            cross_entropy(self._scores(*given), target).backward()
            optimizer.step()
        return self

    def predict_proba(self, X, adjacency):
        """Posteriors of the nodes of a graph."""
        with torch.no_grad():
            scores = self._scores(*_tensors(X, adjacency))
            return scores.double().softmax(dim=1).numpy()

    def _scores(self, features, ends, weights):
        hidden = self._first(features, ends, weights).relu()
        return self._second(hidden, ends, weights)


def _tensors(X, adjacency):
    """Features, both ends of each link, and its weight."""
    rows = X.toarray() if sparse.issparse(X) else X
    links = sparse.coo_array(adjacency)
    ends = np.stack([links.row, links.col]).astype(np.int64)
    return (
        torch.tensor(rows, dtype=torch.float32),
        torch.from_numpy(ends),
        torch.tensor(links.data, dtype=torch.float32),
    )
