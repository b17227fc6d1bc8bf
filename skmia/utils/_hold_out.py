"""Training records that a defense needs for something else than training."""

import numpy as np
from sklearn.utils import _safe_indexing


def hold_out(X, y, fraction, rng, *, owner, instead):
    """Hold a part of the records out: of each class its share, never its last record.

    Parameters
    ----------
    X, y : records that can be indexed, and their labels
    fraction : float
        Share of all records; at least one is held out.
    rng : RandomState
    owner, instead : str
        Class that asks, and its parameter for records of the user's own.

    Returns
    -------
    X_kept, y_kept, X_held_out : records and labels
    rows : ndarray of int
        Which records were held out, in ascending order.
    """
    stratum = np.unique(y, return_inverse=True)[1]
    order = np.lexsort((rng.random_sample(len(y)), stratum))
    # The first of each class stays, or the model would not know the class.
    spare = order[1:][np.diff(stratum[order]) == 0]
    if not len(spare):
        raise ValueError(
            f"{owner} holds out training records and needs a class with two records or "
            f"more. Got {len(y)} records, each of another class; pass '{instead}' "
            "instead."
        )
    size = max(1, min(round(fraction * len(y)), len(spare)))
    evenly = (np.arange(size) + rng.random_sample()) * len(spare) / size
    rows = np.sort(spare[evenly.astype(int)])
    kept = np.setdiff1d(np.arange(len(y)), rows)
    return _safe_indexing(X, kept), y[kept], _safe_indexing(X, rows), rows
