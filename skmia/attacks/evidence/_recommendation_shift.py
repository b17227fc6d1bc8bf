"""How far what is recommended lies from what a user has rated."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.decomposition import TruncatedSVD

from skmia.attacks.evidence._signals import Signals, only
from skmia.signals._recommendation import (
    items_within,
    rated_in,
    recommendation_weights,
)
from skmia.utils._records import index_of, n_records
from skmia.utils._sklearn import COUNT
from skmia.utils._typing import MatrixLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session


class RecommendationShift(Signals):
    """Mean vector of the items that a user has rated, less that of the recommended.

    Who was trained on is shown what is like the own items, others what is popular.

    .. versionadded:: 0.2

    Parameters
    ----------
    X_public : {array-like, sparse matrix} of shape (n_users, n_items), default=None
        Ratings of other users, by which the adversary knows the items. None: those of
        the records that the evidence is fitted on.
    signals : str, Signal or list of one of them, default="recommended"
        "recommended", with the number of places of a list that are looked at.
    n_components : int, default=100
        Length of the vectors, at most: fewer than there are items or users.
    min_items : int, default=1
        Of users who have rated fewer items that are known there is nothing to see; the
        paper drops those with fewer than 20.
    random_state : int, RandomState instance or None, default=None
        Of the factorisation; None is that of the attack, or 0.

    Attributes
    ----------
    vectors_ : ndarray of shape (n_items, n_components)
        Of the items, 0 of those that nobody has rated.
    known_ : ndarray of bool of shape (n_items,)
        Which items somebody has rated.
    classes_seen_ : None
        There are no classes.

    See Also
    --------
    skmia.tasks.recommendation_weights : How places of a list count.

    Notes
    -----
    Threat model: the adversary sees lists of recommended items, knows what a user has
    rated, and has ratings of others that tell which items are alike. Items that are
    unknown are left out, with a warning that counts them. In the paper vectors come
    from another factorisation, of ratings that are not the shadow model's.

    References
    ----------
    M. Zhang et al., "Membership Inference Attacks Against Recommender Systems", ACM CCS
    2021. arXiv:2109.08045.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks.evidence import RecommendationShift
    >>> from skmia.targets import Session
    >>> from skmia.tasks import NeighbourRecommender
    >>> X = np.random.RandomState(0).binomial(1, 0.3, size=(60, 30))
    >>> session = Session(NeighbourRecommender().fit(X[:30]), X)
    >>> RecommendationShift(n_components=5).fit_transform(session).shape
    (60, 5)
    """

    _parameter_constraints: dict = {
        **Signals._parameter_constraints,
        "X_public": ["array-like", "sparse matrix", None],
        "n_components": [COUNT],
        "min_items": [COUNT],
    }

    def __init__(
        self,
        X_public: MatrixLike | None = None,
        *,
        signals: SignalsLike = "recommended",
        n_components: int = 100,
        min_items: int = 1,
        random_state: RandomStateLike = None,
    ) -> None:
        self.X_public = X_public
        self.signals = signals
        self.n_components = n_components
        self.min_items = min_items
        self.random_state = random_state

    def _signals(self):
        return only("RecommendationShift", super()._signals(), "recommended")

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Learn vectors of the items.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of recommenders and users.
        member : array-like of shape (n_pairs,), default=None
            Ignored.

        Returns
        -------
        self : object
        """
        super().fit(pairs, member)
        X = self._check(pairs).parts[0].X
        rated = rated_in(X if self.X_public is None else self.X_public)
        size = min(self.n_components, *(n - 1 for n in rated.shape))
        svd = TruncatedSVD(max(size, 1), random_state=self._seed)
        self.vectors_ = svd.fit_transform(rated.T.tocsr())
        self.known_ = np.asarray(rated.sum(axis=0)).ravel() > 0
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """Differences of two mean vectors, one row per user.

        Parameters
        ----------
        session : skmia.targets.Session
            The recommender and its users.

        Returns
        -------
        Z : DataFrame of shape (n_users, n_components)
            nan where there is no budget for a user, or too few items.

        Raises
        ------
        ValueError
            None of the items is known.
        """
        rated = rated_in(session.X)
        lists = session.observe(self._signals()).to_numpy()
        asked = ~np.isnan(lists).any(axis=1)
        lists = np.where(asked[:, None], lists, -1).astype(int)
        self._tell_unknown(rated, lists)
        own = _only_known(rated, self.known_)
        n_own = np.asarray(own.sum(axis=1)).ravel()
        mean = own @ self.vectors_ / np.maximum(n_own, 1)[:, None]
        shift = mean - self._mean_of_lists(lists)
        few = n_own < self.min_items
        shift[~asked | few] = np.nan
        session.unanswered |= few
        return pd.DataFrame(shift, index=index_of(session.X)).add_prefix("shift_")

    def _mean_of_lists(self, lists):
        """Weighted mean of the vectors of items that are known; 0 where none is."""
        seen = items_within(lists, len(self.known_))
        at = np.where(seen, lists, 0)
        weights = recommendation_weights(lists) * (seen & self.known_[at])
        total = weights.sum(axis=1, keepdims=True)
        weights = weights / np.where(total > 0, total, 1)
        return np.einsum("up,upk->uk", weights, self.vectors_[at])

    def _tell_unknown(self, rated, lists):
        """Warn of items that have no vector; an error where none has."""
        named = np.append(rated.indices, lists[lists >= 0])
        known = np.append(self.known_, False)[np.minimum(named, len(self.known_))]
        if len(known) and not known.any():
            raise ValueError(
                "None of the items that users have rated or are shown is known: in "
                "X_public nobody has rated one of them. Its columns must be the same "
                "items."
            )
        if not known.all():
            n_items = len(np.unique(named[~known]))
            warnings.warn(
                f"{n_items} of the items that users have rated or are shown are left "
                "out: in the ratings that items are known by, X_public or those of the "
                "shadow models, nobody has rated them.",
                stacklevel=2,
            )


def _only_known(rated, known):
    """Ratings of items that have a vector, of as many columns as there are vectors."""
    n_users, n_items = n_records(rated), len(known)
    rated = rated[:, :n_items]
    rated.resize(n_users, n_items)
    return rated.multiply(known).tocsr()
