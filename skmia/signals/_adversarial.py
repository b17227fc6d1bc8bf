"""Distance of a record to its nearest adversarial example, by gradients."""

from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np

from skmia.signals._boundary import (
    N_STARTS,
    far,
    length,
    starts_of,
    to_nearest_others,
    unit_of,
)
from skmia.signals._input_gradients import differentiable
from skmia.signals._neighbours import as_numbers, ask_moved, batches
from skmia.utils._labels import encode_labels
from skmia.utils._records import like
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, Options, validate_params

# Parts of a step that are tried, from just beyond the boundary to far behind it.
_PARTS = (1 + 1e-6) * 2.0 ** np.arange(7)
_N_HALVINGS = 17
# Parts of the way to the next point: where the model bends, the whole is too much.
_PACES = (1, 0.5, 0.25)


@validate_params(
    norm=[Options(Real, {2, np.inf})],
    spread=[NOT_NEGATIVE, "array-like", None],
    starts=[tuple, None],
    n_steps=[COUNT],
)
def pgd_distance(
    estimator, X, y, classes, norm=2, spread=None, starts=None, n_steps=10
):
    """Distance to the nearest adversarial example, found by gradient.

    The white-box cousin of the distance to the boundary (Hu et al., survey 2022). In
    each step the model is taken for linear around the point that was reached, and the
    nearest point of another class sought; then one goes back to the boundary. Of a
    linear model the first step is exact, and the only one. Since others have several
    boundaries, one sets out from the record, and from records of other classes.

    Parameters
    ----------
    estimator : fitted classifier
        The model itself, of a kind whose gradients are known: linear models,
        ``GaussianNB``, ``MLPClassifier``, networks of torch, and pipelines of scalers
        and one of these.
    X : array-like of shape (n_samples, ...)
        Records, dense and numeric; an image is as many features as it has numbers.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that a model may predict.
    norm : {2, inf}, default=2
        Euclidean distance, or that of the feature that is moved most.
    spread : float or array-like of shape (n_features,), default=None
        Unit of each feature. None: the standard deviation among the records that an
        attack is fitted on, or those of the session; 1 where the signal is asked for
        alone. Features of spread 0 are not moved.
    starts : (X, y), default=None
        Records and labels: the search sets out from the nearest of other labels, too.
        None: some of the records that an attack is fitted on, or of those of the
        session; none where the signal is asked for alone.
    n_steps : int, default=10
        Gradients for each record, class, and point to set out from.

    Returns
    -------
    distance : ndarray of shape (n_samples,)
        In units of `spread`, from above; 0, and what is far, as "boundary_distance"
        has it.
    """
    scores = differentiable(estimator)
    records = as_numbers(X)
    flat = records.reshape(len(records), -1)
    unit = unit_of(spread, flat.shape[1])
    codes = encode_labels(y, estimator.classes_)
    free = np.flatnonzero(unit)
    if starts is not None:
        starts = starts_of(starts, estimator.classes_, free)
    if scores.is_linear:
        starts, n_steps = None, 1
    search = _Search(
        *(estimator, scores, X, records.shape[1:], flat, codes, free),
        *(unit[free], norm),
    )
    return np.concatenate(
        [
            search.of(rows).distances(starts, n_steps)
            for rows in batches(len(flat), 1 + N_STARTS, flat.shape[1])
        ]
    )


@dataclass(frozen=True)
class _Search:
    """A model around its records; points are steps from these, in units."""

    model: Any
    differentiable: Any
    given: Any
    shape: tuple
    X: np.ndarray
    codes: np.ndarray
    free: np.ndarray
    unit: np.ndarray
    norm: float

    def of(self, rows):
        return replace(self, X=self.X[rows], codes=self.codes[rows])

    def distances(self, starts, n_steps):
        """Shortest step of each record that is found from any beginning."""
        nothing = np.zeros((len(self.X), 1, len(self.free)))
        beginnings = nothing
        if starts is not None:
            own = self.X[:, self.free], self.codes, self.unit
            beginnings = np.hstack([nothing, to_nearest_others(*own, *starts)])
        n = beginnings.shape[1]
        found = self.of(np.repeat(np.arange(len(self.X)), n)).shortest(
            beginnings.reshape(len(self.X) * n, -1), n_steps
        )
        most = far(self.X.shape[1], self.norm)
        shortest = np.minimum(found.reshape(-1, n).min(axis=1), most)
        return np.where(self.other(nothing[:, 0]), 0.0, shortest)

    def shortest(self, steps, n_steps):
        """Length of the shortest step to another label from each beginning."""
        steps = self.back(steps)
        best = self.found(steps)
        paces = _PACES[:1] if self.differentiable.is_linear else _PACES
        for _ in range(n_steps):
            ahead = self.linear_step(steps)
            tried = [self.back(steps + part * (ahead - steps)) for part in paces]
            lengths = np.array([self.found(one) for one in tried])
            nearest = lengths.argmin(axis=0)
            steps = np.array(tried)[nearest, np.arange(len(steps))]
            best = np.minimum(best, lengths.min(axis=0))
        return best

    def points(self, steps):
        points = self.X.copy()
        points[:, self.free] += (steps * self.unit).astype(points.dtype)
        return points.reshape(-1, *self.shape)

    def other(self, steps):
        """Whether the model labels the points otherwise than their records."""
        rows = like(self.given, self.points(steps))
        answer = ask_moved(self.model, "predict", rows)
        return encode_labels(answer, self.model.classes_) != self.codes

    def found(self, steps):
        """Length of steps to another label; inf of others."""
        return np.where(self.other(steps), length(steps, self.norm), np.inf)

    def linear_step(self, steps):
        """The step to the nearest point of another class, were the model linear."""
        points = self.points(steps)
        least = self._rounding()
        scores = self.differentiable.scores(points)
        own = np.eye(scores.shape[1])[self.codes]
        best, nearest = steps, np.full(len(steps), np.inf)
        for other in np.eye(scores.shape[1]):
            weights = own - other
            slope = self._gradient(points, weights)
            # What the margin is at the record itself.
            margin = (scores * weights).sum(axis=1) - (slope * steps).sum(axis=1)
            dual = length(slope, 2) if self.norm == 2 else np.abs(slope).sum(axis=1)
            possible = (margin >= 0) & (dual > 0)
            distance = np.divide(
                margin, dual, out=np.full(len(margin), np.inf), where=possible
            )
            distance = np.maximum(distance, least)
            way = np.sign(slope) if self.norm == np.inf else _normed(slope)
            nearer = distance < nearest
            step = -np.where(nearer, distance, 0)[:, None] * way
            best = np.where(nearer[:, None], step, best)
            nearest = np.minimum(nearest, distance)
        return best

    def _rounding(self):
        """Length of a step that the numbers of a record can just hold."""
        size = length(self.X[:, self.free] / self.unit, self.norm)
        return np.finfo(self.X.dtype).eps * (1 + size)

    def _gradient(self, points, weights):
        gradient = self.differentiable.gradient(points, weights)
        return gradient.reshape(len(points), -1)[:, self.free] * self.unit

    def back(self, steps):
        """To the boundary, on the way from the record through the point."""
        low, high = np.zeros(len(steps)), np.full(len(steps), np.inf)
        for part in _PARTS:
            beyond = (high == np.inf) & self.other(part * steps)
            high[beyond] = part
            low[high == np.inf] = part
        found = high < np.inf
        high[~found] = 1
        for _ in range(_N_HALVINGS):
            middle = np.where(found, (low + high) / 2, 1)
            beyond = self.other(middle[:, None] * steps)
            low = np.where(beyond, low, middle)
            high = np.where(beyond, middle, high)
        return high[:, None] * steps


def _normed(slope):
    size = np.maximum(length(slope, 2), np.finfo(float).tiny)
    return slope / size[:, None]
