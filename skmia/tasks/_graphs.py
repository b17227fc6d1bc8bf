"""Graphs as sparse matrices, and what lies around their nodes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from scipy import sparse
from sklearn.utils import check_array

from skmia.utils._typing import MatrixLike

# Features of the nodes, and the links between them.
Graph: TypeAlias = tuple[MatrixLike, MatrixLike]


def check_adjacency(adjacency, n_nodes, owner):
    """Links of a graph without directions and loops, as a sparse matrix.

    Parameters
    ----------
    adjacency : {array-like, sparse matrix} of shape (n_nodes, n_nodes)
        Weights of links, 0 where there is none.
    n_nodes : int
        How many nodes there are.
    owner : str
        Whose parameter it is, for errors.

    Returns
    -------
    adjacency : csr_array of shape (n_nodes, n_nodes)
        Its diagonal is empty.

    Raises
    ------
    ValueError
        It has another shape, weights below 0, or is not symmetric.
    """
    links = sparse.csr_array(
        check_array(adjacency, accept_sparse="csr", dtype=np.float64)
    )
    said = f"The 'adjacency' parameter of {owner} must"
    if links.shape != (n_nodes, n_nodes):
        raise ValueError(
            f"{said} have a row and a column for each of {n_nodes} nodes. Got the "
            f"shape {links.shape}."
        )
    if links.nnz and links.data.min() < 0:
        raise ValueError(f"{said} hold no weight below 0. Got {links.data.min():.3g}.")
    if abs(links - links.T).nnz:
        raise ValueError(
            f"{said} be symmetric: links have no direction. Give adjacency + "
            "adjacency.T of a graph whose links have one."
        )
    links = links - sparse.diags_array(links.diagonal(), format="csr")
    links.eliminate_zeros()
    return links.tocsr()


def check_nodes(X, n_nodes, owner, of="nodes"):
    """Numbers of nodes, or of graphs, if they are some; an empty list is none of them.

    Raises
    ------
    ValueError
    """
    nodes = np.asarray(X)
    if nodes.shape == (0,):
        return nodes.astype(int)
    if nodes.ndim != 1 or nodes.dtype.kind not in "iu":
        raise ValueError(
            f"The records of {owner} must be numbers of {of}, a 1-d array of "
            f"integers. Got an array of shape {nodes.shape} and dtype {nodes.dtype}."
        )
    if not (nodes.min() >= 0 and nodes.max() < n_nodes):
        raise ValueError(
            f"The records of {owner} must be numbers of {of}, from 0 to "
            f"{n_nodes - 1}. Got some from {nodes.min()} to {nodes.max()}."
        )
    return nodes


def surroundings(adjacency, nodes, n_hops):
    """The graph around each of some nodes, apart from the others.

    Parameters
    ----------
    adjacency : csr_array of shape (n_nodes, n_nodes)
    nodes : ndarray of int of shape (n_asked,)
    n_hops : int
        How many links away the farthest nodes are.

    Returns
    -------
    members : ndarray of int of shape (n_members,)
        Nodes of all these graphs, one graph after the other.
    links : csr_array of shape (n_members, n_members)
        Links within each of them.
    centres : ndarray of int of shape (n_asked,)
        Place of each asked node among the members.
    """
    n_nodes = adjacency.shape[0]
    steps = adjacency + sparse.eye_array(n_nodes, format="csr")
    near = sparse.eye_array(n_nodes, format="csr")[nodes]
    for _ in range(n_hops):
        near = near @ steps
    near.sort_indices()
    members = near.indices
    graph = np.repeat(np.arange(len(nodes)), np.diff(near.indptr))
    place = graph * n_nodes + members  # ascending
    ends = adjacency[members].tocoo()
    wanted = graph[ends.row] * n_nodes + ends.col
    found = np.searchsorted(place, wanted)
    inside = place[np.minimum(found, len(place) - 1)] == wanted
    links = sparse.csr_array(
        (ends.data[inside], (ends.row[inside], found[inside])),
        shape=(len(members), len(members)),
    )
    return (
        members,
        links,
        np.searchsorted(place, np.arange(len(nodes)) * n_nodes + nodes),
    )
