"""What was computed once, kept: the public face of a folder."""

from __future__ import annotations

import os
import time
from typing import Any

import pandas as pd

from skmia.utils._entry import read_head
from skmia.utils._folder import Folder
from skmia.utils._sklearn import COUNT, HasMethods, validate_params
from skmia.utils._typing import FilePath

_COLUMNS = ["kind", "estimator", "bytes", "age", "versions"]


class Store:
    """A folder in which audits and games keep what they computed, and find it again.

    Give it, or its path, wherever there is a parameter `memory`. A killed run resumes
    from there: what was finished is not computed again.

    .. versionadded:: 0.2

    Parameters
    ----------
    path : str or path-like
        The folder; it is made when it is first needed.
    max_bytes : int, default=None
        What all entries together may take. Before there would be more, those that were
        not used for the longest time are removed. An entry that is larger alone is not
        kept. None: no limit.

    See Also
    --------
    skmia.audit : Its parameter `memory`.

    Notes
    -----
    Entries are named by a hash of everything that they depend on: the estimator and
    its parameters, the records, the seed and the versions of the packages. They are zip
    files of arrays and their places (``0.npy``, ``value.json``) or of an object as
    skops saves it (``value.skops``), and a description (``entry.json``). Reading one
    runs no code that it brings. Objects are made only of the types that skops trusts,
    of skmia's own, of those of the packages that the estimator in question comes from,
    and of what it was given. What would not be the same when it is read is computed and
    not kept: models and records that skops does not know, data frames among them.

    That is about types and code. The compiled parts of scikit-learn believe what their
    arrays say: who may write to the folder can still make a process crash, or a result
    wrong.

    Several processes may use one store at once. A file that is damaged, or of something
    else, is as none. Where nothing can be written, results are computed and not kept,
    and :class:`~skmia.exceptions.StoreWarning` says so, once a process. Arrays above
    64 MiB are mapped into memory, read-only.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels, Store
    >>> X, y = load_iris(return_X_y=True)
    >>> store = Store(mkdtemp(), max_bytes=2**30)
    >>> shadows = ShadowModels(DecisionTreeClassifier(), n_shadows=2, memory=store)
    >>> _ = shadows.fit(X, y)
    >>> store.entries().groupby("kind").size().to_dict()
    {'about a model': 2, 'model': 2}
    >>> store.info()["entries"], store.clear(), store.info()["entries"]
    (4, 4, 0)
    """

    @validate_params(path=[str, os.PathLike], max_bytes=[COUNT, None])
    def __init__(self, path: FilePath, *, max_bytes: int | None = None) -> None:
        path = os.fspath(path)
        if not path:  # as from a variable of the environment that is not set
            raise ValueError("The path of a Store is empty: it must name a folder.")
        self.path = os.path.abspath(os.path.expanduser(path))
        self.max_bytes = max_bytes
        self._folder = Folder(self.path, max_bytes)

    @property
    def location(self) -> str:
        """The path, under the name that it has in joblib."""
        return self.path

    def __repr__(self):
        limit = "" if self.max_bytes is None else f", max_bytes={self.max_bytes}"
        return f"Store({self.path!r}{limit})"

    def entries(self) -> pd.DataFrame:
        """What is in the store, without loading it.

        Returns
        -------
        entries : DataFrame
            One row per entry, by its name, the least recently used first. "kind" is
            what it is: a model, answers, an attack... "estimator" is the class of the
            model, or of the attack's. "bytes" is the size of the file, "age" the
            seconds since it was made, and "versions" the packages that made it.

        Raises
        ------
        ValueError
            The folder is no store.
        """
        self._folder.check()
        rows = {}
        for path, found in self._folder.files():
            try:
                head = read_head(path)
                age = max(0.0, time.time() - head["created"])
                text = ", ".join(" ".join(pair) for pair in head["versions"].items())
                row = head["kind"], head["estimator"], found.st_size, age, text
                if not all(map(str.isprintable, (row[0], row[1] or "", text))):
                    raise ValueError("Others would be told what to show.")
            except Exception:
                row = "unreadable", None, found.st_size, float("nan"), ""
            rows[path.stem] = row
        return pd.DataFrame.from_dict(rows, "index", columns=_COLUMNS)

    def info(self) -> dict[str, Any]:
        """Size of the store.

        Returns
        -------
        info : dict
            "path", "entries" and "bytes"; "max_bytes" of this object.

        Raises
        ------
        ValueError
            The folder is no store.
        """
        self._folder.check()
        sizes = [found.st_size for _, found in self._folder.files()]
        about = {"path": self.path, "entries": len(sizes), "bytes": sum(sizes)}
        return about | {"max_bytes": self.max_bytes}

    def clear(self) -> int:
        """Remove all entries, and nothing else; the folder stays.

        Returns
        -------
        n_removed : int

        Raises
        ------
        ValueError
            The folder is no store.
        """
        self._folder.check()
        return self._folder.clear()


# What a parameter `memory` may be.
MEMORY = [str, os.PathLike, Store, HasMethods("cache"), None]
