"""A model asked one question about each record, crafted so that members answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state

from skmia.attacks.evidence._balanced_references import BalancedReferences
from skmia.attacks.evidence._references import check_answered
from skmia.attacks.statistics._query_gain import learn_gain, log_ratio
from skmia.signals._neighbours import as_numbers, ask_moved, batches
from skmia.targets._same_records import positions
from skmia.utils._numbers import computable, feature_spread
from skmia.utils._records import index_of, like
from skmia.utils._sklearn import COUNT
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

# Of the noise, in standard deviations of each feature; and how far a query lies on the
# way to a record of another class. Chosen on digits: benchmarks/bench_yoqo.py.
_SCALES = (0.1, 0.2, 0.4, 0.7, 1.0)
_SHARES = (0.2, 0.3, 0.4, 0.5)
_NEIGHBOURS = 5


class Crafted(BalancedReferences):
    """The predicted label of one query near each record, on which members differ.

    A model that was trained on a record gives its label to a region around it, others
    do not. Queries are tried on the reference models: noisy copies of the record, and
    points on the way to records of other classes. The target is asked about the one
    that is expected to tell most, or about the record itself where no other is expected
    to tell more.

    .. versionadded:: 0.2

    Parameters
    ----------
    online : bool, default=False
        Whether references that were trained on the candidates are looked at, as an
        auditor has them. Else a query is chosen by those that were not.
    n_copies : int, default=8
        Noisy copies of each of five scales. With the points on the way to five
        neighbours the reference models are asked ``5 * n_copies + 21`` rows for each
        record.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise; None is that of the attack, or 0.

    Attributes
    ----------
    references_ : list of Session
        The shadow models, with who was trained on what.
    gain_ : QueryGain
        What is expected of a query.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    Indirect : Several queries, none of them about the record, and scores.
    skmia.attacks.LabelRatioAttack : Asks about the record itself.

    Notes
    -----
    Threat model: one predicted label for each candidate, its true label, records as
    dense numbers, and reference models.

    The paper finds the query by gradients. Here it is chosen among many, and the best
    of many is so by luck: what a query tells is learned on shadow models in the place
    of the target, from how many of the others are right on it. So is by how much that
    must be more than what the record itself tells.

    What is seen is the log ratio of the rates of members and of others at the answer.

    References
    ----------
    Y. Wu et al., "You Only Query Once: An Efficient Label-Only Membership Inference
    Attack", ICLR 2024.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import Crafted
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> target = KNeighborsClassifier(3).fit(X[::2], y[::2])
    >>> shadows = ShadowModels(target, n_shadows=4, random_state=0).fit(X, y)
    >>> session = Session(target, X, y)
    >>> evidence = Crafted().fit(shadows.pairs(2)[0])
    >>> list(evidence.transform(session)), session.n_queries
    (['label_ratio'], 150)
    """

    of_one_label = True  # queries are climbed to one class
    _parameter_constraints: dict = {
        "online": ["boolean"],
        "n_copies": [COUNT],
        "random_state": ["random_state"],
    }

    signals = ("correctness",)
    n_own_queries = 1
    both_sides = False

    def __init__(
        self,
        online: bool = False,
        *,
        n_copies: int = 8,
        random_state: RandomStateLike = None,
    ) -> None:
        self.online = online
        self.n_copies = n_copies
        self.random_state = random_state

    def recorded(self) -> None:
        """Nothing stands in for a shadow model, which is asked about crafted queries.

        Returns
        -------
        signals : None
        """
        return None

    def lacks(self, session: Session | None = None) -> str | None:
        """Why a model cannot be seen this way.

        Parameters
        ----------
        session : skmia.targets.Session, default=None
            The model and the records in question. None: look at the parameters only.

        Returns
        -------
        reason : str or None
        """
        reason = super().lacks(session)
        if reason is None and session is not None:
            dense = computable(session.X, images=True)
            reason = None if dense else "the features are not dense, finite numbers"
        return reason

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Try queries on the shadow models, and learn what they tell.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records, see :meth:`skmia.ShadowModels.pairs`.
        member : array-like of shape (n_pairs,), default=None
            Ignored: the sessions know.

        Returns
        -------
        self : object
        """
        super().fit(pairs)
        pool = self.references_[0]
        self._pool = as_numbers(pool.X).reshape(len(pool), -1)
        self._deviation = feature_spread(self._pool)
        self._steps = self._drawn()
        self._right = self._answers(pool)
        self._inside = np.stack([one.member for one in self.references_], axis=1)
        n_each = [1, *[self.n_copies] * len(_SCALES), *[_NEIGHBOURS] * len(_SHARES)]
        kind = np.repeat(np.arange(len(n_each)), n_each)
        others = [self._places(one) for one in self.references_]
        self.gain_ = learn_gain(self._right, self._inside, others, kind, self.online)
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """What one answer about each record says of its membership.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, 1)
            The column "label_ratio"; nan beyond the budget.
        """
        right, inside = self._beside(session)
        others = self._places(session)
        query, p_in, p_out = self.gain_.choose(right[:, others], inside[:, others])
        rows = np.arange(len(session))
        own = [i for i, one in enumerate(self.references_) if one.same_as(session)]
        if own:  # a shadow model, which was asked all
            answer = right[rows, own[0], query].astype(float)
        else:
            answer = self._ask(session, query)
        ratio = log_ratio(answer, p_in, p_out)
        return pd.DataFrame({"label_ratio": ratio}, index=index_of(session.X))

    def _places(self, session):
        """Which references a model is laid beside."""
        others = self._others(session)
        return np.array(
            [
                place
                for place, one in enumerate(self.references_)
                if any(one is other for other in others)
            ],
            dtype=int,
        )

    def _beside(self, session):
        """Answers of the references about the records, and who was trained on these."""
        place = positions(session, self.references_[0])
        known = place >= 0
        if self.online and not known.any():
            raise ValueError(
                "No reference was trained on any of the candidates: only offline "
                "attacks are possible."
            )
        right = self._right[place] if known.all() else self._answers(session)
        return right, self._inside[place] & known[:, None]

    def _drawn(self):
        """What each noisy copy adds, the same for all records."""
        shape = len(_SCALES), self.n_copies, self._pool.shape[1]
        steps = check_random_state(self._seed).normal(size=shape)
        steps *= np.multiply.outer(_SCALES, self._deviation)[:, None]
        return steps.reshape(-1, shape[2])

    def _unlike(self, X, y):
        """Nearest records of other classes, places in the pool (n_records, 5)."""
        width = np.where(self._deviation > 0, self._deviation, 1)
        pool, X = self._pool / width, X / width
        labels, y = np.asarray(self.references_[0].y), np.asarray(y)
        near = np.full((len(X), _NEIGHBOURS), -1)
        for label in np.unique(y):
            others, own = np.flatnonzero(labels != label), np.flatnonzero(y == label)
            if len(others):
                search = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(others)))
                found = search.fit(pool[others]).kneighbors(X[own])[1]
                near[own] = np.resize(others[found].T, (_NEIGHBOURS, len(own))).T
        return near

    def _queries(self, X, near):
        """The record, its noisy copies, and points on the way to other classes."""
        to = np.where(near[:, :, None] < 0, X[:, None], self._pool[near])
        parts = [X[:, None], X[:, None] + self._steps]
        parts += [(1 - share) * X[:, None] + share * to for share in _SHARES]
        return np.concatenate(parts, axis=1).astype(X.dtype, copy=False)

    def _answers(self, session):
        """Whether references give queries the label: (n_records, n_references, ...)."""
        X, near = self._numbers(session)
        n_tried = 1 + len(self._steps) + len(_SHARES) * _NEIGHBOURS
        right = np.empty((len(X), len(self.references_), n_tried), dtype=bool)
        y = np.asarray(session.y)
        for rows in batches(len(X), n_tried, X.shape[1]):
            queries = self._queries(X[rows], near[rows])
            asked = self._records(session, queries)
            labels = np.repeat(y[rows], n_tried)
            for i, reference in enumerate(self.references_):
                answer = self._correct(reference.about(asked, labels))
                check_answered(np.isnan(answer))
                right[rows, i] = answer.reshape(-1, n_tried) > 0.5
        return right

    def _ask(self, session, query):
        """What the model answers to the chosen queries, nan beyond its budget."""
        X, near = self._numbers(session)
        chosen = np.empty_like(X)
        for rows in batches(len(X), 1 + len(self._steps), X.shape[1]):
            queries = self._queries(X[rows], near[rows])
            chosen[rows] = queries[np.arange(len(queries)), query[rows]]
        about = session.about(self._records(session, chosen), session.y)
        answer = self._correct(about)
        session.include(about)
        return answer

    def _correct(self, about):
        return ask_moved(about, "observe", list(self.signals)).to_numpy()[:, 0]

    def _numbers(self, session):
        X = as_numbers(session.X).reshape(len(session), -1)
        return X, self._unlike(X, session.y)

    def _records(self, session, queries):
        """Queries as records of the kind that the models take."""
        shape = np.shape(session.X)[1:]
        return like(session.X[:0], queries.reshape(-1, *shape))
