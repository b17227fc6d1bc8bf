"""Torch's global generators, of which a process has one: who draws from it is alone."""

import sys
from contextlib import contextmanager
from threading import RLock

from joblib import parallel_config

from skmia.utils._random import every_estimator

# Packages whose estimators have generators of their own, or ours.
_OWN_GENERATORS = {"catboost", "lightgbm", "skmia", "sklearn", "xgboost"}
# One for all: networks in skmia.neural, and those that fit themselves.
_ALONE = RLock()


@contextmanager
def untouched(devices=()):
    """Where the global generators may be drawn from, and are as they were after it.

    Parameters
    ----------
    devices : iterable of int, default=()
        GPUs whose generators are drawn from.
    """
    import torch

    with _ALONE, torch.random.fork_rng(devices=devices):
        yield


@contextmanager
def seeded_torch(estimator, seed):
    """Context in which torch's global generator is that of one fit.

    Initial weights, dropout and minibatches of such a network come from there, whoever
    else draws: in threads one fit waits for the other, and what is parallel inside is
    not, or it would wait, too. Afterwards the generator is as it was. Estimators of
    scikit-learn and the like, and all where torch is not loaded, are left alone.

    Parameters
    ----------
    estimator : estimator
    seed : int
    """
    torch = sys.modules.get("torch")
    if torch is None or all(map(_has_own_generator, every_estimator(estimator))):
        yield
        return
    # Of a process that was forked, which must not touch them, there are none.
    on_gpus = torch.cuda.is_initialized()
    gpus = range(torch.cuda.device_count()) if on_gpus else ()
    with untouched(gpus), parallel_config("sequential"):
        torch.manual_seed(seed)
        yield


def _has_own_generator(estimator):
    return type(estimator).__module__.partition(".")[0] in _OWN_GENERATORS
