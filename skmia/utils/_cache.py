"""Keys of cached results: content, never names or counts."""

import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

import joblib
import pandas as pd


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
    packages = {"skmia", "sklearn", "numpy"}
    for estimator in estimators:
        parts = (estimator, *estimator.get_params(deep=True).values())
        packages |= {type(part).__module__.partition(".")[0] for part in parts}
    versions = sorted((name, _version(name)) for name in packages)
    # sha1 takes half the time of md5 on processors with SHA instructions.
    content = [_content(part) for part in content]
    return joblib.hash((content, versions), hash_name="sha1")


def _content(data):
    """What makes a DataFrame equal to another; its memory layout does not."""
    if not hasattr(data, "iloc"):
        return data
    data = data.to_frame() if data.ndim == 1 else data
    dtypes = [(str(name), str(dtype)) for name, dtype in data.dtypes.items()]
    try:
        return dtypes, pd.util.hash_pandas_object(data, index=False).to_numpy()
    except TypeError:  # cells that hold lists, dicts or arrays
        return dtypes, [joblib.hash(cell) for cell in data.to_numpy(object).ravel()]


@lru_cache
def _version(package):
    try:
        return version({"sklearn": "scikit-learn"}.get(package, package))
    except PackageNotFoundError:
        return getattr(sys.modules.get(package), "__version__", None)


def remember(memory, key, func, *args):
    """``func(*args)`` through a cache in which `key` stands for the arguments.

    What cannot be hashed, a local class or a lambda, is computed and not kept.

    Parameters
    ----------
    memory : joblib.Memory
    key : object
        All that the result depends on; a fingerprint stands for data.
    func : callable
        Module-level and pure.
    *args : object
        Arguments of `func`.
    """
    if memory.location is None:
        return func(*args)
    try:
        joblib.hash((func, key))
    except Exception:
        return func(*args)
    return memory.cache(_call, ignore=["args"])(func, key, args)


def _call(func, key, args):
    return func(*args)
