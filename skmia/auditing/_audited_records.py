"""The records of an audit: members and holdout in one, checked against the model."""

import numpy as np
import pandas as pd

from skmia.auditing._stack import stack_records
from skmia.utils._fitting import per_record
from skmia.utils._kinds import kind_of
from skmia.utils._labels import classes_of, encode_labels
from skmia.utils._records import check_records, n_records

MIN_RECORDS = 10


def pool(model, X_train, y_train, X_holdout, y_holdout):
    """All audited records together, members first.

    Returns
    -------
    X, y : records and labels
    member : ndarray of {0, 1}
    index : MultiIndex
        Set and row of every record.
    """
    if kind_of(model) not in ("classifier", None):
        raise ValueError(
            "The 'model' parameter of audit must be a classifier: the attacks look at "
            f"its labels. Got {model!r}, a {kind_of(model)}."
        )
    X_train, y_train = check_records(X_train, y_train, names=("X_train", "y_train"))
    X_holdout, y_holdout = check_records(
        X_holdout, y_holdout, names=("X_holdout", "y_holdout")
    )
    for name, labels in {"train": y_train, "holdout": y_holdout}.items():
        if classes_of(labels) is None:
            raise ValueError(f"An audit needs the labels y_{name}. Got None.")
        if len(labels) < MIN_RECORDS:
            raise ValueError(
                f"An audit needs at least {MIN_RECORDS} records in X_{name}. Got "
                f"{len(labels)}: nothing could be measured."
            )
        # Labels of another kind than the model's would look like errors of the model.
        encode_labels(labels, getattr(model, "classes_", np.unique(y_train)))
    member = np.repeat([1, 0], [len(y_train), len(y_holdout)])
    index = pd.MultiIndex.from_arrays(
        [
            np.where(member == 1, "train", "holdout"),
            [*_row_names(X_train), *_row_names(X_holdout)],
        ],
        names=["set", "row"],
    )
    y = np.concatenate([y_train, y_holdout])
    return stack_records(X_train, X_holdout), y, member, index


def _row_names(X):
    return X.index if hasattr(X, "iloc") else range(n_records(X))


def check_fit_params(fit_params, X):
    """What is given to ``fit``; weights are of all records."""
    fit_params = {} if fit_params is None else fit_params
    for name in set(fit_params) - set(per_record(fit_params, X)):
        if name.endswith("sample_weight"):
            raise ValueError(
                f"The 'fit_params' parameter of audit must hold as {name!r} one value "
                f"for each of the {n_records(X)} records of X_train and X_holdout, in "
                f"this order. Got {fit_params[name]!r}."
            )
    return fit_params
