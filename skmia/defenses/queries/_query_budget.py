"""A ledger of what was asked: how many records, and what their answers cost."""

from __future__ import annotations

import copy
import hashlib
import math
import os
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skmia.exceptions import QueryBudgetExceeded
from skmia.utils._accounts import insert, open_accounts
from skmia.utils._sklearn import (
    COUNT_OR_0,
    FRACTION_BELOW_1,
    NOT_NEGATIVE,
    validate_params,
)
from skmia.utils._typing import FilePath

# One row per distinct cost, per record that a client asked, per remembered answer. A
# record has the price that was paid for it, and the calls that were answered about it,
# or are about to be: the last of them to fail takes the money back.
_TABLES = {
    "costs": "client TEXT, epsilon REAL, delta REAL, n INTEGER, "
    "PRIMARY KEY (client, epsilon, delta)",
    "asked": "client TEXT, record BLOB, epsilon REAL, delta REAL, calls INTEGER, "
    "PRIMARY KEY (client, record)",
    "answers": "record BLOB PRIMARY KEY, answer BLOB",
}
# 3 answers of epsilon 0.1 fit in 0.3, whatever floating point makes of it.
ROUNDING = 1 + 1e-9


class Spending(NamedTuple):
    """Queries and privacy, spent or left."""

    queries: float
    epsilon: float
    delta: float


class QueryBudget:
    """Ledger of the records that a model has answered, with a limit on each account.

    Hand it to a defense as its `budget`; one object may stand behind several defenses.
    Each client has an account of its own. A record costs when it is answered for the
    first time; asking it again is free. A call that the account cannot pay is refused
    as a whole, before anything is computed, and costs nothing; so does a call that
    fails.

    Parameters
    ----------
    max_queries : int, default=None
        Different records that may be asked per account. None: no limit.
    epsilon : float, default=None
        Privacy that may be spent per account, for defenses whose answers have a price.
        None: no limit, neither on `delta`.
    delta : float, default=0.0
        Ceiling for the sum of the deltas and `slack`, where `epsilon` has a limit.
    slack : float, default=0.0
        Delta that buys a smaller total epsilon when many answers are added up: 0 adds
        the epsilons, a positive value takes the better of that and of the advanced
        rule. At most `delta`.
    path : str or path-like, default=None
        SQLite file that holds the accounts, and nothing else; it is made if there is
        none. None keeps them in memory.

    Attributes
    ----------
    client : str or None
        Whose account `spent`, `remaining` and `charge` are about.

    See Also
    --------
    QueryLimit : Answers while the budget lasts.
    PrivateLogits : Answers with a price in epsilon.
    skmia.BlackBox : Counts every row, repeated or not.

    Notes
    -----
    Threads may share a ledger: together they never pass a limit. `sklearn.base.clone`
    keeps the object itself, so that clones of a defense, in a search say, spend from
    one budget. Pickling and `copy.deepcopy` copy what was spent; from then on a ledger
    in memory counts on its own, and n_jobs of processes can ask more than the limit.
    With `path` all copies and all processes share the file. It must lie on a local
    disk, no network file system, and outlives the program. It holds what was spent,
    hashes of the records and remembered answers; the limits are those of each object.

    A call is charged, and the charge is on the disk, before anything is computed. A
    process that dies in the middle of a call leaves it charged; asking again is free.

    Each process opens the file once. While it is open there are two more beside it,
    named ``-wal`` and ``-shm``, which belong to it: copy or delete all three, and only
    when no program has it open. To start again delete them. A file that was deleted,
    moved or replaced while it was open raises an OSError; nothing is answered.

    Accounts do not protect against clients who pool their answers, or against one
    person with many names. The advanced rule is for costs that are fixed in advance,
    as those of one defense are.

    References
    ----------
    P. Kairouz, S. Oh, P. Viswanath, "The Composition Theorem for Differential
    Privacy", ICML 2015. :arxiv:`1311.0776`

    S. Truex, L. Liu, M. E. Gursoy, L. Yu, W. Wei, "Demystifying Membership Inference
    Attacks in Machine Learning as a Service", IEEE TSC 2019. :arxiv:`1807.09173`

    Examples
    --------
    >>> from skmia.defenses import QueryBudget
    >>> budget = QueryBudget(max_queries=100)
    >>> with budget.charge([b"one record", b"another", b"one record"]):
    ...     pass  # compute the answers
    >>> budget
    QueryBudget(max_queries=100): 2 queries spent
    >>> budget.for_client("mallory").remaining.queries
    100
    """

    @validate_params(
        max_queries=[COUNT_OR_0, None],
        epsilon=[NOT_NEGATIVE, None],
        delta=[FRACTION_BELOW_1],
        slack=[FRACTION_BELOW_1],
        path=[str, os.PathLike, None],
    )
    def __init__(
        self,
        max_queries: int | None = None,
        *,
        epsilon: float | None = None,
        delta: float = 0.0,
        slack: float = 0.0,
        path: FilePath | None = None,
    ) -> None:
        if epsilon is not None and slack > delta:
            raise ValueError(
                "The 'slack' parameter of QueryBudget must be at most its 'delta', of "
                f"which it is a part. Got slack={slack} and delta={delta} instead."
            )
        self.max_queries = max_queries
        self.epsilon = epsilon
        self.delta = delta
        self.slack = slack
        self.client: str | None = None
        self._accounts = open_accounts(_TABLES, path, "QueryBudget")

    def for_client(self, client: str | None) -> QueryBudget:
        """Return the same ledger, opened at the account of a client.

        Parameters
        ----------
        client : str or None
            Name of the client; None is the account that is open already.

        Returns
        -------
        budget : QueryBudget
        """
        if client is None:
            return self
        if not isinstance(client, str):
            raise ValueError(
                f"The name of a client must be a str or None. Got {client!r} instead."
            )
        budget = copy.copy(self)
        budget.client = client
        return budget

    @property
    def spent(self) -> Spending:
        """Queries, epsilon and delta that this account has spent."""
        with self._accounts.transaction() as db:
            return self._total(self._costs(db))

    @property
    def remaining(self) -> Spending:
        """What is left of each limit; inf where there is none."""
        limits = zip(self._limits, self.spent, strict=True)
        return Spending(*(max(limit - used, 0) for limit, used in limits))

    def affords(self, *, epsilon: float = 0.0, delta: float = 0.0) -> float:
        """New records that this account can still pay for.

        Parameters
        ----------
        epsilon, delta : float, default=0.0
            Price of each.

        Returns
        -------
        n : int or float
            inf where no limit would ever be reached.
        """
        _check_price(epsilon, delta)
        with self._accounts.transaction() as db:
            costs = self._costs(db)

        def too_many(n):
            total = self._total([*costs, (epsilon, delta, n)])
            return self._exceeded(total) is not None

        if self.epsilon is None or not (epsilon or delta):
            return max(self._limits.queries - self._total(costs).queries, 0)
        most = 1
        while not too_many(most):
            most *= 2
        return bisect_left(range(most + 1), True, key=too_many, lo=1) - 1

    def is_new(self, records: list[bytes]) -> NDArray[np.bool_]:
        """Which records this account would have to pay for.

        Parameters
        ----------
        records : list of bytes
            As given to `charge`.

        Returns
        -------
        new : ndarray of bool of shape (n_records,)
            False for what was answered before, and for what comes a second time.
        """
        keys = [_key(record) for record in records]
        with self._accounts.transaction() as db:
            new = dict.fromkeys(self._unasked(db, dict.fromkeys(keys)), True)
        return np.array([new.pop(key, False) for key in keys], dtype=bool)

    @property
    def _limits(self):
        delta = None if self.epsilon is None else self.delta
        limits = (self.max_queries, self.epsilon, delta)
        return Spending(*(math.inf if limit is None else limit for limit in limits))

    @contextmanager
    def charge(
        self, records: list[bytes], *, epsilon: float = 0.0, delta: float = 0.0
    ) -> Iterator[list[bytes]]:
        """Pay for the records of one call while their answers are computed.

        What is charged at the start is taken back if the block raises.

        Parameters
        ----------
        records : list of bytes
            Whatever tells records apart. Those that were answered before, and those
            that come twice, cost nothing.
        epsilon, delta : float, default=0.0
            Price of each new record, 0 or more.

        Yields
        ------
        answers : list
            Put one `bytes` per record here to have it remembered, see `recall`. After
            the block it holds what is remembered: of two answers to a record, the
            first. It may stay empty.

        Raises
        ------
        QueryBudgetExceeded
            The account cannot pay for all of them.
        ValueError
            The price is none.
        OSError
            The file cannot be written, or is no longer the one that was opened.
        """
        _check_price(epsilon, delta)
        keys = [_key(record) for record in records]
        different = list(dict.fromkeys(keys))
        with self._accounts.transaction() as db:
            self._pay(db, different, (float(epsilon), float(delta)))
        answers: list[bytes] = []
        try:
            yield answers
        except BaseException:
            with self._accounts.transaction() as db:
                self._take_back(db, different)
            raise
        if answers:
            with self._accounts.transaction() as db:
                insert(db, "answers", list(zip(keys, answers, strict=True)))
                answers[:] = _remembered(db, keys)

    def recall(self, records: list[bytes]) -> list[bytes | None]:
        """Return the answers that were remembered, to whichever client they went.

        Parameters
        ----------
        records : list of bytes
            As given to `charge`.

        Returns
        -------
        answers : list of bytes or None
            None where no answer was remembered.
        """
        with self._accounts.transaction() as db:
            return _remembered(db, [_key(record) for record in records])

    def _pay(self, db, keys, price):
        """Charge what is new among different records, or refuse."""
        if n_new := len(self._unasked(db, keys)):
            costs = self._costs(db)
            self._check(costs, [*costs, (*price, n_new)], n_new)
            self._book(db, price, n_new)
        db.executemany(
            "INSERT INTO asked VALUES (?, ?, ?, ?, 1) "
            "ON CONFLICT DO UPDATE SET calls = calls + 1",
            [(repr(self.client), key, *price) for key in keys],
        )

    def _take_back(self, db, keys):
        """What was paid for records that no other call answers."""
        of = "WHERE client = ? AND record = ?"
        sql = f"SELECT epsilon, delta FROM asked {of} AND calls = 0"
        for row in ((repr(self.client), key) for key in keys):
            db.execute(f"UPDATE asked SET calls = calls - 1 {of}", row)
            if (price := db.execute(sql, row).fetchone()) is not None:
                db.execute(f"DELETE FROM asked {of}", row)
                self._book(db, price, -1)

    def _unasked(self, db, keys):
        """Which of different keys this account has not asked yet."""
        sql = "SELECT 1 FROM asked WHERE client = ? AND record = ?"
        return [
            key
            for key in keys
            if db.execute(sql, (repr(self.client), key)).fetchone() is None
        ]

    def _exceeded(self, total):
        """Name of the first limit that a total is beyond, or None."""
        for name, limit in self._limits._asdict().items():
            if getattr(total, name) > limit * ROUNDING:
                return name
        return None

    def _check(self, before, after, n_new):
        before, after = self._total(before), self._total(after)
        name = self._exceeded(after)
        if name is not None:
            raise QueryBudgetExceeded(
                f"The budget is {name} = {getattr(self._limits, name)}: "
                f"{getattr(before, name):.6g} is spent, this call asks {n_new} new "
                f"records and would make it {getattr(after, name):.6g}. Nothing was "
                "answered and nothing was charged."
            )

    def _total(self, costs):
        epsilon = composed_epsilon([(e, n) for e, _, n in costs], self.slack)
        deltas = [n * delta for _, delta, n in costs]
        return Spending(
            sum(n for *_, n in costs),
            epsilon,
            math.fsum([*deltas, self.slack if epsilon else 0.0]),
        )

    def _costs(self, db):
        sql = "SELECT epsilon, delta, n FROM costs WHERE client = ? AND n > 0"
        return db.execute(sql, (repr(self.client),)).fetchall()

    def _book(self, db, price, n):
        db.execute(
            "INSERT INTO costs VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET n = n + excluded.n",
            (repr(self.client), *price, n),
        )

    def __sklearn_clone__(self):
        return self

    def __repr__(self):
        names = ("max_queries", "epsilon")
        limits = {name: getattr(self, name) for name in names}
        if self.epsilon is not None:
            limits |= {"delta": self.delta, "slack": self.slack}
        told = [f"{name}={x}" for name, x in limits.items() if x is not None]
        if not self._accounts.are_there():
            return f"QueryBudget({', '.join(told)}): no ledger at its path"
        spent = self.spent
        price = f", epsilon {spent.epsilon:.4g}" if spent.epsilon else ""
        owner = "" if self.client is None else f" by {self.client!r}"
        return (
            f"QueryBudget({', '.join(told)}): {spent.queries} queries{price} "
            f"spent{owner}"
        )


def _check_price(epsilon, delta):
    """Refuse what would give back, or could not be added up."""
    if not (epsilon >= 0 and 0 <= delta <= 1):
        raise ValueError(
            "The price of a record is an 'epsilon' of 0 or more and a 'delta' in "
            f"[0, 1]. Got epsilon={epsilon!r} and delta={delta!r} instead."
        )


def _remembered(db, keys):
    """The answer to each record, or None."""
    sql = "SELECT answer FROM answers WHERE record = ?"
    rows = [db.execute(sql, (key,)).fetchone() for key in keys]
    return [None if row is None else row[0] for row in rows]


def _key(record):
    return hashlib.blake2b(record, digest_size=32).digest()


def composed_epsilon(costs, slack=0.0):
    """Epsilon of many answers together.

    Parameters
    ----------
    costs : list of (epsilon, n)
        `n` answers of `epsilon` each.
    slack : float, default=0.0
        Delta that is given up for it. 0 adds the epsilons; otherwise the better of
        that sum and of the two advanced forms of Kairouz, Oh and Viswanath.

    Returns
    -------
    epsilon : float
    """
    # fsum: the order of the answers changes nothing.
    total = math.fsum(n * epsilon for epsilon, n in costs)
    if slack == 0 or total == 0:
        return total
    squares = math.fsum(n * epsilon**2 for epsilon, n in costs)
    drift = math.fsum(n * epsilon * math.tanh(epsilon / 2) for epsilon, n in costs)
    tail = min(math.log(1 / slack), math.log(math.e + math.sqrt(squares) / slack))
    return min(total, drift + math.sqrt(2 * squares * tail))
