"""Fits of other people's networks, which draw from the one generator of torch."""

import sys
from contextlib import contextmanager
from threading import RLock

from joblib import parallel_config

from skmia.utils._random import every_estimator

# Packages whose estimators have generators of their own, or ours.
_OWN_GENERATORS = {"catboost", "lightgbm", "skmia", "sklearn", "xgboost"}
_LOCK = RLock()


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
    fork = torch.random.fork_rng(devices=gpus)
    with _LOCK, parallel_config("sequential"), fork:
        torch.manual_seed(seed)
        yield


def _has_own_generator(estimator):
    return type(estimator).__module__.partition(".")[0] in _OWN_GENERATORS
