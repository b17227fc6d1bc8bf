"""Records and groups that are in both sets."""

import numpy as np
from scipy import sparse
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import _safe_indexing

from skmia.auditing._copies import in_spreads
from skmia.auditing.validity._check import LEVEL, MATERIAL
from skmia.auditing.validity._split import chance
from skmia.utils._numbers import numbers
from skmia.utils._units import percent

# The nearest of so many records are looked for among so many.
_N_ASKED, _N_AMONG = 1_000, 20_000


def refuse_equal_sets(copies, member):
    """Raise where both sets hold the same records."""
    n_kinds = copies.max() + 1
    counts = [np.bincount(copies[member == side], minlength=n_kinds) for side in (0, 1)]
    if np.array_equal(*counts):
        raise ValueError(
            "X_train and X_holdout hold the same records, or nearly: an audit compares "
            "training records with others, which the model was not trained on."
        )


def check_copies(split):
    """Whether more holdout records are copies of training records than by chance.

    Where features take few values, many records are equal, within the sets and across.
    """
    copies, n_holdout = split.copies, np.count_nonzero(split.member == 0)
    size = np.bincount(copies)

    def n_shared(member):
        of_train = np.bincount(copies, member, len(size))
        return (size - of_train)[of_train > 0].sum()

    n = int(n_shared(split.member))
    text = (
        f"{n} of {n_holdout} holdout records are copies of training records, or nearly"
    )
    if not n:
        return "passed", f"{text}.", 1.0
    p_value = chance(n_shared, split.member, split.rng(1))
    if p_value > LEVEL:
        return "passed", f"{text}, no more than by chance.", p_value
    text += ", more than by chance: remove them, or give other holdout records."
    return "invalid" if n > MATERIAL * n_holdout else "note", text, p_value


def check_neighbours(split):
    """Whether holdout records are nearer to training records than to each other.

    Such as training records with noise on them. Of dense numbers without gaps.
    """
    rng = split.rng(2)
    order = rng.permutation(len(split.member))[:_N_AMONG]
    X = _safe_indexing(split.X, order)
    values = None if sparse.issparse(X) else numbers(X)
    values = None if values is None or len(values) < 3 else in_spreads(values)
    if values is None:
        return "not run", "Only of dense numbers without gaps distances are looked at."
    n_asked = min(_N_ASKED, len(values))
    nearest = _nearest_others(values, n_asked)
    member = split.member[order]

    def n_across(member):
        return np.count_nonzero(member[:n_asked] != member[nearest])

    p_value = chance(n_across, member, rng)
    holdout = member[:n_asked] == 0
    share = (member[nearest] == 1)[holdout].mean() if holdout.any() else 0.0
    text = (
        f"The record nearest to a holdout record is a training record in "
        f"{percent(round(share, 3))} of the cases, "
    )
    if p_value > LEVEL:
        return "passed", f"{text}no more than by chance.", p_value
    return (
        "invalid",
        f"{text}and by chance in {percent(round(member.mean(), 3))}: altered copies of "
        "training records?",
        p_value,
    )


def _nearest_others(values, n_asked):
    """Place of the nearest other record of each of the first ones."""
    _, near = NearestNeighbors(n_neighbors=2).fit(values).kneighbors(values[:n_asked])
    return np.where(near[:, 0] == np.arange(n_asked), near[:, 1], near[:, 0])


def check_groups_apart(split):
    """Whether groups that the auditor gave are in one set each."""
    groups, member = split.groups, split.member
    of_holdout = np.unique(groups[member == 0])
    n = len(np.intersect1d(groups[member == 1], of_holdout))
    if not n:
        return "passed", "Every group is in one of the two sets only."
    text = (
        f"{n} of {len(of_holdout)} groups of the holdout set have records in the "
        "training set, too: split by group."
    )
    return "invalid" if n > MATERIAL * len(of_holdout) else "note", text
