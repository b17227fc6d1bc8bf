"""What records that belong together are worth: fewer than there are.

Copies of a row, or visits of a patient, are drawn as one. An interval that takes them
for independent is too narrow.
"""

import numpy as np
from scipy.stats import t as student

from skmia.metrics._validation import check_same_length
from skmia.utils._groups import number_groups


def check_groups(caller, member, groups, name="groups"):
    """Number of the group of each record; None where every record is its own."""
    if groups is None:
        return None
    code = number_groups(caller, groups, name)
    check_same_length(caller, member, name, code)
    return None if len(np.unique(code)) == len(code) else code


def n_independent(code, n_records):
    """Records that tell as much as these, if those of a group are all alike (Kish)."""
    if code is None:
        return n_records
    return n_records**2 / (np.bincount(code) ** 2).sum()


def n_groups(code):
    """Number of different groups."""
    return np.count_nonzero(np.bincount(code))


def effective_counts(hit, code, level):
    """Successes and trials, as of independent records, with the variance of these.

    Parameters
    ----------
    hit : ndarray of bool of shape (n_records,)
    code : ndarray of int of shape (n_records,) or None
        Group of each record.
    level : float
        Confidence level: the variance is known less well from few groups.

    Returns
    -------
    k, n : float
        Never more than there are, nor fewer than if the records of each group were
        all alike. They are whole where `code` is None.
    """
    k, n = int(np.count_nonzero(hit)), len(hit)
    if code is None:
        return k, n
    fewest = n_independent(code, n)
    found = fewest
    if 0 < k < n and fewest > 1:
        sums = np.bincount(code, hit - k / n)
        with np.errstate(divide="ignore"):
            found = k * (n - k) / (sums**2).sum() * few_groups(n - 1, fewest - 1, level)
    found = min(max(found, fewest), n)
    return k * (found / n), found


def few_groups(alone, together, level):
    """What a variance from few groups is worth, by Korn and Graubard.

    `alone` and `together` are degrees of freedom, without groups and with them. Groups
    of many sizes have no more than that of `n_independent`.
    """
    tail = (1 + level) / 2
    return (student.ppf(tail, alone) / student.ppf(tail, together)) ** 2
