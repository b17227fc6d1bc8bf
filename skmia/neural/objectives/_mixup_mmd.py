"""Mixup, with training posteriors that look like those of other records."""

from __future__ import annotations

import numpy as np
import torch

from skmia.neural.objectives._held_out import Held, hold_out_of
from skmia.neural.objectives._mixup import Mixup
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import COUNT_OR_0, INNER_FRACTION, NOT_NEGATIVE

# Variances of the Gaussian kernels, as multiples of the median squared distance.
_VARIANCES = (0.25, 0.5, 1.0, 2.0, 4.0)
_SMALLEST = 1e-6


class MixupMMD(Mixup):
    """Train on mixtures, and make posteriors of members look like those of others.

    A part of the records is held out. To the loss of the mixtures comes the squared
    maximum mean discrepancy (MMD) between the posteriors of training records, as they
    are, and of records held out. Every step compares one class, as many records of it
    on either side as there are, up to the size of the batch.

    .. versionadded:: 0.2

    Parameters
    ----------
    weight : float, default=1.0
        Weight of the discrepancy, which lies between 0 and 2. 0 is mixup without the
        records that are held out.
    alpha : float, default=0.4
        How evenly records are mixed. 0: not at all.
    warmup_epochs : int, default=5
        First passes without the discrepancy.
    validation_fraction : float, default=0.2
        Share of the different records of `fit` that are held out: of each class as
        nearly alike as can be, never its last record, and equal ones together.

    See Also
    --------
    Mixup : Without a comparison.
    AdversarialRegularization : Compares with an adversary who learns how.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee. Records held out shape
    the network, though their labels never enter the cross-entropy: ``held_out_`` of
    the estimator says which they are, and an audit counts them as members. Comparing
    class by class and the first passes without the comparison belong to the method: a
    batch of all classes, or a network that has learned nothing yet, meets the
    comparison best by answering the same to all records.

    The discrepancy is that of the biased estimate (V-statistic), which is never
    negative, with the mean of five Gaussian kernels whose variances are multiples of
    the median squared distance. Published are kernels and weights per data set.

    References
    ----------
    J. Li, N. Li, B. Ribeiro, "Membership Inference Attacks and Defenses in
    Classification Models", CODASPY 2021. :arxiv:`2002.12062`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import MixupMMD
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=MixupMMD(), random_state=0)
    >>> model.fit(X[:900] / 16, y[:900]).score(X[900:] / 16, y[900:]) > 0.8
    True
    >>> len(model.held_out_)
    180
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores",),
        broken_by="shadow models trained alike; records held out are members, too",
        paper="Li, Li and Ribeiro 2021",
    )
    _no_weights = (
        "it compares as many training records as records held out, each of which "
        "counts once"
    )
    _needs_labels = "records are compared class by class"
    _needs_classes = "records are compared class by class"
    _no_partial_fit = "records are held out, and must be the same in every pass"

    _parameter_constraints = Mixup._parameter_constraints | {
        "weight": [NOT_NEGATIVE],
        "warmup_epochs": [COUNT_OR_0],
        "validation_fraction": [INNER_FRACTION],
    }

    def __init__(
        self,
        weight: float = 1.0,
        *,
        alpha: float = 0.4,
        warmup_epochs: int = 5,
        validation_fraction: float = 0.2,
    ) -> None:
        self.weight = weight
        self.alpha = alpha
        self.warmup_epochs = warmup_epochs
        self.validation_fraction = validation_fraction

    def _prepare(self, run, X, y):
        """Hold records out, and sort both sides by class."""
        kept, rows = hold_out_of(run, X, y, self.validation_fraction, "Mixup")
        run.kept["sides"] = [Held(X[side], y[side], run) for side in (kept, rows)]
        # Classes that both sides know, each as often as it is trained on.
        run.kept["classes"] = y[kept][np.isin(y[kept], y[rows])]
        return rows

    def _terms(self, run, outputs, batch):
        """The discrepancy of one class, times the weight."""
        if not self.weight or run.epoch < self.warmup_epochs:
            return []
        code = run.rng.choice(run.kept["classes"])
        size = min(len(batch.X), *(side.n_of(code) for side in run.kept["sides"]))
        drawn = [side.draw(code, size) for side in run.kept["sides"]]
        posteriors = run.outputs(torch.cat(drawn)).softmax(dim=1)
        return [self.weight * squared_mmd(*posteriors.split(size))]


def squared_mmd(one, other):
    """Squared maximum mean discrepancy of two samples, the V-statistic.

    Parameters
    ----------
    one, other : tensor of shape (n, n_columns) and (m, n_columns)

    Returns
    -------
    discrepancy : tensor
        Between 0 and 2; 0 where both are the same.
    """
    both = torch.cat([one, other])
    # Not cdist, whose gradient at a distance of 0 is none.
    squares = (both[:, None] - both).square().sum(dim=2)
    apart = squares.detach()[~torch.eye(len(both), dtype=bool, device=both.device)]
    median = apart.median().clamp(min=_SMALLEST) if len(apart) else _SMALLEST
    kernel = sum(torch.exp(-squares / (2 * v * median)) for v in _VARIANCES)
    side = torch.full((len(both),), 1 / len(one), device=both.device)
    side[len(one) :] = -1 / len(other)
    value = side @ (kernel / len(_VARIANCES)) @ side
    return value.clamp(min=0)
