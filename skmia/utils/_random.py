"""Seeds: drawn once, before any work is dispatched, so that n_jobs changes nothing."""

import numpy as np
from sklearn.utils import resample

MAX_SEED = np.iinfo(np.int32).max


def draw_seeds(random_state, size=None):
    """Integers that fit any ``random_state`` parameter."""
    seeds = random_state.randint(MAX_SEED, size=size)
    return int(seeds) if size is None else [int(seed) for seed in seeds]


def deal(stratum, n_hands, rng):
    """Hand of each record: random, even within each stratum and over all.

    Sorting by stratum with random order inside, then dealing in turn, gives each hand
    its share of every stratum to within one, and of the whole to within one.

    Parameters
    ----------
    stratum : ndarray of int of shape (n_samples,)
    n_hands : int
    rng : RandomState

    Returns
    -------
    hand : ndarray of int of shape (n_samples,)
    """
    n_samples = len(stratum)
    order = np.lexsort((rng.random_sample(n_samples), stratum))
    hand = np.empty(n_samples, dtype=int)
    hand[order] = (np.arange(n_samples) + rng.randint(n_hands)) % n_hands
    return hand


def deal_groups(groups, labels, n_hands, rng):
    """Hand of each record, the same for all records of a group.

    Each hand gets its share of the groups of every label, which for a group is the one
    that most of its records have, and of every size.

    Parameters
    ----------
    groups, labels : ndarray of shape (n_samples,)
    n_hands : int
    rng : RandomState

    Returns
    -------
    hand : ndarray of int of shape (n_samples,)
    """
    names, group = np.unique(groups, return_inverse=True)
    classes, label = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(names), len(classes)), dtype=int)
    np.add.at(counts, (group, label), 1)
    order = rng.permutation(len(classes))
    kinds = np.column_stack([order[counts.argmax(axis=1)], -counts.sum(axis=1)])
    stratum = np.unique(kinds, axis=0, return_inverse=True)[1].ravel()
    return deal(stratum, n_hands, rng)[group]


def draw_rows(y, n_rows, seed):
    """Random rows in their order, without repeats, with all labels in proportion.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    n_rows : int
        At most ``n_samples``.
    seed : int

    Returns
    -------
    rows : ndarray of int of shape (n_rows,)
    """
    rows = np.arange(len(y))
    chosen = resample(
        rows, replace=False, n_samples=n_rows, stratify=y, random_state=seed
    )
    return np.sort(chosen)


def set_random_states(estimator, random_state, *, secret=False):
    """Set every ``random_state`` parameter of an estimator, nested ones too.

    Estimators without randomness are left alone. Integers that the user set are
    replaced: models that should differ by their data only would otherwise share
    their initialisation. The None of an estimator whose noise carries a guarantee
    stays: a seed on a released object would take the noise away again.

    Parameters
    ----------
    estimator : estimator
        Changed in place: pass a clone.
    random_state : RandomState
        Where the seeds come from.
    secret : bool, default=False
        Whether to fill that None too: in checks, whose data are no secret.
    """
    params = estimator.get_params(deep=True)
    names = sorted(
        name
        for name in params
        if name == "random_state" or name.endswith("__random_state")
    )
    if not secret:
        names = [name for name in names if not _is_secret(_owner(estimator, name))]
    if names:
        seeds = draw_seeds(random_state, len(names))
        estimator.set_params(**dict(zip(names, seeds, strict=True)))
    return estimator


def draws_secret_noise(estimator):
    """Whether a guarantee stands on noise of this very estimator."""
    return getattr(estimator, "_draws_secret_noise", False)


def find_private(estimator):
    """First estimator in this one, itself included, that has a guarantee, or None."""
    return next(filter(draws_secret_noise, every_estimator(estimator)), None)


def refuse_private(model, why):
    """Refuse a private estimator inside one that voids its guarantee.

    Parameters
    ----------
    model : estimator
        What holds others.
    why : str
        How it voids the guarantee, as a part of a sentence.

    Raises
    ------
    ValueError
    """
    private = find_private(model)
    if private is None:
        return
    name, inner = type(model).__name__, type(private).__name__
    raise ValueError(
        f"{name} must not hold {inner}, whose epsilon would not be what is spent: "
        f"{why}. Use {inner} without {name}."
    )


def every_estimator(value):
    """An estimator and all in it, wherever they are among the parameters.

    The candidates of a search, too.
    """
    if hasattr(value, "get_params") and not isinstance(value, type):
        yield value
    for part in _parts(value):
        yield from every_estimator(part)


def _parts(value):
    """What may be estimators in a parameter: itself, or what a container holds."""
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, (list, tuple)):
        return value
    if hasattr(value, "get_params") and not isinstance(value, type):
        return value.get_params(deep=False).values()
    return ()


def _owner(estimator, name):
    """The part of an estimator that a nested parameter is of."""
    prefix = name.rpartition("__")[0]
    return estimator.get_params()[prefix] if prefix else estimator


def _is_secret(owner):
    return draws_secret_noise(owner) and owner.random_state is None
