"""Which audited records belong together: those of one group, or copies of one row."""

import joblib
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils import gen_batches

from skmia.utils._groups import number_groups
from skmia.utils._numbers import numbers
from skmia.utils._quantities import label_codes
from skmia.utils._record_keys import coarse_keys
from skmia.utils._spilled import Spill

# Near copies differ by so small a share of the distance to strangers.
_TINY = 0.01
# The nearest may be copies; those that come after so many others are strangers, or,
# where there are more copies of a row, after three times as many, and so on.
_STRANGER = 20
# How many strangers may be as near as a copy, for each record.
_BY_CHANCE = 1e-3
_N_ASKED = 200
_PROJECTED = 8  # features in which a tree is fast
_PAIRS = 10_000  # that are measured at once
_DISTANCES = 2**22  # the same, of all records to some: 32 MB


def belonging(copies, member, groups=None):
    """Number of the group, or of the different record, that each record belongs to.

    Parameters
    ----------
    copies : ndarray of int of shape (n_records,)
        From :func:`find_copies`.
    member : ndarray of {0, 1}
    groups : array-like of shape (n_records,), default=None
        Whose the records are. None: copies belong together.

    Returns
    -------
    code : ndarray of int of shape (n_records,) or None
        None where every record stands for itself.
    """
    code = copies if groups is None else _check_groups(groups, member)
    return None if len(np.unique(code)) == len(code) else code


def _check_groups(groups, member):
    """Numbers of the groups, of which there must be two on each side."""
    code = number_groups("audit", groups)
    if len(code) != len(member):
        raise ValueError(
            "The 'groups' parameter of audit must have one value for each record of "
            f"X_train and then of X_holdout, {len(member)} in all. Got {len(code)}."
        )
    for name, side in (("X_train", 1), ("X_holdout", 0)):
        n = len(np.unique(code[member == side]))
        if n < 2:
            raise ValueError(
                "The 'groups' parameter of audit must have at least 2 groups in each "
                f"set, so that one can be judged by others. Got {n} in {name}."
            )
    return code


def find_copies(X, y, keys=None):
    """Number of the different record that each is or copies.

    Copies have one label, and features that are equal in single precision. Of dense
    numbers without gaps, in three features or more, near copies too: at most a
    hundredth of the distance to strangers apart, each feature in units of its spread.

    Parameters
    ----------
    X, y : records and labels, None where they have none
    keys : list of bytes of length n_records, default=None
        From :func:`record_keys`, where they are at hand.

    Returns
    -------
    code : ndarray of int of shape (n_records,)
    """
    keys = record_keys(X) if keys is None else keys
    exact = pd.factorize(np.array(keys, dtype=object))[0]
    label = label_codes(y, len(keys))
    code = numbered_pairs(exact, label)
    values = None if sparse.issparse(X) else numbers(X)
    if values is None or values.ndim != 2 or values.shape[1] < 3:
        return code
    first = np.unique(code, return_index=True)[1]
    return _near(values[first], label[first])[code]


def record_keys(X):
    """Bytes of each record, equal for those with equal features in single precision."""
    if isinstance(X, np.ndarray) and X.dtype.kind == "c":
        X = np.stack([X.real, X.imag], axis=-1)
    try:
        return coarse_keys(X)
    except ValueError:  # records of several lengths
        return [joblib.hash(x).encode() for x in X]


def numbered_pairs(*codes):
    """Number of the combination of what each record has in several codes."""
    return np.unique(np.column_stack(codes), axis=0, return_inverse=True)[1].ravel()


def _near(values, y):
    """Number of the record that each is near to; all are different."""
    alone = np.arange(len(values))
    if len(values) < 2:
        return alone
    values = in_spreads(values)
    if values is None:
        return alone
    furthest = _TINY * _stranger_distance(values)
    one, other = _neighbours(values, min(_STRANGER, len(values) - 1) + 1, furthest)
    alike = y[one] == y[other]
    links = sparse.coo_matrix(
        (alike[alike], (one[alike], other[alike])), shape=2 * (len(values),)
    )
    return connected_components(links, directed=False)[1]


def _neighbours(values, k, furthest):
    """Pairs of records that are near, of each as many as its k nearest.

    These are enough: copies of copies are linked through them. Records that are near
    are so in a projection, too, where a tree finds them in no time; whose k nearest
    there are all near must be looked at in all features.
    """
    if values.shape[1] <= _PROJECTED:
        return _in_tree(values, np.arange(len(values)), k, furthest)
    rng = np.random.RandomState(0)
    axes = np.linalg.qr(rng.normal(size=(values.shape[1], _PROJECTED)))[0]
    rows = np.arange(len(values))
    one, other = _in_tree(values @ axes, rows, k, furthest * (1 + 1e-9))
    full = np.bincount(one, minlength=len(values)) == k
    one, other = one[~full[one]], other[~full[one]]
    near = np.zeros(len(one), dtype=bool)
    for part in gen_batches(len(one), _PAIRS):
        apart = np.linalg.norm(values[one[part]] - values[other[part]], axis=1)
        near[part] = apart <= furthest
    again = _in_tree(values, np.flatnonzero(full), k, furthest)
    return np.r_[one[near], again[0]], np.r_[other[near], again[1]]


def _in_tree(values, rows, k, furthest):
    """Pairs of some of the records and their k nearest, as far as they are near."""
    if not len(rows):
        return rows, rows
    _, near = cKDTree(values).query(values[rows], k, distance_upper_bound=furthest)
    row, at = np.nonzero(near < len(values))
    return rows[row], near[row, at]


def in_spreads(values):
    """Features in units of their spread; None where there is nothing to measure.

    That of different values, between their quartiles, and far values logarithmically:
    a code of what is missing, such as -999, is far from all others, but not so far
    that these are near each other.
    """
    # From the first record on, so that distances survive features far from 0.
    with np.errstate(over="ignore", invalid="ignore"):
        values = values - values[0]
        different = [np.unique(column) for column in values.T]
        low, middle, high = np.array(
            [np.quantile(column, [0.25, 0.5, 0.75]) for column in different]
        ).T
        spread = high - low
    if not np.isfinite(spread).all() or not spread.any():
        return None
    varies = spread > 0
    return np.arcsinh(((values - middle) / np.where(varies, spread, 1))[:, varies])


def _stranger_distance(values):
    """Distance to near strangers, in the median; 0 where it says nothing of copies.

    From how many lie between a tenth and a hundredth of it, and how distances grow with
    the number of neighbours, follows how many strangers would be taken for copies by
    chance: too many where only a feature or two vary.
    """
    blocks = _distances(values[:: -(-len(values) // _N_ASKED)], values)
    found, place = 0.0, min(_STRANGER, len(values) - 1)
    while place <= max(_STRANGER, len(values) // 4) and place < len(values):
        ends = [np.asarray(apart)[[place // 2, place]] for apart in blocks]
        half, distance = np.median(np.hstack(ends), axis=1)
        if half > _TINY * distance:  # else the nearer are copies
            between = np.hstack([_n_between(apart, distance) for apart in blocks])
            # In d dimensions the distance grows by 2 ** (1 / d).
            share = np.sqrt(_TINY) ** (1 / max(np.log2(distance / half), 0.1))
            if between.mean() * share > _BY_CHANCE:
                break
            found = distance
        place *= 3
    return found


def _distances(asked, values):
    """Sorted distances of some records to all, a column for each, in blocks."""
    spill, n_rows = Spill(), max(1, _DISTANCES // len(values))
    return [
        spill.keep(np.sort(euclidean_distances(asked[part], values), axis=1).T)
        for part in gen_batches(len(asked), n_rows)
    ]


def _n_between(apart, distance):
    """How many records lie between a hundredth and a tenth of a distance."""
    apart = np.asarray(apart)
    between = (apart > _TINY * distance) & (apart < np.sqrt(_TINY) * distance)
    return between.sum(axis=0)


def note_on_groups(code, member, given):
    """What the report says of records that belong together; None if there are none.

    Parameters
    ----------
    code : ndarray of int of shape (n_records,) or None
        From :func:`belonging`.
    member : ndarray of {0, 1}
    given : bool
        Whether the auditor said whose the records are.
    """
    if code is None:
        return None
    n, n_different = len(code), len(np.unique(code))
    if given:
        note = (
            f"The {n} records are of {n_different} groups, which stay together in "
            "folds and shadow models; intervals count groups."
        )
    else:
        note = (
            f"{n - n_different} of {n} records are copies of others, or nearly: copies "
            "stay together in folds and shadow models, and intervals count groups of "
            "copies."
        )
    n_both = len(np.intersect1d(code[member == 1], code[member == 0]))
    if n_both:
        what = "groups have records" if given else "rows are"
        note += f" {n_both} {what} in both sets."
    return note
