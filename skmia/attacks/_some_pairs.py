"""Fewer pairs for attack models whose tables would be too large."""

import numpy as np
from sklearn.utils import check_random_state


def some_pairs(attack, pairs, member):
    """Pairs that an attack learns from: all, or as many as its model takes.

    Of each model the same share of members and of others, drawn with the
    ``random_state`` of the attack model, or 0 where it has none.

    Parameters
    ----------
    attack : Pipeline
        Its model says in ``most_pairs`` from how many it learns, and in
        ``most_numbers`` how many numbers their table may hold; one that does not say
        takes all.
    pairs : Pairs
    member : ndarray of {0, 1} of shape (n_pairs,)

    Returns
    -------
    pairs : Pairs
    member : ndarray
    """
    share = getattr(attack[-1], "most_pairs", np.inf) / len(pairs)
    most_numbers = getattr(attack[-1], "most_numbers", None)
    if most_numbers is not None:
        share = min(share, most_numbers / len(pairs) / _n_columns(attack[0], pairs))
    if share >= 1:
        return pairs, member
    rng = check_random_state(getattr(attack[-1], "random_state", 0))
    drawn = []
    for _, _, places in pairs.by_part():
        for side in np.unique(member[places]):
            there = places[member[places] == side]
            n = max(int(share * len(there)), 1)
            drawn.append(rng.choice(there, n, replace=False))
    drawn = np.sort(np.concatenate(drawn))
    return pairs[drawn], member[drawn]


def _n_columns(evidence, pairs):
    """Columns of what is seen, looked at for one pair."""
    return evidence.fit(pairs).transform(pairs[:1]).shape[1]
