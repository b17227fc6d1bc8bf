"""What is unusual about a record, in words that tell no value of it."""

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from skmia.auditing.validity._features import as_points

# The nearest records that one is compared with, among so many at most.
_N_NEAREST = 5
_N_COMPARED = 2000
# A category of so few is no crowd to hide in; of a class, so small a part of its share.
_CROWD = 5
_RARE = 1 / 5


def traits_of(X, y, rng):
    """Which records are unusual, and how; nobody's membership is looked at.

    Parameters
    ----------
    X, y : records and labels
    rng : RandomState

    Returns
    -------
    traits : DataFrame of bool of shape (n_records, 4) or None
        None for records that cannot be laid side by side.

        - "rare class": of less than a fifth of an equal share of the records.
        - "outlier": far from the nearest records, beyond the fence of Tukey.
        - "singled out": in a category, or on the smaller side of two values, with
          fewer than five records.
        - "mislabelled": of its five nearest records four have another label, the same.
    """
    code = pd.factorize(y)[0]
    try:
        points, categories = as_points(X, rng)
        far, strange = _beside_others(points, code, rng)
    except Exception:  # remarks: no audit fails for want of them
        return None
    return pd.DataFrame(
        {
            "rare class": _are_rare(code),
            "outlier": far,
            "singled out": _are_few(categories, len(code)),
            "mislabelled": strange,
        }
    )


def reasons(report, rows):
    """Traits of some records in words; "-" where there is none, or it is not known."""
    if report.traits is None:
        return np.full(len(rows), "-")
    names = report.traits.columns.to_numpy()
    return [", ".join(names[has]) or "-" for has in report.traits.to_numpy()[rows]]


def _are_rare(code):
    counts = np.bincount(code)
    return (counts < _RARE * len(code) / len(counts))[code]


def _are_few(categories, n_records):
    few = np.zeros(n_records, dtype=bool)
    for column in categories:
        known = ~np.isnan(column)
        _, code, size = np.unique(
            column[known], return_inverse=True, return_counts=True
        )
        few[known] |= size[code] < _CROWD
    return few


def _beside_others(points, code, rng):
    """Who is far from the nearest records, and whose label these do not have."""
    n = len(points)
    few = np.zeros(n, dtype=bool)
    if n <= 2 * _N_NEAREST:
        return few, few
    some = rng.permutation(n)[:_N_COMPARED]
    near = NearestNeighbors(n_neighbors=_N_NEAREST + 1, algorithm="brute").fit(
        points[some]
    )
    distance, place = near.kneighbors(points)
    itself = some[place] == np.arange(n)[:, None]
    itself[~itself.any(axis=1), -1] = True  # not among them: the farthest goes
    others = some[place][~itself].reshape(n, _N_NEAREST)
    farthest = distance[~itself].reshape(n, _N_NEAREST)[:, -1]
    low, high = np.quantile(farthest, [0.25, 0.75])
    labels = np.sort(code[others], axis=1)
    alike = labels[:, :-1] == labels[:, 1:]
    # Sorted: four of five are alike where three neighbours in a row are.
    run = alike[:, :3].all(axis=1) | alike[:, 1:].all(axis=1)
    middle = labels[:, _N_NEAREST // 2]
    return farthest > high + 1.5 * (high - low), run & (middle != code)
