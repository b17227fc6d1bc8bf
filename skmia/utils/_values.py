"""Values that a model will not take, found before it is given them.

What a model says of its input can depend on what it was trained on: a guarantee has no
place for that. What is found here depends on the kind of model and on the input only.
"""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, is_classifier
from sklearn.utils import assert_all_finite, get_tags


def holds_numbers(X):
    """Whether the container says that all its columns are numbers."""
    if sparse.issparse(X):
        return True
    if hasattr(X, "iloc"):
        return all(pd.api.types.is_numeric_dtype(dtype) for dtype in X.dtypes)
    return np.asarray(X).dtype.kind in "fiub"


def takes_missing(estimator):
    """Whether a kind of model takes records with missing values, fitted or not.

    It says so itself, or a part of it does that classifies or imputes: a pipeline never
    says so.
    """
    parts = [estimator, *estimator.get_params(deep=True).values()]
    return any(
        get_tags(part).input_tags.allow_nan
        for part in parts
        if isinstance(part, BaseEstimator)
        if part is estimator or is_classifier(part) or hasattr(part, "missing_values")
    )


def check_values(X, estimator, owner, *, numbers):
    """Raise what a kind of model would raise about values.

    Parameters
    ----------
    X : {ndarray, sparse matrix, DataFrame} of shape (n_samples, n_features)
    estimator : estimator
        Model of the kind; it need not be fitted.
    owner : str
        Name of the class that was given the records.
    numbers : bool
        Whether only numbers will do. Otherwise columns of other types are left to the
        model.

    Raises
    ------
    ValueError, TypeError
        A value is no number, or not finite where the model does not take that.
    """
    if sparse.issparse(X):
        values = X.data
    elif hasattr(X, "iloc"):
        columns = X if numbers else X.select_dtypes(["number", "bool"])
        values = columns.to_numpy(dtype=np.float64, na_value=np.nan)
    elif numbers or holds_numbers(X):
        values = np.asarray(X, dtype=np.float64)
    else:
        return
    if not takes_missing(estimator):
        assert_all_finite(values, estimator_name=owner, input_name="X")
