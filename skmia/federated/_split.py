"""Records dealt to parties whose classes are not alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state, column_or_1d

from skmia.utils._random import deal
from skmia.utils._sklearn import COUNT, POSITIVE, validate_params
from skmia.utils._typing import RandomStateLike


@validate_params(
    y=["array-like"], n_parties=[COUNT], alpha=[POSITIVE], random_state=["random_state"]
)
def dirichlet_split(
    y: ArrayLike, n_parties: int, alpha: float, *, random_state: RandomStateLike = None
) -> np.ndarray:
    """Party of each record, every class divided in shares from a Dirichlet law.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Class labels.
    n_parties : int
        Number of parties.
    alpha : float
        Concentration: the smaller, the more do the classes of the parties differ. At
        100 they are almost alike, at 0.1 most of a class belongs to one party.
    random_state : int, RandomState instance or None, default=None
        Seed of the shares and of who gets which record.

    Returns
    -------
    owner : ndarray of int of shape (n_samples,)
        From 0 to ``n_parties - 1``. A party may have no record.

    See Also
    --------
    Federation : Deals records so with its parameter `alpha`.

    Notes
    -----
    Level: records. The label skew of Hsu, Qi and Brown, :arxiv:`1909.06335`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.federated import dirichlet_split
    >>> owner = dirichlet_split(np.repeat([0, 1], 50), 4, 1.0, random_state=0)
    >>> len(owner), int(owner.max()) < 4
    (100, True)
    """
    y, rng = column_or_1d(y), check_random_state(random_state)
    owner = np.empty(len(y), dtype=int)
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        shares = rng.dirichlet(np.full(n_parties, alpha))
        ends = np.round(np.cumsum(shares)[:-1] * len(rows)).astype(int)
        for party, part in enumerate(np.split(rows, ends)):
            owner[part] = party
    return owner


def parties_of(y, groups, n_parties, alpha, rng):
    """Names of parties, and the place of the owner of each record.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Class labels.
    groups : ndarray of shape (n_samples,) or None
        The party that owns each record. None: they are dealt to `n_parties`, evenly by
        class where `alpha` is None, else with that label skew.
    n_parties : int
    alpha : float or None
    rng : RandomState

    Returns
    -------
    parties : ndarray of shape (n_parties,)
    place : ndarray of int of shape (n_samples,)
    """
    if groups is None and alpha is None:
        groups = deal(np.unique(y, return_inverse=True)[1], n_parties, rng)
    elif groups is None:
        groups = dirichlet_split(y, n_parties, alpha, random_state=rng)
    return np.unique(groups, return_inverse=True)
