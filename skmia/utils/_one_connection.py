"""An SQLite file that a process opens once."""

import os
import sqlite3
from contextlib import closing
from time import monotonic, sleep

# Seconds that one process waits for another one's transaction.
_PATIENCE = 60


class OneConnection:
    """The connection to a file, opened when it is first asked for.

    What is committed is on the disk: of a write-ahead log that is one sync, where a
    rollback journal takes three or four. Its shared memory is what no network file
    system has.

    Parameters
    ----------
    path : str
    tables : dict of str to str
        Columns of each table, in SQL. They are made if the file is new.
    """

    def __init__(self, path, tables):
        self.path = path
        self._tables = tables
        self._db = None
        self._inodes = None

    def get(self):
        """The connection.

        Raises
        ------
        sqlite3.Error
            There is no such file and none can be made, or it is something else.
        """
        if self._db is None:
            self._db = self._opened()
        return self._db

    def check(self):
        """Refuse to go on if others would no longer see what is written.

        Raises
        ------
        sqlite3.Error
            The file, or its log, is no longer what its name stands for.
        """
        # A log goes under a connection if this process has read the file by other
        # means: on POSIX closing it gives up all locks of the process.
        if self._inodes != self._found():
            raise _gone()

    def close(self):
        """Close the connection; the next one must find the same file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _opened(self):
        # Whoever opens a file anew after a fork means the one that it had.
        if self._inodes is not None and self._inodes[0] != _inode(self.path):
            raise _gone()
        db = connect(self.path)
        try:
            _make(db, self._tables)
        except BaseException:
            db.close()
            raise
        self._inodes = self._found()
        return db

    def _found(self):
        return _inode(self.path), _inode(f"{self.path}-wal")


def connect(path):
    """A connection without transactions of its own accord."""
    return sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )


def create(db, tables):
    """Make the tables that are not there."""
    for name, columns in tables.items():
        db.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) WITHOUT ROWID")


def _make(db, tables):
    """Tables and log of a file, where it is new; one of somebody else's stays as it is.

    A file has all of the tables or none: they are made in one transaction.
    """
    if _columns(db):
        with closing(connect(":memory:")) as wanted:
            create(wanted, tables)
            if _columns(db) != _columns(wanted):
                raise sqlite3.DatabaseError(
                    "it holds tables of something else, or of another version"
                )
    _write_ahead(db)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("BEGIN IMMEDIATE")
    create(db, tables)
    db.execute("COMMIT")


def _write_ahead(db):
    """Turn the log on. Of two that do so at once SQLite lets one fail, not wait."""
    end = monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            if not busy or monotonic() > end:
                raise
        sleep(0.01)


def _columns(db):
    """Names and types of the columns of each table."""
    sql = (
        "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master AS m, "
        "pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY 1, c.cid"
    )
    return db.execute(sql).fetchall()


def _inode(path):
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _gone():
    return sqlite3.OperationalError(
        "it was deleted, moved or replaced after it was opened, or opened by other "
        "means; make the object anew when the file is what it should be"
    )
