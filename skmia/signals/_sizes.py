"""How many columns signals have: for features, outputs, or labels of pixels."""

import numpy as np

from skmia.signals._segmentation import n_labels_of
from skmia.utils._records import n_records


def with_sizes(X, y, signal):
    """The signal, told how many features and outputs there are, if it is to know."""
    return signal.set_params(**sizes_of(X, y, signal))


def sizes_of(X, y, signal):
    """Numbers of features, outputs and classes, as far as a signal is to know them.

    Parameters
    ----------
    X : records
    y : array-like of shape (n_records,) or (n_records, n_outputs), or None
        What a regressor predicts.
    signal : Signal

    Returns
    -------
    sizes : dict of str to int
    """
    sizes = {}
    if signal.params.get("n_features", 0) is None:
        sizes["n_features"] = n_features_of(X, signal)
    if signal.params.get("n_outputs", 0) is None:
        sizes["n_outputs"] = 1 if np.ndim(y) < 2 else np.shape(y)[1]
    if signal.params.get("n_classes", 0) is None:
        sizes["n_classes"] = n_labels_of(X, signal.params["ignored"])
    return sizes


def n_features_of(X, signal):
    """How many features records have, those of images counted one by one."""
    shape = getattr(X, "shape", None) or np.shape(X)
    if len(shape) < 2:
        raise ValueError(
            f"The signal {signal.name!r} has a column for each feature, and these "
            f"{n_records(X)} records have no number of features."
        )
    return int(np.prod(shape[1:]))
