"""A recommender by neighbouring items: personal for who is known, popular else."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.signals._recommendation import rated_in
from skmia.utils._record_keys import coarse_keys
from skmia.utils._typing import MatrixLike


class NeighbourRecommender(BaseEstimator):
    """Recommend what is rated by the same users as what a user has rated.

    Items are alike by the cosine of their columns. Users who were not trained on are
    shown what is popular, whatever they have rated: nothing is known of them. That
    is what gives members away. A baseline, and a target for audits and games.

    .. versionadded:: 0.2

    Attributes
    ----------
    n_features_in_ : int
        Number of items.
    popular_ : ndarray of int of shape (n_rated,)
        Items that anybody has rated, the one that most users have first.
    similarity_ : ndarray of shape (n_items, n_items)
        Cosines between items, 0 of an item to itself.

    See Also
    --------
    PopularityRandomization : The same, which hides who is shown what is popular.

    Notes
    -----
    A record is a row of ratings, one column for each item, 0 where there is none; a
    user is known by it. A recommender of your own is a target if its ``fit(X)`` and
    ``recommend(X, n=100)`` take such records, its answer is an array of columns, -1
    where nothing is left to recommend, and its tags say ``estimator_type =
    "recommender"``.

    References
    ----------
    B. Sarwar, G. Karypis, J. Konstan, J. Riedl, "Item-based collaborative filtering
    recommendation algorithms", WWW 2001, doi:10.1145/371920.372071. M. Zhang et al.,
    "Membership Inference Attacks Against Recommender Systems", ACM CCS 2021.
    arXiv:2109.08045.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.tasks import NeighbourRecommender
    >>> X = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 1, 0, 1]])
    >>> model = NeighbourRecommender().fit(X[:3])
    >>> model.recommend(X[[0, 3]], n=2)
    array([[2, 3],
           [0, 1]])
    """

    _parameter_constraints: dict = {}

    def fit(self, X: MatrixLike, y: None = None) -> Self:
        """Learn which items are alike, and who is known.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_users, n_items)
            Ratings, 0 where there is none.
        y : None
            Ignored.

        Returns
        -------
        self : object
        """
        X = validate_data(self, X, accept_sparse="csr")
        rated = rated_in(X)
        columns = normalize(rated, axis=0)
        similarity = (columns.T @ columns).toarray()
        np.fill_diagonal(similarity, 0)
        self.similarity_ = similarity
        n_users = np.asarray(rated.sum(axis=0)).ravel()
        self.popular_ = np.argsort(-n_users, kind="stable")[: (n_users > 0).sum()]
        self._known = frozenset(coarse_keys(X))
        return self

    def recommend(self, X: MatrixLike, n: int = 100) -> NDArray[np.int_]:
        """Items for each user, the best first.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_users, n_items)
            What each has rated.
        n : int, default=100
            How many items.

        Returns
        -------
        items : ndarray of int of shape (n_users, n)
            Columns of `X`, of users who are known none that they have rated; -1 where
            nothing is left.
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        items = np.full((X.shape[0], n), -1)
        popular = self.popular_[:n]
        items[:, : len(popular)] = popular
        known = [i for i, key in enumerate(coarse_keys(X)) if key in self._known]
        for row in known:
            items[row] = self._personal(X[[row]], n)
        return items

    def _personal(self, user, n):
        """Of items that are equally alike the more popular first."""
        rated = rated_in(user)
        score = (rated @ self.similarity_).ravel()[self.popular_]
        best = self.popular_[np.argsort(-score, kind="stable")]
        best = best[~np.isin(best, rated.indices)][:n]
        return np.append(best, np.full(n - len(best), -1))

    def __sklearn_tags__(self):
        return as_recommender(super().__sklearn_tags__())


def as_recommender(tags):
    """Tags of a model whose records are ratings."""
    tags.estimator_type = "recommender"
    tags.input_tags.sparse = True
    return tags
