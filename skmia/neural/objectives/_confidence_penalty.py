"""A price on being sure."""

from __future__ import annotations

from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import NOT_NEGATIVE


class ConfidencePenalty(Objective):
    """Reward for uncertain answers: the loss minus a share of their entropy.

    .. versionadded:: 0.2

    Parameters
    ----------
    alpha : float, default=0.1
        Weight of the mean entropy, in nats. 0 is plain training.

    See Also
    --------
    CrossEntropy : Smoothed labels, which also punish certainty.
    HAMPTraining : The same penalty with uncertain targets.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee: members are less
    certain, and still more certain than others; shadow models that are trained alike
    adapt.

    References
    ----------
    G. Pereyra, G. Tucker, J. Chorowski, Ł. Kaiser, G. Hinton, "Regularizing Neural
    Networks by Penalizing Confident Output Distributions", 2017. :arxiv:`1701.06548`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import ConfidencePenalty
    >>> X, y = load_digits(return_X_y=True)
    >>> penalized = NetClassifier(objective=ConfidencePenalty(1.0), random_state=0)
    >>> bare = NetClassifier(random_state=0).fit(X / 16, y)
    >>> sure = bare.predict_proba(X / 16).max(axis=1).mean()
    >>> penalized.fit(X / 16, y)
    NetClassifier(objective=ConfidencePenalty(alpha=1.0), random_state=0)
    >>> bool(penalized.predict_proba(X / 16).max(axis=1).mean() < sure)
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores",),
        broken_by="shadow models trained alike; the gap attack; label-only attacks",
        paper="Pereyra et al. 2017",
    )
    _needs_classes = "it is about the entropy of a posterior"

    _parameter_constraints = {"alpha": [NOT_NEGATIVE]}

    def __init__(self, alpha: float = 0.1) -> None:
        self.alpha = alpha

    def _terms(self, run, outputs, batch):
        """Minus `alpha` times the mean entropy."""
        if not self.alpha:
            return []
        return [-self.alpha * batch.mean(entropies(outputs))]


def entropies(logits):
    """Entropy of each posterior, in nats."""
    log_posterior = logits.log_softmax(dim=1)
    return -(log_posterior.exp() * log_posterior).sum(dim=1)
