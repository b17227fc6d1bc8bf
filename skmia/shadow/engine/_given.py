"""What trainers are given: records as ``fit`` takes them, and who has which."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data


def validated(estimator, X, y, **how):
    """Records and labels as ``fit`` of a classifier takes them.

    Parameters
    ----------
    estimator : classifier
    X, y : records and labels
    **how
        Parameters of ``validate_data``.

    Returns
    -------
    checked : estimator
        A clone that knows their features.
    X, y : validated records and labels
    """
    checked = clone(estimator)
    X, y = validate_data(checked, X, y, **how)
    check_classification_targets(y)
    return checked, X, y


def times_drawn(tasks, n_records):
    """How often each task has each record, an array of shape (n_tasks, n_records)."""
    rows = np.arange(n_records)
    return np.array([np.bincount(rows[one.rows], minlength=n_records) for one in tasks])
