"""What a table says to counting queries around a record, and its naive statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skmia.attacks.evidence._base import Evidence
from skmia.utils._access import TABLE
from skmia.utils._record_keys import coarse_keys
from skmia.utils._records import index_of
from skmia.utils._sklearn import COUNT
from skmia.utils._table_cells import TableCells
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

_STATISTICS = ("mean", "variance", "correlation")


class CountingQueries(Evidence):
    """How many rows of a table agree with a record on random columns.

    A counting query asks for the rows that have the values of the record in some
    columns, numbers in the same cell between quantiles. Beside the answers stand the
    naive statistics of a table, as far as they speak for the record: means, variances
    and correlations. (A histogram is the queries of one column.)

    .. versionadded:: 0.2

    Parameters
    ----------
    n_queries : int, default=100
        Random sets of columns, of any size; those that are drawn again count once.
    n_cells : int, default=10
        Cells of a column of numbers, between quantiles of the records.
    random_state : int, RandomState instance or None, default=None
        Seed of the sets; None is that of the attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        None: there are no labels.
    queries_ : list of tuple of int
        Columns of each query.

    See Also
    --------
    Discriminator : A classifier of rows and known non-members.

    Notes
    -----
    Threat model: the table, generators of the same kind to learn from, and records of
    the population, those that the evidence is fitted on. An answer is the logarithm of
    the share of the rows, less that of the share of these records, the record itself
    left out; both counts are one larger, so that none is zero. The statistics are inner
    products of what the record adds to a mean, a square or a product with by how much
    the table has more of it than the records, in the ten directions in which these vary
    most.

    In the papers one classifier is trained for each record, here one for all. A
    statistic of the table alone would tell it nothing, since it is the same for all
    records of the table.

    References
    ----------
    F. Houssiau et al., "TAPAS: a Toolbox for Adversarial Privacy Auditing of Synthetic
    Data", SyntheticData4ML 2022, arXiv:2211.06550. T. Stadler, B. Oprisanu,
    C. Troncoso, "Synthetic Data - Anonymisation Groundhog Day", USENIX Security
    2022, arXiv:2011.07018.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks.evidence import CountingQueries
    >>> from skmia.targets import Session, SyntheticTable
    >>> people = pd.DataFrame({"age": [31, 58, 40], "town": ["Bonn", "Ulm", "Rom"]})
    >>> session = Session(SyntheticTable(people[:1]), people)
    >>> Z = CountingQueries(random_state=0).fit_transform(session)
    >>> list(Z)
    ['query_0', 'query_1', 'query_2', 'mean', 'variance', 'correlation']
    >>> bool(Z["query_0"][0] > Z["query_0"][1])
    True
    """

    _parameter_constraints: dict = {
        "n_queries": [COUNT],
        "n_cells": [COUNT],
        "random_state": ["random_state"],
    }

    # It reads what this signal reads.
    signals = ("sample_distance",)

    def __init__(
        self,
        n_queries: int = 100,
        *,
        n_cells: int = 10,
        random_state: RandomStateLike = None,
    ) -> None:
        self.n_queries = n_queries
        self.n_cells = n_cells
        self.random_state = random_state

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Draw the queries, and ask them of the records.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records.
        member : array-like of shape (n_pairs,), default=None
            Ignored.

        Returns
        -------
        self : object
        """
        super().fit(pairs, member)
        part = self._check(pairs).parts[0]
        self._space, self._cells = part.space(), TableCells(part.X, self.n_cells)
        self._keys = set(coarse_keys(part.X))
        self._own_cells = self._cells.encode(part.X)
        self._own_sums = [
            added.sum(axis=0) for added in _added(self._space.reduce(part.X))
        ]
        self.queries_ = self._drawn(self._own_cells.shape[1])
        return self

    def _drawn(self, n_columns):
        rng = check_random_state(self._seed)
        sizes = rng.randint(1, n_columns + 1, size=self.n_queries)
        drawn = {
            tuple(sorted(rng.choice(n_columns, size, replace=False).tolist()))
            for size in sizes
        }
        return sorted(drawn)

    def observe(self, session: Session) -> pd.DataFrame:
        """Answers and statistics of one table, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, len(queries_) + 3)
        """
        table = session.ask(TABLE)
        known = np.array([key in self._keys for key in coarse_keys(session.X)])
        columns = self._answers(session.X, table, known)
        columns |= self._statistics(session.X, table, known)
        return pd.DataFrame(columns, index=index_of(session.X))

    def _answers(self, X, table, known):
        """Of each query, how much more often the table agrees than the records do."""
        cells, rows = self._cells.encode(X), self._cells.encode(table)
        n_others = len(self._own_cells) - known
        answers = {}
        for number, query in enumerate(self.queries_):
            columns = list(query)
            in_table = _n_equal(cells[:, columns], rows[:, columns])
            others = _n_equal(cells[:, columns], self._own_cells[:, columns]) - known
            share = (in_table + 1) / (len(rows) + 1)
            answers[f"query_{number}"] = np.log(share * (n_others + 1) / (others + 1))
        return answers

    def _statistics(self, X, table, known):
        """How far the table leans to each record, in what it adds to a statistic."""
        own = _added(self._space.reduce(X))
        of_table = _added(self._space.reduce(table))
        known = known[:, None]
        n_others = np.maximum(len(self._own_cells) - known, 1)
        return {
            name: (
                added * (rows.mean(axis=0) - (total - known * added) / n_others)
            ).sum(axis=1)
            for name, added, rows, total in zip(
                _STATISTICS, own, of_table, self._own_sums, strict=True
            )
        }


def _added(W):
    """What rows add to means, to variances and to correlations, of whitened columns."""
    first, second = np.triu_indices(W.shape[1], k=1)
    return W, W**2 - 1, W[:, first] * W[:, second]


def _n_equal(records, rows):
    """How many of the rows are equal to each record."""
    both = np.vstack([records, rows])
    number = np.unique(both, axis=0, return_inverse=True)[1].ravel()
    counts = np.bincount(number[len(records) :], minlength=number.max() + 1)
    return counts[number[: len(records)]]
