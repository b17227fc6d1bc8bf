"""Pairs of models and records: the examples that attacks learn from and judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skmia.utils._kinds import is_session

if TYPE_CHECKING:
    from skmia.targets._session import Session


class Pairs:
    """Pairs of several models and their records: the `X` of an attack.

    Indexable by rows, so that cross-validation, splits and subsets work; ``+`` joins
    two of them.

    .. versionadded:: 0.2

    Parameters
    ----------
    parts : list of Session
        Models with their records.
    rows : array-like of int, default=None
        Which pairs, counted through all parts. None: all of them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.targets import Pairs, Session
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier().fit(X[::2], y[::2])
    >>> pairs = Pairs([Session(tree, X, y), Session(tree, X[:10], y[:10])])
    >>> len(pairs), len(pairs[::2]), len(pairs + pairs)
    (160, 80, 320)
    """

    def __init__(self, parts: list[Session], rows: ArrayLike | None = None) -> None:
        self.parts = list(parts)
        self.rows = np.arange(self._starts[-1]) if rows is None else np.asarray(rows)

    @property
    def _starts(self):
        return np.cumsum([0, *map(len, self.parts)])

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int]:
        """As an array of pairs has it; scikit-learn cuts what has a shape."""
        return (len(self),)

    @property
    def unanswered(self) -> NDArray[np.bool_]:
        """Which pairs are of records of which not all could be seen."""
        return np.concatenate([part.unanswered for part in self.parts])[self.rows]

    def __array__(self, dtype=None, copy=None):
        no_numbers(self)

    def __getitem__(self, rows: Any) -> Pairs:
        # scikit-learn cuts what has a shape by X[rows, ...].
        rows = rows[0] if isinstance(rows, tuple) else rows
        return Pairs(self.parts, np.atleast_1d(self.rows[rows]))

    def __add__(self, other):
        other = as_pairs(other)
        if other is None:
            return NotImplemented
        rows = np.concatenate([self.rows, other.rows + self._starts[-1]])
        return Pairs([*self.parts, *other.parts], rows)

    def by_part(self) -> Iterator[tuple[Session, np.ndarray, np.ndarray]]:
        """Which pairs are whose, without the parts that have none.

        Yields
        ------
        part : Session
        rows : ndarray of int
            Rows of the part.
        places : ndarray of int
            Where these pairs stand among all of them.
        """
        starts = self._starts
        in_order = (self.rows[1:] >= self.rows[:-1]).all()
        ends: Any = np.searchsorted(self.rows, starts) if in_order else None
        for i, (part, start, stop) in enumerate(
            zip(self.parts, starts[:-1], starts[1:], strict=True)
        ):
            if in_order:  # those of one part follow each other
                places = np.arange(ends[i], ends[i + 1])
            else:
                places = np.flatnonzero((self.rows >= start) & (self.rows < stop))
            if len(places):
                yield part, self.rows[places] - start, places


def as_pairs(pairs):
    """Pairs, also from a session; None where it is neither."""
    if is_session(pairs):
        return Pairs([pairs])
    return pairs if isinstance(pairs, Pairs) else None


def no_numbers(pairs):
    """Refuse pairs where numbers are wanted, as an attack model alone wants them."""
    raise TypeError(
        f"{type(pairs).__name__} holds pairs of models and records, which are no "
        "numbers: an evidence sees them, and an attack model takes what it sees. See "
        "skmia.attacks.make_attack."
    )
