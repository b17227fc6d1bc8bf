"""Which signals are the same."""

import joblib
import numpy as np


def signal_key(signal, classes):
    """Equal for signals that yield the same columns on the same records."""
    # A copied array lies otherwise in memory, and joblib sees that.
    params = {
        name: np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value
        for name, value in signal.params.items()
    }
    try:
        rest = joblib.hash((params, classes))
    except Exception:  # a parameter that cannot be hashed: known by its identity
        rest = id(signal), joblib.hash(classes)
    return signal.name, signal.func, rest
