"""The expensive steps of a game as pure functions: what its cache holds.

In every function `key` stands for the data in the cache, which is told to ignore the
data themselves; see :func:`skmia.utils._cache.fingerprint`. Generated shadow records
are a further step, in ``_knowledge``.
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


def observe_target(
    target, seed, signals, classes, utility, key, known_key, memory, X, y, member, known
):
    """Observations of a freshly trained target, and where it is right (if asked).

    `known` is the adversary's copy of the records: what the target is asked about.
    Its key is None if it is exact.
    """
    train = fit_target
    if known_key is not None:
        # Another noise asks the same model: worth the space that a model takes.
        train = cached(memory, fit_target, ["X", "y"], target)
    target = train(target, seed, key, X, y, member)
    Z = observe(target, known, y, signals, classes=classes)
    correct = np.asarray(target.predict(X)) == y if utility else None
    return Z, correct


def fit_target(target, seed, key, X, y, member):
    """The target, trained on the members."""
    target = set_random_states(clone(target), check_random_state(seed))
    members = np.flatnonzero(member)
    return target.fit(_safe_indexing(X, members), _safe_indexing(y, members))
