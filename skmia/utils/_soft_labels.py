"""Fit any classifier on soft labels: a probability of each class for every record."""

from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._inside import last_step
from skmia.utils._weights import fit_names, fit_weights, weight_parameter

# Parameters that are numbers of records, and the value that asks for nothing.
_COUNTS = {"n_neighbors": 0, "min_samples_leaf": 1, "min_samples_split": 2}


def fit_soft_labels(
    estimator, X, targets, classes, *, random_state, sample_weight=None, n_draws=10
):
    """Fit a clone on soft labels.

    A classifier that takes ``sample_weight`` (also as the last step of a pipeline) is
    given every record once per class, weighted with the probability of the class: for
    log-loss models, trees and naive Bayes this *is* the soft-target cross-entropy. If
    that is more than `n_draws` classes per record, weights are drawn instead, so that
    memory grows with the records and not with the classes: multiples of a fifth of
    ``1 / n_draws``, in expectation the probabilities.

    A classifier that takes ``targets``, as :class:`skmia.neural.NetClassifier` does, is
    given them as they are, once each.

    Others (kNN, networks without weights, bags of records) are given every record
    `n_draws` times, the labels in proportion to the probabilities. Where every record
    has one class only, the fit is a plain one, each record given once.

    Parameters that count records (``n_neighbors``, ``min_samples_leaf`` ..., the size
    of a bag) go on counting records, not their copies: five neighbours would be half a
    record, and every tree of a forest would see every record.

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
    sample_weight : ndarray of shape (n_samples,), default=None
        Weights of the records, for an `estimator` that takes some: each row weighs as
        much as its record, times the share of its class where rows are weighted.
    n_draws : int, default=10
        Labels drawn for each record, where they are; five times as many for weights.

    Returns
    -------
    model : classifier
        Its ``classes_`` are those of `classes` that some record has a share of.
    """
    model, classes = clone(estimator), np.asarray(classes)
    if (np.count_nonzero(targets, axis=1) == 1).all():
        labels = classes[targets.argmax(axis=1)]
        return model.fit(X, labels, **fit_weights(model, sample_weight))
    if takes_targets(model):
        soft = {"targets": targets, "classes": classes}
        labels = classes[targets.argmax(axis=1)]
        weights = fit_weights(model, sample_weight)
        return model.fit(X, labels, **fit_names(model, soft), **weights)
    shares = None
    weighted = not _bags(model) and weight_parameter(model) is not None
    if weighted and np.count_nonzero(targets) <= n_draws * len(targets):
        rows, columns = np.nonzero(targets)
        shares = targets[rows, columns]
    else:
        # Equal draws become one row: finer steps cost little where there are weights.
        n_draws = 5 * n_draws if weighted else n_draws
        rows, columns = draw_labels(targets, n_draws, random_state)
        if weighted:
            rows, columns, counts = _merge_equal(rows, columns)
            shares = counts / n_draws
    if sample_weight is not None:
        shares = sample_weight[rows] * (1 if shares is None else shares)
    _count_records(model, len(targets), len(rows))
    weights = fit_weights(model, shares)
    return model.fit(_safe_indexing(X, rows), classes[columns], **weights)


def takes_targets(model):
    """Whether this learns a probability of each class as it is."""
    return getattr(last_step(model)[0], "_takes_targets", False)


def _bags(model):
    """Whether each part of the model is fitted to a random draw of the records."""
    params = last_step(model)[0].get_params(deep=False)
    return bool(params.get("bootstrap")) and "max_samples" in params


def _count_records(model, n_records, n_rows):
    """Make the parameters that count rows count records, of which each has copies."""
    last, prefix = last_step(model)
    params = last.get_params(deep=False)
    counts = {
        name: round(params[name] * n_rows / n_records)
        for name, idle in _COUNTS.items()
        if isinstance(params.get(name), Integral) and params[name] > idle
    }
    # What is a number of draws already stays as it is. A share becomes one: small
    # shares make scikit-learn warn.
    if _bags(model) and not isinstance(params["max_samples"], Integral):
        share = 1.0 if params["max_samples"] is None else params["max_samples"]
        counts["max_samples"] = max(1, round(share * n_records))
    model.set_params(**{prefix + name: count for name, count in counts.items()})


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
