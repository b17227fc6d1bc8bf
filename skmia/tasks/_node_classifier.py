"""A model of the nodes of a graph, as a classifier of their numbers."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import check_array, check_consistent_length, gen_batches
from sklearn.utils.multiclass import check_classification_targets

from skmia.tasks._graphs import check_adjacency, check_nodes, surroundings
from skmia.tasks._wrapped import check_there, trains
from skmia.utils._sklearn import (
    COUNT_OR_0,
    HasMethods,
    InvalidParameterError,
    _fit_context,
    available_if,
)
from skmia.utils._typing import Estimator, FittedModel, MatrixLike

# Graphs around so many nodes are asked about at once.
_BATCH = 64


class NodeClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A model of the nodes of a graph: a record is the number of a node.

    It is trained on some nodes and the links between them, and asked about a node with
    the graph around it. A target for audits and games like any classifier: shadow
    models are trained on other nodes.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        Model of a graph: ``fit(features, y, adjacency)`` and
        ``predict_proba(features, adjacency)``, a posterior for each node, as
        :class:`SGC` has them. A clone of it is fitted.
    features : {array-like, sparse matrix} of shape (n_nodes, n_features)
        Of all nodes.
    adjacency : {array-like, sparse matrix} of shape (n_nodes, n_nodes)
        Links between all nodes, 0 where there is none; symmetric.
    n_hops : int, default=2
        How far the graph reaches that ``predict_proba`` is asked with.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone, or the model given to :meth:`of`.
    classes_ : ndarray of shape (n_classes,)
        Labels.

    See Also
    --------
    SGC : A small graph network.

    Notes
    -----
    Threat model: the adversary knows the features of nodes and the links between them,
    of members and others alike, and asks with a graph of their own: the node alone (0
    hops, ``isolated_proba``) or with what is around it (2 hops, ``predict_proba``). The
    attack "node-0-hop" sees the one, "salem1" the other, "node-combined" both. Other
    attacks by name see 2 hops, of ``NodeClassifier(n_hops=0)`` none.

    References
    ----------
    X. He et al., "Node-Level Membership Inference Attacks Against Graph Neural
    Networks", 2021, arXiv:2102.05429.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.tasks import SGC, NodeClassifier
    >>> features = np.array([[9.0], [8.0], [1.0], [0.0]])
    >>> adjacency = np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    >>> model = NodeClassifier(SGC(), features, adjacency).fit([0, 1, 2], [1, 1, 0])
    >>> model.predict([0, 3])
    array([1, 0])
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "features": ["array-like", "sparse matrix"],
        "adjacency": ["array-like", "sparse matrix"],
        "n_hops": [COUNT_OR_0],
    }

    def __init__(
        self,
        estimator: Estimator,
        features: MatrixLike,
        adjacency: MatrixLike,
        *,
        n_hops: int = 2,
    ) -> None:
        self.estimator = estimator
        self.features = features
        self.adjacency = adjacency
        self.n_hops = n_hops

    @classmethod
    def of(
        cls,
        model: FittedModel,
        features: MatrixLike,
        adjacency: MatrixLike,
        *,
        classes: ArrayLike | None = None,
        n_hops: int = 2,
    ) -> NodeClassifier:
        """A model that is there already, an object with the method or a function.

        Parameters
        ----------
        model : object or callable
            Has ``predict_proba(features, adjacency)``, or is that function.
        features : {array-like, sparse matrix} of shape (n_nodes, n_features)
            Of all nodes.
        adjacency : {array-like, sparse matrix} of shape (n_nodes, n_nodes)
            Links between all nodes.
        classes : array-like of shape (n_classes,), default=None
            Labels of the columns of the posterior. None: ``model.classes_``.
        n_hops : int, default=2
            How far the graph reaches that it is asked with.

        Returns
        -------
        nodes : NodeClassifier
            It is fitted. What has no ``fit`` cannot be trained again: an audit needs
            the adversary's own as `shadow_estimator` then.

        Raises
        ------
        ValueError
            The model answers nothing, or its classes are not known.
        """
        if not (hasattr(model, "predict_proba") or callable(model)):
            raise InvalidParameterError(
                "The 'model' parameter of NodeClassifier.of must have predict_proba, "
                f"or be that function. Got {model!r}."
            )
        classes = getattr(model, "classes_", None) if classes is None else classes
        if classes is None:
            raise InvalidParameterError(
                "The 'classes' parameter of NodeClassifier.of must be the labels of "
                "the columns of the posterior: this model has no classes_."
            )
        nodes = cls(model, features, adjacency, n_hops=n_hops)
        nodes._know_graph()
        nodes.estimator_, nodes.classes_ = model, np.asarray(classes)
        return nodes

    @available_if(trains)
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit a clone of the estimator to some nodes and the links between them.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of nodes.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        self : object
        """
        check_consistent_length(X, y)
        check_classification_targets(y)
        self._know_graph()
        nodes = check_nodes(X, self._links.shape[0], type(self).__name__)
        links = self._links[nodes][:, nodes]
        self.estimator_ = clone(self.estimator).fit(self._rows[nodes], y, links)
        self.classes_ = getattr(self.estimator_, "classes_", np.unique(y))
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Posteriors of nodes, each asked with the graph around it.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of nodes.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
        """
        return self._asked(X, self.n_hops)

    def isolated_proba(self, X: ArrayLike) -> np.ndarray:
        """Posteriors of nodes, each asked alone.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of nodes.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
        """
        return self._asked(X, 0)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Most probable label of each node.

        Parameters
        ----------
        X : array-like of int of shape (n_samples,)
            Numbers of nodes.

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        posterior = self.predict_proba(X)
        return self.classes_[posterior.argmax(axis=1)]

    def _know_graph(self):
        rows = check_array(self.features, accept_sparse="csr")
        owner = type(self).__name__
        self._links = check_adjacency(self.adjacency, rows.shape[0], owner)
        self._rows = rows

    def _asked(self, X, n_hops):
        check_there(self)
        nodes = check_nodes(X, self._rows.shape[0], type(self).__name__)
        if not len(nodes):
            return np.empty((0, len(self.classes_)))
        ask, answers = getattr(self.estimator_, "predict_proba", self.estimator_), []
        for batch in gen_batches(len(nodes), _BATCH):
            around, links, centres = surroundings(self._links, nodes[batch], n_hops)
            answer = np.asarray(ask(self._rows[around], links))
            if answer.shape != (len(around), len(self.classes_)):
                raise ValueError(
                    f"predict_proba of {type(self.estimator_).__name__} must give a "
                    f"posterior of {len(self.classes_)} classes for each of "
                    f"{len(around)} nodes. Got an array of shape {answer.shape}."
                )
            answers.append(answer[centres])
        return np.concatenate(answers)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags
