"""Which records are the same: by content, since identity is lost between processes."""

import joblib
import numpy as np
import pandas as pd

from skmia.utils._quantities import columns_of
from skmia.utils._record_keys import exact_keys
from skmia.utils._records import n_records


def positions(session, pool):
    """Where each record of a session is among those of another; -1 for strangers.

    Equal records are told apart by their order: the second of two is the second one
    there.

    Parameters
    ----------
    session, pool : Session
        The second may be whatever else has records `X` and labels `y`.

    Returns
    -------
    place : ndarray of int of shape (n_records,)
    """
    same_labels = session.y is pool.y or np.array_equal(session.y, pool.y)
    if session.X is pool.X and same_labels:
        return np.arange(n_records(pool.X))
    try:
        keys = [exact_keys(_unsigned(one.X)) for one in (session, pool)]
    except ValueError:  # records of several lengths
        keys = ([joblib.hash(x) for x in one.X] for one in (session, pool))
    own, there = (
        pd.MultiIndex.from_frame(_numbered(key, one.y))
        for key, one in zip(keys, (session, pool), strict=True)
    )
    return there.get_indexer(own)


def _unsigned(X):
    """Arrays without negative zeros, which are the same numbers."""
    return X + 0 if isinstance(X, np.ndarray) and X.dtype.kind == "f" else X


def _numbered(keys, y):
    """Key of each record, and how many equal ones came before it."""
    keys = pd.DataFrame({"record": keys})
    if y is not None:
        keys = keys.assign(**columns_of(y))
    keys["copy"] = keys.groupby(list(keys)).cumcount()
    return keys
