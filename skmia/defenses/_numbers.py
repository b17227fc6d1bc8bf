"""Records that a defense computes with: dense numbers, some of them missing."""

import numpy as np
import pandas as pd
from sklearn.utils import check_array


def numeric_records(X, owner):
    """Records as a floating point array.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
    owner : str
        Name of the class that computes with them, for the errors.

    Returns
    -------
    numbers : ndarray of shape (n_samples, n_features)
        float32 if `X` is, else float64. Missing values are nan: whether a model can
        do with them is for the inner one to say.

    Raises
    ------
    ValueError
        Strings or infinite values.
    TypeError
        A sparse matrix.
    """
    try:
        return check_array(
            X,
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan",
            input_name="X",
        )
    except ValueError as error:
        raise ValueError(
            f"{owner} computes with the features: they must be numbers, such as an "
            f"encoder makes of categories. {error}"
        ) from error


def column_moments(X):
    """Mean and standard deviation of what is there in each column; 0 of nothing."""
    # Masked arrays and not nanmean, which warns of empty columns.
    there = np.ma.masked_invalid(X)
    return there.mean(axis=0).filled(0), there.std(axis=0).filled(0)


def like(X, numbers):
    """Computed records, with the names of the columns that `X` has."""
    if hasattr(X, "columns"):
        return pd.DataFrame(numbers, columns=X.columns)
    return numbers


def takes_numbers(tags):
    """Declare that `numeric_records` are asked for; changed in place and returned."""
    tags.input_tags.sparse = False
    tags.input_tags.string = False
    tags.input_tags.categorical = False
    return tags
