"""Training records that a defense needs for something else than training."""

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.utils._equal_records import number_records, numbered_classes


def hold_out(owner, X, y, fraction, rng, instead):
    """Hold a part of the records out: of each class its share, never its last record.

    Equal records are held out together, or the model would know what is held out.

    Parameters
    ----------
    owner : estimator
        Who asks.
    X, y : records that can be indexed, and their labels
    fraction : float
        Share of all different records; at least one is held out.
    rng : RandomState
    instead : str
        Parameter of the owner for records of the user's own.

    Returns
    -------
    X_kept, y_kept, X_held_out : records and labels
    rows : ndarray of int
        Which records were held out, in ascending order.
    """
    number = number_records(X)
    spare, n_records = _spare_records(number, y, rng), number.max() + 1
    if not len(spare):
        raise ValueError(
            f"{type(owner).__name__} holds out training records and needs a class with "
            f"two different records or more. Got {n_records} different records, each "
            f"of another class; pass '{instead}' instead."
        )
    size = max(1, min(round(fraction * n_records), len(spare)))
    evenly = (np.arange(size) + rng.random_sample()) * len(spare) / size
    held_out = np.isin(number, spare[evenly.astype(int)])
    kept, rows = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    return _safe_indexing(X, kept), y[kept], _safe_indexing(X, rows), rows


def _spare_records(number, y, rng):
    """Different records by class, in random order in each; one of each class is not."""
    record, code = numbered_classes(number, y)
    order = np.lexsort((rng.random_sample(number.max() + 1)[record], code))
    record = record[order]
    # The first of each class stays, or the model would not know the class.
    first = np.diff(code[order], prepend=-1) > 0
    spare = record[~first & ~np.isin(record, record[first])]
    # A record of several classes comes once.
    return spare[np.sort(np.unique(spare, return_index=True)[1])]


def without(sample_weight, rows):
    """Weights of the records that are left without some rows; None stays None."""
    return None if sample_weight is None else np.delete(sample_weight, rows)
