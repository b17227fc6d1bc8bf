"""Users as records: each holds all that is theirs."""

from __future__ import annotations

from itertools import chain

import joblib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import _safe_indexing

from skmia.utils._records import check_records, concatenate, n_records
from skmia.utils._typing import MatrixLike


class User:
    """The records of one user, which together are one record of a user-level model.

    Made by :func:`bundle`. Two users with the same records are the same record: the
    name is no part of it.

    .. versionadded:: 0.2

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of length n_records
        Records, as the model takes them.
    y : array-like of shape (n_records,), default=None
        Their labels. None where the model learns from records alone.

    Raises
    ------
    ValueError
        There are no records, or not as many labels as records.

    Examples
    --------
    >>> from skmia.tasks import User
    >>> len(User([[1.0], [2.0]], ["a", "b"]))
    2
    """

    # It has a length and no items, or numpy would take it apart.
    def __init__(self, X: MatrixLike, y: ArrayLike | None = None) -> None:
        self.X, self.y = check_records(X, y)
        if not len(self):
            raise ValueError(
                "A User must have records. Got 0: leave out users without any, nothing "
                "can be said of them."
            )

    def __len__(self) -> int:
        return n_records(self.X)

    def __eq__(self, other):
        return isinstance(other, User) and repr(self) == repr(other)

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        # What is no number is told apart by how it is written.
        return f"User({len(self)} records, {joblib.hash((self.X, self.y))})"


def bundle(X: MatrixLike, y: ArrayLike | None, groups: ArrayLike) -> pd.Series:
    """Put all records of each user into one.

    .. versionadded:: 0.2

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of length n_records
        Records, as the model takes them: also texts.
    y : array-like of shape (n_records,) or (n_records, n_outputs), or None
        Their labels, classes or quantities. None where the model learns from records
        alone.
    groups : array-like of shape (n_records,)
        User of each record.

    Returns
    -------
    users : Series of User, of length n_users
        The index holds the names, sorted. Within a user records are in the order in
        which they came.

    Raises
    ------
    ValueError
        Records, labels and groups are not equally many, groups are none or have
        columns, or a record has no user.

    See Also
    --------
    UserLevel : A model of such records.

    Examples
    --------
    >>> from skmia.tasks import bundle
    >>> users = bundle(["a b", "b c", "c d"], None, ["ann", "bob", "ann"])
    >>> users["ann"].X
    ['a b', 'c d']
    """
    # Of a list as it came: an array would make words of what is missing among words.
    missing = pd.isna(np.asarray(groups, dtype=object))
    X, y, groups = check_records(X, y, groups)
    if np.ndim(groups) != 1:
        got = "None" if groups is None else f"an array of shape {groups.shape}"
        raise ValueError(
            "The 'groups' parameter of bundle must be one user for each record, an "
            f"array of shape ({n_records(X)},). Got {got}."
        )
    if missing.any():
        raise ValueError(
            "The 'groups' parameter of bundle must name a user for every record. Got "
            f"{int(missing.sum())} records without one."
        )
    code, names = pd.factorize(groups, sort=True)
    order = np.argsort(code, kind="stable")
    places = np.split(order, np.cumsum(np.bincount(code))[:-1])
    users = np.empty(len(names), dtype=object)
    users[:] = [
        User(_safe_indexing(X, rows), None if y is None else y[rows]) for rows in places
    ]
    return pd.Series(users, index=names)


def flatten(users):
    """Records of all users, one after the other.

    Parameters
    ----------
    users : sequence of User

    Returns
    -------
    X, y : records and labels, None where there are none
    code : ndarray of int of shape (n_records,)
        Place of the user of each record.

    Raises
    ------
    TypeError
        Something else than users.
    ValueError
        Some users have labels and others none.
    """
    users = list(users)
    strangers = {type(user).__name__ for user in users if not isinstance(user, User)}
    if strangers or not users:
        raise TypeError(
            "The records of a user-level model must be users, as bundle makes them of "
            f"records and groups. Got {', '.join(sorted(strangers)) or 'none'}."
        )
    labelled = sum(user.y is not None for user in users)
    if labelled not in (0, len(users)):
        raise ValueError(
            "All users must have labels, or none. Got "
            f"{labelled} of {len(users)} with labels."
        )
    X = [user.X for user in users]
    X = list(chain(*X)) if isinstance(X[0], list) else concatenate(X)
    y = None if not labelled else np.concatenate([user.y for user in users])
    return X, y, np.repeat(np.arange(len(users)), [len(user) for user in users])
