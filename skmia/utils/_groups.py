"""Whose each record is."""

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d


def number_groups(caller, groups):
    """Number of the group of each record, in the order of coming.

    Parameters
    ----------
    caller : str
        Whose parameter 'groups' it is.
    groups : array-like of shape (n_records,)

    Returns
    -------
    code : ndarray of int of shape (n_records,)
    """
    # An array of a list would make words of what is missing among words.
    kind = None if hasattr(groups, "dtype") else object
    groups = column_or_1d(np.asarray(groups, dtype=kind), input_name="groups")
    code = pd.factorize(groups)[0]
    if (code < 0).any():
        raise ValueError(
            f"The 'groups' parameter of {caller} must say of each record whose it is. "
            f"Got {np.count_nonzero(code < 0)} missing values."
        )
    return code
