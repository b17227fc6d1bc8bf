"""Class labels of any type, and columns of posteriors that agree on their order."""

from functools import reduce

import numpy as np
import pandas as pd
from sklearn.utils import get_tags
from sklearn.utils.multiclass import type_of_target

from skmia.utils._arrays import answer_of, to_numpy
from skmia.utils._inside import layers
from skmia.utils._kinds import UNLABELLED, kind_of
from skmia.utils._outputs import Outputs, takes_several

# What scikit-learn calls labels of several outputs that are classes.
SEVERAL = ("multilabel-indicator", "multiclass-multioutput")


def classes_of(y, estimators=(), name="of the records"):
    """Classes among the labels; None where these are quantities, or none.

    Parameters
    ----------
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs), or None
    estimators : iterable of estimators, default=()
        What is to be trained on the labels. Without any it must be a classifier.
    name : str, default="of the records"
        Which labels they are.

    Returns
    -------
    classes : ndarray of shape (n_classes,), Outputs or None
        Of labels of several outputs those of each. None of what is no classifier's.

    Raises
    ------
    ValueError
        Labels that an estimator cannot learn.
    """
    tags = [get_tags(one) for one in estimators if hasattr(one, "__sklearn_tags__")]
    if y is None:
        if any(one.target_tags.required for one in tags):
            raise ValueError("requires y to be passed, but the target y is None")
        return None
    kinds = {kind_of(one) for one in estimators} or {"classifier"}
    if not kinds.isdisjoint(("regressor", *UNLABELLED)):
        return None
    kind = type_of_target(y, input_name="y")
    several = y.ndim == 2 and tags and all(map(takes_several, estimators))
    if kind in ("binary", "multiclass"):
        return Outputs.of_labels(y) if several else _with_answered(y, estimators)
    classes = several and kind in SEVERAL
    if "classifier" in kinds and not classes:
        raise ValueError(
            f"Unknown label type: {kind}. The labels {name} must be "
            f"{'one class per record' if kind in SEVERAL else 'classes'}."
            f"{_of_one_type(y)}"
        )
    return Outputs.of_labels(y) if kinds == {"classifier"} else None


def answer_classes(model):
    """Labels that a model says it answers with; None where they are those of records.

    A student answers about its teacher's records in labels of its own.
    """
    if not hasattr(model, "get_params"):  # only estimators say what is inside them
        return None
    said = (getattr(one, "answer_classes", None) for one in layers(model))
    return next((labels for labels in said if labels is not None), None)


def _with_answered(y, estimators):
    """Labels of records, and what estimators will answer with besides."""
    answered = filter(lambda one: one is not None, map(answer_classes, estimators))
    return reduce(np.union1d, answered, np.unique(y))


def _of_one_type(y):
    """What to do about labels that are objects; no words where they are not."""
    if y.dtype != object:
        return ""
    return (
        f" They are objects, such as {y.ravel()[0]!r}: make them of one type, by "
        "astype(int) or astype(str), as the model was given them."
    )


def refuse_missing(labels, what):
    """Raise where some of the labels are NaN, NA or None."""
    missing = pd.isna(labels)
    if missing.any():
        rows = np.flatnonzero(missing.reshape(len(labels), -1).any(axis=1))
        raise ValueError(
            f"{what} are missing in {len(rows)} rows, the first of them "
            f"{rows[:5].tolist()}."
        )


def _index(labels):
    """Labels to look up; pandas has no index of half precision."""
    labels = np.asarray(to_numpy(labels))
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise ValueError(
            "There must be one label per record. Got labels of several outputs, an "
            f"array of shape {labels.shape}."
        )
    return pd.Index(labels.astype(float) if labels.dtype == np.float16 else labels)


def joint_layout(layout, classes):
    """Labels of `layout` in their order, then those that only `classes` has."""
    known = _index(layout)
    extra = [label for label in classes if label not in known]
    return known.append(_index(extra)) if extra else known


def encode_labels(y, layout, name="y"):
    """Position of every label in `layout`; -1 where it is not there.

    `name` is what the caller calls the labels.

    Raises
    ------
    ValueError
        No label at all is in `layout`: the labels are of another kind. Or some are
        missing.
    """
    layout, y = _index(layout), _index(y)
    refuse_missing(y, "The labels")
    codes = layout.get_indexer(y)
    if len(codes) and (codes < 0).all():
        raise ValueError(
            f"None of the labels in {name} is a class of the model: {name} holds "
            f"{y.unique()[:5].tolist()}, the classes are "
            f"{layout[:5].tolist()}. Pass the labels as the model was given them."
        )
    return codes


def encode_outputs(y, layout, name="y"):
    """The same for each output of labels of several.

    Parameters
    ----------
    y : array-like of shape (n_records, n_outputs)
    layout : Outputs
    name : str, default="y"

    Returns
    -------
    codes : list of ndarray of shape (n_records,)
    """
    y = np.asarray(to_numpy(y))
    y = y[:, None] if y.ndim == 1 else y
    if y.ndim != 2 or y.shape[1] != len(layout):
        raise ValueError(
            f"There must be one label for each of the {len(layout)} outputs in {name}. "
            f"Got an array of shape {y.shape}."
        )
    return [
        encode_labels(column, classes, f"column {i} of {name}")
        for i, (column, classes) in enumerate(zip(y.T, layout, strict=True))
    ]


def refuse_other_kind(y, classes, name):
    """Raise where labels are of another kind than classes: all would look like errors.

    Parameters
    ----------
    y : array-like of shape (n_records,) or (n_records, n_outputs)
    classes : array-like of shape (n_classes,) or Outputs
    name : str
        What the caller calls the labels.
    """
    encode = encode_outputs if isinstance(classes, Outputs) else encode_labels
    encode(y, classes, name)


def refuse_unknown(y, classes, name):
    """Raise where labels are no class of the model: they tell the records apart."""
    unknown = encode_labels(y, classes, name) < 0
    if unknown.any():
        raise ValueError(
            f"{unknown.sum()} labels in {name} are no class of the model, the first "
            f"{_index(y)[unknown].tolist()[0]!r}. Leave these records out, or pass the "
            "labels as the model was given them."
        )


def align_columns(posterior, classes, layout, fill=0):
    """Answers with one column per label of `layout`, also where it was never seen.

    Parameters
    ----------
    posterior : ndarray of shape (n_samples, n_classes)
        One column per label of `classes`.
    classes : array-like of shape (n_classes,)
        Labels of the columns of `posterior`; all of them are in `layout`.
    layout : array-like of shape (n_labels,)
        Labels of the columns of the result.
    fill : float or ndarray of shape (n_samples, 1), default=0
        What a class that was never seen has.

    Returns
    -------
    aligned : ndarray of shape (n_samples, n_labels)
    """
    position = _index(layout).get_indexer(_index(classes))
    if np.array_equal(position, np.arange(len(layout))):
        return posterior
    aligned = np.full((len(posterior), len(layout)), fill, dtype=posterior.dtype)
    aligned[:, position] = posterior
    return aligned


def aligned_posterior(model, X, classes):
    """Posterior with one column for each of `classes`, 0 for those never seen."""
    said = answer_of(model, "predict_proba", X)
    return align_columns(said, model.classes_, classes)
