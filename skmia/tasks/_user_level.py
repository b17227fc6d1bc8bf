"""A model whose records are users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import _safe_indexing, gen_batches

from skmia.attacks import group_observations, group_scores
from skmia.signals import get_signal, observe
from skmia.signals._unlabelled import SCORE_OF
from skmia.signals._users import BINS
from skmia.tasks._users import flatten
from skmia.tasks._wrapped import check_there, trains
from skmia.utils._kinds import kind_of
from skmia.utils._sklearn import COUNT, HasMethods, _fit_context, available_if
from skmia.utils._typing import Estimator, FittedModel

if TYPE_CHECKING:
    from skmia.tasks._users import User

# What is looked at of each record, by the kind of the model; of classifiers the loss.
_LOOKED_AT = {"regressor": "squared_error"} | SCORE_OF
# Posteriors that are held at once: 32 MB.
_NUMBERS = 2**22


def _classifies(model):
    kind = kind_of(getattr(model, "estimator_", model.estimator))
    return kind not in _LOOKED_AT


class UserLevel(MetaEstimatorMixin, BaseEstimator):
    """A model seen as one of users: were the data of this user used to train it.

    It is trained on all records of its users, and says of a user what it says of their
    records. Shadow models, games, audits, reports and intervals are of users then.

    Works on *records*, which are users, as :func:`bundle` makes them.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        Classifier, regressor, or model that learns from records alone, such as
        :class:`TextAnswers`. A clone of it is fitted to the records of the users.
    bins : int, default=100
        Of :meth:`rank_histogram`. The signal "rank_histogram" has the same parameter:
        with other bins, both must be told.
    clip : int, default=5000
        Ranks from there on count as the last one.
    frequent : array-like of shape (n_labels,), default=None
        Labels, the most frequent in public text first: ranks are relative then, the
        rank that the model gives to a label less its place here. None: ranks are those
        of the model.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone.

    See Also
    --------
    audit_users : Audit of a fitted model in one call.
    next_tokens : Language models as classifiers of the next word.
    skmia.attacks.group_scores : The same of any scores, without shadow models.

    Notes
    -----
    Threat model: the adversary has some records of the user, who may be others than
    those trained on, and asks the model about them: true labels (the next word) and
    probabilities, or whatever the model says. All of a user's records count as one
    answer. Each user is in or out with all of their records.

    A budget of the model inside counts rows, and is not seen from outside: bound the
    users that are asked about with ``max_queries`` of an audit.

    References
    ----------
    C. Song, V. Shmatikov, "Auditing Data Provenance in Text-Generation Models", KDD
    2019, arXiv:1811.00513. Y. Miao et al., "The Audio Auditor: User-Level Membership
    Inference in Internet of Things Voice Services", PoPETs 2021, arXiv:1905.07082.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.tasks import UserLevel, bundle
    >>> X, y = load_digits(return_X_y=True)
    >>> users = bundle(X, y, [row // 10 for row in range(len(X))])
    >>> model = UserLevel(DecisionTreeClassifier(random_state=0)).fit(users[:90])
    >>> scores = model.score_samples(users)
    >>> bool(scores[:90].mean() > scores[90:].mean())
    True
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit"])],
        "bins": [COUNT],
        "clip": [COUNT],
        "frequent": ["array-like", None],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        bins: int = BINS,
        clip: int = 5000,
        frequent: ArrayLike | None = None,
    ) -> None:
        self.estimator = estimator
        self.bins = bins
        self.clip = clip
        self.frequent = frequent

    @classmethod
    def of(cls, model: FittedModel, **params: Any) -> UserLevel:
        """A model that was fitted to records already, seen as one of users.

        Parameters
        ----------
        model : fitted estimator
            Of records; it is not changed.
        **params : dict
            Parameters beside `estimator`.

        Returns
        -------
        user_level : UserLevel
            It is fitted; shadow models are clones of the model.
        """
        user_level = cls(model, **params)
        user_level.estimator_ = model
        return user_level

    @available_if(trains)
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Sequence[User] | pd.Series, y: object = None) -> Self:
        """Fit a clone of the estimator to the records of all users.

        Parameters
        ----------
        X : sequence of User, of length n_users
            From :func:`bundle`.
        y : ignored
            Users hold the labels of their records.

        Returns
        -------
        self : object
        """
        records, labels, _ = flatten(X)
        given = () if labels is None else (labels,)
        self.estimator_ = clone(self.estimator).fit(records, *given)
        return self

    def score_samples(self, X: Sequence[User] | pd.Series) -> np.ndarray:
        """Mean over the records of a user of what the model says of each.

        Parameters
        ----------
        X : sequence of User, of length n_users
            From :func:`bundle`.

        Returns
        -------
        score : ndarray of shape (n_users,)
            Of a classifier the mean log-probability of the true labels, floored at
            1e-30; of a regressor minus the mean squared error; of a model that learns
            from records alone the mean of its own score. Higher = more familiar.
        """
        signal, values, code = self._observed(X)
        sign = 1 if signal.greater_is_member else -1
        return group_scores(sign * values, code)[1]

    def record_summaries(self, X: Sequence[User] | pd.Series) -> np.ndarray:
        """How what the model says is distributed over the records of each user.

        Parameters
        ----------
        X : sequence of User, of length n_users
            From :func:`bundle`.

        Returns
        -------
        summaries : ndarray of shape (n_users, 8)
            Of the loss, the squared error, or the score of a record: minimum,
            quartiles, maximum, mean and standard deviation; and the number of records.
        """
        _, values, code = self._observed(X)
        return group_observations(values, code).to_numpy()

    @available_if(_classifies)
    def rank_histogram(self, X: Sequence[User] | pd.Series) -> np.ndarray:
        """How many records of a user have their true label at which rank.

        Parameters
        ----------
        X : sequence of User, of length n_users
            From :func:`bundle`.

        Returns
        -------
        counts : ndarray of shape (n_users, bins)
            Rank 0 is that of the most probable label; labels that are as probable do
            not count before each other. `bins` bins share the ranks from 0 to the
            smaller of `clip` and the number of classes, or, where ranks are relative,
            from minus to plus that. A row sums to the number of records.
        """
        check_there(self)
        records, labels, code = flatten(X)
        ranks = np.concatenate(
            [_ranks(self.estimator_, *part) for part in self._parts(records, labels)]
        )
        n = min(self.clip, len(self.estimator_.classes_))
        low, width = 0, n
        if self.frequent is not None:
            ranks = ranks - _places(labels, self.frequent)
            low, width = -n, 2 * n + 1
        place = np.clip(ranks, low, low + width - 1) - low
        counts = np.zeros((code[-1] + 1, self.bins))
        np.add.at(counts, (code, place * self.bins // width), 1)
        return counts

    def _observed(self, X):
        """Signal that is looked at, its values for all records, and whose these are."""
        check_there(self)
        signal = get_signal(_LOOKED_AT.get(kind_of(self.estimator_), "loss"))
        records, labels, code = flatten(X)
        values = [
            observe(self.estimator_, *part, signal).to_numpy()[:, 0]
            for part in self._parts(records, labels)
        ]
        return signal, np.concatenate(values), code

    def _parts(self, X, y):
        """Records and labels, so many that their posteriors have room."""
        n = len(y) if y is not None else len(X)
        step = max(1, _NUMBERS // len(getattr(self.estimator_, "classes_", [0])))
        for part in gen_batches(n, step):
            rows = np.arange(n)[part]
            yield _safe_indexing(X, rows), None if y is None else y[rows]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "user_model"
        tags.input_tags.two_d_array = False
        return tags


def _ranks(model, X, y):
    """How many labels the model takes for more probable than the true one."""
    posterior, classes = model.predict_proba(X), model.classes_
    column = pd.Index(classes).get_indexer(y)
    own = posterior[np.arange(len(y)), column]
    own = np.where(column < 0, -np.inf, own)  # unknown labels come last
    return (posterior > own[:, None]).sum(axis=1)


def _places(labels, frequent):
    """Place of each label among the most frequent ones; the others come after these."""
    index = pd.Index(frequent)
    if not index.is_unique:
        raise ValueError(
            "The 'frequent' parameter of UserLevel must be different labels, the most "
            f"frequent first. Got {index[index.duplicated()].unique()[:5].tolist()} "
            "more than once."
        )
    place = index.get_indexer(labels)
    return np.where(place < 0, len(frequent), place)
