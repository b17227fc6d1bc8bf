"""Values of numbers, texts and arrays as JSON and a list of arrays, and back."""

from dataclasses import fields, is_dataclass

import numpy as np

_SCALARS = (type(None), bool, int, float, str)
_CONTAINERS = {kind.__name__: kind for kind in (list, tuple, frozenset)}
_RECORDS: dict[str, type] = {}


class NotPlainError(TypeError):
    """A value has other parts than numbers, texts, arrays and records of them."""


def plain(record):
    """Decorator of a NamedTuple or dataclass that is no more than its fields.

    Parameters
    ----------
    record : type

    Returns
    -------
    record : type
    """
    _RECORDS[record.__name__] = record
    return record


def taken_apart(value, arrays):
    """A value for JSON; its arrays are appended to a list.

    Parameters
    ----------
    value : object
    arrays : list

    Returns
    -------
    parts : object
        What :func:`put_together` takes.

    Raises
    ------
    NotPlainError
        The value is another one.
    """
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind in (np.ndarray, np.memmap) and not value.dtype.hasobject:
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if kind is np.ndarray:
        cells = taken_apart(value.ravel().tolist(), arrays)
        return {"objects": cells, "shape": value.shape}
    name = kind.__name__
    if _CONTAINERS.get(name) is kind:
        content = value
    elif _RECORDS.get(name) is kind:
        data = is_dataclass(kind)
        content = [getattr(value, one.name) for one in fields(kind)] if data else value
    else:
        raise NotPlainError(kind)
    return {name: [taken_apart(part, arrays) for part in content]}


def put_together(parts, arrays):
    """Value of its parts.

    Parameters
    ----------
    parts : object
        What :func:`taken_apart` returned.
    arrays : list

    Returns
    -------
    value : object

    Raises
    ------
    Exception
        Of any class: the parts may be anything.
    """
    if not isinstance(parts, dict):
        return parts
    if "array" in parts:
        return arrays[parts["array"]]
    if "objects" in parts:
        cells = put_together(parts["objects"], arrays)
        array = np.empty(len(cells), dtype=object)
        for i, cell in enumerate(cells):
            array[i] = cell
        return array.reshape(parts["shape"])
    ((name, content),) = parts.items()
    content = [put_together(part, arrays) for part in content]
    if name in _CONTAINERS:
        return _CONTAINERS[name](content)
    return _RECORDS[name](*content)
