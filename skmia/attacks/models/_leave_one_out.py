"""The likelihood-ratio attack on every reference model at once."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array

from skmia.attacks.models._likelihood_ratio import OWN_WEIGHT, log_ratio, spread
from skmia.attacks.statistics._moments import Pooled, blocks_of_sides, is_online

_NAME = "leave_one_out_likelihood_ratio"


def leave_one_out_likelihood_ratio(
    reference: ArrayLike,
    inside: ArrayLike,
    *,
    mode: Literal["auto", "online", "offline"] = "auto",
    variance: Literal["shrunk", "per-example", "global"] = "shrunk",
    floor: float = 0.01,
) -> NDArray[np.float32]:
    """Score every reference model as if it were the target, beside all the others.

    Parameters
    ----------
    reference : array-like of shape (n_records, n_references)
        Signal of the reference models, two or more.
    inside : array-like of bool of shape (n_records, n_references)
        Which reference was trained on which record.
    mode : {"auto", "online", "offline"}, default="auto"
        As for :class:`LikelihoodRatioAttack`.
    variance : {"shrunk", "per-example", "global"}, default="shrunk"
        As for :class:`LikelihoodRatioAttack`.
    floor : float, default=0.01
        Added to every standard deviation, in the units of the signal.

    Returns
    -------
    score : ndarray of float32 of shape (n_records, n_references)
        Higher = more likely that the model was trained on the record.

    Raises
    ------
    ValueError
        The shapes differ, there is one reference only, there are no models of a kind
        that the mode needs, or a parameter has another value than those above.

    See Also
    --------
    LikelihoodRatioAttack : One target, whose members are to be found.

    Notes
    -----
    Level: observations. Threat model: that of :class:`LikelihoodRatioAttack`, for an
    auditor who wants the average over many targets.

    Equal to :class:`LikelihoodRatioAttack` with ``centre="mean"``, fitted on and asked
    about the observations of all models as pseudo-targets
    (:meth:`skmia.ShadowModels.pseudo_observations`), but much faster: a model's own
    term is subtracted from the sums of its side, which are computed once. For votes and
    other coarse answers give it ``2 * np.arcsin(np.sqrt(confidence))`` and the global
    variance, as "lira-online" does.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles", IEEE S&P
    2022, arXiv:2112.03570.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import leave_one_out_likelihood_ratio
    >>> inside = np.array([[1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1]], dtype=bool)
    >>> reference = inside + np.array([0.1, -0.2, 0.0, 0.1, 0.2, -0.1])
    >>> score = leave_one_out_likelihood_ratio(reference, inside)
    >>> np.array_equal(score > 0, inside)
    True
    """
    reference = check_array(
        reference,
        dtype=[np.float64, np.float32],
        ensure_min_features=2,
        estimator=_NAME,
        input_name="reference",
    )
    inside = np.asarray(inside, dtype=bool)
    _check_options(reference, inside, mode, variance)
    pooled = _pool_left_out(reference, inside)
    online = is_online(_NAME, mode, pooled)
    weight = OWN_WEIGHT[variance](reference.shape[1] - 1.0)
    score = np.empty(reference.shape, dtype=np.float32)
    for rows, ins, outs in blocks_of_sides(reference, inside):
        values = reference[rows].astype(float)
        in_own, in_other = _deviations(values, ins, outs, pooled, weight, floor)
        out_own, out_other = _deviations(
            values, outs, ins, pooled.swapped, weight, floor
        )
        if online:
            in_score = log_ratio(*in_own, *in_other)
            out_score = log_ratio(*out_other, *out_own)
        else:
            in_score, out_score = in_other[0], out_own[0]
        score[rows] = np.where(inside[rows], in_score, out_score)
    return score


def _deviations(values, own, other, pooled, weight, floor):
    """Standard deviations from both sides, of models on the `own` side as the target.

    Without the target the centre of its side moves by r / (n - 1), for its residual r
    and n models on the side, and the sum of squares falls by r^2 n / (n - 1). `pooled`
    has the own side inside.

    Returns
    -------
    own, other : tuple of (ndarray, ndarray)
        Deviation in units of the spread, and the spread.
    """
    alone = own.count < 2  # the own side is empty then, a usual offset away
    left = np.where(alone, 1, own.count - 1)
    missing = other.count == 0
    offset, gap = pooled.usual_offset, own.centre - other.centre
    step = np.where(alone, 0, own.count / left)
    own_weight = np.where(alone, 0, weight)
    own_variance = own_weight * own.variance * step + (1 - own_weight) * pooled.inside
    fall = own_weight * step / left

    residual = values - own.centre[:, None]
    own_deviation = residual * step[:, None]
    own_deviation += np.where(alone, gap - offset, 0)[:, None]
    other_deviation = residual * np.where(missing, step, 1)[:, None]
    other_deviation += np.where(missing, offset, gap)[:, None]
    residual *= residual
    own_variance = np.maximum(own_variance[:, None] - fall[:, None] * residual, 0)
    own_spread = np.sqrt(own_variance, out=own_variance) + floor
    other_spread = spread(other, weight, pooled.outside)[:, None] + floor
    own_deviation /= own_spread
    other_deviation /= other_spread
    return (own_deviation, own_spread), (other_deviation, other_spread)


def _pool_left_out(reference, inside):
    """Pooled over all models in the place of the target, in closed form."""
    n_references = reference.shape[1]
    sums = 0
    for _, ins, outs in blocks_of_sides(reference, inside):
        both = (ins.count > 0) & (outs.count > 0)
        weight = both * sum(side.count * (side.count > 1) for side in (ins, outs))
        sums += np.array(
            [
                len(both) * n_references,
                *(side.count.sum() * (n_references - 1) for side in (ins, outs)),
                *(_square_left_out(side, n_references) for side in (ins, outs)),
                weight.sum(),
                weight @ (ins.centre - outs.centre),
            ]
        )
    return Pooled.from_sums(sums)


def _square_left_out(side, n_references):
    """Squared residuals of a side, summed over every model left out in turn."""
    times = n_references - side.count / np.maximum(side.count - 1, 1)
    return (side.count * side.variance) @ times


def _check_options(reference, inside, mode, variance):
    if reference.shape != inside.shape:
        raise ValueError(
            f"The 'inside' parameter of {_NAME} must have the shape of 'reference', "
            f"{reference.shape}. Got {inside.shape} instead."
        )
    for name, value, known in (
        ("mode", mode, ("auto", "online", "offline")),
        ("variance", variance, OWN_WEIGHT),
    ):
        if value not in known:
            raise ValueError(
                f"The '{name}' parameter of {_NAME} must be one of {sorted(known)}. "
                f"Got {value!r} instead."
            )
