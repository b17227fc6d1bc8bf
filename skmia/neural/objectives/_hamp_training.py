"""The training part of HAMP."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from scipy.optimize import brentq
from scipy.special import entr

from skmia.neural.objectives._base import Objective
from skmia.neural.objectives._confidence_penalty import entropies
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import INNER_FRACTION, NOT_NEGATIVE


class HAMPTraining(Objective):
    """Train on uncertain targets, with a reward for uncertain answers.

    The first half of HAMP, which protects nobody without the second, scores of random
    records: use :class:`skmia.neural.HAMPClassifier`, which has both.

    The target of a record has the same entropy for all: that share of the logarithm of
    the number of classes. The loss is the divergence of the answer from the target,
    minus `alpha` times the entropy of the answer.

    .. versionadded:: 0.2

    Parameters
    ----------
    gamma : float in (0, 1), default=0.5
        Entropy of the targets, as a share of the largest one.
    alpha : float, default=0.01
        Weight of the mean entropy of the answers.

    See Also
    --------
    skmia.neural.HAMPClassifier : Both halves.
    skmia.defenses.RandomScorePosterior : The second half, around any classifier.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee. Alone it raises what
    attacks learn: in ``benchmarks/bench_neural.py`` members are told better than
    without, since they are alike.

    Published `gamma` and `alpha` are .8 and .01 for Purchase-100, .6 and .01 for
    Texas-100, .5 and .001 for Location-30. The published code divides the divergence,
    not the entropy, by the number of classes: multiply its `alpha` by that.

    References
    ----------
    Z. Chen, K. Pattabiraman, "Overconfidence is a Dangerous Thing: Mitigating
    Membership Inference Attacks by Enforcing Less Confident Prediction", NDSS 2024.
    :arxiv:`2307.01610`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import HAMPTraining
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=HAMPTraining(0.8), random_state=0)
    >>> bool(model.fit(X / 16, y).predict_proba(X / 16).max() < 0.9)
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores",),
        broken_by="every attack, without the scores of random records; LiRA",
        paper="Chen and Pattabiraman 2024",
    )
    _needs_labels = "it makes targets of its own from them"
    _needs_classes = "it makes uncertain targets"

    _parameter_constraints = {"gamma": [INNER_FRACTION], "alpha": [NOT_NEGATIVE]}

    def __init__(self, gamma: float = 0.5, *, alpha: float = 0.01) -> None:
        self.gamma = gamma
        self.alpha = alpha

    def _loss(self, run, outputs, batch):
        """Divergence from the targets, minus `alpha` times the entropy."""
        n_classes = run.n_outputs
        top = top_probability(n_classes, self.gamma)
        rest = (1 - top) / (n_classes - 1)
        targets = torch.full_like(outputs, rest)
        targets.scatter_(1, batch.targets[:, None], top)
        divergence = run.losses(outputs, targets) - self.gamma * np.log(n_classes)
        return batch.mean(divergence - self.alpha * entropies(outputs))


@cache
def top_probability(n_classes, gamma):
    """Largest entry of the posterior of this entropy whose other entries are equal.

    Parameters
    ----------
    n_classes : int
    gamma : float in (0, 1)
        Share of the largest entropy.

    Returns
    -------
    p : float in (1 / n_classes, 1)
    """

    def excess(p):
        rest = (1 - p) / (n_classes - 1)
        return entr(p) + (n_classes - 1) * entr(rest) - gamma * np.log(n_classes)

    return brentq(excess, 1 / n_classes, 1)
