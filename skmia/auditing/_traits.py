"""What is unusual about a record, in words that tell no value of it."""

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from skmia.auditing.validity._features import as_points
from skmia.utils._quantities import label_codes
from skmia.utils._records import are_numbers_of_things, n_records

# The nearest records that one is compared with, among so many at most.
_N_NEAREST = 5
_N_COMPARED = 2000
# A category of so few is no crowd to hide in; of a class, so small a part of its share.
_CROWD = 5
_RARE = 1 / 5


def traits_of(X, y, rng, quantities=False):
    """Which records are unusual, and how; nobody's membership is looked at.

    Parameters
    ----------
    X, y : records and labels, None where they have none
    rng : RandomState
    quantities : bool, default=False
        Whether the labels are no classes.

    Returns
    -------
    traits : DataFrame of bool of shape (n_records, 4) or None
        None for records that cannot be laid side by side.

        - "rare class": of less than a fifth of an equal share of the records.
        - "outlier": far from the nearest records, beyond the fence of Tukey.
        - "singled out": in a category, or on the smaller side of two values, with
          fewer than five records.
        - "mislabelled": of its five nearest records four have another label, the same.

        Of several outputs a combination of labels is a class, and the first are "rare
        labels". Where labels are quantities "rare class" is "extreme label", beyond the
        fence of Tukey, and "mislabelled" is "unlike its neighbours": so far, by that
        fence, from the median label of these. Without labels there are the other two.
    """
    code = label_codes(y, n_records(X))
    if are_numbers_of_things(X):
        return None
    try:
        points, categories = as_points(X, rng)
        far, near = _beside_others(points, rng)
    except Exception:  # remarks: no audit fails for want of them
        return None
    few = _are_few(categories, len(code))
    if y is None:
        return pd.DataFrame({"outlier": far, "singled out": few})
    if quantities:
        labels = np.reshape(y, (len(y), -1)).astype(float)
        return pd.DataFrame(
            {
                "extreme label": _beyond_fence(labels),
                "outlier": far,
                "singled out": few,
                "unlike its neighbours": _are_unlike(labels, near),
            }
        )
    return pd.DataFrame(
        {
            "rare class" if y.ndim == 1 else "rare labels": _are_rare(code),
            "outlier": far,
            "singled out": few,
            "mislabelled": _are_strange(code, near),
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


def _beside_others(points, rng):
    """Who is far from the nearest records, and which these are; None with too few."""
    n = len(points)
    if n <= 2 * _N_NEAREST:
        return np.zeros(n, dtype=bool), None
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
    return farthest > high + 1.5 * (high - low), others


def _are_strange(code, near):
    """Whose label four of the nearest do not have, but the same other one."""
    if near is None:
        return np.zeros(len(code), dtype=bool)
    labels = np.sort(code[near], axis=1)
    alike = labels[:, :-1] == labels[:, 1:]
    # Sorted: four of five are alike where three neighbours in a row are.
    run = alike[:, :3].all(axis=1) | alike[:, 1:].all(axis=1)
    middle = labels[:, _N_NEAREST // 2]
    return run & (middle != code)


def _are_unlike(labels, near):
    """Whose label, of some output, is far from the median of the nearest."""
    if near is None:
        return np.zeros(len(labels), dtype=bool)
    return _beyond_fence(labels - np.median(labels[near], axis=1))


def _beyond_fence(values):
    """Which rows have a value beyond the fence of Tukey of its column."""
    low, high = np.quantile(values, [0.25, 0.75], axis=0)
    room = 1.5 * (high - low)
    return ((values < low - room) | (values > high + room)).any(axis=1)
