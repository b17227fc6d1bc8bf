"""The tables behind a ledger, in memory or in a file."""

from __future__ import annotations

import os
import sqlite3
import weakref
from contextlib import contextmanager
from threading import Lock
from typing import Any

from skmia.utils._one_connection import OneConnection, connect, create


class Accounts:
    """The tables, in memory or in a file. Copies of those in memory are independent.

    A file is opened once in each process, when it is first needed.

    Parameters
    ----------
    columns : dict of str to str
        Columns of each table, in SQL, with a primary key.
    path : str or path-like, default=None
    rows : dict of str to list of tuple, default=None
        What the tables hold already; in memory only.
    """

    def __init__(self, columns, path=None, rows=None):
        self._columns = columns
        # Absolute: a worker process may run in another directory.
        self._path = None if path is None else os.path.abspath(path)
        self._lock = Lock()
        if path is None:
            self._tables = _InMemory(columns, rows or {})
        else:
            self._tables = OneConnection(self._path, columns)
        weakref.finalize(self, self._tables.close)
        with _FORKING:
            _ALL.add(self)

    @contextmanager
    def transaction(self):
        """A connection that nobody else writes to; undone if the block raises.

        Raises
        ------
        OSError
            The file cannot be read or written, or is not the one that it was.
        """
        with self._lock:
            try:
                db = self._tables.get()
                db.execute("BEGIN IMMEDIATE")
                try:
                    self._tables.check()
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    db.rollback()
                    raise
            except sqlite3.Error as error:
                raise OSError(f"The accounts in {self._path!r}: {error}.") from error

    def are_there(self):
        """Whether a look at them makes no file: in memory, or in one that is there."""
        return self._path is None or os.path.exists(self._path)

    def __reduce__(self):
        if self._path is not None:
            return Accounts, (self._columns, self._path)
        with self.transaction() as db:
            rows = {
                name: db.execute(f"SELECT * FROM {name}").fetchall()
                for name in self._columns
            }
        return Accounts, (self._columns, None, rows)


def open_accounts(columns, path, owner, parameter="path"):
    """Accounts whose file is known to be one.

    Parameters
    ----------
    columns, path : as for :class:`Accounts`
    owner : str
        Class of whoever was given the path.
    parameter : str, default="path"
        As which he was given it.

    Returns
    -------
    accounts : Accounts

    Raises
    ------
    ValueError
        The path cannot be that of such a file.
    """
    accounts = Accounts(columns, path)
    try:
        with accounts.transaction():
            pass
    except OSError as error:
        raise ValueError(
            f"The {parameter!r} parameter of {owner} must name a file of its own, new "
            "or not, in a folder that exists, and both must be writable. Got "
            f"{os.fspath(path)!r} instead: {error.__cause__}."
        ) from error
    return accounts


def insert(db, table, rows):
    """Insert what is not there; return how many rows that were."""
    if not rows:
        return 0
    marks = ", ".join("?" * len(rows[0]))
    return db.executemany(
        f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows
    ).rowcount


class _InMemory:
    """Tables that are gone with the process."""

    def __init__(self, columns, rows):
        self._db = connect(":memory:")
        create(self._db, columns)
        for name, kept in rows.items():
            insert(self._db, name, kept)

    def get(self):
        return self._db

    def check(self):
        pass

    def close(self):
        self._db.close()


# No connection to a file survives a fork, and no thread may be in the midst of a
# transaction: its lock would never be given back in the child.
_ALL: weakref.WeakSet[Any] = weakref.WeakSet()
_FORKING = Lock()
_HELD: list[Any] = []


def _before_fork():
    _FORKING.acquire()
    for accounts in list(_ALL):
        accounts._lock.acquire()
        _HELD.append(accounts)
        if accounts._path is not None:
            accounts._tables.close()


def _after_fork():
    while _HELD:
        _HELD.pop()._lock.release()
    _FORKING.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork,
        after_in_child=_after_fork,
    )
