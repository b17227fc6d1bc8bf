"""Which members of a bagged ensemble drew which record, and what the others say."""

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.shadow._members import ensemble_members
from skmia.utils._inside import into_last_step
from skmia.utils._labels import align_columns
from skmia.utils._records import n_records
from skmia.utils._sklearn import n_fitted_records


def drawn_records(model, X):
    """Which members of a bagged ensemble drew which of its training records.

    Parameters
    ----------
    model : fitted bagging or forest, or a pipeline that ends in one
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        What it was fitted on, in this order.

    Returns
    -------
    bags : ndarray of bool of shape (n_models, n_records)

    Raises
    ------
    ValueError
        It is no such ensemble, was fitted on other records or in another order, or
        every member drew every record.
    """
    ensemble, X = into_last_step(model, X)
    if not hasattr(ensemble, "estimators_samples_"):
        raise ValueError(
            f"{type(ensemble).__name__} has no out-of-bag members: it has no "
            "'estimators_samples_'. References from inside a model are those of a "
            "random forest, of extra trees with bootstrap=True or of bagging, each of "
            "classifiers or regressors; train shadow models of others."
        )
    n, n_fitted = n_records(X), n_fitted_records(ensemble)
    if n != n_fitted:
        raise ValueError(
            f"{type(ensemble).__name__} was fitted on {n_fitted} records, and X_train "
            f"has {n}. Which member drew which record goes by its place: give all of "
            "them, in the order of the fit."
        )
    bags = np.zeros((len(ensemble.estimators_), n), dtype=bool)
    for bag, rows in zip(bags, ensemble.estimators_samples_, strict=True):
        bag[rows] = True
    if bags.all():
        raise ValueError(
            f"Every member of {type(ensemble).__name__} drew every record: none is out "
            "of bag. Fit it with bootstrap=True, or train shadow models."
        )
    for member, bag in zip(ensemble_members(ensemble), bags, strict=True):
        if not _knows(member, _safe_indexing(X, np.flatnonzero(bag))):
            raise ValueError(
                f"X_train is not what {type(ensemble).__name__} was fitted on, or in "
                "another order: a tree has a leaf that no record of its bag is in. "
                "Which member drew which record goes by its place."
            )
    return bags


def _knows(member, X):
    """Whether a member may have been trained on these records; trees show it."""
    tree = getattr(member.model, "tree_", None)
    return tree is None or len(np.unique(member.apply(X))) == tree.n_leaves


def out_of_bag_posterior(model, X, bags):
    """Mean posterior of those members of an ensemble that did not draw a record.

    Parameters
    ----------
    model : fitted BaggingClassifier or forest, or a pipeline that ends in one
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
    bags : ndarray of bool of shape (n_models, n_records)
        Which member drew which record.

    Returns
    -------
    posterior : ndarray of shape (n_records, n_classes)
        The same for all classes where every member drew the record.
    """
    ensemble, X = into_last_step(model, X)
    classes = ensemble.classes_

    def said(member, X):
        return align_columns(_posterior(member, X), member.classes_, classes)

    mean = _mean_outside(ensemble, X, bags, said, len(classes))
    mean[np.all(bags, axis=0)] = 1 / len(classes)
    return mean


def out_of_bag_prediction(model, X, bags, n_outputs):
    """Mean prediction of those members of a regressor that did not draw a record.

    Parameters
    ----------
    model, X, bags : as for :func:`out_of_bag_posterior`
    n_outputs : int

    Returns
    -------
    prediction : ndarray of shape (n_records, n_outputs)
        0 where every member drew the record.
    """
    ensemble, X = into_last_step(model, X)

    def said(member, X):
        return np.reshape(member.predict(X), (n_records(X), n_outputs))

    return _mean_outside(ensemble, X, bags, said, n_outputs)


def _mean_outside(ensemble, X, bags, said, n_columns):
    """Mean of what members say of the records that they did not draw."""
    members = ensemble_members(ensemble)
    if len(bags) != len(members):
        raise ValueError(
            f"The 'bags' must have one row for each of the {len(members)} models. Got "
            f"{len(bags)}."
        )
    total = np.zeros((n_records(X), n_columns))
    for member, bag in zip(members, bags, strict=True):
        rows = np.flatnonzero(~bag)
        if len(rows):
            total[rows] += said(member, _safe_indexing(X, rows))
    n_outside = np.count_nonzero(~bags, axis=0)
    return total / np.maximum(n_outside, 1)[:, None]


def _posterior(member, X):
    """Posterior of a member, or its vote, as the ensemble counts it."""
    if hasattr(member, "predict_proba"):
        return member.predict_proba(X)
    return (member.predict(X)[:, None] == member.classes_).astype(float)
