"""Labels that are quantities: which are alike, and which are large or small."""

import numpy as np
from sklearn.utils.multiclass import type_of_target

N_STRATA = 10
# In alphabetical order, in which tables have them.
FIFTHS = ("1st fifth (lowest)", "2nd fifth", "3rd fifth", "4th fifth")
FIFTHS += ("5th fifth (highest)",)
# Distance of the quartiles of a normal law, in its standard deviations.
_QUARTILES = 1.349


def check_quantities(y, name):
    """Labels that a regressor predicts, as they are; of objects as floats.

    Raises
    ------
    ValueError
        They are no numbers.
    """
    if y.dtype.kind in "biuf":
        return y
    try:
        return y.astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The labels {name} must be numbers, as the model is a regressor: {error}."
        ) from error


def quantile_codes(values, n_bins):
    """Number of the part that each value is in, of parts that hold equally many.

    Parameters
    ----------
    values : array-like of shape (n_values,)
    n_bins : int
        Equal values are in one part, so that there may be fewer.

    Returns
    -------
    codes : ndarray of int of shape (n_values,)
        From 0, the lowest values, to ``n_bins - 1``.
    """
    edges = np.quantile(np.asarray(values, dtype=float), np.arange(1, n_bins) / n_bins)
    return np.searchsorted(edges, values, side="left")


def strata_of(y, classes):
    """What a split is stratified by: classes, tenths of quantities, else nothing.

    Parameters
    ----------
    y : ndarray of shape (n_records,) or (n_records, n_outputs), or None
    classes : ndarray of shape (n_classes,) or None
        None where the labels are no classes.

    Returns
    -------
    strata : ndarray of shape (n_records,) or None
    """
    numbers = y is not None and y.ndim == 1 and y.dtype.kind in "biuf"
    if classes is not None or not numbers:
        return y
    return quantile_codes(y, N_STRATA)


def guessed_strata(y):
    """The same, where nobody says what the labels are: fractions are quantities."""
    continuous = type_of_target(y) == "continuous"
    return strata_of(np.asarray(y), None) if continuous else y


def label_codes(y, n_records):
    """Number of the label of each record, also of several outputs; 0 without any."""
    if y is None:
        return np.zeros(n_records, dtype=int)
    several = np.ndim(y) > 1
    codes = np.unique(y, axis=0 if several else None, return_inverse=True)[1]
    return codes.ravel()


def columns_of(y):
    """Outputs of labels, by the name that each has in a table; none without labels."""
    if y is None:
        return {}
    y = np.asarray(y)
    if y.ndim == 1:
        return {"label": y}
    return {f"label_{i}": column for i, column in enumerate(y.T)}


def fifths_of(y):
    """Fifth of each record by its label; of several outputs by their mean in spreads.

    Parameters
    ----------
    y : ndarray of shape (n_records,) or (n_records, n_outputs)

    Returns
    -------
    codes : ndarray of int of shape (n_records,)
        Places in `FIFTHS`.
    """
    values = np.reshape(y, (len(y), -1)).astype(float)
    spread = values.std(axis=0)
    values = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return quantile_codes(values.mean(axis=1), len(FIFTHS))


def in_columns(values):
    """Quantities as floats, a column for each output."""
    values = np.asarray(values, dtype=float)
    return values.reshape(len(values), -1)


def spread_of_labels(y):
    """Spread of each output; 1 where all labels are the same.

    The distance of the quartiles, in which a normal law has a standard deviation of 1:
    one label with a zero too many must not make every error look like none. Where the
    quartiles are equal it is the standard deviation.

    Parameters
    ----------
    y : array-like of shape (n_records,) or (n_records, n_outputs)

    Returns
    -------
    spread : ndarray of shape (n_outputs,)
    """
    y = in_columns(y)
    low, high = np.quantile(y, [0.25, 0.75], axis=0)
    spread = np.where(high > low, (high - low) / _QUARTILES, y.std(axis=0))
    return np.where(np.ptp(y, axis=0) > 0, spread, 1.0)
