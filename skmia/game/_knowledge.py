"""What the adversary knows: how many records, which ones, and how exactly."""

from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._cache import fingerprint, kept_as, remember
from skmia.utils._numbers import numeric_records
from skmia.utils._quantities import guessed_strata
from skmia.utils._random import draw_rows, set_random_states
from skmia.utils._records import like, n_records

NUMBERS_ONLY = (
    "The 'shadow_noise' and 'target_noise' parameters of MembershipGame are for "
    "records with numeric features only."
)


def choose_records(generator, size, seed, memory, X, y, groups):
    """What the shadow models are trained on: known, drawn or generated records."""
    if generator is None and size is None:
        return X, y, groups
    n_known = n_records(X)
    n_wanted = _count_records(size, n_known)
    if generator is None:
        if n_wanted > n_known:
            raise ValueError(
                "The 'shadow_size' parameter of MembershipGame asks for "
                f"{n_wanted} of {n_known} records. More can only come from a "
                "generator: 'shadow_data'."
            )
        strata = np.zeros(n_known) if y is None else guessed_strata(y)
        rows = draw_rows(strata, n_wanted, seed)
        groups = None if groups is None else groups[rows]
        return _safe_indexing(X, rows), None if y is None else y[rows], groups
    if groups is not None:
        raise ValueError(
            "Groups cannot be given with the 'shadow_data' parameter of "
            "MembershipGame: generated records belong to no user."
        )
    key = generator, n_wanted, seed, fingerprint(X, y, estimators=[generator])
    args = clone(generator), n_wanted, seed, X, y
    return *remember(memory, key, sample_records, *args), None


def _count_records(size, n_known):
    """Number of shadow records: `size` itself, or that share of the known ones."""
    if size is None:
        return n_known
    count = size if isinstance(size, Integral) else round(size * n_known)
    if count < 2:
        raise ValueError(
            "The 'shadow_size' parameter of MembershipGame must leave at least 2 "
            f"records. Got {size!r} of {n_known} records, n_samples = {n_known}."
        )
    return count


@kept_as("records")
def sample_records(generator, n_wanted, seed, X, y):
    """Records and labels from a generator that knows the adversary's."""
    generator = set_random_states(clone(generator), check_random_state(seed))
    generator.fit(X, y)
    try:
        return generator.sample(n_wanted)
    except ValueError as error:
        raise ValueError(
            f"{type(generator).__name__} has no shadow records: {error} A game asks "
            "for them in fit, before there is a victim to be queried. If the "
            "generator needs a model's answers, sample outside of the game and pass "
            "the records to fit."
        ) from error


def add_noise(X, sigma, seed, clip):
    """`X` and uniform noise from [0, sigma] in every feature; `X` itself if none.

    The stream does not depend on `sigma`: twice the noise is the same noise doubled,
    so that a curve over it is smooth.
    """
    if not sigma:
        return X
    values = numeric_records(X, NUMBERS_ONLY)
    noise = check_random_state(seed).uniform(0, sigma, size=values.shape)
    values = values + noise.astype(values.dtype)
    if clip:
        values = np.minimum(values, 1)
    noisy = like(X, values)
    return noisy.set_axis(X.index) if hasattr(X, "iloc") else noisy
