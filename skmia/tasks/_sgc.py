"""A graph network without nonlinearities: features of neighbours, and a classifier."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.tasks._graphs import check_adjacency
from skmia.utils._sklearn import COUNT_OR_0, HasMethods, _fit_context
from skmia.utils._typing import Classifier, MatrixLike


class SGC(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Simple graph convolution: a classifier of features averaged over neighbours.

    ``S = D^{-1/2} (A + I) D^{-1/2}`` is applied `n_hops` times to the features, and a
    classifier is fitted to the result. A target for attacks on nodes, behind
    :class:`NodeClassifier`.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : classifier, default=None
        Has ``predict_proba``. None: a ``LogisticRegression`` with ``max_iter=1000``.
    n_hops : int, default=2
        How often features are averaged. With 0 links are not looked at.

    Attributes
    ----------
    estimator_ : classifier
        Fitted.
    classes_ : ndarray of shape (n_classes,)
        Labels.
    n_features_in_ : int
        Number of features of a node.
    feature_names_in_ : ndarray of str
        Names of the features, where there are any.

    See Also
    --------
    NodeClassifier : The same with nodes of a graph as records.

    References
    ----------
    F. Wu et al., "Simplifying Graph Convolutional Networks", ICML 2019,
    arXiv:1902.07153.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.tasks import SGC
    >>> features = np.array([[1.0], [0.8], [0.1], [0.0]])
    >>> adjacency = np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    >>> model = SGC().fit(features, [1, 1, 0, 0], adjacency)
    >>> model.predict(features, adjacency)
    array([1, 1, 0, 0])
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "n_hops": [COUNT_OR_0],
    }

    def __init__(self, estimator: Classifier | None = None, *, n_hops: int = 2) -> None:
        self.estimator = estimator
        self.n_hops = n_hops

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: MatrixLike, y: ArrayLike, adjacency: MatrixLike | None = None
    ) -> Self:
        """Fit the classifier to averaged features.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_nodes, n_features)
            Features of the nodes.
        y : array-like of shape (n_nodes,)
            Their labels.
        adjacency : {array-like, sparse matrix} of shape (n_nodes, n_nodes), \
default=None
            Links between them. None: there are none.

        Returns
        -------
        self : object
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        estimator = self.estimator
        if estimator is None:
            estimator = LogisticRegression(max_iter=1000)
        self.estimator_ = clone(estimator).fit(self._averaged(X, adjacency), y)
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(
        self, X: MatrixLike, adjacency: MatrixLike | None = None
    ) -> np.ndarray:
        """Posteriors of the nodes of a graph.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_nodes, n_features)
            Features of all nodes.
        adjacency : {array-like, sparse matrix} of shape (n_nodes, n_nodes), \
default=None
            Links between them. None: there are none.

        Returns
        -------
        posterior : ndarray of shape (n_nodes, n_classes)
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        return self.estimator_.predict_proba(self._averaged(X, adjacency))

    def predict(self, X: MatrixLike, adjacency: MatrixLike | None = None) -> np.ndarray:
        """Most probable label of each node.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_nodes, n_features)
            Features of all nodes.
        adjacency : {array-like, sparse matrix} of shape (n_nodes, n_nodes), \
default=None
            Links between them. None: there are none.

        Returns
        -------
        y : ndarray of shape (n_nodes,)
        """
        posterior = self.predict_proba(X, adjacency)
        return self.classes_[posterior.argmax(axis=1)]

    def _averaged(self, X, adjacency):
        if adjacency is None:
            return X
        links = check_adjacency(adjacency, X.shape[0], "SGC")
        links = links + sparse.eye_array(X.shape[0], format="csr")
        scale = sparse.diags_array(links.sum(axis=1) ** -0.5)
        smooth = scale @ links @ scale
        for _ in range(self.n_hops):
            X = smooth @ X
        return X

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        own = self.estimator
        tags.input_tags.sparse = own is None or get_tags(own).input_tags.sparse
        return tags
