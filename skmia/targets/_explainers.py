"""Attributions: how much each feature of a record has to do with the predicted class.

All in units of probability, so that those of the features do not matter. An explainer
is called with records and gives an array of shape (n_samples, n_features).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import softmax
from sklearn.utils import _safe_indexing
from sklearn.utils.sparsefuncs import mean_variance_axis

from skmia.signals._input_gradients import differentiable, no_gradients
from skmia.signals._neighbours import batches
from skmia.utils._kinds import name_of
from skmia.utils._labels import encode_labels
from skmia.utils._numbers import numbers
from skmia.utils._records import like, n_records

# So many records tell whether the gradients of a model are those of its probabilities,
# up to single precision.
_N_TRIED = 100
_TOLERANCE = 1e-4


def explainer_of(model, X, kind, step):
    """Explainer of a fitted model.

    Parameters
    ----------
    model : fitted classifier
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Training records.
    kind : {"gradient", "finite-differences", "occlusion"} or callable
        See :class:`skmia.targets.Explained`.
    step : float
        Of differences.

    Returns
    -------
    explainer : callable

    Raises
    ------
    ValueError
        A model that has no such explanations, or records that are no numbers.
    """
    if callable(kind):
        return _Given(kind(model, X), model)
    if not hasattr(model, "predict_proba"):
        raise ValueError(
            f"The 'explainer' parameter of Explained must be a callable: {kind!r} is "
            f"of probabilities, and this {name_of(model)} gives none."
        )
    mean, spread = _mean_and_spread(X)
    if kind == "occlusion":
        return _Moved(model, mean, None)
    if kind == "finite-differences":
        return _Moved(model, spread * step, step)
    reason = _no_gradients_of_probabilities(model, X)
    if reason:
        raise ValueError(
            "The 'explainer' parameter of Explained must be 'occlusion', "
            f"'finite-differences' or a callable. Got 'gradient', and {reason}."
        )
    return _Gradient(model, spread)


def as_points(X):
    """Records as rows of numbers, in double precision."""
    points = numbers(X)
    if points is None:
        raise ValueError(
            "Explained takes records that are numbers, or an 'explainer' that is a "
            "callable, and no 'records'."
        )
    return points


@dataclass
class _Gradient:
    """Gradient of the probability, by features in units of their spread."""

    model: Any
    spread: np.ndarray

    def __call__(self, X):
        points = as_points(X)
        scores = differentiable(self.model)
        P = softmax(scores.scores(_shaped(points, X)), axis=1)
        own = np.eye(P.shape[1])[_predicted(self.model, X)]
        weights = (P * own).sum(axis=1, keepdims=True) * (own - P)
        gradient = scores.gradient(_shaped(points, X), weights)
        return gradient.reshape(points.shape) * self.spread


@dataclass
class _Moved:
    """What becomes of the probability where one feature is moved, each in its turn.

    To a value (`step` is None), or by one; then it is what is gained in a spread.
    """

    model: Any
    moves: np.ndarray
    step: float | None

    def __call__(self, X):
        points, codes = as_points(X), _predicted(self.model, X)
        n, m = points.shape
        n_classes = len(self.model.classes_)
        features, found = np.arange(m), np.empty((n, m))
        for rows in batches(n, m + 1, m, n_classes):
            # In one batch: asked apart, equal rows may get answers that differ.
            copies = np.repeat(points[rows, None], m + 1, axis=1)
            stay = 0 if self.step is None else copies[:, 1 + features, features]
            copies[:, 1 + features, features] = stay + self.moves
            asked = like(X, _shaped(copies.reshape(-1, m), X))
            P = np.asarray(self.model.predict_proba(asked)).reshape(
                -1, m + 1, n_classes
            )
            own = np.take_along_axis(P, codes[rows, None, None], axis=2)[:, :, 0]
            found[rows] = own[:, :1] - own[:, 1:]
        return found if self.step is None else -found / self.step


@dataclass
class _Given:
    """An explainer of the owner's, which may explain every class."""

    explainer: Any
    model: Any

    def __call__(self, X):
        answer = self.explainer(X)
        values = np.asarray(getattr(answer, "values", answer))
        if values.ndim == max(2, np.ndim(X)) + 1:
            codes = _predicted(self.model, X)
            values = values[np.arange(len(values)), ..., codes]
        return values.reshape(len(values), -1)


def _predicted(model, X):
    return encode_labels(model.predict(X), model.classes_)


def _shaped(points, X):
    """Points in the shape and precision of records."""
    shape = points.shape if sparse.issparse(X) else (-1, *np.shape(X)[1:])
    single = getattr(X, "dtype", None) == np.float32
    return points.reshape(shape).astype(np.float32 if single else float, copy=False)


def _mean_and_spread(X):
    """Mean and standard deviation of each feature, 0 of one that is constant."""
    if sparse.issparse(X):
        mean, variance = mean_variance_axis(X.tocsr().astype(float), axis=0)
        return mean, np.sqrt(variance)
    points = pd.DataFrame(as_points(X))  # whose means leave out what is missing
    spread = points.std(ddof=0).where(points.max() > points.min(), 0)
    return points.mean().to_numpy(), spread.to_numpy()


def _no_gradients_of_probabilities(model, X):
    """Why the gradients of a model tell nothing of its probabilities, or None."""
    reason = no_gradients(model)
    if reason:
        return reason
    some = _safe_indexing(X, np.arange(min(_N_TRIED, n_records(X))))
    scores = differentiable(model).scores(_shaped(as_points(some), some))
    if np.allclose(softmax(scores, axis=1), model.predict_proba(some), atol=_TOLERANCE):
        return None
    return f"the probabilities of this {name_of(model)} are no softmax of its scores"
