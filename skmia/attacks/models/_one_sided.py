"""One-sided tests of the target against the out models of each record.

Signals are oriented here, higher = member; a p-value is small where few models that
were not trained on the record say what the target says, or more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skmia.attacks.models._reference import DirectedReferenceAttack

_BLOCK = 2000  # rows at once: bounds the memory of the comparisons
SMALLEST_P = 1e-300  # keeps logarithms finite
_SMALLEST_STD = 1e-30


class OneSidedAttack(DirectedReferenceAttack):
    """Rank or p-value of the target among the out models of each record.

    Subclasses implement ``_score`` from a view and what `_learn` found, ``_pvalues``
    from a view and the sign of its orientation, and have the parameter `direction`.
    """

    def _learn(self, view, member):
        """Sign that turns members to the higher side, and the usual distance."""
        distance = abs(by_blocks(distance_beyond, view, 1))
        beyond = distance[distance > 0]
        usual = np.quantile(beyond, 0.5, method="lower") if beyond.size else 1.0
        sign = self._sign(lambda: self._score(view, (1, usual)), member)
        return sign, usual

    def _ordered_pvalues(self, test, view, state):
        """P-values of a test by ranks, with mid-ranks and then in order of distance."""
        sign, usual = state
        return by_blocks(test, view, sign, ties=0.5) - by_blocks(
            rank_correction, view, sign, usual=usual
        )

    def pvalues(self, Z: ArrayLike) -> np.ndarray:
        """P-values of "not a member".

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations, of one signal.

        Returns
        -------
        p : ndarray of shape (n_samples,)
            1 for a record that has no out model.
        """
        check_is_fitted(self)
        views = self._views(Z)
        if len(views) > 1:
            raise ValueError(
                f"{type(self).__name__}.pvalues needs observations of one signal. Got "
                f"{[view.column for view in views]}."
            )
        sign, _ = self._states[0]
        return self._pvalues(views[0], sign)


def by_blocks(test, view, sign, **params):
    """Apply ``test(target, reference, outside)`` to blocks of oriented records."""
    answers, in_models = [], view.in_models
    for rows in gen_batches(len(view.target), _BLOCK):
        reference = sign * view.reference[rows].astype(float)
        target = sign * view.target[rows].astype(float)
        answers.append(test(target, reference, ~in_models[rows], **params))
    return np.concatenate(answers)


def rank_pvalues(target, reference, outside, ties=1.0):
    """P-values from the rank of the target among its out models.

    Parameters
    ----------
    target : ndarray of shape (n_records,)
    reference : ndarray of shape (n_records, n_references)
    outside : ndarray of bool of shape (n_records, n_references)
        Which references are out models of which record.
    ties : float, default=1.0
        Weight of an equal, and of the target itself. With 1, P(p <= u) <= u for
        non-members whatever the ties. One half gives mid-ranks, which rank better.

    Returns
    -------
    p : ndarray of shape (n_records,)
    """
    target = target[:, None]
    n_more = np.count_nonzero((reference > target) & outside, axis=1)
    n_same = np.count_nonzero((reference == target) & outside, axis=1)
    n_outside = np.count_nonzero(outside, axis=1)
    return (n_more + ties * (n_same + 1)) / (n_outside + 1)


def distance_beyond(target, reference, outside):
    """How far the target lies above all out models; negative below all, else 0.

    In units of two, since the difference of two large values could be infinite.
    """
    some = outside.any(axis=1)
    low = np.where(some, _smallest(reference, outside), target)
    high = np.where(some, _largest(reference, outside), target)
    return target / 2 - np.clip(target, low, high) / 2


def rank_correction(target, reference, outside, usual):
    """What p-values by mid-ranks fall by, to be in order of :func:`distance_beyond`.

    A rank says nothing of how far beyond all out models a target lies, where most
    members lie if they leak much. Less than half of what leads to the next rank.

    Parameters
    ----------
    target, reference, outside : ndarray
        As for :func:`rank_pvalues`.
    usual : float
        The distance whose correction is half of the largest.

    Returns
    -------
    correction : ndarray of shape (n_records,)
    """
    distance = distance_beyond(target, reference, outside)
    with np.errstate(divide="ignore", over="ignore"):
        share = np.sign(distance) / (1 + usual / abs(distance))
    return share / 4 / (np.count_nonzero(outside, axis=1) + 1)


def pchip_pvalues(target, reference, outside, ties=1.0):
    """P-values interpolated between the out models, monotonely and without overshoot.

    As from :class:`scipy.interpolate.PchipInterpolator` through the distinct signals
    of the out models and their :func:`rank_pvalues`, for all records at once; beyond
    them, the rank p-value. Between two models the rank p-value is that of the upper
    end, so that no interpolated one is smaller.
    """
    low = _largest(reference, outside & (reference <= target[:, None]))
    high = _smallest(reference, outside & (reference > target[:, None]))
    knots = [
        _largest(reference, outside & (reference < low[:, None])),
        low,
        high,
        _smallest(reference, outside & (reference > high[:, None])),
    ]
    levels = [rank_pvalues(knot, reference, outside, ties) for knot in knots]
    p = rank_pvalues(target, reference, outside, ties)
    between = np.isfinite(low) & np.isfinite(high)
    rows = np.flatnonzero(between)
    p[rows] = _hermite(
        target[rows], np.array(knots)[:, rows], np.array(levels)[:, rows]
    )
    return p


def _largest(values, mask):
    return np.max(values, axis=1, where=mask, initial=-np.inf)


def _smallest(values, mask):
    return np.min(values, axis=1, where=mask, initial=np.inf)


def _hermite(x, knots, levels):
    """Monotone cubic between the second and third of four knots.

    The outer ones may be infinite: not there. Derivatives are in units of the
    interval, and widths relative to it, so that nothing overflows.
    """
    width, *gaps = knots[2] - knots[1], knots[1] - knots[0], knots[3] - knots[2]
    before, rise, after = np.diff(levels, axis=0)
    sides = [
        _side(gap, width, beside, rise)
        for gap, beside in zip(gaps, (before, after), strict=True)
    ]
    slopes = _slope(rise, *sides), _slope(rise, *sides[::-1])
    u = (x - knots[1]) / width
    v = 1 - u
    ends = levels[1] * v**2 * (1 + 2 * u) + levels[2] * u**2 * (1 + 2 * v)
    p = ends + u * v * (slopes[0] * v - slopes[1] * u)
    return np.clip(p, levels[2], levels[1])  # rounding, not overshoot


def _side(gap, width, beside, rise):
    """Whether there is an interval beside, its relative width, and its rise."""
    exists = np.isfinite(gap)
    with np.errstate(over="ignore"):
        relative = np.clip(gap / width, 1e-100, 1e100)
    return exists, relative, np.where(exists, beside, rise)


def _slope(rise, this, other):
    """Derivative at the knot on this side, as in SciPy's PCHIP."""
    at_end = np.where(other[0], _end_slope(rise, *other[1:]), rise)
    return np.where(this[0], _inner_slope(rise, *this[1:]), at_end)


def _inner_slope(rise, width, rise_beside):
    """Fritsch-Butland: weighted harmonic mean of the two secants."""
    own, beside = (1 + 2 * width) / (1 + width), (2 + width) / (1 + width)
    return 3 / (own / rise + beside * width / rise_beside)


def _end_slope(rise, width, rise_beside):
    """Three-point formula, level rather than of the other sign."""
    slope = ((2 + width) * rise - rise_beside / width) / (1 + width)
    return np.where(slope * rise > 0, slope, 0)


def normal_pvalues(target, reference, outside, ties=1.0):
    """P-values if the signals of the out models are Gaussian.

    Of one more draw from the same Gaussian, mean and variance unknown (Student's t):
    right for every number of models from two. A single one gives a rank p-value.
    """
    n = np.count_nonzero(outside, axis=1)
    count = np.maximum(n, 1)
    centre = np.einsum("ij,ij->i", reference, outside) / count
    deviations = np.where(outside, reference - centre[:, None], 0)
    variance = (deviations**2).sum(axis=1) / np.maximum(n - 1, 1)
    std = np.maximum(np.sqrt(variance * (1 + 1 / count)), _SMALLEST_STD)
    p = stdtr(np.maximum(n - 1, 1), (centre - target) / std)
    by_rank = rank_pvalues(target, reference, outside, ties)
    return np.where(n > 1, np.maximum(p, SMALLEST_P), by_rank)
