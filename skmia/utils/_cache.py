"""What was computed is kept, under keys of content, never of names or counts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import joblib
import pandas as pd
from sklearn.utils.validation import check_memory

from skmia.utils._folder import MISSING
from skmia.utils._saved_objects import Hand
from skmia.utils._store import Store

_HASHED: ContextVar[dict[Any, Any] | None] = ContextVar(
    "content that was hashed", default=None
)


@contextmanager
def hashed_once() -> Iterator[None]:
    """Within, the content of each object is hashed once; also a decorator.

    For one call of a user's: in the midst of it nobody changes his records. The next
    call looks at them anew.
    """
    outer = _HASHED.get()
    token = _HASHED.set({} if outer is None else outer)
    try:
        yield
    finally:
        _HASHED.reset(token)


def fingerprint(*content, estimators=()):
    """Hash of data and of the versions of the packages that the estimators come from.

    Hashing the data once, here, keeps it out of the key of every cached call.

    Parameters
    ----------
    *content : object
        Arrays, DataFrames, sparse matrices or None.
    estimators : iterable of estimators
        A new release of any of their packages is a cache miss.

    Returns
    -------
    key : str
    """
    versions = sorted(_versions(estimators).items())
    return joblib.hash(([_hash(part) for part in content], versions))


def _versions(estimators):
    """Of skmia, of what it stands on, and of what the estimators come from."""
    packages = {"skmia", "sklearn", "numpy"}
    for estimator in estimators:
        parts = (estimator, *estimator.get_params(deep=True).values())
        packages |= {type(part).__module__.partition(".")[0] for part in parts}
    return {name: _version(name) for name in packages}


def data_key(memory, *content, estimators=()):
    """Fingerprint where there is a cache; without one nothing needs to be hashed."""
    if memory.location is None:
        return None
    return fingerprint(*content, estimators=estimators)


def _hash(data):
    known = _HASHED.get()
    if known is None:
        known = {}
    if id(data) not in known:
        # The object is kept, lest another one get its id.
        # sha1 takes half the time of md5 on processors with SHA instructions.
        known[id(data)] = data, joblib.hash(_content(data), hash_name="sha1")
    return known[id(data)][1]


def _content(data):
    """What makes a DataFrame equal to another; its memory layout does not."""
    if not hasattr(data, "iloc"):
        return data
    data = data.to_frame() if data.ndim == 1 else data
    columns = [(str(name), *_kind(column)) for name, column in data.items()]
    try:
        return columns, pd.util.hash_pandas_object(data, index=False).to_numpy()
    except TypeError:  # cells that hold lists, dicts or arrays
        return columns, [joblib.hash(cell) for cell in data.to_numpy(object).ravel()]


def _kind(column):
    """What the values of a column do not tell: 1 and "1" are hashed alike."""
    dtype = column.dtype
    yield str(dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        yield dtype.ordered, dtype.categories.tolist()
    if pd.api.types.is_object_dtype(dtype):
        kind = pd.api.types.infer_dtype(column, skipna=False)
        yield kind
        if kind.startswith("mixed"):
            yield [type(value).__name__ for value in column]


@lru_cache
def _version(package):
    try:
        return version({"sklearn": "scikit-learn"}.get(package, package))
    except PackageNotFoundError:
        return getattr(sys.modules.get(package), "__version__", None)


def open_store(memory):
    """Cache that a parameter `memory` means: the one place that decides.

    Parameters
    ----------
    memory : str, path-like, Store, joblib.Memory or None
        A path is that of a :class:`~skmia.Store`.

    Returns
    -------
    memory : Store or joblib.Memory
        Its `location` is None if nothing is kept.

    Raises
    ------
    ValueError
        There cannot be such a folder, or it is none of these.
    """
    if isinstance(memory, str | os.PathLike):
        memory = Store(memory)
    if isinstance(memory, Store):
        memory._folder.open()
        return memory
    return check_memory(memory)


def kept_as(kind):
    """Decorator: what the results of a function are called in a store.

    Parameters
    ----------
    kind : str

    Returns
    -------
    decorator : callable
    """

    def decorator(func):
        func.kept_as = kind
        return func

    return decorator


def remember(memory, key, func, *args):
    """``func(*args)`` through a cache in which `key` stands for the arguments.

    What cannot be hashed, a local class or a lambda, is computed and not kept.

    Parameters
    ----------
    memory : Store or joblib.Memory
    key : object
        All that the result depends on; a fingerprint stands for data. The estimators in
        it are those whose types a store may make.
    func : callable
        Module-level and pure, with a name for what it returns by :func:`kept_as`.
    *args : object
        Arguments of `func`.
    """
    digest = _digest(memory, key, func)
    if digest is None:
        return func(*args)
    if not isinstance(memory, Store):
        return _kept(memory)(func, digest, args)
    value = memory._folder.load(digest, key)
    if value is MISSING:
        value = func(*args)
        memory._folder.keep(digest, key, value, _about(key, func))
    return value


def is_kept(memory, key, func):
    """Whether :func:`remember` would compute nothing.

    Parameters
    ----------
    memory, key, func : as for :func:`remember`

    Returns
    -------
    kept : bool
    """
    digest = _digest(memory, key, func)
    if digest is None:
        return False
    if isinstance(memory, Store):
        return memory._folder.has(digest)
    return _kept(memory).check_call_in_cache(func, digest, ())


def _digest(memory, key, func):
    """What a result is kept under; None where it is not."""
    if memory.location is None:
        return None
    try:
        return joblib.hash((func, key))
    except Exception:
        return None


def _about(key, func):
    """What a store says of a result: what it is, of which model, and made by what."""
    estimators = Hand(key).estimators
    about = {"kind": getattr(func, "kept_as", func.__name__), "estimator": None}
    if estimators:
        first = estimators[0]
        steps = getattr(first, "steps", [(None, first)])
        about["estimator"] = type(steps[-1][1]).__name__
    versions = _versions(estimators).items()
    return about | {"versions": {name: of for name, of in versions if of is not None}}


def _kept(memory):
    return memory.cache(_call, ignore=["func", "args"])


def _call(func, digest, args):
    return func(*args)
