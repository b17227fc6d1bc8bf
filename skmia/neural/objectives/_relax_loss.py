"""Training that keeps the loss of its records at a level."""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn.functional import cross_entropy

from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import INNER_FRACTION, NOT_NEGATIVE, Options, StrOptions

READINGS = ("paper", "images", "tables")


class RelaxLoss(Objective):
    """Keep the training loss near a level, so that members lose as much as others.

    In every other pass, the first among them, a batch is moved towards the level:
    down from above, up from below. In the other passes a batch above the level is
    trained on as usual, and one below has its posteriors flattened: what a true class
    has is kept, the rest is spread evenly over the other classes.

    .. versionadded:: 0.2

    Parameters
    ----------
    alpha : float, default=1.0
        The level, in nats. 0 is plain training; from the logarithm of the number of
        classes on the network learns nothing.
    upper : float in (0, 1], default=1.0
        Most that a true class has in a flattened target.
    reading : {"paper", "images", "tables"}, default="paper"
        What becomes of a batch below the level in the other passes. "paper": records
        that are classified right are unlearned, the others flattened. "images": all
        are unlearned, and those that are classified wrong flattened besides.
        "tables": all are flattened. The latter two are the published code.
    detach : bool, default=True
        Whether a flattened target is a constant. The published code does not say so,
        and its gradient goes through the target, too.

    See Also
    --------
    ConfidencePenalty : Holds single answers back, not the mean loss.

    Notes
    -----
    Threat model: the adversary sees scores, or gradients of the loss. No formal
    guarantee: it moves the mean. Records that are learned by heart are found as
    before by likelihood ratios, as Aerni et al. show with canaries.

    Published levels and `upper` are .8 and .3 for Purchase-100, 2.5 and .1 for
    Texas-100, 1 and 1 for CIFAR-10 with ResNet-20, 3 and 1 for CIFAR-100.

    References
    ----------
    D. Chen, N. Yu, M. Fritz, "RelaxLoss: Defending Membership Inference Attacks without
    Losing Utility", ICLR 2022. :arxiv:`2207.05801`

    M. Aerni, J. Zhang, F. Tramèr, "Evaluations of Machine Learning Privacy Defenses
    are Misleading", CCS 2024. :arxiv:`2404.17399`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.metrics import log_loss
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import RelaxLoss
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=RelaxLoss(0.5), random_state=0)
    >>> bool(log_loss(y, model.fit(X / 16, y).predict_proba(X / 16)) > 0.3)
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "white-box"),
        broken_by="likelihood-ratio attacks on single records (Aerni et al. 2024)",
        paper="Chen, Yu and Fritz 2022",
    )
    _no_weights = "the mean of a batch decides, in which every record counts once"
    _needs_labels = "it asks what the true class has"
    _needs_classes = "it flattens posteriors"

    _parameter_constraints = {
        "alpha": [NOT_NEGATIVE],
        "upper": [INNER_FRACTION, Options(float, {1.0}), Options(int, {1})],
        "reading": [StrOptions(set(READINGS))],
        "detach": ["boolean"],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        upper: float = 1.0,
        reading: Literal["paper", "images", "tables"] = "paper",
        detach: bool = True,
    ) -> None:
        self.alpha = alpha
        self.upper = upper
        self.reading = reading
        self.detach = detach

    def _loss(self, run, outputs, batch):
        """Distance from the level, or the loss, or that of flattened posteriors."""
        losses = run.losses(outputs, batch.targets)
        loss = losses.mean()
        if run.epoch % 2 == 0:
            return (loss - self.alpha).abs()
        if loss > self.alpha:
            return loss
        return self._flattening(outputs, batch.targets, losses)

    def _flattening(self, logits, codes, losses):
        targets = flattened(logits, codes, self.upper)
        targets = targets.detach() if self.detach else targets
        towards = cross_entropy(logits, targets, reduction="none")
        if self.reading == "tables":
            return towards.mean()
        wrong = logits.argmax(dim=1) != codes
        unlearned = ~wrong if self.reading == "paper" else torch.ones_like(wrong)
        return (wrong * towards - unlearned * losses).mean()


def flattened(logits, codes, upper):
    """Targets that keep what the true class has, and spread the rest.

    Parameters
    ----------
    logits : tensor of shape (n_records, n_classes)
    codes : tensor of int of shape (n_records,)
    upper : float
        Most that a true class keeps.

    Returns
    -------
    targets : tensor of shape (n_records, n_classes)
        Rows sum to 1.
    """
    own = logits.softmax(dim=1).gather(1, codes[:, None]).clamp(max=upper)
    rest = (1 - own) / (logits.shape[1] - 1)
    return rest.expand_as(logits).scatter(1, codes[:, None], own)
