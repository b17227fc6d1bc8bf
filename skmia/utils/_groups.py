"""Whose each record is."""

import numpy as np
import pandas as pd

from skmia.utils._one_each import one_each


def number_groups(caller, groups, name="groups", says="whose it is"):
    """Number of the group of each record, in the order of coming.

    Parameters
    ----------
    caller : str
        Whose parameter it is.
    groups : array-like of shape (n_records,)
    name : str, default="groups"
        Its name.
    says : str, default="whose it is"
        What it says of each record.

    Returns
    -------
    code : ndarray of int of shape (n_records,)
    """
    # An array of a list would make words of what is missing among words.
    kind = None if hasattr(groups, "dtype") else object
    groups = one_each(caller, name, groups, kind)
    code = pd.factorize(groups)[0]
    if (code < 0).any():
        raise ValueError(
            f"The '{name}' parameter of {caller} must say of each record {says}. "
            f"Got {np.count_nonzero(code < 0)} missing values."
        )
    return code
