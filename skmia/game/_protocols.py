"""Who is a member, and who is in question: how the challenger deals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_random_state

from skmia.shadow import BalancedShuffleSplit
from skmia.utils._inside import is_frozen
from skmia.utils._kinds import a_kind, is_regressor, kind_of, takes_no_labels
from skmia.utils._labels import classes_of
from skmia.utils._quantities import strata_of
from skmia.utils._records import check_membership, n_records
from skmia.utils._typing import Classifier, MatrixLike


class Halves(BaseEstimator):
    """A random half of the victim's records are members, all of them candidates.

    The protocol of a game unless another is given. A protocol has one method,
    :meth:`deal`.

    .. versionadded:: 0.2

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.game import Halves
    >>> X, y = np.arange(8).reshape(8, 1), np.array([0, 1] * 4)
    >>> dealt = Halves().deal(DecisionTreeClassifier(), X, y, seed=0)
    >>> (X_train, y_train, rows), candidates, labels, member = dealt
    >>> len(rows), len(candidates), int(member.sum())
    (4, 8, 4)
    """

    def deal(
        self,
        target: Classifier,
        X: MatrixLike,
        y: np.ndarray,
        *,
        member: ArrayLike | None = None,
        groups: np.ndarray | None = None,
        seed: int = 0,
    ) -> tuple[tuple[Any, Any, np.ndarray], Any, np.ndarray, np.ndarray]:
        """Choose the members.

        Parameters
        ----------
        target : classifier
            What will be trained.
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The victim's records.
        y : ndarray of shape (n_records,)
            Their labels.
        member : array-like of {0, 1} of shape (n_records,), default=None
            The members, where the user chose them.
        groups : ndarray of shape (n_records,), default=None
            Users: membership of all records of one.
        seed : int, default=0
            Seed of the choice.

        Returns
        -------
        training : tuple of (X, y, rows)
            Records, labels, and the rows that the target is trained on.
        candidates : {array-like, sparse matrix, DataFrame}
            Records in question.
        labels : ndarray of shape (n_candidates,)
            Their labels.
        member : ndarray of {0, 1} of shape (n_candidates,)
            Which of them the target is trained on.
        """
        if member is not None:
            member = _given(member, n_records(X))
        elif is_frozen(target):
            raise ValueError(
                "The target is a fitted model (FrozenEstimator): its members cannot be "
                "drawn. Pass member= to score or play, 1 where it was trained on the "
                "record."
            )
        else:
            halves = BalancedShuffleSplit(2, random_state=seed)
            classes = classes_of(y, [target])
            no_classes = classes is None and not is_regressor(target)
            strata = y if no_classes else strata_of(y, classes)
            train, _ = next(halves.split(X, strata, groups))
            member = np.zeros(n_records(X), dtype=int)
            member[train] = 1
        return (X, y, np.flatnonzero(member)), X, y, member


class Canaries(BaseEstimator):
    """Some records with a wrong label, each put into the training data by a coin.

    They alone are in question; all other records of the victim are trained on.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_canaries : int, default=100
        Number of canaries.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import MembershipGame
    >>> from skmia.game import Canaries
    >>> X, y = load_digits(return_X_y=True)
    >>> game = MembershipGame(
    ...     DecisionTreeClassifier(),
    ...     attack="loss-threshold",
    ...     protocol=Canaries(50),
    ...     n_shadows=2,
    ...     random_state=0,
    ... )
    >>> outcome = game.fit(X[:900], y[:900]).play(X[900:], y[900:])
    >>> len(outcome.member), outcome.score[outcome.member == 1].min() > -1
    (50, np.True_)
    """

    def __init__(self, n_canaries: int = 100) -> None:
        self.n_canaries = n_canaries

    def deal(
        self,
        target: Classifier,
        X: MatrixLike,
        y: np.ndarray,
        *,
        member: None = None,
        groups: np.ndarray | None = None,
        seed: int = 0,
    ) -> tuple[tuple[Any, Any, np.ndarray], Any, np.ndarray, np.ndarray]:
        """Choose the canaries, mislabel them, and throw the coins.

        Parameters
        ----------
        target : classifier
            What will be trained.
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The victim's records.
        y : ndarray of shape (n_records,)
            Their labels, of two classes or more.
        member : None
            The coins choose.
        groups : ndarray of shape (n_records,), default=None
            Ignored.
        seed : int, default=0
            Seed of the choice.

        Returns
        -------
        training : tuple of (X, y, rows)
            Records, labels, and the rows that the target is trained on.
        candidates : {array-like, sparse matrix, DataFrame}
            The canaries.
        labels : ndarray of shape (n_canaries,)
            Their wrong labels.
        member : ndarray of {0, 1} of shape (n_canaries,)
            Which of them the target is trained on.
        """
        kind = kind_of(target)
        if y is None or kind == "regressor" or takes_no_labels(target):
            why = f"the target is {a_kind(kind)}" if kind else "there are no labels"
            raise ValueError(
                f"Canaries have the label of another class, and {why}: play Halves, "
                "the protocol that is the default."
            )
        if np.ndim(y) > 1:
            raise ValueError(
                "Canaries have the label of another class, and these records have "
                "labels of several outputs: play Halves, the protocol that is the "
                "default."
            )
        classes = np.unique(y)
        if member is not None or is_frozen(target):
            raise ValueError(
                "Canaries go into the training data by a coin: pass no member= and a "
                "target that can be trained."
            )
        if not 2 <= self.n_canaries <= len(y) or len(classes) < 2:
            raise ValueError(
                "The 'n_canaries' parameter of Canaries must be from 2 to the number "
                f"of records, {len(y)}, of two classes or more. Got "
                f"{self.n_canaries!r} and {len(classes)} classes."
            )
        rng = check_random_state(seed)
        canaries = np.sort(rng.choice(len(y), self.n_canaries, replace=False))
        steps = rng.randint(1, len(classes), size=len(canaries))
        wrong = (np.searchsorted(classes, y[canaries]) + steps) % len(classes)
        y = y.copy()
        y[canaries] = classes[wrong]
        coin = rng.permutation(np.arange(len(canaries)) % 2)
        out = canaries[coin == 0]
        rows = np.setdiff1d(np.arange(len(y)), out)
        return (X, y, rows), _safe_indexing(X, canaries), y[canaries], coin


def _given(member, n):
    member = check_membership(member)
    if len(member) != n:
        raise ValueError(
            f"Membership must be given for every record: {n} records, "
            f"{len(member)} values."
        )
    return member
