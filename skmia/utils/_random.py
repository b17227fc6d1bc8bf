"""Seeds: drawn once, before any work is dispatched, so that n_jobs changes nothing."""

import numpy as np
from sklearn.utils import check_random_state

MAX_SEED = np.iinfo(np.int32).max


def draw_seeds(random_state, size=None):
    """Integers that fit any ``random_state`` parameter."""
    seeds = random_state.randint(MAX_SEED, size=size)
    return int(seeds) if size is None else [int(seed) for seed in seeds]


def secret_random_state(random_state):
    """Generator for noise that must not be foretold.

    Without a seed of the user's it takes the entropy of the operating system, not
    numpy's global generator: whoever knows ``np.random.seed`` would know the noise.
    """
    if random_state is None:
        return np.random.RandomState()
    return check_random_state(random_state)


def set_random_states(estimator, random_state):
    """Set every ``random_state`` parameter of an estimator, nested ones too.

    Estimators without randomness are left alone. Integers that the user set are
    replaced: models that should differ by their data only would otherwise share
    their initialisation.

    Parameters
    ----------
    estimator : estimator
        Changed in place: pass a clone.
    random_state : RandomState
        Where the seeds come from.
    """
    names = sorted(
        name
        for name in estimator.get_params(deep=True)
        if name == "random_state" or name.endswith("__random_state")
    )
    if names:
        seeds = draw_seeds(random_state, len(names))
        estimator.set_params(**dict(zip(names, seeds, strict=True)))
    return estimator
