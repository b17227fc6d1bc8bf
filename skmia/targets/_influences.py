"""Which training rows the answer of a model is put down to, the first of them first.

How is a line in a table by exact type: what a subclass learns is not known.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, softmax
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from sklearn.utils import _safe_indexing

from skmia.signals._neighbours import batches
from skmia.targets._explainers import check_made
from skmia.utils._inside import into_last_step, last_step
from skmia.utils._kinds import name_of
from skmia.utils._labels import encode_labels
from skmia.utils._numbers import numbers
from skmia.utils._records import n_records
from skmia.utils._sklearn import has_l1_penalty

# Of the Hessian of a logistic regression, which has their square of numbers.
_MAX_PARAMETERS = 4096
# Curvature that is put where there is none, as a share of the mean one.
_LEAST_CURVATURE = 1e-8


def influence_of(model, X, y, sample_weight, kind=None):
    """What ranks the training rows of a fitted model, for any record.

    Parameters
    ----------
    model : fitted classifier
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Training rows.
    y : array-like of shape (n_samples,)
    sample_weight : ndarray of shape (n_samples,) or None
    kind : callable or None
        See the parameter `influence` of :class:`skmia.targets.Explained`.

    Returns
    -------
    ranked : callable
        ``ranked(X, k)`` gives the places of k rows for each record, (n_samples, k).

    Raises
    ------
    ValueError
        A kind of model whose influences are not known.
    """
    if kind is not None:
        return _Given(check_made(kind(model, X, y), "influence"), n_records(X))
    last, _ = last_step(model)
    make, refuses = _KINDS.get(type(last), (None, _unknown))
    reason = refuses(last)
    if reason:
        raise ValueError(
            "The 'influence' parameter of Explained must be a callable: that of the "
            f"training rows of this {name_of(last)} is not known, since {reason}."
        )
    last, given = into_last_step(model, X)
    weight = np.ones(n_records(X)) if sample_weight is None else sample_weight
    ranked = make(last, given, encode_labels(y, last.classes_), weight)
    return _OfLastStep(model, ranked)


@dataclass
class _Given:
    """Influences of the owner's."""

    influence: Any
    n_rows: int

    def __call__(self, X, k):
        found, shape = np.asarray(self.influence(X)), (n_records(X), self.n_rows)
        if found.shape != shape:
            raise ValueError(
                "What the 'influence' parameter of Explained returns must give a row "
                "for each record and a column for each training record, here an array "
                f"of shape {shape}. Got one of shape {found.shape}."
            )
        return _largest(np.abs(found), k)


@dataclass
class _OfLastStep:
    model: Any
    ranked: Any

    def __call__(self, X, k):
        _, given = into_last_step(self.model, X)
        return self.ranked(given, k)


@dataclass
class _Nearest:
    """The nearest of the rows that a model holds."""

    model: Any

    def __call__(self, X, k):
        return self.model.kneighbors(X, n_neighbors=k, return_distance=False)


@dataclass
class _Weighed:
    """The rows of the largest weights, see `weights`."""

    n_rows: int

    def __call__(self, X, k):
        places = np.empty((n_records(X), k), dtype=int)
        for rows in batches(len(places), self.n_rows, k):
            places[rows] = _largest(np.abs(self.weights(_safe_indexing(X, rows))), k)
        return places


@dataclass
class _Leaves(_Weighed):
    """What part of a probability is each row's: the average of labels in leaves."""

    model: Any
    leaves: np.ndarray
    shares: np.ndarray

    def weights(self, X):
        found = np.zeros((n_records(X), self.n_rows))
        for own, leaves, share in zip(
            _leaves(self.model, X).T, self.leaves.T, self.shares, strict=True
        ):
            found += (own[:, None] == leaves) * share
        return found / len(self.shares)


@dataclass
class _Curved(_Weighed):
    """Influence functions: what less of a row changes in the loss of a prediction."""

    model: Any
    Z: np.ndarray
    residual: np.ndarray
    factor: tuple

    def weights(self, X):
        # Of what the model itself says; first: it says what is wrong with records.
        codes = encode_labels(self.model.predict(X), self.model.classes_)
        Z, P = _design(self.model, X)
        P = P - _one_hot(codes, P)
        gradient = (P[:, :, None] * Z[:, None]).reshape(len(Z), -1)
        change = cho_solve(self.factor, gradient.T).T.reshape(*P.shape, -1)
        found = np.zeros((len(Z), self.n_rows))
        for c, residual in enumerate(self.residual.T):
            found += (change[:, c] @ self.Z.T) * residual
        return found


def _of_neighbours(model, X, codes, weight):
    return _Nearest(model)


def _of_trees(model, X, codes, weight):
    leaves = _leaves(model, X)
    counts = [weight] * leaves.shape[1]
    if getattr(model, "bootstrap", False):
        # Weights say how often a row is drawn, and count no more after that.
        drawn = model.estimators_samples_
        counts = [np.bincount(rows, minlength=len(leaves)) for rows in drawn]
    shares = [
        count / np.bincount(leaf, count)[leaf]
        for leaf, count in zip(leaves.T, counts, strict=True)
    ]
    return _Leaves(len(leaves), model, leaves, np.array(shares))


def _of_logistic(model, X, codes, weight):
    Z, P = _design(model, X)
    n_logits, n_columns = P.shape[1], Z.shape[1]
    H = np.empty((n_logits, n_columns, n_logits, n_columns))
    for c in range(n_logits):
        for d in range(n_logits):
            curvature = weight * P[:, c] * ((c == d) - P[:, d])
            H[c, :, d] = (Z * curvature[:, None]).T @ Z
    size = n_logits * n_columns
    H = H.reshape(size, size)
    penalty = np.full((n_logits, n_columns), 0.0 if np.isinf(model.C) else 1 / model.C)
    if model.fit_intercept:
        penalty[:, -1] = 0
    H[np.diag_indices(size)] += penalty.ravel() + _LEAST_CURVATURE * np.trace(H) / size
    residual = (P - _one_hot(codes, P)) * weight[:, None]
    return _Curved(len(Z), model, Z, residual, cho_factor(H))


def _leaves(model, X):
    """Leaf of each record in each tree, (n_samples, n_trees)."""
    leaves = model.apply(X)
    return leaves.reshape(len(leaves), -1)


def _design(model, X):
    """Columns of a logistic regression, and its probabilities; of two only the last."""
    Z = numbers(X)
    F = Z @ model.coef_.T + model.intercept_
    if model.fit_intercept:
        Z = np.column_stack([Z, np.ones(len(Z))])
    return Z, expit(F) if F.shape[1] == 1 else softmax(F, axis=1)


def _one_hot(codes, P):
    """Labels in the columns of `P`."""
    return np.eye(max(2, P.shape[1]))[codes][:, -P.shape[1] :]


def _largest(weights, k):
    """Places of the k largest in each row; of equal ones the first."""
    return np.argsort(-weights, axis=1, kind="stable")[:, :k]


def _nothing(model):
    return None


def _unknown(model):
    return "its kind is not"


def _weighed_classes(model):
    return None if model.class_weight is None else "its classes are weighed"


def _not_smooth(model):
    if has_l1_penalty(model):
        return "its penalty is not L2 alone"
    if model.solver == "liblinear":
        return "the solver 'liblinear' penalises the intercept"
    if model.coef_.size + len(model.coef_) > _MAX_PARAMETERS:
        return f"it has more than {_MAX_PARAMETERS} parameters"
    return _weighed_classes(model)


_KINDS = {
    KNeighborsClassifier: (_of_neighbours, _nothing),
    LogisticRegression: (_of_logistic, _not_smooth),
    **dict.fromkeys(
        (
            DecisionTreeClassifier,
            ExtraTreeClassifier,
            ExtraTreesClassifier,
            RandomForestClassifier,
        ),
        (_of_trees, _weighed_classes),
    ),
}
