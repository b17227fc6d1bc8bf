"""Which signals are the same."""

import joblib
import numpy as np

from skmia.utils._outputs import Outputs

_PLAIN = (bool, int, float, str, type(None))


def signal_key(signal, classes):
    """Equal for signals that yield the same columns on the same records."""
    params = signal.params
    if all(isinstance(value, _PLAIN) for value in params.values()):
        rest = tuple(sorted(params.items()))
    else:
        rest = _hash(signal)
    # Of one output it makes no difference how several would be put together.
    joined = signal.outputs if isinstance(classes, Outputs) else None
    return signal.name, signal.func, rest, joined, _of_labels(classes)


def _hash(signal):
    # A copied array lies otherwise in memory, and joblib sees that.
    params = {
        name: np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value
        for name, value in signal.params.items()
    }
    try:
        return joblib.hash(params)
    except Exception:  # a parameter that cannot be hashed: known by its identity
        return id(signal)


def _of_labels(classes):
    if isinstance(classes, np.ndarray) and classes.dtype.kind in "biufUS":
        return classes.dtype.str, classes.tobytes()  # much asked for: hashing is slow
    return joblib.hash(classes)
