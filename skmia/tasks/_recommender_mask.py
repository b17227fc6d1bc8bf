"""What a recommender shows to those whom it does not know, at random."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.tasks._recommender import as_recommender
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import COUNT, HasMethods, _fit_context
from skmia.utils._typing import Estimator, MatrixLike, RandomStateLike


class PopularityRandomization(MetaEstimatorMixin, BaseEstimator):
    """Show those whom a recommender does not know random ones of many popular items.

    The most popular items are the same for all of them, and for nobody else: with that
    list alone one knows who is no member.

    .. versionadded:: 0.2

    Parameters
    ----------
    recommender : recommender
        Such as :class:`NeighbourRecommender`.
    factor : int, default=10
        Items are drawn among this many times as many popular ones as are shown.
    random_state : int, RandomState instance or None, default=None
        Of the draw; None: of the operating system, which nobody can compute again.

    Attributes
    ----------
    n_features_in_ : int
        Number of items.
    recommender_ : recommender
        Fitted.

    See Also
    --------
    NeighbourRecommender : A recommender.

    Notes
    -----
    Whom the recommender does not know is seen by its list: that of a user who has rated
    nothing. The same user is shown the same items, or many queries would tell. No
    guarantee: lists of members stay as personal as they were.

    References
    ----------
    M. Zhang et al., "Membership Inference Attacks Against Recommender Systems", ACM CCS
    2021. arXiv:2109.08045.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.tasks import NeighbourRecommender, PopularityRandomization
    >>> X = np.random.RandomState(0).binomial(1, 0.2, size=(50, 40))
    >>> model = PopularityRandomization(NeighbourRecommender(), random_state=0)
    >>> shown = model.fit(X[:25]).recommend(X[25:], n=3)
    >>> len(np.unique(shown[:, 0])) > 1
    True
    """

    _parameter_constraints: dict = {
        "recommender": [HasMethods(["fit", "recommend"])],
        "factor": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        recommender: Estimator,
        *,
        factor: int = 10,
        random_state: RandomStateLike = None,
    ) -> None:
        self.recommender = recommender
        self.factor = factor
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: None = None) -> Self:
        """Fit the recommender.

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
        self._secret = secret_key(self.random_state)
        self.recommender_ = clone(self.recommender).fit(X)
        return self

    def recommend(self, X: MatrixLike, n: int = 100) -> NDArray[np.int_]:
        """Items for each user, the best first where the user is known.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_users, n_items)
            What each has rated.
        n : int, default=100
            How many items.

        Returns
        -------
        items : ndarray of int of shape (n_users, n)
            Columns of `X`; -1 where nothing is left.
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        items = np.array(self.recommender_.recommend(X, n))
        nobody = sparse.csr_matrix((1, X.shape[1]))
        (popular,) = self.recommender_.recommend(nobody, self.factor * n)
        unknown = np.flatnonzero((items == popular[:n]).all(axis=1))
        popular = popular[popular >= 0]
        if len(unknown):
            keys = coarse_keys(X[unknown])
            drawn = record_uniforms(keys, len(popular), self._secret).argsort(axis=1)
            shown = popular[drawn[:, :n]]
            items[unknown[:, None], np.arange(shown.shape[1])] = shown
        return items

    def __sklearn_tags__(self):
        return as_recommender(super().__sklearn_tags__())
