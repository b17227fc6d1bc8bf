"""Nodes of a graph as rows of their links: for any embedding."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.tasks._graphs import check_adjacency, check_nodes
from skmia.utils._records import n_records
from skmia.utils._sklearn import _fit_context
from skmia.utils._typing import MatrixLike, RandomStateLike


class NodeLinks(TransformerMixin, BaseEstimator):
    """The links of nodes to those that it was fitted on: a first step of embeddings.

    A record is the number of a node. In a pipeline before ``TruncatedSVD`` it is a
    spectral embedding of the graph of the training nodes; others are embedded by their
    links to these.

    .. versionadded:: 0.2

    Parameters
    ----------
    adjacency : {array-like, sparse matrix} of shape (n_nodes, n_nodes)
        Links between all nodes, 0 where there is none; symmetric.

    Attributes
    ----------
    nodes_ : ndarray of int of shape (n_samples,)
        Nodes that it was fitted on.

    See Also
    --------
    Encoder : Makes a target of an embedding; :meth:`walk` is its `augment`.

    Notes
    -----
    Threat model: the adversary knows the links of members and of others alike, and is
    given vectors. The attacks "embedding-norm" and "embedding-clusters" are those of
    the paper on embeddings.

    References
    ----------
    V. Duddu, A. Boutet, V. Shejwalkar, "Quantifying Privacy Leakage in Graph
    Embedding", MobiQuitous 2020, arXiv:2010.00906.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import TruncatedSVD
    >>> from sklearn.pipeline import make_pipeline
    >>> from skmia.tasks import Encoder, NodeLinks
    >>> path = np.eye(5, k=1) + np.eye(5, k=-1)
    >>> links = NodeLinks(path)
    >>> links.fit([0, 1, 2]).transform([1, 4]).toarray()
    array([[1., 0., 1.],
           [0., 0., 0.]])
    >>> spectral = make_pipeline(links, TruncatedSVD(2, random_state=0))
    >>> Encoder(spectral, augment=links.walk).fit([0, 1, 2]).encode([1]).shape
    (1, 2)
    """

    _parameter_constraints: dict = {"adjacency": ["array-like", "sparse matrix"]}

    def __init__(self, adjacency: MatrixLike) -> None:
        self.adjacency = adjacency

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Remember the nodes.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of nodes.
        y : ignored
            There are no labels.

        Returns
        -------
        self : object
        """
        n_nodes = n_records(self.adjacency)
        self._links = check_adjacency(self.adjacency, n_nodes, "NodeLinks")
        self.nodes_ = check_nodes(X, n_nodes, "NodeLinks")
        return self

    def transform(self, X: ArrayLike) -> sparse.csr_array:
        """Links of nodes to those that were remembered.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of nodes.

        Returns
        -------
        links : csr_array of shape (n_samples, n_nodes_fitted)
        """
        check_is_fitted(self)
        nodes = check_nodes(X, self._links.shape[0], "NodeLinks")
        return self._links[nodes][:, self.nodes_]

    def walk(
        self, X: ArrayLike, random_state: RandomStateLike = None
    ) -> NDArray[np.int_]:
        """For each node one that it is linked with, drawn at random.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of nodes.
        random_state : int, RandomState instance or None, default=None
            Seed of the draws.

        Returns
        -------
        neighbours : ndarray of int of shape (n_samples,)
            A node without links itself.
        """
        nodes = check_nodes(X, n_records(self.adjacency), "NodeLinks")
        rng = check_random_state(random_state)
        ends, degree = _links_of(self.adjacency, nodes)
        place = np.cumsum(degree) - degree
        place = place + (rng.rand(len(nodes)) * degree).astype(int)
        found = np.append(ends, 0)[place]
        return np.where(degree > 0, found, nodes)


def _links_of(adjacency, nodes):
    """Nodes that each of some is linked with, one after the other, and how many."""
    if sparse.issparse(adjacency):
        adjacency = adjacency.tocsr()
    rows = sparse.csr_array(_safe_indexing(adjacency, nodes))
    rows.sum_duplicates()
    of_row = np.repeat(np.arange(len(nodes)), np.diff(rows.indptr))
    # A loop is no link here either, and an entry of 0 is none.
    is_link = (rows.data != 0) & (rows.indices != nodes[of_row])
    degree = np.bincount(of_row[is_link], minlength=len(nodes))
    return rows.indices[is_link], degree
