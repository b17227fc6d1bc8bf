"""A model that classifies whole graphs, as a classifier of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import check_consistent_length
from sklearn.utils.multiclass import check_classification_targets

from skmia.tasks._graphs import Graph, check_nodes
from skmia.tasks._wrapped import check_there, trains
from skmia.utils._sklearn import (
    HasMethods,
    InvalidParameterError,
    StrOptions,
    _fit_context,
    available_if,
)
from skmia.utils._typing import Estimator, FittedModel


class GraphClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A model of whole graphs: a record is the number of a graph.

    A target for audits and games like any classifier. The posterior of a graph is its
    own, or the mean of those of its nodes.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        Of nodes: ``fit(features, y, adjacency)`` takes all graphs as one, with the
        label of the graph at each node, ``predict_proba(features, adjacency)`` gives a
        posterior for each node, as :class:`SGC` has them. Of graphs: ``fit(graphs, y)``
        and ``predict_proba(graphs)`` take a list of pairs, features and adjacency. A
        clone is fitted.
    graphs : list of (features, adjacency)
        All graphs: an array-like or sparse matrix of shape (n_nodes, n_features), and
        one of shape (n_nodes, n_nodes).
    level : {"nodes", "graphs"}, default="nodes"
        What the estimator is a model of.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone, or the model given to :meth:`of`.
    classes_ : ndarray of shape (n_classes,)
        Labels.

    See Also
    --------
    NodeClassifier : The nodes of one graph.

    Notes
    -----
    Threat model: the adversary has the whole graph, and sees its posterior. All attacks
    on classifiers are run.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.tasks import SGC, GraphClassifier
    >>> links = np.array([[0, 1], [1, 0]])
    >>> graphs = [(np.array([[x], [x + 0.5]]), links) for x in (0.0, 5.0, 1.0, 6.0)]
    >>> model = GraphClassifier(SGC(), graphs).fit([0, 1], ["small", "large"])
    >>> model.predict([2, 3])
    array(['small', 'large'], dtype='<U5')
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "graphs": [list, tuple],
        "level": [StrOptions({"nodes", "graphs"})],
    }

    def __init__(
        self,
        estimator: Estimator,
        graphs: Sequence[Graph],
        *,
        level: Literal["nodes", "graphs"] = "nodes",
    ) -> None:
        self.estimator = estimator
        self.graphs = graphs
        self.level = level

    @classmethod
    def of(
        cls, function: FittedModel, graphs: Sequence[Graph], classes: ArrayLike
    ) -> GraphClassifier:
        """A function that answers about one graph.

        Parameters
        ----------
        function : callable
            ``function(features, adjacency)`` returns the posterior of the graph, of
            shape (n_classes,), or those of its nodes, of shape (n_nodes, n_classes).
        graphs : list of (features, adjacency)
            All graphs.
        classes : array-like of shape (n_classes,)
            Labels of the columns.

        Returns
        -------
        model : GraphClassifier
            It is fitted. An audit needs the adversary's own as `shadow_estimator`.

        Raises
        ------
        ValueError
            It is no function.
        """
        if not callable(function):
            raise InvalidParameterError(
                "The 'function' parameter of GraphClassifier.of must be callable. Got "
                f"{function!r}."
            )
        model = cls(function, graphs)
        model.estimator_, model.classes_ = function, np.asarray(classes)
        return model

    @available_if(trains)
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit a clone of the estimator to some graphs.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of graphs.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        self : object
        """
        check_consistent_length(X, y)
        check_classification_targets(y)
        graphs, estimator = self._asked(X), clone(self.estimator)
        if self.level == "graphs":
            self.estimator_ = estimator.fit(graphs, y)
        else:
            features, adjacency, sizes = _as_one(graphs)
            self.estimator_ = estimator.fit(features, np.repeat(y, sizes), adjacency)
        self.classes_ = getattr(self.estimator_, "classes_", np.unique(y))
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Posteriors of graphs.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of graphs.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
        """
        check_there(self)
        graphs = self._asked(X)
        if not graphs:
            return np.empty((0, len(self.classes_)))
        if not hasattr(self.estimator_, "predict_proba"):
            answers = [np.asarray(self.estimator_(*graph)) for graph in graphs]
            means = np.array([a if a.ndim == 1 else a.mean(axis=0) for a in answers])
            return self._checked(means, len(graphs))
        if self.level == "graphs":
            posterior = np.asarray(self.estimator_.predict_proba(graphs))
            return self._checked(posterior, len(graphs))
        features, adjacency, sizes = _as_one(graphs)
        posterior = np.asarray(self.estimator_.predict_proba(features, adjacency))
        first = np.cumsum([0, *sizes[:-1]])
        return np.add.reduceat(posterior, first) / np.array(sizes)[:, None]

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Most probable label of each graph.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of graphs.

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        posterior = self.predict_proba(X)
        return self.classes_[posterior.argmax(axis=1)]

    def _asked(self, X):
        numbers = check_nodes(X, len(self.graphs), type(self).__name__, "graphs")
        graphs = [self.graphs[number] for number in numbers]
        for number, graph in zip(numbers, graphs, strict=True):
            _check_graph(number, graph)
        return graphs

    def _checked(self, posterior, n_graphs):
        """A posterior for each graph, or an error that says whose is none."""
        if posterior.shape != (n_graphs, len(self.classes_)):
            raise ValueError(
                "The model of GraphClassifier must give a posterior of "
                f"{len(self.classes_)} classes for each of {n_graphs} graphs. Got an "
                f"array of shape {posterior.shape}."
            )
        return posterior

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def _check_graph(number, graph):
    """Features and links must be of the same nodes, or those of others are taken."""
    parts = len(graph) if isinstance(graph, list | tuple) else None
    if parts != 2:
        raise InvalidParameterError(
            "The 'graphs' parameter of GraphClassifier must hold pairs, of features "
            f"and adjacency. Graph {number} is a {type(graph).__name__}"
            f"{'' if parts is None else f' of {parts}'}."
        )
    shapes = [getattr(part, "shape", np.shape(part)) for part in graph]
    n_nodes = shapes[0][0] if shapes[0] else 0
    if not n_nodes or shapes[1] != (n_nodes, n_nodes):
        raise InvalidParameterError(
            "The 'graphs' parameter of GraphClassifier must hold features of a node or "
            "more, and an adjacency with a row and a column for each. Those of graph "
            f"{number} have the shapes {shapes[0]} and {shapes[1]}."
        )


def _as_one(graphs):
    """Features and links of graphs side by side, and their numbers of nodes."""
    features, links = zip(*graphs, strict=True)
    if any(map(sparse.issparse, features)):
        stacked = sparse.vstack(features, format="csr")
    else:
        stacked = np.vstack(features)
    sizes = [part.shape[0] for part in map(sparse.csr_array, links)]
    return stacked, sparse.block_diag(links, format="csr"), sizes
