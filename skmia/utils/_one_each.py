"""What has one value for each record."""

import reprlib

import numpy as np
from sklearn.utils import column_or_1d


def one_each(caller, name, values, dtype=None):
    """The values as an array of one dimension; a single column is one, too.

    Parameters
    ----------
    caller : str
        Whose parameter it is.
    name : str
        Its name.
    values : array-like of shape (n_records,) or (n_records, 1)
    dtype : dtype, default=None
        Of the array; None for that of the values.

    Returns
    -------
    values : ndarray of shape (n_records,)
    """
    try:
        return column_or_1d(np.asarray(values, dtype=dtype))
    except ValueError as error:
        raise ValueError(
            f"The '{name}' parameter of {caller} must be a 1d array with one value for "
            f"each record. Got {reprlib.repr(values)} instead."
        ) from error
