"""Invariant risk minimization."""

from __future__ import annotations

import torch

from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import NOT_NEGATIVE


class IRM(Objective):
    """Learn what holds in every environment (IRMv1).

    The loss is that of all records, plus `weight` times the squared derivative of the
    loss of each environment by a factor of the outputs, at 1, averaged over the
    environments by their records. Environments are the ``groups`` of ``fit``.

    .. versionadded:: 0.2

    Parameters
    ----------
    weight : float, default=1.0
        Weight of the squared derivatives. 0 is plain training on the pooled records.

    See Also
    --------
    skmia.defenses.FeatureBaggedClassifier : Every model sees some features only.

    Notes
    -----
    Threat model: the adversary sees scores or labels. No formal guarantee by itself:
    Tople, Sharma and Nori show that models of causal features alone leak less in the
    worst case over distributions; where the causes are known, give the model these
    columns and no others.

    The penalty of a small batch is too large by the variance of its derivative: take
    batches with many records of each environment.

    References
    ----------
    M. Arjovsky, L. Bottou, I. Gulrajani, D. Lopez-Paz, "Invariant Risk Minimization",
    2019. :arxiv:`1907.02893`

    S. Tople, A. Sharma, A. Nori, "Alleviating Privacy Attacks via Causal Learning",
    ICML 2020. :arxiv:`1909.12732`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import IRM
    >>> X, y = load_digits(return_X_y=True)
    >>> writers = [row // 130 for row in range(len(y))]
    >>> model = NetClassifier(objective=IRM(), batch_size=256,
    ...                       learning_rate=0.01, random_state=0)
    >>> model.fit(X / 16, y, groups=writers).score(X / 16, y) > 0.8
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label"),
        broken_by="LiRA: records of all environments are learned",
        paper="Arjovsky et al. 2019; Tople, Sharma and Nori 2020",
    )
    _takes_groups = True

    _parameter_constraints = {"weight": [NOT_NEGATIVE]}

    def __init__(self, weight: float = 1.0) -> None:
        self.weight = weight

    def _terms(self, run, outputs, batch):
        """The mean of the squared derivatives, times the weight."""
        if not self.weight:
            return []
        # d/ds of a loss at s = 1, record by record: the loss is one of s * outputs.
        scale = torch.ones(len(outputs), 1, device=outputs.device, requires_grad=True)
        losses = run.losses(scale * outputs, batch.targets)
        if batch.weights is not None:
            losses = losses * batch.weights
        (slopes,) = torch.autograd.grad(losses.sum(), scale, create_graph=True)
        penalty = 0.0
        for group in batch.groups.unique():
            own = slopes[batch.groups == group]
            penalty = penalty + len(own) / len(slopes) * own.mean().square()
        return [self.weight * penalty]
