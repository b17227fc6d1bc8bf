"""Fit any classifier on soft labels: a probability of each class for every record."""

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.validation import has_fit_parameter


def fit_soft_labels(estimator, X, targets, classes, *, random_state, n_draws=10):
    """Fit a clone on soft labels.

    A classifier that takes ``sample_weight`` (also as the last step of a pipeline) is
    given every record once per class, weighted with the probability of the class: for
    log-loss models, trees and naive Bayes this *is* the soft-target cross-entropy. If
    that is more than `n_draws` classes per record, weights are drawn instead, so that
    memory grows with the records and not with the classes: multiples of
    ``1 / n_draws``, in expectation the probabilities.

    Others (kNN, networks without weights) are given every record `n_draws` times, the
    labels in proportion to the probabilities; k nearest neighbours are then as few as
    ``k / n_draws`` records. Where every record has one class only, the fit is a plain
    one, each record given once.

    Parameters
    ----------
    estimator : classifier
        Cloned, not changed.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records that can be indexed.
    targets : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.
    classes : ndarray of shape (n_classes,)
        Labels of the columns.
    random_state : int, RandomState instance or None
        Which labels are drawn, where they are.
    n_draws : int, default=10
        Labels drawn for each record, where they are.

    Returns
    -------
    model : classifier
        Its ``classes_`` are those of `classes` that some record has a share of.
    """
    if (np.count_nonzero(targets, axis=1) == 1).all():
        return clone(estimator).fit(X, np.asarray(classes)[targets.argmax(axis=1)])
    name = weight_parameter(estimator)
    weights = {}
    if name and np.count_nonzero(targets) <= n_draws * len(targets):
        rows, columns = np.nonzero(targets)
        weights[name] = targets[rows, columns]
    else:
        rows, columns = draw_labels(targets, n_draws, random_state)
        if name:
            rows, columns, counts = _merge_equal(rows, columns)
            weights[name] = counts / n_draws
    X = _safe_indexing(X, rows)
    return clone(estimator).fit(X, np.asarray(classes)[columns], **weights)


def weight_parameter(estimator):
    """Name under which ``fit`` takes weights of the records, or None."""
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        inner = weight_parameter(last)
        return None if inner is None else f"{name}__{inner}"
    if has_fit_parameter(estimator, "sample_weight"):
        return "sample_weight"
    return None


def draw_labels(targets, n_draws, random_state):
    """Every record `n_draws` times, with classes in proportion to its probabilities.

    One uniform offset per record (systematic sampling): a class of probability p gets
    ``floor(n_draws * p)`` or one more of the copies.

    Returns
    -------
    rows, columns : ndarray of shape (n_samples * n_draws,)
        Record and class of each copy.
    """
    rng = check_random_state(random_state)
    ends = np.cumsum(targets, axis=1)
    ends /= ends[:, -1:]
    points = (np.arange(n_draws) + rng.uniform(size=(len(targets), 1))) / n_draws
    columns = (points[:, :, None] >= ends[:, None, :]).sum(axis=2)
    rows = np.repeat(np.arange(len(targets)), n_draws)
    return rows, np.minimum(columns.ravel(), targets.shape[1] - 1)


def _merge_equal(rows, columns):
    """Different pairs of record and class, and how often each came."""
    pairs, counts = np.unique(
        np.column_stack([rows, columns]), axis=0, return_counts=True
    )
    return *pairs.T, counts
