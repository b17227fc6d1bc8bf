"""Distance of a record to the boundary of its class, found by asking for labels.

Functions ``f(estimator, X, y, classes, ...)`` that ask the model themselves, in rounds:
one question about many records at once. All records get the same noise, drawn from a
seed: what a record yields does not depend on those it is asked with.
"""

from dataclasses import dataclass, replace
from functools import partial
from math import prod, sqrt
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from skmia.signals._neighbours import as_numbers, ask_moved, batches, noise_deviation
from skmia.utils._labels import encode_labels
from skmia.utils._records import like
from skmia.utils._sklearn import NOT_NEGATIVE, Interval, Options, validate_params

# Farther than a record of a million lies from their mean, in standard deviations.
_FAR = 1000.0
_MIN_QUERIES = 30
# Where the search begins, and how many of these are records of another class.
_N_BEGINNINGS, N_STARTS = 6, 4
_N_HALVINGS, _N_HALVINGS_AGAIN = 6, 5
_N_LENGTHS = 3  # of a step: whole, half, ...
# Features that copies keep moved, in one round of going back.
_SHARES = np.array([[0.5], [0.5], [0.75], [0.9]])
# What probes add, as a part of the distance.
_PROBE = 0.3


@validate_params(
    n_queries=[Interval(Integral, _MIN_QUERIES, None, closed="left")],
    norm=[Options(Real, {2, np.inf})],
    spread=[NOT_NEGATIVE, "array-like", None],
    starts=[tuple, None],
    seed=[Interval(Integral, 0, 2**32 - 1, closed="both")],
)
def boundary_distance(
    estimator,
    X,
    y,
    classes,
    n_queries=100,
    norm=2,
    spread=None,
    starts=None,
    seed=0,
):
    """Distance to the nearest point found that has another label than the record.

    Members lie farther from the boundary (Choquette-Choo et al., ICML 2021; Li and
    Zhang, CCS 2021). The search is HopSkipJump (Chen et al., S&P 2020) from records of
    other classes. And since the boundaries of trees, and among binary features, are of
    few features, random parts of the way are gone back before each of its steps.

    Parameters
    ----------
    estimator : fitted classifier
        Asked `n_queries` rows per record at most, many records at once.
    X : array-like of shape (n_samples, ...)
        Records, dense and numeric; an image is as many features as it has numbers.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that a model may predict.
    n_queries : int, default=100
        Rows for each record, 30 at least.
    norm : {2, inf}, default=2
        Euclidean distance, or that of the feature that is moved most.
    spread : float or array-like of shape (n_features,), default=None
        Unit of each feature. None: the standard deviation among the records that an
        attack is fitted on, or those of the session; 1 where the signal is asked for
        alone. Features of spread 0 are not moved.
    starts : (X, y), default=None
        Records and labels: the search begins at the nearest of other labels. None:
        some of the records that an attack is fitted on, or of those of the session;
        Gaussian noise where the signal is asked for alone.
    seed : int, default=0
        Seed of the noise.

    Returns
    -------
    distance : ndarray of shape (n_samples,)
        In units of `spread`, from above. 0 of records that the model does not label
        `y`. ``1000 * sqrt(n_features)`` (1000 of the norm inf), farther than any record
        is from another, where no point of another label was found.
    """
    records = as_numbers(X)
    flat = records.reshape(len(records), -1)
    unit = unit_of(spread, flat.shape[1])
    free = np.flatnonzero(unit)
    codes = encode_labels(y, classes)
    questions = _Questions(
        *(estimator, X, classes, records.shape[1:]), flat, codes, free, unit[free], norm
    )
    plan = _Plan(n_queries)
    beginnings = partial(_noise, n=_N_BEGINNINGS)
    if starts is not None:
        others, labels = starts_of(starts, classes, free)
        beginnings = partial(_nearest_others, others=others, labels=labels)
    return np.concatenate(
        [
            _distances(questions.of(rows), beginnings, plan, check_random_state(seed))
            for rows in batches(len(flat), plan.most, prod(flat.shape[1:]))
        ]
    )


@dataclass(frozen=True)
class _Plan:
    """How many rows are asked in each part of a search, the same for every record."""

    n_queries: int

    @property
    def n_cycles(self):
        return max(1, round(sqrt(self.n_queries / 30)))

    @property
    def _of_a_cycle(self):
        left = self.n_queries - 1 - _N_BEGINNINGS - _N_HALVINGS
        return left // self.n_cycles - _N_LENGTHS - _N_HALVINGS_AGAIN

    @property
    def n_rounds_back(self):
        return self._of_a_cycle // 2 // len(_SHARES)

    @property
    def n_probes(self):
        return self._of_a_cycle - self.n_rounds_back * len(_SHARES)

    @property
    def most(self):
        """Rows of the longest round."""
        return max(self.n_probes, _N_BEGINNINGS)


@dataclass(frozen=True)
class _Questions:
    """Whether points have another label; points are steps from their records."""

    model: Any
    given: Any
    classes: Any
    shape: tuple
    X: np.ndarray
    codes: np.ndarray
    free: np.ndarray
    unit: np.ndarray
    norm: float

    def of(self, rows):
        return replace(self, X=self.X[rows], codes=self.codes[rows])

    def other(self, steps):
        """Whether the model labels points otherwise, (n_records, n_points)."""
        points = np.repeat(self.X[:, None], steps.shape[1], axis=1)
        points[..., self.free] += (steps * self.unit).astype(points.dtype)
        rows = like(self.given, points.reshape(-1, *self.shape))
        answer = encode_labels(ask_moved(self.model, "predict", rows), self.classes)
        return answer.reshape(steps.shape[:2]) != self.codes[:, None]

    def length(self, steps):
        return length(steps, self.norm)

    def shortest(self, steps):
        """The shortest step to another label, and its length, inf if there is none."""
        lengths = np.where(self.other(steps), self.length(steps), np.inf)
        best = lengths.argmin(axis=1)
        rows = np.arange(len(best))
        return steps[rows, best], lengths[rows, best]

    def shortened(self, steps, share):
        """Part of a step: of all features or, of the norm inf, of those moved most."""
        if self.norm == 2:
            return share[:, None] * steps
        most = (share * self.length(steps))[:, None]
        return np.clip(steps, -most, most)

    def to_the_boundary(self, steps, n_halvings):
        """Shorter steps to another label, just beyond the boundary."""
        low, high = np.zeros(len(steps)), np.ones(len(steps))
        for _ in range(n_halvings):
            middle = (low + high) / 2
            beyond = self.other(self.shortened(steps, middle)[:, None])[:, 0]
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
        return self.shortened(steps, high)


def length(steps, norm):
    """Of steps, in the last dimension."""
    if norm == 2:
        return np.sqrt(np.square(steps).sum(axis=-1))
    return np.abs(steps).max(axis=-1, initial=0)


def far(n_features, norm):
    """The distance of records for which no boundary is found, and the largest one."""
    return _FAR * (sqrt(n_features) if norm == 2 else 1)


def unit_of(spread, n_features):
    """The unit of each feature; 0 for those that are not moved."""
    return np.broadcast_to(noise_deviation(1.0, spread, n_features), (n_features,))


def starts_of(starts, classes, free):
    """Records to start at: their `free` features, and positions of their labels."""
    records, labels = starts
    records = np.asarray(records, dtype=float).reshape(len(labels), -1)
    return records[:, free], encode_labels(labels, classes)


def _distances(questions, beginnings, plan, rng):
    """Distances of a batch of records."""
    n_features = len(questions.free)
    most = far(questions.X.shape[1], questions.norm)
    distance = np.zeros(len(questions.X))
    wrong = questions.other(np.zeros((len(distance), 1, n_features)))[:, 0]
    rows = np.flatnonzero(~wrong)
    distance[rows] = most
    if not len(rows):
        return distance
    questions = questions.of(rows)
    steps, length = questions.shortest(beginnings(questions, rng))
    found = np.flatnonzero(length < np.inf)
    if len(found):
        steps = _nearer(questions.of(found), steps[found], plan, rng)
        distance[rows[found]] = np.minimum(questions.length(steps), most)
    return distance


def _noise(questions, rng, n):
    """Gaussian noise, ever larger, and its opposite."""
    sizes = 2 * 4.0 ** np.arange(n // 2)[:, None]
    noise = sizes * rng.normal(size=(n // 2, len(questions.free)))
    return np.repeat(np.vstack([noise, -noise])[None], len(questions.X), axis=0)


def _nearest_others(questions, rng, others, labels):
    """Steps to the nearest records of other classes, and noise."""
    records = questions.X[:, questions.free]
    steps = to_nearest_others(records, questions.codes, questions.unit, others, labels)
    noise = _noise(questions, rng, _N_BEGINNINGS - N_STARTS)
    return np.concatenate([steps, noise], axis=1)


def to_nearest_others(records, codes, unit, others, labels):
    """Steps to the nearest of `others` with other labels, the nearest first."""
    # One after the other: sums of a record alone and among many are rounded alike.
    distances = np.column_stack([_square((other - records) / unit) for other in others])
    distances[codes[:, None] == labels] = np.inf
    nearest = distances.argsort(axis=1, kind="stable")[:, :N_STARTS]
    return (others[nearest] - records[:, None]) / unit


def _square(steps):
    return np.square(steps).sum(axis=-1)


def _nearer(questions, steps, plan, rng):
    """Ever shorter steps to another label."""
    steps = questions.to_the_boundary(steps, _N_HALVINGS)
    for cycle in range(plan.n_cycles):
        for _ in range(plan.n_rounds_back):
            steps = _gone_back(questions, steps, rng)
        steps = _jumped(questions, steps, plan.n_probes, 1 / sqrt(cycle + 1), rng)
    return steps


def _gone_back(questions, steps, rng):
    """Steps of fewer features, where one of some random choices still does."""
    shape = len(_SHARES), steps.shape[1]
    kept = rng.random_sample(shape) < _SHARES
    return _better(questions, steps, *questions.shortest(steps[:, None] * kept))


def _jumped(questions, steps, n_probes, pace, rng):
    """An iteration of HopSkipJump: along the normal of the boundary, and back to it."""
    probes = rng.normal(size=(n_probes, steps.shape[1]))
    probes /= np.sqrt(_square(probes))[:, None]
    radius = _PROBE * np.sqrt(_square(steps))[:, None, None]
    beyond = 2.0 * questions.other(steps[:, None] + radius * probes) - 1
    mean = beyond.mean(axis=1, keepdims=True)
    weights = np.where(np.abs(mean) == 1, beyond, beyond - mean)
    normal = np.zeros_like(steps)
    for weight, probe in zip(weights.T, probes, strict=True):
        normal += weight[:, None] * probe
    if questions.norm == np.inf:
        normal = np.sign(normal)
    size = np.maximum(questions.length(normal), np.finfo(float).tiny)
    normal *= (pace * questions.length(steps) / size)[:, None]
    lengths = 0.5 ** np.arange(_N_LENGTHS)[:, None]
    tried = steps[:, None] + normal[:, None] * lengths
    beyond = questions.other(tried)
    longest = tried[np.arange(len(steps)), beyond.argmax(axis=1)]
    there = np.where(beyond.any(axis=1)[:, None], longest, steps)
    there = questions.to_the_boundary(there, _N_HALVINGS_AGAIN)
    return _better(questions, steps, there, questions.length(there))


def _better(questions, steps, others, lengths):
    shorter = lengths < questions.length(steps)
    return np.where(shorter[:, None], others, steps)
