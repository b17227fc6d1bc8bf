"""Training, then rounding the weights to a few levels."""

from __future__ import annotations

from numbers import Integral

import torch

from skmia.neural.objectives._base import Objective
from skmia.neural.objectives._pruning import weights_of
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import Interval


class Quantization(Objective):
    """Round the weights of every layer to a few levels when training is over.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_bits : int, default=8
        At least 2. The weights of a layer are multiples of one step, ``2**n_bits - 1``
        of them around 0, the outermost at its largest weight; biases, and what else is
        one row of numbers, stay as they are.

    See Also
    --------
    Pruning : Sets the smallest weights to 0.
    skmia.grid.robust_targets : A network as it is, rounded, pruned, hardened.

    Notes
    -----
    Threat model: the adversary sees scores, labels or the network. No formal guarantee.
    This is rounding to the nearest level after training. The methods of the paper
    choose levels by records, down to 1.58 bits; it finds that few bits take away
    leakage and accuracy together. The estimator has the number of levels that are
    used, the most of any layer, under ``n_levels_``.

    References
    ----------
    C. Zhang et al., "Bits for Privacy: Evaluating Post-Training Quantization via
    Membership Inference", 2025. :arxiv:`2512.15335`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import Quantization
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=Quantization(4), random_state=0).fit(X / 16, y)
    >>> model.n_levels_ <= 15, model.score(X / 16, y) > 0.8
    (True, True)
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label", "white-box"),
        broken_by="LiRA, RMIA: 8 bits change nothing",
        paper="Zhang et al. 2025",
    )
    _no_partial_fit = "weights are rounded when training has come to its end"

    _parameter_constraints = {"n_bits": [Interval(Integral, 2, 16, closed="both")]}

    def __init__(self, n_bits: int = 8) -> None:
        self.n_bits = n_bits

    def _end(self, run):
        """Round, and count the levels."""
        rounded = [_round(weight, self.n_bits) for weight in weights_of(run.network)]
        return {"n_levels_": max((len(one.unique()) for one in rounded), default=0)}


@torch.no_grad()
def _round(weight, n_bits):
    """Round to multiples of a step, in place; nothing where all weights are 0."""
    largest = 2 ** (n_bits - 1) - 1
    step = weight.abs().max() / largest
    if step > 0:
        weight.copy_((weight / step).round() * step)
    return weight
