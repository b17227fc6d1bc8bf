"""What records say of the noise of a signal that does not say so itself."""

from skmia.generators import FeatureSchema
from skmia.utils._numbers import computable, feature_spread


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


def noise_params(X, signal):
    """Parameters of a signal that records fill: the schema, and the spread."""
    found = {}
    if wants(signal, "schema"):
        found["schema"] = schema_of(X)
    if wants(signal, "spread"):
        schema = (signal.params | found).get("schema")
        found["spread"] = feature_spread(X if schema is None else schema.encode(X))
    return found


def filled(X, signal):
    """The signal with the noise that suits the records."""
    return signal.set_params(**noise_params(X, signal))
