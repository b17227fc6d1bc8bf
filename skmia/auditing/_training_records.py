"""Whether records are those that a model was trained on, as far as it tells."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.pipeline import Pipeline

from skmia.auditing._audited_records import check_classifier
from skmia.utils._labels import classes_of, encode_labels
from skmia.utils._records import check_records, n_records


def check_training_records(model, X, y, *, caller, names=("X", "y")):
    """Records and labels of a fitted classifier, checked against it.

    Parameters
    ----------
    model : fitted classifier
    X, y : records and labels
    caller : str
        Whose parameters they are.
    names : tuple of str, default=("X", "y")
        What the caller calls records and labels.

    Returns
    -------
    X, y : records and labels
        `X` so that it can be indexed, `y` as an array.
    """
    check_classifier(f"The 'model' parameter of {caller}", model)
    X, y = check_records(X, y, names=names)
    if y is None or classes_of(y) is None:
        raise ValueError(f"{caller} needs the labels {names[1]}. Got None.")
    unknown = encode_labels(y, getattr(model, "classes_", np.unique(y))) < 0
    if unknown.any():
        raise ValueError(
            "The model was trained on other records: it does not know the labels "
            f"{np.unique(y[unknown])[:5].tolist()}."
        )
    missing = np.flatnonzero(_missing(X))
    if len(missing):
        raise ValueError(
            f"Rows of {names[0]} are missing, {len(missing)} of {n_records(X)}, the "
            f"first of them {missing[:5].tolist()}. Leave them out of {names[0]} and "
            f"{names[1]} as they were left out of the training."
        )
    for part in _parts(model):
        known = _n_fitted(part)
        if known not in (None, n_records(X)):
            raise ValueError(
                f"The model was trained on {known} records, as its "
                f"{type(part).__name__} says. Got {n_records(X)} records in "
                f"{names[0]}: give all that it was trained on, each once."
            )
    return X, y


def _missing(X):
    """Which rows hold no value at all."""
    if sparse.issparse(X):
        return np.zeros(X.shape[0], dtype=bool)
    if hasattr(X, "dtype") and np.asarray(X).dtype.kind in "biu":
        return np.zeros(len(X), dtype=bool)
    if not hasattr(X, "shape"):  # a list, perhaps of records of several lengths
        return np.array([np.all(pd.isna(x)) for x in X], dtype=bool)
    missing = np.asarray(pd.isna(X if hasattr(X, "iloc") else np.asarray(X)))
    return missing.reshape(len(missing), -1).all(axis=1)


def _parts(model):
    """The model, or all steps of a pipeline."""
    if not isinstance(model, Pipeline):
        return [model]
    return [part for _, step in model.steps for part in _parts(step)]


def _n_fitted(part):
    """Number of records that an estimator was fitted on; None if it does not say."""
    if hasattr(part, "tree_"):
        return int(part.tree_.n_node_samples[0])
    if getattr(part, "bootstrap", False) and hasattr(part, "estimators_samples_"):
        share = part.max_samples  # None, or a share of 1, draws as many as there are
        all_of_them = share is None or (isinstance(share, float) and share == 1)
        return len(part.estimators_samples_[0]) if all_of_them else None
    if hasattr(part, "shape_fit_"):
        return int(part.shape_fit_[0])
    said = getattr(part, "n_samples_fit_", getattr(part, "n_samples_seen_", None))
    # One number for each feature where values were missing.
    return None if said is None or np.ndim(said) else int(said)
