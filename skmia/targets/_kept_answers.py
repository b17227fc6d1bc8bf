"""Answers that were paid for, by record, in memory or in a file."""

import hashlib
import os

import numpy as np

from skmia.utils._accounts import insert, open_accounts

_TABLES = {
    "source": "name TEXT PRIMARY KEY",
    "answers": "record BLOB PRIMARY KEY, answer BLOB",
    "paid": "account INTEGER PRIMARY KEY, n INTEGER",
}


class KeptAnswers:
    """One row of numbers for each record that a source has answered about.

    Parameters
    ----------
    path : str, path-like or None
        SQLite file, made if there is none. None: in memory.
    source : str
        Whose answers they are. The file holds a hash of it.
    width : int
        Numbers of an answer.
    """

    def __init__(self, path, source, width):
        self._width = width
        self._accounts = open_accounts(_TABLES, path, "PredictionAPI", "cache")
        name = hashlib.blake2b(source.encode(), digest_size=32).hexdigest()
        with self._accounts.transaction() as db:
            (kept,) = db.execute("SELECT min(name) FROM source").fetchone()
            insert(db, "source", [(name,)] if kept is None else [])
        if kept not in (None, name):
            raise ValueError(
                f"The 'cache' {os.fspath(path)!r} of PredictionAPI holds the answers "
                "of another source, or of the same one with other classes or another "
                "access. Give each a file of its own."
            )

    @property
    def paid(self):
        """Rows that the source has answered."""
        with self._accounts.transaction() as db:
            return db.execute("SELECT coalesce(sum(n), 0) FROM paid").fetchone()[0]

    def pay(self, n):
        """Count rows whose answers are not kept."""
        with self._accounts.transaction() as db:
            _book(db, n)

    def keep(self, records, answers):
        """Count one row for each record, and keep what was answered.

        Parameters
        ----------
        records : list of bytes
            Whatever tells records apart.
        answers : ndarray of shape (n_records, width)
        """
        answers = [row.tobytes() for row in answers.astype("<f8")]
        rows = list(zip(map(_key, records), answers, strict=True))
        with self._accounts.transaction() as db:
            _book(db, len(rows))
            insert(db, "answers", rows)

    def missing(self, records):
        """Places of the records without an answer, each once.

        Parameters
        ----------
        records : list of bytes

        Returns
        -------
        places : ndarray of int
        """
        first = {}
        for place, record in enumerate(records):
            first.setdefault(_key(record), place)
        known = self._known(first)
        places = [place for key, place in first.items() if key not in known]
        return np.array(places, dtype=int)

    def recall(self, records):
        """Answers about records, none of which is missing.

        Parameters
        ----------
        records : list of bytes

        Returns
        -------
        answers : ndarray of float64 of shape (n_records, width)
        """
        keys = [_key(record) for record in records]
        known = self._known(keys)
        answers = b"".join(known[key] for key in keys)
        return (
            np.frombuffer(answers, "<f8").reshape(len(keys), self._width).astype(float)
        )

    def _known(self, keys):
        sql = "SELECT record, answer FROM answers WHERE record = ?"
        with self._accounts.transaction() as db:
            found = (db.execute(sql, (key,)).fetchone() for key in keys)
            return dict(row for row in found if row is not None)


def _book(db, n):
    db.execute(
        "INSERT INTO paid VALUES (0, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        (n,),
    )


def _key(record):
    return hashlib.blake2b(record, digest_size=32).digest()
