"""The expensive steps of a game as pure functions: what its cache holds.

In every function `key` stands for the data in the cache, which is told to ignore the
data themselves; see :func:`skmia.utils._cache.fingerprint`.
"""

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.signals import observe
from skmia.utils._cache import cached
from skmia.utils._random import set_random_states

# Enough to set a threshold: each holds every record of the adversary once.
N_PSEUDO_TARGETS = 2


def observe_shadows(shadows, key, X, y, groups, n_jobs, verbose):
    """Observations, membership and classes of the adversary's shadow models."""
    shadows = clone(shadows).set_params(n_jobs=n_jobs, verbose=verbose)
    shadows.fit(X, y, groups)
    Z, member, _ = shadows.observations()
    return Z, member, shadows.classes_


def fit_attack(attack, seed, shadows, keep, key, memory, X, y, groups, n_jobs, verbose):
    """Attack fitted on shadow models, their classes, and the models if to `keep`.

    A reference attack asks the models about the victim's records later, and learns
    from some of them in the place of the target.
    """
    attack = set_random_states(clone(attack), check_random_state(seed))
    if keep:
        models = clone(shadows).set_params(signals=None, n_jobs=n_jobs, verbose=verbose)
        models.fit(X, y, groups)
        Z, member, _ = models.pseudo_observations(shadows.signals, N_PSEUDO_TARGETS)
        return attack.fit(Z, member), models.classes_, models
    ignore = ["X", "y", "groups", "n_jobs", "verbose"]
    observe = cached(memory, observe_shadows, ignore, shadows)
    Z, member, classes = observe(shadows, key, X, y, groups, n_jobs, verbose)
    return attack.fit(Z, member), classes, None


def observe_target(target, seed, signals, classes, utility, key, X, y, member):
    """Observations of a freshly trained target, and where it is right (if asked)."""
    target = set_random_states(clone(target), check_random_state(seed))
    members = np.flatnonzero(member)
    target.fit(_safe_indexing(X, members), _safe_indexing(y, members))
    Z = observe(target, X, y, signals, classes=classes)
    correct = np.asarray(target.predict(X)) == y if utility else None
    return Z, correct
