"""Sampling designs that scikit-learn's splitters do not have.

A shadow model is trained on the train part of a split; the records of the test part
are its known non-members. Any scikit-learn splitter is therefore a design. The three
here give every record a fair and equal share of membership, or copy a published one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state, indexable

from skmia.utils._deprecation import warn_deprecated
from skmia.utils._quantities import guessed_strata
from skmia.utils._random import deal, deal_groups
from skmia.utils._typing import RandomStateLike


class _Splitter(ABC):
    """What the designs share: parameters, ``repr`` and the shape of ``split``."""

    def __init__(
        self, n_splits: int = 10, *, random_state: RandomStateLike = None
    ) -> None:
        self.n_splits = n_splits
        self.random_state = random_state

    def __repr__(self):
        arguments = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({arguments})"

    @abstractmethod
    def _split(self, n_samples, y, groups, rng):
        """Train and test parts of every model."""

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of shadow models.

        Parameters
        ----------
        X, y, groups : object, default=None
            Ignored, for the interface of scikit-learn's splitters.

        Returns
        -------
        n_splits : int
        """
        return self.n_splits

    def split(
        self, X: ArrayLike, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Train (members) and test (non-members) indices of every shadow model.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records.
        y : array-like of shape (n_samples,), default=None
            Labels; every part gets its share of each.
            Of quantities every part gets its share of each tenth.
        groups : array-like of shape (n_samples,), default=None
            Users: all records of one stay on one side. The label of a user is the one
            that most of the records have.

        Yields
        ------
        train, test : ndarray of int
        """
        X, y, groups = indexable(X, y, groups)
        y = None if y is None else guessed_strata(y)
        n_samples = X.shape[0] if hasattr(X, "shape") else len(X)
        self._check_n_splits()
        rng = check_random_state(self.random_state)
        yield from self._split(n_samples, y, groups, rng)

    def _check_n_splits(self):
        if not isinstance(self.n_splits, int | np.integer) or self.n_splits < 1:
            raise ValueError(
                f"The 'n_splits' parameter of {type(self).__name__} must be an int "
                f">= 1. Got {self.n_splits!r} instead."
            )


def check_design(caller, n_shadows, cv):
    """Number of models of the balanced design, even, and the design beside it, or None.

    Parameters
    ----------
    caller : str
        Whose parameters they are.
    n_shadows : int
    cv : splitter, iterable or None
        An int is a number of models by its former name.
    """
    if isinstance(cv, Integral):
        warn_deprecated(
            f"An int as the 'cv' parameter of {caller}",
            "use 'n_shadows', since it counts shadow models and not folds",
            since="0.2",
            until="0.4",
        )
        check_even(caller, "cv", cv)
        return cv, None
    if cv is None:
        check_even(caller, "n_shadows", n_shadows)
    return n_shadows, cv


def check_even(caller, name, n_models):
    """Refuse a number of models of which none is half."""
    if n_models % 2:
        raise ValueError(
            f"The {name!r} parameter of {caller} must be an even int: only then can "
            f"every record be in exactly half of the models. Got {n_models} instead."
        )


def _deal(n_samples, y, groups, n_hands, rng):
    """Deal records or whole groups to hands, evenly within each label."""
    n_dealt = n_samples if groups is None else len(np.unique(groups))
    if n_dealt < n_hands:
        raise ValueError(
            f"Cannot deal {n_dealt} records (or groups) to {n_hands} parts: got "
            f"n_samples = {n_samples}."
        )
    stratum = np.zeros(n_samples, dtype=int)
    stratified = y is not None and np.ndim(y) == 1
    if groups is not None:
        return deal_groups(groups, y if stratified else stratum, n_hands, rng)
    if stratified:
        labels, stratum = np.unique(y, return_inverse=True)
        stratum = rng.permutation(len(labels))[stratum]
    return deal(stratum, n_hands, rng)


class BalancedShuffleSplit(_Splitter):
    """Complementary random halves: every record is in exactly half of the models.

    Models 2i and 2i + 1 are trained on the two halves of a random, stratified
    division of the records, so each record is a member of one and a non-member of
    the other. With an odd number of records the halves differ by one.

    Parameters
    ----------
    n_splits : int, default=10
        Number of shadow models; even.
    random_state : int, RandomState instance or None, default=None
        Which halves are drawn.

    Notes
    -----
    The design of the RMIA tools (Zarifzadeh et al. 2024) and a balanced case of that
    of LiRA (Carlini et al. 2022). With ``groups`` whole groups are dealt.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.shadow import BalancedShuffleSplit
    >>> cv = BalancedShuffleSplit(n_splits=4, random_state=0)
    >>> counts = np.zeros(7, dtype=int)
    >>> for train, test in cv.split(np.zeros((7, 1))):
    ...     counts[train] += 1
    >>> counts
    array([2, 2, 2, 2, 2, 2, 2])
    """

    def _check_n_splits(self):
        super()._check_n_splits()
        check_even("BalancedShuffleSplit", "n_splits", self.n_splits)

    def _split(self, n_samples, y, groups, rng):
        for _ in range(self.n_splits // 2):
            hand = _deal(n_samples, y, groups, 2, rng)
            halves = np.flatnonzero(hand == 0), np.flatnonzero(hand == 1)
            yield halves
            yield halves[::-1]


class DisjointSplit(_Splitter):
    """Disjoint parts, one model each, and one common part of non-members.

    The records are dealt to ``n_splits + 1`` equal parts. Model i is trained on part
    i; the last part is the test part of all models. What does not divide evenly is
    in no part, so that members and non-members are equally many.

    Parameters
    ----------
    n_splits : int, default=5
        Number of shadow models.
    random_state : int, RandomState instance or None, default=None
        Which parts are drawn.

    Notes
    -----
    The partition-based generation function of Truex et al. (2019).

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.shadow import DisjointSplit
    >>> cv = DisjointSplit(n_splits=3, random_state=0)
    >>> [(len(train), len(test)) for train, test in cv.split(np.zeros((9, 1)))]
    [(2, 2), (2, 2), (2, 2)]
    """

    def __init__(
        self, n_splits: int = 5, *, random_state: RandomStateLike = None
    ) -> None:
        super().__init__(n_splits, random_state=random_state)

    def _split(self, n_samples, y, groups, rng):
        hand = _deal(n_samples, y, groups, self.n_splits + 1, rng)
        parts = [np.flatnonzero(hand == i) for i in range(self.n_splits + 1)]
        if groups is None:
            size = min(len(part) for part in parts)
            parts = [np.sort(rng.permutation(part)[:size]) for part in parts]
        for train in parts[:-1]:
            yield train, parts[-1]


class BootstrapSplit(_Splitter):
    """Bootstrap samples; what was not drawn is the test part.

    Parameters
    ----------
    n_splits : int, default=10
        Number of shadow models.
    random_state : int, RandomState instance or None, default=None
        Which samples are drawn.

    Notes
    -----
    The bagging generation function of Truex et al. (2019) and the reference models
    of Long et al. (2018). A record drawn twice is trained on twice.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.shadow import BootstrapSplit
    >>> train, test = next(BootstrapSplit(random_state=0).split(np.zeros((6, 1))))
    >>> len(train), np.union1d(train, test)
    (6, array([0, 1, 2, 3, 4, 5]))
    """

    def _split(self, n_samples, y, groups, rng):
        if groups is not None:
            raise ValueError(
                "BootstrapSplit draws single records: groups must be None."
            )
        for _ in range(self.n_splits):
            train = np.sort(rng.randint(n_samples, size=n_samples))
            yield train, np.setdiff1d(np.arange(n_samples), train)
