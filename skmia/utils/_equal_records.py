"""Equal records, which stay together wherever records are divided.

A record that is there twice is known to a model that was fitted on its double: on two
sides of a division, what was held out would be a training record.
"""

import numpy as np

from skmia.utils._record_keys import coarse_keys


def number_records(X):
    """Number of each record: equal ones have one, in the order of their coming.

    Parameters
    ----------
    X : {ndarray, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Compared as `coarse_keys` does.

    Returns
    -------
    number : ndarray of int of shape (n_samples,)
    """
    numbers = {}
    return np.array([numbers.setdefault(c, len(numbers)) for c in coarse_keys(X)])


def numbered_classes(number, y):
    """Pairs of a different record and a class of it; equal records may have several.

    Parameters
    ----------
    number : ndarray of int of shape (n_samples,)
        From `number_records`.
    y : ndarray of shape (n_samples,)

    Returns
    -------
    record, code : ndarray of int of shape (n_pairs,)
        Number of the record, ascending, and place of the class among the sorted ones.
    """
    codes = np.unique(y, return_inverse=True)[1]
    return np.unique(np.column_stack([number, codes]), axis=0).T


def rarest_classes(number, y):
    """The one class that each different record stands for: the rarest that it has.

    Parameters
    ----------
    number : ndarray of int of shape (n_samples,)
        From `number_records`.
    y : ndarray of shape (n_samples,)

    Returns
    -------
    labels : ndarray of shape (n_records,)
        By the number of the record.
    """
    record, code = numbered_classes(number, y)
    by_rarity = np.lexsort((np.bincount(code)[code], record))
    first = np.unique(record[by_rarity], return_index=True)[1]
    return np.unique(y)[code[by_rarity[first]]]
