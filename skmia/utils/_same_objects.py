"""Whether two objects say the same, whatever they are."""

from functools import partial
from types import BuiltinFunctionType, FunctionType

import numpy as np

_BY_VALUE = (int, str, bytes, bytearray, np.generic, np.dtype, type(None), slice)
_BY_IDENTITY = (type, FunctionType, BuiltinFunctionType, np.ufunc)


def same(one, other, seen=None):
    """Whether an object and what was made of it say the same.

    Files hold arrays without gaps, and numbers and texts of numpy as those of Python:
    that is no difference. Objects are compared by what pickle would save of them.

    Parameters
    ----------
    one, other : object
    seen : dict, default=None
        Pairs that are being compared; of this function alone.

    Returns
    -------
    same : bool
    """
    one, other = _plain(one), _plain(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, float | np.floating):
        return one == other or (one != one and other != other)
    if isinstance(one, _BY_VALUE):
        return one == other
    if isinstance(one, _BY_IDENTITY):
        return one is other
    seen = {} if seen is None else seen
    if (id(one), id(other)) in seen:
        return True
    seen[id(one), id(other)] = one, other  # lest others get their ids
    alike = partial(same, seen=seen)
    if isinstance(one, np.ndarray):
        return _same_arrays(one, other, alike)
    if type(one) is dict:
        return _same_dicts(one, other, alike)
    if type(one) in (set, frozenset):
        return one == other
    if isinstance(one, np.random.RandomState):  # where its seed came from is past
        one, other = ([state.get_state(legacy=False)] for state in (one, other))
    if type(one) not in (list, tuple):
        one, other = map(_reduced, (one, other))
    return len(one) == len(other) and all(map(alike, one, other))


def _plain(value):
    if isinstance(value, np.float64):
        return float(value)
    return str(value) if isinstance(value, np.str_) else value


def _same_arrays(one, other, alike):
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.names:  # between fields lies anything
        fields = one.dtype.names
        return all(_same_arrays(one[name], other[name], alike) for name in fields)
    if one.dtype.hasobject:
        return all(map(alike, one.ravel(), other.ravel()))
    return np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(other).tobytes()


def _same_dicts(one, other, alike):
    keys = [{(type(_plain(key)), _plain(key)) for key in part} for part in (one, other)]
    return keys[0] == keys[1] and all(alike(one[key], other[key]) for key in one)


def _reduced(value):
    """Constructor, its arguments, state, items: as lists."""
    reduced = value.__reduce_ex__(4)
    if isinstance(reduced, str):  # a name in its module
        return [value.__module__, reduced]
    return [part if i < 3 else part and [*part] for i, part in enumerate(reduced)]
