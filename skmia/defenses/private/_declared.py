"""What a guarantee needs declared: read from the data, it would give them away."""

import warnings
from fractions import Fraction

import numpy as np
import pandas as pd

from skmia.exceptions import PrivacyLeakWarning
from skmia.utils._integer_noise import LEAST_RATE


def check_bounds(
    bounds, n_features, owner, parameter="bounds", each="numeric features"
):
    """Lower and upper bound of each feature, as declared by the user.

    Parameters
    ----------
    bounds : tuple (low, high) or None
        Each a number for all features or an array of shape (n_features,).
    n_features : int
    owner : str
        Name of the class whose parameter this is, for the errors.
    parameter : str, default="bounds"
        Its name.
    each : str, default="numeric features"
        What has bounds.

    Returns
    -------
    low, high : ndarray of shape (n_features,)

    Raises
    ------
    ValueError
        Nothing declared, not finite, low not below high, too far apart for a float, or
        of another length.
    """
    expected = (
        f"The {parameter!r} parameter of {owner} must be declared as (low, high): two "
        "numbers, or two arrays with one number for each of the "
        f"{n_features} {each}"
    )
    if bounds is None:
        raise ValueError(
            f"{expected}. Got None instead; reading them from the data would leak them."
        )
    try:
        low, high = (
            np.broadcast_to(np.asarray(side, dtype=np.float64), (n_features,)).copy()
            for side in bounds
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"{expected}. Got {bounds!r} instead.") from error
    with np.errstate(over="ignore", invalid="ignore"):
        half = (high - low) / 2  # everything is divided by it
    if not (np.isfinite(half) & (half > 0)).all():
        raise ValueError(
            f"{expected}, finite and low < high, a finite width apart. Got {bounds!r} "
            "instead."
        )
    return low, high


def check_noise_width(epsilon, sensitivity, owner, advice="raise it"):
    """Refuse an epsilon whose integer noise is too wide to be drawn exactly.

    Parameters
    ----------
    epsilon : float
    sensitivity : int
        By what epsilon is divided to get the rate of the noise.
    owner : str
        Name of the class whose parameter this is, for the error.
    advice : str
        The cure.

    Raises
    ------
    ValueError
        Before the fit is paid for.
    """
    least = LEAST_RATE * sensitivity
    if Fraction(float(epsilon)) < least:
        raise ValueError(
            f"The 'epsilon' parameter of {owner} must be at least about "
            f"{float(least):.2g} here, or its noise is too wide to be drawn exactly. "
            f"Got {epsilon!r} instead: {advice}."
        )


def declared_classes(classes, y, owner):
    """Sorted class labels, as declared by the user.

    Parameters
    ----------
    classes : array-like of shape (n_classes,) or None
        None reads them from `y`, with a warning.
    y : ndarray of shape (n_samples,)
        Labels of the training records.
    owner : str
        Name of the class whose parameter this is, for the messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        `y` holds a label that was not declared.

    Warns
    -----
    PrivacyLeakWarning
        Nothing was declared.
    """
    if classes is None:
        warnings.warn(
            f"The 'classes' parameter of {owner} is None: the list of classes is read "
            "from the training data, which the guarantee does not cover. Declare them.",
            PrivacyLeakWarning,
            stacklevel=2,
        )
        return np.unique(y)
    declared = np.unique(np.asarray(classes))
    unknown = pd.Index(declared).get_indexer(pd.Index(y)) < 0
    if unknown.any():
        raise ValueError(
            f"The 'classes' parameter of {owner} must hold every class. Got "
            f"{declared.tolist()}; y also holds {np.unique(y[unknown])[:5].tolist()}."
        )
    return declared


def check_categories(categories, n_features, owner):
    """Categories of each feature, as declared by the user.

    Parameters
    ----------
    categories : array-like or None
        A list for each feature, or one list for all of them.
    n_features : int
    owner : str
        Name of the class whose parameter this is, for the errors.

    Returns
    -------
    categories : list of ndarray of object

    Raises
    ------
    ValueError
        Nothing declared, nothing for a feature, or the same category twice.
    """
    expected = (
        f"The 'categories' parameter of {owner} must be declared: a list of values for "
        f"each of the {n_features} features, or one list for all of them"
    )
    if categories is None:
        raise ValueError(
            f"{expected}. Got None instead; reading them from the data would leak them."
        )
    lists = [one for one in categories if pd.api.types.is_list_like(one)]
    if not lists:
        lists = [categories] * n_features
    elif len(lists) != len(categories) or len(lists) != n_features:
        raise ValueError(f"{expected}. Got {categories!r} instead.")
    declared = [_object_array(values) for values in lists]
    for known in declared:
        if not 0 < len(known) == len(set(one_missing(known))):
            raise ValueError(
                f"{expected}, each value once. Got {known.tolist()} instead."
            )
    return declared


def one_missing(values):
    """Values of a column, with None for every kind of missing value."""
    return np.where(pd.isna(values), None, values)


def plain_values(column):
    """Values of a Series or an Index as objects, with one kind of missing."""
    return one_missing(column.astype(object))


def listed_codes(column, values):
    """Place of each value of a column in a list, -1 for those that are not in it.

    Values are compared one by one, whatever the dtypes: 1, 1.0 and True are equal, and
    so are all kinds of missing.

    Parameters
    ----------
    column : Series of shape (n_rows,)
    values : Index of shape (n_values,)

    Returns
    -------
    codes : ndarray of shape (n_rows,)
    """
    places = {value: place for place, value in enumerate(plain_values(values))}
    codes = [places.get(value, -1) for value in plain_values(column)]
    return np.array(codes, dtype=np.intp)


def _object_array(values):
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array
