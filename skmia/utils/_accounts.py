"""The tables behind a ledger, in memory or in a file."""

import os
import sqlite3
import weakref
from contextlib import closing, contextmanager, nullcontext
from threading import Lock


class Accounts:
    """The tables, in memory or in a file. Copies of those in memory are independent.

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
        self._memory = None
        if path is None:
            self._memory = _connect(":memory:", columns)
            weakref.finalize(self, self._memory.close)
            for name, kept in (rows or {}).items():
                insert(self._memory, name, kept)

    @contextmanager
    def transaction(self):
        """A connection that nobody else writes to; undone if the block raises."""
        # A file is opened anew each time: connections do not survive a fork.
        memory = self._memory
        opened = (
            nullcontext(memory)
            if memory is not None
            else closing(_connect(self._path, self._columns))
        )
        with self._lock, opened as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def __reduce__(self):
        if self._path is not None:
            return Accounts, (self._columns, self._path)
        with self.transaction() as db:
            rows = {
                name: db.execute(f"SELECT * FROM {name}").fetchall()
                for name in self._columns
            }
        return Accounts, (self._columns, None, rows)


def _connect(path, tables):
    db = sqlite3.connect(
        path, timeout=60, isolation_level=None, check_same_thread=False
    )
    for name, columns in tables.items():
        db.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) WITHOUT ROWID")
    return db


def insert(db, table, rows):
    """Insert what is not there; return how many rows that were."""
    if not rows:
        return 0
    marks = ", ".join("?" * len(rows[0]))
    return db.executemany(
        f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows
    ).rowcount
