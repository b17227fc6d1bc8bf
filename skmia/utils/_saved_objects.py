"""Python objects as bytes that run no code when they are read, and from whom."""

import sys
from itertools import chain

from skmia.utils._same_objects import same

# Parts of skmia whose objects are numbers and rules: they open nothing and ask nobody.
_PLAIN_PARTS = {"skmia.attacks", "skmia.generators", "skmia.shadow", "skmia.signals"}
_PLAIN_TYPES = {"builtins.frozenset", "numpy.dtype"}
# A file could name another host as the model.
_NEVER = {"skmia.targets._prediction_api.PredictionAPI"}


def to_bytes(value, hand):
    """An object as skops saves it, or None where that is not the same object.

    It is read once, here: what a type keeps outside of its state would be lost, and
    nobody would notice.

    Parameters
    ----------
    value : object
    hand : Hand
        Of those who will read it.

    Returns
    -------
    data : bytes or None
    """
    from skops import io

    try:
        data = io.dumps(value)
        return data if same(value, from_bytes(data, hand)) else None
    except Exception:  # of the types, whatever they are
        return None


def from_bytes(data, hand):
    """Object that :func:`to_bytes` saved, if the hand trusts all its types.

    Parameters
    ----------
    data : bytes
    hand : Hand

    Returns
    -------
    value : object

    Raises
    ------
    Exception
        Of any class: the bytes may be anything.
    """
    from skops import io

    types = io.get_untrusted_types(data=data)
    return io.loads(data, trusted=[name for name in types if hand.trusts(name)])


class Hand:
    """What somebody has who asks a store, and so which types he takes from there.

    Parameters
    ----------
    key : object
        Of what is asked for: the estimators in it, with their parameters.
    """

    def __init__(self, key):
        parts = [*_parts(key, {})]
        self.estimators = [part for part in parts if _is_estimator(part)]
        kinds = chain(*(type(part).__mro__ for part in self.estimators))
        self._homes = {*_PLAIN_PARTS, *map(_home, kinds)} - sys.stdlib_module_names
        self._own = {id(part) for part in parts} | {id(type(part)) for part in parts}
        self._parts = parts  # keeps the ids theirs

    def trusts(self, name):
        """Whether an object of this type may be made, or this function be used.

        That is what was handed over, and the classes of the packages that the
        estimators come from. A name that only leads to another's class is not trusted,
        and nothing is imported because a file says so.

        Parameters
        ----------
        name : str
            With its module.

        Returns
        -------
        trusted : bool
        """
        if name in _PLAIN_TYPES:
            return True
        module, _, attribute = name.rpartition(".")
        if module not in sys.modules or name in _NEVER:
            return False
        found = vars(sys.modules[module]).get(attribute)
        if found is None:
            return False
        if id(found) in self._own:
            return True
        own_name = isinstance(found, type) and f"{found.__module__}.{found.__name__}"
        return own_name == name and _home(found) in self._homes


def _parts(key, seen):
    """All objects that a key is made of."""
    if id(key) in seen:
        return
    seen[id(key)] = key
    if isinstance(key, dict):
        key = tuple(key.values())
    if isinstance(key, tuple | list):
        for part in key:
            yield from _parts(part, seen)
        return
    yield key
    if _is_estimator(key):
        yield from _parts(key.get_params(deep=False), seen)


def _is_estimator(part):
    return hasattr(part, "get_params") and not isinstance(part, type)


def _home(kind):
    """Package of a class; of ours the part of it."""
    parts = kind.__module__.split(".")
    return ".".join(parts[: 2 if parts[0] == "skmia" else 1])
