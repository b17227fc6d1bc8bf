"""The records of an audit: members and holdout in one, checked against the model."""

import numpy as np
import pandas as pd

from skmia.auditing._stack import stack_records
from skmia.utils._access import TABLE
from skmia.utils._deprecation import warn_deprecated
from skmia.utils._fitting import per_record
from skmia.utils._kinds import (
    UNLABELLED,
    a_kind,
    is_regressor,
    kind_of,
    takes_no_labels,
)
from skmia.utils._labels import classes_of, refuse_other_kind
from skmia.utils._outputs import check_outputs, own_classes
from skmia.utils._quantities import check_quantities
from skmia.utils._records import check_records, n_records
from skmia.utils._sklearn import InvalidParameterError

# What else is asked than a score, and what it is, of models without labels.
_ASKED = {
    "segmenter": (("predict_proba",), "probabilities of the labels of each pixel"),
    "recommender": (("recommend",), "items for each user, by their columns"),
    "synthesizer": ((TABLE,), "the table that it has published"),
    "autoencoder": (("reconstruct",), "what is left of each record"),
    "encoder": (("similarities",), "how alike the views of each record are"),
}


def pool(model, X_train, y_train, X_holdout, y_holdout):
    """All audited records together, members first.

    Returns
    -------
    X, y : records and labels; of a regressor these are quantities, None where the model
        learns from records alone
    member : ndarray of {0, 1}
    index : MultiIndex
        Set and row of every record.
    """
    check_audited("The 'model' parameter of audit", model)
    X_train, y_train = labelled(model, X_train, y_train, "X_train", "y_train")
    X_holdout, y_holdout = labelled(
        model, X_holdout, y_holdout, "X_holdout", "y_holdout"
    )
    sizes = [n_records(X_train), n_records(X_holdout)]
    for name, size in zip(("train", "holdout"), sizes, strict=True):
        if not size:
            raise ValueError(
                f"An audit needs records in X_{name}. Got 0: nothing could be measured."
            )
    y = None if y_train is None else _joined_labels(model, y_train, y_holdout)
    member = np.repeat([1, 0], sizes)
    index = pd.MultiIndex.from_arrays(
        [
            np.where(member == 1, "train", "holdout"),
            [*row_names(X_train), *row_names(X_holdout)],
        ],
        names=["set", "row"],
    )
    return stack_records(X_train, X_holdout), y, member, index


def _joined_labels(model, y_train, y_holdout):
    """Labels of both sets, which must be alike."""
    if not is_regressor(model):
        for name, labels in {"train": y_train, "holdout": y_holdout}.items():
            refuse_other_kind(labels, known_classes(model, y_train), f"y_{name}")
    if y_train.shape[1:] != y_holdout.shape[1:]:
        raise ValueError(
            "y_train and y_holdout must have equally many outputs. Got the shapes "
            f"{y_train.shape} and {y_holdout.shape}."
        )
    return np.concatenate([y_train, y_holdout])


def known_classes(model, y_train):
    """Labels that a model knows; of one that does not say those it was trained on.

    None where they are no classes, or there are none.
    """
    if is_regressor(model) or takes_no_labels(model):
        return None
    own = own_classes(model, y=y_train)
    return classes_of(y_train, [model]) if own is None else own


def check_audited(what, model):
    """Refuse what is known to be of a kind that is not audited."""
    if kind_of(model) not in ("classifier", "regressor", *UNLABELLED, None):
        raise ValueError(
            f"{what} must be a classifier, a regressor, or score records: the attacks "
            "look at what it answers about each. Got "
            f"{model!r}, {a_kind(kind_of(model))}."
        )
    if takes_no_labels(model):
        _check_scores(what, model)


def check_classifier(what, model):
    """Refuse what is known to be no classifier; `what` it is to the caller."""
    if kind_of(model) not in ("classifier", None):
        raise ValueError(
            f"{what} must be a classifier: the attacks look at its labels. Got "
            f"{model!r}, {a_kind(kind_of(model))}."
        )


def check_answers(model):
    """Refuse what answers about no record; of a function, say how to ask it."""
    if hasattr(model, "predict") or takes_no_labels(model):
        return
    hint = ""
    if callable(model):
        hint = (
            " A function is asked through skmia.targets.PredictionAPI(function, "
            "classes). It cannot be trained again: attacks that need shadow models are "
            "run only if an estimator like the model is given as 'shadow_estimator'."
        )
    elif hasattr(model, "sample"):
        hint = (
            " Of what draws rows the table is audited that is published: "
            "skmia.audit_synthetic(model.sample(n), X_train, X_holdout), or "
            "skmia.targets.Synthesizer(model), fitted."
        )
    raise InvalidParameterError(
        f"The 'model' parameter of audit must have predict. Got {model!r}.{hint}"
    )


def _check_scores(what, model):
    """Refuse a model without labels that says nothing, or too little, of a record."""
    name, kind = type(model).__name__, kind_of(model)
    if kind == "clusterer":
        wanted = ("predict", "transform")
        cure = (
            "the distances to the centres, as KMeans and Birch have it; a "
            "GaussianMixture has a density. Where no model answers about new records "
            "(DBSCAN, AgglomerativeClustering), audit the classifier that you train on "
            "its clusters"
        )
    elif kind in _ASKED:
        wanted, cure = _ASKED[kind]
    else:
        wanted, cure = ("score_samples",), "a score for each record"
        if kind == "outlier_detector":
            cure += "; a LocalOutlierFactor has it with novelty=True"
    missing = [method for method in wanted if not hasattr(model, method)]
    if missing:
        raise InvalidParameterError(
            f"{what} is {a_kind(kind)} and must have "
            f"{' and '.join(wanted)}: {cure}. This {name} has no {missing[0]}."
        )


def labelled(model, X, y, *names):
    """Records as they are, and classes, or quantities where a regressor learns them.

    Labels of a model that learns from records alone are not looked at, as its ``fit``
    does not: they are None.
    """
    unlabelled = takes_no_labels(model)
    y = None if unlabelled else y
    X, y = check_records(X, y, names=names, estimators=[model])
    if unlabelled:
        return X, None
    if y is None:
        raise ValueError(f"An audit needs the labels {names[1]}. Got None.")
    regresses = is_regressor(model)
    y = check_quantities(y, names[1]) if regresses else y
    check_outputs(model, y, names[1])
    if not regresses:
        known = [] if kind_of(model) is None else [model]
        classes_of(y, known, name=f"in {names[1]}")
    return X, y


def check_task(model, other_task):
    """Records and labels of another task; None without any."""
    if other_task is None:
        return None
    if len(other_task) != 2:
        raise ValueError(
            "The 'other_task' parameter of audit must be a pair, records and labels. "
            f"Got {len(other_task)} items."
        )
    return labelled(model, *other_task, "X of other_task", "y of other_task")


def from_given(given, public, other_task):
    """What a deprecated parameter gives: unlabelled records, and another task."""
    warn_deprecated(
        "The 'given' parameter of audit",
        "use 'public' for unlabelled records and 'other_task' for those of another "
        "task",
        since="0.2",
        until="0.4",
    )
    unknown = sorted(set(given) - {"distillation", "transfer"})
    if unknown:
        raise ValueError(
            "The 'given' parameter of audit takes 'distillation' and 'transfer'. Got "
            f"{unknown[0]!r}."
        )
    return given.get("distillation", public), given.get("transfer", other_task)


def row_names(X):
    return X.index if hasattr(X, "iloc") else range(n_records(X))


def check_fit_params(fit_params, X):
    """What is given to ``fit``; weights are of all records."""
    fit_params = {} if fit_params is None else fit_params
    if not all(isinstance(name, str) for name in fit_params):
        raise TypeError(
            "The 'fit_params' parameter of audit must have names of parameters of fit "
            f"as its keys. Got {list(fit_params)}."
        )
    for name in set(fit_params) - set(per_record(fit_params, X)):
        if name.endswith("sample_weight"):
            raise ValueError(
                f"The 'fit_params' parameter of audit must hold as {name!r} one value "
                f"for each of the {n_records(X)} records of X_train and X_holdout, in "
                f"this order. Got {fit_params[name]!r}."
            )
    return fit_params
