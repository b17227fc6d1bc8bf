"""What records say of the noise of a signal that does not say so itself."""

from hashlib import blake2b

import numpy as np
from scipy import sparse

from skmia.generators import FeatureSchema
from skmia.signals._recommendation import popularity_of
from skmia.signals._sizes import sizes_of
from skmia.utils._numbers import computable, feature_spread, numbers
from skmia.utils._quantities import spread_of_labels
from skmia.utils._table_space import TableSpace

# Records that a search for the boundary may begin at.
N_STARTS = 100


def schema_of(X):
    """What records look like, or None of images, whose noise is that of numbers.

    Raises
    ------
    TypeError, ValueError
        They are sparse or texts, or some of their numbers are missing.
    """
    if getattr(X, "ndim", 2) > 2 and computable(X, images=True):
        return None
    return FeatureSchema.from_records(X)


def lacks_schema(signal, X):
    """Whether a signal must know what records look like, and cannot."""
    if not wants(signal, "schema"):
        return False
    try:
        schema_of(X)
    except (TypeError, ValueError):
        return True
    return False


def wants(signal, name):
    """Whether a parameter of a signal is still to be said."""
    return signal.params.get(name, 0) is None


def noise_params(X, y, signal):
    """Parameters of a signal that records fill: schema, spread, where rows lie ..."""
    found = sizes_of(X, y, signal)
    if wants(signal, "schema"):
        found["schema"] = schema_of(X)
    if wants(signal, "spread"):
        schema = (signal.params | found).get("schema")
        found["spread"] = feature_spread(X if schema is None else schema.encode(X))
    if wants(signal, "starts"):
        found["starts"] = _starts(X, y)
    if wants(signal, "unit") and y is not None:
        found["unit"] = spread_of_labels(y)
    if wants(signal, "popularity"):
        found["popularity"] = popularity_of(X)
    if wants(signal, "space"):
        found["space"] = TableSpace(X)
    return found


def _starts(X, y):
    """Some records and their labels, or None where there are no dense numbers."""
    X = None if y is None or sparse.issparse(X) else numbers(X)
    if X is None:
        return None
    # By content: neither order nor units of the records count, nor who is a member.
    ranks = [np.unique(column, return_inverse=True)[1] for column in X.T]
    keys = [blake2b(row.tobytes()).digest() for row in np.column_stack(ranks)]
    rows = sorted(range(len(X)), key=keys.__getitem__)[:N_STARTS]
    return X[rows], np.asarray(y)[rows]


def filled(X, y, signal):
    """The signal with the noise that suits the records."""
    return signal.set_params(**noise_params(X, y, signal))
